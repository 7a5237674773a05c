/* admin_settings: name, base currency, language and time zone of the company, and how long a contact counts. */
#include <jansson.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/money.h"
#include "model/kinds/kinds.h"
#include "record/history.h"
#include "record/outbox.h"
#include "web/admin.h"
#include "web/routes.h"

static const struct {
    const char *key, *label;
    const char *type, *initial, *help;
} asked[] = {
    { "company_name", N_("Company"), "text", "", NULL },
    { "currency", N_("Base currency"), "select", "", NULL },
    { "language", N_("Language"), "select", "", NULL },
    { "time_zone", N_("Time zone"), "text", "",
      N_("Such as Asia/Shanghai or Europe/Berlin; users may have their own.") },
    { "coverage_days", N_("Days that a contact counts"), "text", "30",
      N_("A person of a deal is covered as long as the last call, visit or mail is "
         "no older.") },
    { "digest_time", N_("Time of the daily summary"), "time", "08:00",
      N_("On the clock of each user, who switches it on and off in the profile.") },
};

/* Whether an amount in base currency is kept anywhere: then it stays what it is. */
static bool
has_amounts(const MwContext *context, bool *any, GError **error)
{
    size_t n;
    const MwEntity *const *entities = mw_catalog_entities(context->catalog, &n);

    *any = false;
    for (size_t i = 0; i < n; i++) {
        for (size_t f = 0; f < entities[i]->n_fields && !*any; f++) {
            const MwField *field = &entities[i]->fields[f];
            g_autoptr(GString) sql = g_string_new("SELECT 1 FROM ");
            g_auto(MwValue) found = MW_NOTHING;
            if (field->kind != &mw_money && field->kind != &mw_price)
                continue;
            mw_sql_name(sql, entities[i]->name);
            g_string_append(sql, " WHERE ");
            mw_sql_name(sql, field->name);
            g_string_append(sql, " IS NOT NULL LIMIT 1");
            if (!mw_store_scalar(context->store, sql->str, NULL, 0, &found, error))
                return false;
            *any = found.is != MW_NULL;
        }
    }
    return true;
}

static void
check(const MwRequest *request, bool locked, MwProblems *problems)
{
    const char *company = mw_form_param(request, "company_name");
    const char *currency = mw_form_param(request, "currency");
    const char *language = mw_form_param(request, "language");
    const char *zone_name = mw_form_param(request, "time_zone");
    g_autoptr(GTimeZone) zone = zone_name ? g_time_zone_new_identifier(zone_name) : NULL;

    const char *days = mw_form_param(request, "coverage_days");
    gint64 n_days;

    if (days && !g_ascii_string_to_signed(days, 10, 1, MW_COVERAGE_DAYS_MAX, &n_days, NULL))
        mw_problems_add(problems, "coverage_days", "out_of_range",
                        _("Send a number of days from 1 to %d."), MW_COVERAGE_DAYS_MAX);
    if (!company || !*company)
        mw_problems_add(problems, "company_name", "required", _("Please fill this in."));
    else if (g_utf8_strlen(company, -1) > 200)
        mw_problems_add(problems, "company_name", "too_long", _("Use at most %d characters."), 200);
    if (!zone)
        mw_problems_add(problems, "time_zone", "not_a_choice",
                        _("Write a time zone such as Asia/Shanghai or Europe/Berlin."));
    const char *digest = mw_form_param(request, "digest_time");
    int64_t at;
    g_autofree char *when = g_strconcat("2026-01-01 ", digest ? digest : "08:00", NULL);
    if (digest && (strlen(digest) > 5 || !strchr(digest, ':') ||
                   !mw_instant_parse(when, request->context->settings->zone, &at)))
        mw_problems_add(problems, "digest_time", "not_a_time", _("Write a time such as 08:00."));
    if (!language || !g_strv_contains(mw_i18n_languages(), language))
        mw_problems_add(problems, "language", "not_a_choice", _("There is no such language."));
    if (!currency || !mw_currency_find(currency))
        mw_problems_add(problems, "currency", "not_a_choice",
                        _("Write the code of a currency, such as CNY."));
    else if (locked && !g_str_equal(currency, request->context->settings->currency))
        mw_problems_add(problems, "currency", "read_only",
                        _("There are amounts in the base currency already, so it stays."));
}

