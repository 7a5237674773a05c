#include "cli/negotiation_input.h"

#include <math.h>
#include <string.h>

#include "base/i18n.h"
#include "cli/cells.h"

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

/* Some published files have blanks around a name in one place and not in another. */
static char *
trimmed(const char *name)
{
    return g_strstrip(g_strdup(name));
}

int
mw_domain_issue(const MwDomain *domain, const char *name)
{
    g_autofree char *key = trimmed(name);

    for (guint i = 0; i < domain->issues->len; i++)
        if (g_str_equal(mw_domain_get(domain, i)->name, key))
            return (int)i;
    return -1;
}

int
mw_issue_option(const MwIssue *issue, const char *name)
{
    g_autofree char *key = trimmed(name);

    return GPOINTER_TO_INT(g_hash_table_lookup(issue->index, key)) - 1;
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
    issue->name = trimmed(name);
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
    char *copy = trimmed(name);
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
    GPtrArray *offers;
    size_t by, time, columns[MW_ISSUES_MAX];
    bool has_time;
} OfferLog;

static bool
find_columns(OfferLog *log, const MwTableReader *reader, GError **error)
{
    log->has_time = mw_table_column(reader, "time") >= 0;
    if (!mw_cells_column(reader, "by", 0, &log->by, error) ||
        (log->has_time && !mw_cells_column(reader, "time", 0, &log->time, error)))
        return false;
    for (guint i = 0; i < log->domain->issues->len; i++)
        if (!mw_cells_column(reader, mw_domain_get(log->domain, i)->name, 0, &log->columns[i],
                             error))
            return false;
    return true;
}

static bool
read_options(const OfferLog *log, const MwTableRow *row, MwOffer *offer, GError **error)
{
    for (guint i = 0; i < log->domain->issues->len; i++) {
        const MwIssue *issue = mw_domain_get(log->domain, i);
        g_autofree char *name = mw_cells_text(row, log->columns[i]);
        int option = mw_issue_option(issue, name);
        if (option < 0)
            return mw_fail(error, MW_ERROR_INVALID,
                           _("Line %lu: the issue “%s” has no option “%s”."),
                           (unsigned long)row->line, issue->name, name);
        offer->options[i] = (size_t)option;
    }
    return true;
}

static bool
take_offer(MwTableReader *reader, const MwTableRow *row, void *data, GError **error)
{
    OfferLog *log = data;
    g_autofree char *by = mw_cells_text(row, log->by);
    MwOffer *offer = g_new0(MwOffer, 1);

    offer->options = g_new0(size_t, log->domain->issues->len);
    g_ptr_array_add(log->offers, offer);
    if (!g_str_equal(by, "A") && !g_str_equal(by, "B"))
        return mw_fail(error, MW_ERROR_INVALID, _("Line %lu: “by” must be A or B, not “%s”."),
                       (unsigned long)row->line, by);
    offer->by_b = *by == 'B';
    offer->time = NAN;
    if (log->has_time && !mw_cells_number(reader, row, log->time, &offer->time, error))
        return false;
    if (offer->time < 0.0 || offer->time > 1.0)
        return mw_fail(error, MW_ERROR_INVALID, _("Line %lu: “time” must lie from 0 to 1."),
                       (unsigned long)row->line);
    return read_options(log, row, offer, error);
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
    OfferLog log = { .domain = domain, .offers = offers };

    if (!find_columns(&log, reader, error) ||
        !mw_cells_each_row(reader, OFFERS_MAX, take_offer, &log, error))
        return NULL;
    return g_steal_pointer(&offers);
}
