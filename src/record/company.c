#include "record/company.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "record/context.h"
#include "record/derivation.h"
#include "store/migrate.h"

enum { ACTORS_MAX = 10000, SETTLE_US = 2 * G_USEC_PER_SEC };

/* The company whose metadata this thread has changed and not yet loaded again. Of the thread, because a
 * transaction is: another's commit must not take the news before they are true. */
static _Thread_local const MwCompany *touched_company;

struct MwCompany {
    char *url;
    const MwEntity *const *entities;
    MwIds ids;
    const MwDerivation *derivations; /* NULL: none */
    GMutex lock;                     /* of all below */
    MwCatalog *catalog;
    MwSettings *settings;
    GHashTable *actors; /* user id -> MwActor */
    MwActor *system;
    int64_t reloaded_us; /* monotonic */
    GArray *generations; /* of uint64_t, by entity index */
};

/* ---- settings --------------------------------------------------------- */

static bool
keep_setting(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    g_hash_table_insert(data, g_strdup(columns[0].text), g_strdup(columns[1].text));
    return true;
}

static MwSettings *
settings_load(MwStore *store, GError **error)
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
    settings->currency = g_strdup(mw_settings_get(settings, "currency", "CNY"));
    settings->language = g_strdup(mw_settings_get(settings, "language", "zh_CN"));
    settings->time_zone = g_strdup(mw_settings_get(settings, "time_zone", "Asia/Shanghai"));
    settings->zone = g_time_zone_new_identifier(settings->time_zone);
    if (!settings->zone)
        settings->zone = g_time_zone_new_utc();
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
mw_settings_put(MwStore *store, const char *key, const char *value, GError **error)
{
    MwValue params[] = { MW_BORROW(key), MW_BORROW(value) };

    return mw_store_run(store,
                        "INSERT INTO meta (key, value) VALUES ($1, $2) "
                        "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                        params, 2, NULL, NULL, error);
}

/* ---- catalog ---------------------------------------------------------- */

typedef struct {
    GArray *customs; /* of MwCustomField */
    GStringChunk *strings;
    bool zh;
} Customs;

static bool
keep_custom(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Customs *customs = data;
    const char *texts[9];

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        texts[i] = c[i].is == MW_TEXT ? g_string_chunk_insert(customs->strings, c[i].text) : NULL;
    MwCustomField custom = {
        .entity = texts[0],
        .name = texts[1],
        .label = customs->zh && texts[3] ? texts[3] : texts[2],
        .help = texts[4],
        .kind = texts[5],
        .choices = texts[6],
        .target = texts[7],
        .initial = texts[8],
        .required = c[9].is == MW_INTEGER && c[9].integer,
        .searched = c[10].is == MW_INTEGER && c[10].integer,
        .retired = c[11].is == MW_INTEGER && c[11].integer,
        .min = c[12].is == MW_INTEGER ? c[12].integer : 0,
        .max = c[13].is == MW_INTEGER ? c[13].integer : 0,
    };
    g_array_append_val(customs->customs, custom);
    return true;
}

static MwCatalog *
catalog_load(MwStore *store, const MwEntity *const *entities, const MwSettings *settings,
             GError **error)
{
    g_autoptr(GArray) list = g_array_new(false, false, sizeof(MwCustomField));
    Customs customs = {
        .customs = list,
        .strings = g_string_chunk_new(1024),
        .zh = g_str_equal(settings->language, "zh_CN"),
    };
    bool done = mw_store_run(store,
                             "SELECT entity, name, label_en, label_zh, help, kind, choices, "
                             "target, initial, required, searched, retired, min, max "
                             "FROM custom_field WHERE deleted_at IS NULL ORDER BY id",
                             NULL, 0, keep_custom, &customs, error);
    MwCatalog *catalog =
        done ? mw_catalog_new(entities, (MwCustomField *)list->data, list->len, error) : NULL;

    g_string_chunk_free(customs.strings);
    return catalog;
}

/* ---- opening and making ------------------------------------------------ */

static bool
current_level(MwStore *store, GError **error)
{
    int level = mw_migrate_level(store, error), last = 0;

    for (size_t i = 0; mw_migrations[i].name; i++)
        last = mw_migrations[i].number;
    if (level < 0)
        return false;
    if (level == 0)
        return mw_fail(error, MW_ERROR_UNAVAILABLE,
                       _("There is no company in this database yet; see “millwright init”."));
    if (level < last)
        return mw_fail(error, MW_ERROR_UNAVAILABLE,
                       _("The database is of an older version; run “millwright migrate”."));
    if (level > last)
        return mw_fail(error, MW_ERROR_UNAVAILABLE,
                       _("The database is of a newer version than this program."));
    return true;
}

static bool
load_all(MwCompany *company, MwStore *store, GError **error)
{
    g_autoptr(MwSettings) settings = settings_load(store, error);
    MwCatalog *catalog = settings ? catalog_load(store, company->entities, settings, error) : NULL;

    if (!catalog)
        return false;
    company->settings = g_steal_pointer(&settings);
    company->catalog = catalog;
    return true;
}

MwCompany *
mw_company_open(const char *url, const MwEntity *const *entities, GError **error)
{
    g_autoptr(MwStore) store = mw_store_open(url, MW_OPEN_EXISTING, error);
    g_autoptr(MwCompany) company = NULL;

    if (!store || !current_level(store, error))
        return NULL;
    company = g_new0(MwCompany, 1);
    g_mutex_init(&company->lock);
    company->url = g_strdup(url);
    company->entities = entities;
    company->ids.node = (unsigned)g_random_int_range(0, 1024);
    company->actors =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, (GDestroyNotify)mw_actor_unref);
    company->generations = g_array_new(false, true, sizeof(uint64_t));
    if (!load_all(company, store, error))
        return NULL;
    g_array_set_size(company->generations, MW_FIELDS_MAX * 2);
    company->system = mw_actor_system(company->catalog);
    return g_steal_pointer(&company);
}