static const char *
setting_of(const MwSettings *settings, const char *key)
{
    for (size_t i = 0; i < G_N_ELEMENTS(asked); i++)
        if (g_str_equal(asked[i].key, key))
            return mw_settings_get(settings, key, asked[i].initial);
    return "";
}

static const char *
value_of(const MwRequest *request, const char *key)
{
    const char *sent = mw_form_param(request, key);

    return sent ? sent : setting_of(request->context->settings, key);
}

/* Given where the program is started, and shown without user and password. */
static void
put_mail(const MwRequest *request, MwNode *page)
{
    const MwMailServer *mail = mw_company_mail(request->context->company);
    MwNode *node = mw_put_object(page, "mail");

    mw_put_copy(node, "server", mail ? mail->server : NULL);
    mw_put_copy(node, "sender", mail ? mail->address : NULL);
    mw_put_bool(node, "tls", mail && mail->tls);
    mw_put_copy(node, "url", mail ? mail->url : NULL);
}

static bool
show_form(const MwRequest *request, MwReply *reply, bool locked, const MwProblems *problems,
          GError **error)
{
    MwNode *page = mw_view_root(request->view), *fields = mw_put_list(page, "fields");
    MwNode *field = NULL;
    size_t n;
    const MwCurrency *currencies = mw_currencies(&n);

    mw_put_text(page, "title", _("Settings"));
    mw_put_text(page, "subtitle", _("What holds for the whole company."));
    mw_put_done(request, page);
    for (size_t i = 0; i < G_N_ELEMENTS(asked); i++) {
        const char *key = asked[i].key, *value = value_of(request, key);
        field = mw_ask(fields, asked[i].type, key, _(asked[i].label), value, problems);
        mw_ask_more(field, true,
                    !g_str_equal(key, "currency") ? asked[i].help ? _(asked[i].help) : NULL
                    : locked ? _("There are amounts in the base currency already, so it stays.")
                             : _("Reports are in this currency. It stays once there are amounts."));
        for (size_t c = 0; g_str_equal(key, "currency") && c < n; c++)
            if (!locked || g_str_equal(value, currencies[c].code))
                mw_ask_option(field, currencies[c].code, currencies[c].code,
                              g_str_equal(value, currencies[c].code));
        if (g_str_equal(key, "language")) {
            mw_ask_option(field, "zh_CN", "简体中文", g_str_equal(value, "zh_CN"));
            mw_ask_option(field, "en", "English", g_str_equal(value, "en"));
        }
    }
    put_mail(request, page);
    if (problems)
        mw_reply_status(reply, 422);
    return mw_reply_page(request, reply, "admin/settings", error);
}

static bool
show_settings(const MwRequest *request, MwReply *reply, GError **error)
{
    bool locked;

    return has_amounts(request->context, &locked, error) &&
           show_form(request, reply, locked, NULL, error);
}

/* Writes what differs, with a row in the history. */
static bool
write_settings(const MwContext *context, const MwRequest *request, GError **error)
{
    json_t *changes = json_object();
    bool written = true;

    for (size_t i = 0; i < G_N_ELEMENTS(asked) && written; i++) {
        const char *before = setting_of(context->settings, asked[i].key);
        const char *value = mw_form_param(request, asked[i].key);
        if (!value || g_str_equal(before, value))
            continue;
        json_object_set_new(changes, asked[i].key, json_pack("[s,s]", before, value));
        written = mw_settings_put(context->store, asked[i].key, value, error);
    }
    if (written && json_object_size(changes) > 0) {
        char *text = json_dumps(changes, JSON_COMPACT);
        written = mw_history_add(context, "settings", 0, "update", text, error);
        free(text);
        mw_company_touch(context->company);
    }
    json_decref(changes);
    return written;
}

static bool
save_settings(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    bool locked;

    if (!has_amounts(request->context, &locked, error))
        return false;
    check(request, locked, problems);
    if (mw_problems_any(problems))
        return show_form(request, reply, locked, problems, error);
    return write_settings(request->context, request, error) &&
           mw_reply_see_other(reply, "/settings?done=saved");
}

const MwRoute mw_admin_settings_routes[] = {
    { MW_GET, "/settings", MW_FOR_ADMINS, 0, MW_RUN_READ, show_settings },
    { MW_POST, "/settings", MW_FOR_ADMINS, 0, MW_RUN_WRITE, save_settings },
    { .path = NULL },
};
