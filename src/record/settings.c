/* settings: the settings of a company as they are in force; see company.h. */
#include "base/money.h"
#include "record/company.h"

static bool
keep_setting(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    g_hash_table_insert(data, g_strdup(columns[0].text), g_strdup(columns[1].text));
    return true;
}

MwSettings *
mw_settings_load(MwStore *store, GError **error)
{
    MwSettings *settings = g_new0(MwSettings, 1);

    settings->references = 1;
    settings->all = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    if (!mw_store_run(store, "SELECT key, value FROM meta", NULL, 0, keep_setting, settings->all,
                      error)) {
        mw_settings_unref(settings);
        return NULL;
    }
    settings->name = g_strdup(mw_settings_get(settings, "company_name", "Millwright"));
    const char *currency = mw_settings_get(settings, "currency", "CNY");
    settings->currency = g_strdup(mw_currency_find(currency) ? currency : "CNY");
    settings->language = g_strdup(mw_settings_get(settings, "language", "zh_CN"));
    settings->time_zone = g_strdup(mw_settings_get(settings, "time_zone", "Asia/Shanghai"));
    settings->zone = g_time_zone_new_identifier(settings->time_zone);
    if (!settings->zone)
        settings->zone = g_time_zone_new_utc();
    gint64 days = g_ascii_strtoll(mw_settings_get(settings, "coverage_days", "0"), NULL, 10);
    settings->coverage_days =
        days > 0 && days <= MW_COVERAGE_DAYS_MAX ? (unsigned)days : MW_COVERAGE_DAYS;
    return settings;
}

MwSettings *
mw_settings_ref(MwSettings *settings)
{
    g_atomic_int_inc(&settings->references);
    return settings;
}

void
mw_settings_unref(MwSettings *settings)
{
    if (!settings || !g_atomic_int_dec_and_test(&settings->references))
        return;
    g_free(settings->name);
    g_free(settings->currency);
    g_free(settings->language);
    g_free(settings->time_zone);
    g_clear_pointer(&settings->zone, g_time_zone_unref);
    g_hash_table_unref(settings->all);
    g_free(settings);
}

const char *
mw_settings_get(const MwSettings *settings, const char *key, const char *otherwise)
{
    const char *value = g_hash_table_lookup(settings->all, key);

    return value ? value : otherwise;
}

bool
mw_company_stale(MwStore *store, GError **error)
{
    return mw_store_run(store,
                        "INSERT INTO meta (key, value) VALUES ('snapshot', '1') "
                        "ON CONFLICT (key) DO UPDATE "
                        "SET value = CAST(CAST(meta.value AS BIGINT) + 1 AS TEXT)",
                        NULL, 0, NULL, NULL, error);
}

bool
mw_settings_put(MwStore *store, const char *key, const char *value, GError **error)
{
    MwValue params[] = { MW_BORROW(key), MW_BORROW(value) };

    return mw_company_stale(store, error) &&
           mw_store_run(store,
                        "INSERT INTO meta (key, value) VALUES ($1, $2) "
                        "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                        params, 2, NULL, NULL, error);
}