typedef struct {
    const char *url;
    const MwEntity *const *entities;
    const char *const *settings;
} Making;

static bool
write_settings(MwStore *store, void *data, GError **error)
{
    const char *const *pair = data;

    for (; pair[0]; pair += 2)
        if (!mw_settings_put(store, pair[0], pair[1], error))
            return false;
    return true;
}

/* The roles that grants name; their rights come from the declarations. */
static bool
write_roles(MwStore *store, void *data G_GNUC_UNUSED, GError **error)
{
    static const char *const roles[][2] = {
        { "admin", N_("Administrator") }, { "manager", N_("Manager") },
        { "sales", N_("Sales") },         { "service", N_("Service") },
        { "marketing", N_("Marketing") }, { "viewer", N_("Viewer") },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(roles); i++) {
        int64_t now = mw_clock_now();
        MwValue params[] = { MW_INT((int64_t)i + 1), MW_BORROW(roles[i][0]),
                             MW_BORROW(mw_gettext(roles[i][1])), MW_INT(now) };
        if (!mw_store_run(store,
                          "INSERT INTO role (id, version, key, name, builtin, created_at, "
                          "updated_at) VALUES ($1, 1, $2, $3, 1, $4, $4)",
                          params, 4, NULL, NULL, error))
            return false;
    }
    return true;
}

static bool
make_schema(MwStore *store, const MwEntity *const *entities, GError **error)
{
    g_autoptr(MwCatalog) plain = mw_catalog_new(entities, NULL, 0, error);

    return plain && mw_migrate(store, error) && mw_schema_apply(store, plain, error);
}

bool
mw_company_create(const char *url, const MwEntity *const *entities, const char *const *settings,
                  GError **error)
{
    g_autoptr(MwStore) store = mw_store_open(url, MW_OPEN_CREATE, error);
    int level = store ? mw_migrate_level(store, error) : -1;

    if (level < 0)
        return false;
    if (level > 0)
        return mw_fail(error, MW_ERROR_CONFLICT, _("There is a company in this database already."));
    return make_schema(store, entities, error) &&
           mw_store_atomically(store, write_settings, (void *)settings, error) &&
           mw_store_atomically(store, write_roles, NULL, error);
}

bool
mw_company_migrate(const char *url, const MwEntity *const *entities, GError **error)
{
    g_autoptr(MwStore) store = mw_store_open(url, MW_OPEN_EXISTING, error);

    if (!store)
        return false;
    if (mw_migrate_level(store, NULL) == 0)
        return current_level(store, error);
    if (!make_schema(store, entities, error))
        return false;
    g_autoptr(MwSettings) settings = settings_load(store, error);
    g_autoptr(MwCatalog) catalog = settings ? catalog_load(store, entities, settings, error) : NULL;
    return catalog && mw_schema_apply(store, catalog, error);
}

void
mw_company_free(MwCompany *company)
{
    if (!company)
        return;
    mw_catalog_unref(company->catalog);
    mw_settings_unref(company->settings);
    mw_actor_unref(company->system);
    g_hash_table_unref(company->actors);
    g_array_unref(company->generations);
    g_mutex_clear(&company->lock);
    g_free(company->url);
    g_free(company);
}

