/* date: a day; instant: a moment, kept in UTC and shown in the reader's zone. */
#include "model/kinds/parts.h"

#include "base/clock.h"
#include "base/json.h"

static bool
parse_date(const MwField *field, const MwLocale *locale G_GNUC_UNUSED, const char *text,
           MwValue *out, MwProblems *problems)
{
    int64_t days;

    if (!mw_date_parse(text, &days))
        return mw_kind_refuse(field, problems, "not_a_date", _("Write a date as 2026-11-23."));
    *out = (MwValue){ .is = MW_TEXT, .text = mw_date_format(days, MW_CLOCK_ISO) };
    return true;
}

static void
show_date(const MwField *field G_GNUC_UNUSED, const MwLocale *locale G_GNUC_UNUSED,
          const MwValue *value, GString *out)
{
    int64_t days;

    if (!mw_date_parse(value->text, &days)) { /* never one that parse() made */
        g_string_append(out, value->text);
        return;
    }
    g_autofree char *text = mw_date_format(days, MW_CLOCK_LONG);
    g_string_append(out, text);
}

static void
schema_date(const MwField *field G_GNUC_UNUSED, GString *out)
{
    g_string_append(out, "{\"type\":\"string\",\"format\":\"date\"}");
}

const MwKind mw_date = {
    .name = "date",
    .label = N_("Date"),
    .widget = "date",
    .storage = MW_TEXT,
    .operators = MW_EQ | MW_ORDERED | MW_EMPTY_OP,
    .custom = true,
    .alike = 1000,
    .parse = parse_date,
    .show = show_date,
    .edit = mw_kind_show_text,
    .json = mw_kind_json_text,
    .schema = schema_date,
};

/* The reader's zone; the caller unrefs it. */
static GTimeZone *
zone_of(const MwLocale *locale)
{
    return locale->zone ? g_time_zone_ref(locale->zone) : g_time_zone_new_utc();
}

static bool
parse_instant(const MwField *field, const MwLocale *locale, const char *text, MwValue *out,
              MwProblems *problems)
{
    g_autoptr(GTimeZone) zone = zone_of(locale);
    int64_t ms;

    if (!mw_instant_parse(text, zone, &ms))
        return mw_kind_refuse(field, problems, "not_an_instant",
                              _("Write a date and time as 2026-11-23 09:30."));
    *out = MW_INT(ms);
    return true;
}

static void
show_instant(const MwField *field G_GNUC_UNUSED, const MwLocale *locale, const MwValue *value,
             GString *out)
{
    g_autoptr(GTimeZone) zone = zone_of(locale);
    g_autofree char *text = mw_instant_format(value->integer, zone, MW_CLOCK_LONG);

    g_string_append(out, text);
}

/* In the reader's zone; seconds and milliseconds only where there are some, so that saving a form
 * unchanged changes nothing. An hour that the clocks show twice is given in UTC where needed. */
static void
edit_instant(const MwField *field G_GNUC_UNUSED, const MwLocale *locale, const MwValue *value,
             GString *out)
{
    g_autoptr(GTimeZone) zone = zone_of(locale);
    g_autofree char *text = mw_instant_format(value->integer, zone, MW_CLOCK_ISO);
    int rest = (int)(((value->integer % 60000) + 60000) % 60000);
    size_t start = out->len;
    int64_t again;

    g_string_append(out, text);
    if (rest % 1000 != 0)
        g_string_append_printf(out, ":%02d.%03d", rest / 1000, rest % 1000);
    else if (rest != 0)
        g_string_append_printf(out, ":%02d", rest / 1000);
    if (mw_instant_parse(out->str + start, zone, &again) && again == value->integer)
        return;
    g_autofree char *exact = mw_instant_rfc3339(value->integer);
    g_string_truncate(out, start);
    g_string_append(out, exact);
}

static void
json_instant(const MwField *field G_GNUC_UNUSED, const MwLocale *locale G_GNUC_UNUSED,
             const MwValue *value, GString *out)
{
    g_autofree char *text = mw_instant_rfc3339(value->integer);

    mw_json_string(text, out);
}

static void
schema_instant(const MwField *field G_GNUC_UNUSED, GString *out)
{
    g_string_append(out, "{\"type\":\"string\",\"format\":\"date-time\"}");
}

const MwKind mw_instant = {
    .name = "instant",
    .label = N_("Date and time"),
    .widget = "instant",
    .storage = MW_INTEGER,
    .operators = MW_EQ | MW_ORDERED | MW_EMPTY_OP,
    .custom = true,
    .parse = parse_instant,
    .show = show_instant,
    .edit = edit_instant,
    .json = json_instant,
    .schema = schema_instant,
};
