#pragma once
/*
 * negotiation_input: domains, profiles and offers from files, as the negotiation engine wants them.
 *
 * A domain names the issues and their options; a profile says what each option is worth
 * to one side. Three formats, told apart by their content:
 *
 *   - GENIUS XML (the ANAC competitions up to 2019), negotiation_xml.c;
 *   - GeniusWeb JSON (later ones), negotiation_json.c;
 *   - our own JSON, negotiation_json.c, described in docs/methods/negotiation.md.
 *
 * Only additive utilities over discrete and integer issues are read; what is not is an
 * error. Errors are MW_ERROR_INVALID and name the line (XML) or the key (JSON). To add a
 * format, add a reader to the table in negotiation_input.c.
 */
#include "base/error.h"
#include "engines/frontier.h"
#include "table/reader.h"

typedef struct {
    char *name;
    GPtrArray *options; /* names, char *, at least one */
    GHashTable *index;  /* option name to position + 1 */
} MwIssue;

typedef struct {
    char *name;        /* "" when the file gives none */
    GPtrArray *issues; /* MwIssue *, at least one     */
} MwDomain;

MwDomain *mw_domain_new(void);
void mw_domain_free(MwDomain *domain);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwDomain, mw_domain_free)

/* Each fails on a limit of engines/frontier.h or a name that is there already. Blanks around a name do
 * not count, here and when one is looked up. */
MwIssue *mw_domain_add_issue(MwDomain *domain, const char *name, GError **error);
bool mw_issue_add_option(MwIssue *issue, const char *name, GError **error);
/* Options low..high, each named by its number. */
bool mw_issue_add_range(MwIssue *issue, int64_t low, int64_t high, GError **error);

/* Position of the issue or option of this name, or -1. */
int mw_domain_issue(const MwDomain *domain, const char *name);
int mw_issue_option(const MwIssue *issue, const char *name);
const MwIssue *mw_domain_get(const MwDomain *domain, size_t issue);

/* What one side wants. `utilities` holds, for every option, issue after issue, what it adds. */
typedef struct {
    char *name;
    double *utilities;
    double reservation; /* the utility of no agreement; 0 when not given */
    double discount;    /* 1 when not given                               */
} MwProfile;

void mw_profile_free(MwProfile *profile);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwProfile, mw_profile_free)

/* Where the options of `issue` begin in `utilities`; for n_issues, how many there are in all. */
size_t mw_domain_offset(const MwDomain *domain, size_t issue);

/* From the bytes of a file. A profile must value every issue of its domain. */
MwDomain *mw_domain_read(const char *bytes, gsize size, GError **error);
MwProfile *mw_profile_read(const MwDomain *domain, const char *bytes, gsize size, GError **error);

/* A log of offers, CSV with a header: a column for every issue, "by" (A or B) and, optional,
 * "time" (0..1). At most 100,000 offers. */
typedef struct {
    bool by_b;
    double time;     /* NAN when not given */
    size_t *options; /* one an issue       */
} MwOffer;

/* An array of MwOffer *; reads to the end. */
GPtrArray *mw_offers_read(const MwDomain *domain, MwTableReader *reader, GError **error);

/* The readers of the formats; for negotiation_input.c and the fuzz targets. */
MwDomain *mw_domain_read_xml(const char *bytes, gsize size, GError **error);
MwProfile *mw_profile_read_xml(const MwDomain *domain, const char *bytes, gsize size,
                               GError **error);
MwDomain *mw_domain_read_json(const char *bytes, gsize size, GError **error);
MwProfile *mw_profile_read_json(const MwDomain *domain, const char *bytes, gsize size,
                                GError **error);
