#include "cli/negotiation_input.h"

#include <math.h>
#include <string.h>

#include "base/i18n.h"
#include "cli/input.h"

enum { OFFERS_MAX = 100000 };

static void
issue_free(gpointer data)
{
    MwIssue *issue = data;

    g_free(issue->name);
    g_ptr_array_unref(issue->options);
    g_hash_table_unref(issue->index);
    g_free(issue);
}

MwDomain *
mw_domain_new(void)
{
    MwDomain *domain = g_new0(MwDomain, 1);

    domain->name = g_strdup("");
    domain->issues = g_ptr_array_new_with_free_func(issue_free);
    return domain;
}

void
mw_domain_free(MwDomain *domain)
{
    if (!domain)
        return;
    g_free(domain->name);
    g_ptr_array_unref(domain->issues);
    g_free(domain);
}

const MwIssue *
mw_domain_get(const MwDomain *domain, size_t issue)
{
    return domain->issues->pdata[issue];
}

int
mw_domain_issue(const MwDomain *domain, const char *name)
{
    for (guint i = 0; i < domain->issues->len; i++)
        if (g_str_equal(mw_domain_get(domain, i)->name, name))
            return (int)i;
    return -1;
}

int
mw_issue_option(const MwIssue *issue, const char *name)
{
    return GPOINTER_TO_INT(g_hash_table_lookup(issue->index, name)) - 1;
}

size_t
mw_domain_offset(const MwDomain *domain, size_t issue)
{
    size_t n = 0;

    for (size_t i = 0; i < issue; i++)
        n += mw_domain_get(domain, i)->options->len;
    return n;
}

MwIssue *
mw_domain_add_issue(MwDomain *domain, const char *name, GError **error)
{
    if (domain->issues->len >= MW_ISSUES_MAX)
        return mw_fail_null(error, MW_ERROR_TOO_LARGE, _("There are more than %d issues."),
                            MW_ISSUES_MAX);
    if (mw_domain_issue(domain, name) >= 0)
        return mw_fail_null(error, MW_ERROR_INVALID, _("The issue “%s” is there twice."), name);

    MwIssue *issue = g_new0(MwIssue, 1);
    issue->name = g_strdup(name);
    issue->options = g_ptr_array_new_with_free_func(g_free);
    issue->index = g_hash_table_new(g_str_hash, g_str_equal);
    g_ptr_array_add(domain->issues, issue);
    return issue;
}

bool
mw_issue_add_option(MwIssue *issue, const char *name, GError **error)
{
    if (issue->options->len >= MW_OPTIONS_MAX)
        return mw_fail(error, MW_ERROR_TOO_LARGE, _("The issue “%s” has more than %d options."),
                       issue->name, MW_OPTIONS_MAX);
    if (mw_issue_option(issue, name) >= 0)
        return mw_fail(error, MW_ERROR_INVALID, _("The issue “%s” has the option “%s” twice."),
                       issue->name, name);
    char *copy = g_strdup(name);
    g_ptr_array_add(issue->options, copy);
    g_hash_table_insert(issue->index, copy, GINT_TO_POINTER((int)issue->options->len));
    return true;
}

bool
mw_issue_add_range(MwIssue *issue, int64_t low, int64_t high, GError **error)
{
    if (low > high)
        return mw_fail(error, MW_ERROR_INVALID, _("The range of the issue “%s” is empty."),
                       issue->name);
    if ((uint64_t)high - (uint64_t)low >= MW_OPTIONS_MAX)
        return mw_fail(error, MW_ERROR_TOO_LARGE, _("The issue “%s” has more than %d options."),
                       issue->name, MW_OPTIONS_MAX);
    for (int64_t i = low; i <= high; i++) {
        g_autofree char *name = g_strdup_printf("%" G_GINT64_FORMAT, i);
        if (!mw_issue_add_option(issue, name, error))
            return false;
    }
    return true;
}

void
mw_profile_free(MwProfile *profile)
{
    if (!profile)
        return;
    g_free(profile->name);
    g_free(profile->utilities);
    g_free(profile);
}

/* XML when the first byte that is not blank, nor of a byte order mark, is "<". */
static bool
is_xml(const char *bytes, gsize size)
{
    gsize at = size >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;

    while (at < size && g_ascii_isspace(bytes[at]))
        at++;
    return at < size && bytes[at] == '<';
}