/* ---- what is shared ---------------------------------------------------- */

const char *
mw_company_url(const MwCompany *company)
{
    return company->url;
}

MwStore *
mw_company_connect(MwCompany *company, MwOpenFlags flags, GError **error)
{
    return mw_store_open(company->url, flags, error);
}

void
mw_company_derive_by(MwCompany *company, const MwDerivation *derivations)
{
    company->derivations = derivations;
}

const MwDerivation *
mw_company_derivations(const MwCompany *company)
{
    return company->derivations;
}

MwIds *
mw_company_ids(MwCompany *company)
{
    return &company->ids;
}

MwCatalog *
mw_company_catalog(MwCompany *company)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&company->lock);

    return mw_catalog_ref(company->catalog);
}

MwSettings *
mw_company_settings(MwCompany *company)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&company->lock);

    return mw_settings_ref(company->settings);
}

MwActor *
mw_company_system(MwCompany *company)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&company->lock);

    return mw_actor_ref(company->system);
}

static MwActor *
known_actor(MwCompany *company, int64_t user)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&company->lock);
    MwActor *actor = g_hash_table_lookup(company->actors, &user);

    return actor ? mw_actor_ref(actor) : NULL;
}

MwActor *
mw_company_actor(MwCompany *company, MwStore *store, int64_t user, GError **error)
{
    MwActor *actor = known_actor(company, user);

    if (actor)
        return actor;
    g_autoptr(MwCatalog) catalog = mw_company_catalog(company);
    actor = mw_actor_load(store, catalog, user, error);
    if (!actor)
        return NULL;
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&company->lock);
    /* What a transaction reads that began before the last reload may be of yesterday: do not keep it. */
    if (company->catalog == catalog && g_get_monotonic_time() - company->reloaded_us > SETTLE_US) {
        if (g_hash_table_size(company->actors) >= ACTORS_MAX)
            g_hash_table_remove_all(company->actors);
        g_hash_table_replace(company->actors, g_memdup2(&user, sizeof user), mw_actor_ref(actor));
    }
    return actor;
}

bool
mw_company_reload(MwCompany *company, MwStore *store, GError **error)
{
    g_autoptr(MwSettings) settings = settings_load(store, error);
    g_autoptr(MwCatalog) catalog =
        settings ? catalog_load(store, company->entities, settings, error) : NULL;

    if (!catalog || !mw_schema_apply(store, catalog, error))
        return false;
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&company->lock);
    MwCatalog *old_catalog = company->catalog;
    MwSettings *old_settings = company->settings;
    company->catalog = g_steal_pointer(&catalog);
    company->settings = g_steal_pointer(&settings);
    company->reloaded_us = g_get_monotonic_time();
    g_hash_table_remove_all(company->actors);
    mw_catalog_unref(old_catalog);
    mw_settings_unref(old_settings);
    return true;
}

void
mw_company_touch(MwCompany *company)
{
    touched_company = company;
}

bool
mw_company_touched(MwCompany *company)
{
    if (touched_company != company)
        return false;
    touched_company = NULL;
    return true;
}

uint64_t
mw_company_generation(MwCompany *company, const MwEntity *entity)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&company->lock);

    return g_array_index(company->generations, uint64_t, entity->index);
}

void
mw_company_changed(MwCompany *company, const MwEntity *entity)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&company->lock);

    g_array_index(company->generations, uint64_t, entity->index)++;
}

/* ---- context ------------------------------------------------------------ */

void
mw_context_begin(MwContext *context, MwCompany *company, MwStore *store, MwActor *actor,
                 const char *source)
{
    *context = (MwContext){
        .company = company,
        .catalog = mw_company_catalog(company),
        .settings = mw_company_settings(company),
        .store = store,
        .actor = mw_actor_ref(actor),
        .source = source,
        .now = mw_clock_now(),
    };
    const char *language = mw_actor_language(actor);
    GTimeZone *zone = mw_actor_zone(actor);
    context->locale = (MwLocale){
        .language = *language ? language : context->settings->language,
        .zone = zone ? zone : context->settings->zone,
        .currency = context->settings->currency,
    };
}

void
mw_context_end(MwContext *context)
{
    mw_catalog_unref((MwCatalog *)context->catalog);
    mw_settings_unref(context->settings);
    mw_actor_unref((MwActor *)context->actor);
    *context = (MwContext){ 0 };
}

void
mw_context_use_language(const MwContext *context)
{
    mw_i18n_use(context->locale.language);
}