MwDomain *
mw_domain_read(const char *bytes, gsize size, GError **error)
{
    g_autoptr(MwDomain) domain = is_xml(bytes, size) ? mw_domain_read_xml(bytes, size, error)
                                                     : mw_domain_read_json(bytes, size, error);
    if (!domain)
        return NULL;

    if (domain->issues->len == 0)
        return mw_fail_null(error, MW_ERROR_INVALID, _("The domain has no issues."));
    for (guint i = 0; i < domain->issues->len; i++)
        if (mw_domain_get(domain, i)->options->len == 0)
            return mw_fail_null(error, MW_ERROR_INVALID, _("The issue “%s” has no options."),
                                mw_domain_get(domain, i)->name);
    return g_steal_pointer(&domain);
}

MwProfile *
mw_profile_read(const MwDomain *domain, const char *bytes, gsize size, GError **error)
{
    return is_xml(bytes, size) ? mw_profile_read_xml(domain, bytes, size, error)
                               : mw_profile_read_json(domain, bytes, size, error);
}

/* ---- offers --------------------------------------------------------------------------------- */

typedef struct {
    const MwDomain *domain;
    MwTableReader *reader;
    int by, time;
    int columns[MW_ISSUES_MAX];
} OfferLog;

static bool
find_columns(OfferLog *log, GError **error)
{
    log->by = mw_table_column(log->reader, "by");
    log->time = mw_table_column(log->reader, "time");
    if (log->by < 0)
        return mw_fail(error, MW_ERROR_INVALID, _("There is no column “%s”."), "by");
    for (guint i = 0; i < log->domain->issues->len; i++) {
        const char *name = mw_domain_get(log->domain, i)->name;
        log->columns[i] = mw_table_column(log->reader, name);
        if (log->columns[i] < 0)
            return mw_fail(error, MW_ERROR_INVALID, _("There is no column “%s”."), name);
    }
    return true;
}

static const char *
cell(const MwTableRow *row, int column)
{
    return column >= 0 && (size_t)column < row->n_cells ? row->cells[column] : "";
}

static bool
read_offer(const OfferLog *log, const MwTableRow *row, MwOffer *offer, GError **error)
{
    const unsigned long long line = row->line;
    const char *by = cell(row, log->by), *time = cell(row, log->time);

    if (!g_str_equal(by, "A") && !g_str_equal(by, "B"))
        return mw_fail(error, MW_ERROR_INVALID, _("Line %llu: “by” must be A or B, not “%s”."),
                       line, by);
    offer->by_b = *by == 'B';
    offer->time = NAN;
    if (*time) {
        char *end;
        offer->time = g_ascii_strtod(time, &end);
        if (*end || !(offer->time >= 0.0 && offer->time <= 1.0))
            return mw_fail(error, MW_ERROR_INVALID,
                           _("Line %llu: “time” must be a number from 0 to 1, not “%s”."), line,
                           time);
    }
    for (guint i = 0; i < log->domain->issues->len; i++) {
        const MwIssue *issue = mw_domain_get(log->domain, i);
        const char *name = cell(row, log->columns[i]);
        int option = mw_issue_option(issue, name);
        if (option < 0)
            return mw_fail(error, MW_ERROR_INVALID,
                           _("Line %llu: the issue “%s” has no option “%s”."), line, issue->name,
                           name);
        offer->options[i] = (size_t)option;
    }
    return true;
}

static void
offer_free(gpointer data)
{
    MwOffer *offer = data;

    g_free(offer->options);
    g_free(offer);
}

GPtrArray *
mw_offers_read(const MwDomain *domain, MwTableReader *reader, GError **error)
{
    g_autoptr(GPtrArray) offers = g_ptr_array_new_with_free_func(offer_free);
    OfferLog log = { .domain = domain, .reader = reader };
    MwTableRow row;
    g_autoptr(GError) fault = NULL;

    if (!find_columns(&log, error))
        return NULL;
    while (mw_input_next(reader, &row, &fault)) {
        if (offers->len >= OFFERS_MAX)
            return mw_fail_null(error, MW_ERROR_TOO_LARGE, _("There are more than %d offers."),
                                OFFERS_MAX);
        MwOffer *offer = g_new0(MwOffer, 1);
        offer->options = g_new0(size_t, domain->issues->len);
        g_ptr_array_add(offers, offer);
        if (!read_offer(&log, &row, offer, error))
            return NULL;
    }
    if (fault) {
        g_propagate_error(error, g_steal_pointer(&fault));
        return NULL;
    }
    return g_steal_pointer(&offers);
}
