/*
 * negotiation_xml: domains and profiles of GENIUS, read by expat.
 *
 * The utility of an option is weight * evaluation / largest evaluation of the issue
 * (EvaluatorDiscrete of GENIUS 10); of an integer, weight * (offset + slope * (value -
 * lowest value)), limited to 0..1 (EvaluatorInteger). Weights are taken as given, also
 * when they do not add up to 1. No <reservation> means 0, no <discount_factor> none.
 */
#include <expat.h>
#include <math.h>

#include "base/i18n.h"
#include "cli/negotiation_input.h"

enum { ELEMENTS_MAX = 2 * 1000 * 1000, DEPTH_MAX = 64, NAME_BYTES_MAX = 500 };

/* What a profile says of one issue. */
typedef struct {
    bool given, linear;
    double weight; /* NAN: not given */
    double slope, offset;
} Valued;

typedef struct {
    XML_Parser parser;
    unsigned depth, elements;
    GError *error; /* the first one */

    MwDomain *building;     /* a domain is read, or   */
    const MwDomain *domain; /* a profile of this one  */
    MwProfile *profile;
    MwIssue *issue;       /* the <issue> we are in, when building          */
    int current;          /* its position in `domain`, -1 outside          */
    unsigned issue_depth; /* of that <issue>, 0 outside */
    double *evaluations;  /* one an option, NAN: not given                 */
    Valued valued[MW_ISSUES_MAX];
    GHashTable *by_index; /* the "index" of an <issue> to its position + 1 */
    GHashTable *weights;  /* the "index" of a <weight> to its double       */
    bool seen_space;
} Reader;

static void fail(Reader *reader, const char *message, ...) G_GNUC_PRINTF(2, 3);

static void
fail(Reader *reader, const char *message, ...)
{
    va_list arguments;

    if (reader->error)
        return;
    va_start(arguments, message);
    g_autofree char *text = g_strdup_vprintf(message, arguments);
    va_end(arguments);
    g_set_error(&reader->error, MW_ERROR, MW_ERROR_INVALID, _("Line %llu: %s"),
                (unsigned long long)XML_GetCurrentLineNumber(reader->parser), text);
    XML_StopParser(reader->parser, XML_FALSE);
}

/* Puts the line before an error of the domain's functions. */
static void
fail_with(Reader *reader, GError *error)
{
    fail(reader, "%s", error->message);
    g_error_free(error);
}

static const char *
attribute(const XML_Char **attributes, const char *name)
{
    for (size_t i = 0; attributes[i]; i += 2)
        if (g_str_equal(attributes[i], name))
            return attributes[i + 1];
    return NULL;
}

static const char *
need(Reader *reader, const char *element, const XML_Char **attributes, const char *name)
{
    const char *value = attribute(attributes, name);

    if (!value || !*value || strlen(value) > NAME_BYTES_MAX) {
        fail(reader, _("<%s> needs the attribute “%s” with 1 to %d bytes."), element, name,
             NAME_BYTES_MAX);
        return NULL;
    }
    return value;
}

static bool
number(Reader *reader, const char *element, const XML_Char **attributes, const char *name,
       double low, double high, double *out)
{
    const char *text = need(reader, element, attributes, name);
    if (!text)
        return false;

    char *end;
    double value = g_ascii_strtod(text, &end);
    while (g_ascii_isspace(*end))
        end++;
    if (*end || !(value >= low && value <= high)) {
        fail(reader, _("“%s” of <%s> must be a number from %g to %g, not “%s”."), name, element,
             low, high, text);
        return false;
    }
    *out = value;
    return true;
}

static bool
is_integer_issue(const XML_Char **attributes)
{
    const char *type = attribute(attributes, "vtype");

    if (!type)
        type = attribute(attributes, "type");
    return type && g_str_equal(type, "integer");
}

static void
start_issue(Reader *reader, const XML_Char **attributes)
{
    const char *name = need(reader, "issue", attributes, "name");
    const char *type = attribute(attributes, "type");
    double low = 0.0, high = 0.0;

    reader->issue_depth = reader->depth;
    if (!name)
        return;
    if (type && !g_str_equal(type, "discrete") && !g_str_equal(type, "integer")) {
        fail(reader, _("The issue “%s” is neither discrete nor integer but “%s”."), name, type);
        return;
    }
    bool ranged = is_integer_issue(attributes);
    if (ranged && (!number(reader, "issue", attributes, "lowerbound", -1e9, 1e9, &low) ||
                   !number(reader, "issue", attributes, "upperbound", -1e9, 1e9, &high)))
        return;

    GError *error = NULL;
    if (reader->building) {
        reader->issue = mw_domain_add_issue(reader->building, name, &error);
        if (reader->issue && ranged)
            mw_issue_add_range(reader->issue, (int64_t)low, (int64_t)high, &error);
        if (error)
            fail_with(reader, error);
        return;
    }
    reader->current = mw_domain_issue(reader->domain, name);
    if (reader->current < 0) {
        fail(reader, _("The domain has no issue “%s”."), name);
        return;
    }
    Valued *valued = &reader->valued[reader->current];
    if (valued->given)
        fail(reader, _("The issue “%s” is there twice."), name);
    valued->given = true;
    const char *index = attribute(attributes, "index");
    if (index)
        g_hash_table_insert(reader->by_index, g_strdup(index),
                            GINT_TO_POINTER(reader->current + 1));
}

static void
start_item(Reader *reader, const XML_Char **attributes)
{
    /* Deeper ones, of a <criteria_function>, tell similarity, not utility. */
    if (reader->issue_depth > 0 && reader->depth > reader->issue_depth + 1)
        return;
    const char *value = need(reader, "item", attributes, "value");
    if (!value)
        return;

    GError *error = NULL;
    if (reader->building) {
        if (!reader->issue)
            fail(reader, _("<%s> stands outside an <issue>."), "item");
        else if (!mw_issue_add_option(reader->issue, value, &error))
            fail_with(reader, error);
        return;
    }
    if (reader->current < 0) {
        fail(reader, _("<%s> stands outside an <issue>."), "item");
        return;
    }
    const MwIssue *issue = mw_domain_get(reader->domain, (size_t)reader->current);
    int option = mw_issue_option(issue, value);
    if (option < 0) {
        fail(reader, _("The issue “%s” has no option “%s”."), issue->name, value);
        return;
    }
    size_t at = mw_domain_offset(reader->domain, (size_t)reader->current) + (size_t)option;
    if (!isnan(reader->evaluations[at]))
        fail(reader, _("The issue “%s” has the option “%s” twice."), issue->name, value);
    else
        number(reader, "item", attributes, "evaluation", 0, 1e12, &reader->evaluations[at]);
}

static void
start_evaluator(Reader *reader, const XML_Char **attributes)
{
    if (reader->current < 0)
        return;

    const char *type = attribute(attributes, "ftype");
    Valued *valued = &reader->valued[reader->current];
    if (!type || !g_str_equal(type, "linear")) {
        fail(reader, _("Only evaluators with ftype=\"linear\" are read."));
        return;
    }
    valued->linear = number(reader, "evaluator", attributes, "slope", -1e9, 1e9, &valued->slope) &&
                     number(reader, "evaluator", attributes, "offset", -1e9, 1e9, &valued->offset);
}

static void
start_weight(Reader *reader, const XML_Char **attributes)
{
    const char *index = need(reader, "weight", attributes, "index");
    double weight;

    if (index && number(reader, "weight", attributes, "value", 0, 100, &weight))
        g_hash_table_insert(reader->weights, g_strdup(index), g_memdup2(&weight, sizeof weight));
}

static void
start_profile_element(Reader *reader, const char *name, const XML_Char **attributes)
{
    if (g_str_equal(name, "evaluator"))
        start_evaluator(reader, attributes);
    else if (g_str_equal(name, "weight"))
        start_weight(reader, attributes);
    else if (g_str_equal(name, "reservation"))
        number(reader, name, attributes, "value", -1000, 1000, &reader->profile->reservation);
    else if (g_str_equal(name, "discount_factor"))
        number(reader, name, attributes, "value", -1000, 1000, &reader->profile->discount);
}

static void XMLCALL
start(void *data, const XML_Char *name, const XML_Char **attributes)
{
    Reader *reader = data;

    if (reader->error)
        return;
    if (++reader->depth > DEPTH_MAX || ++reader->elements > ELEMENTS_MAX) {
        fail(reader, _("There are too many elements, or they are too deep."));
        return;
    }
    if (g_str_equal(name, "utility_space")) {
        const char *type = attribute(attributes, "type");
        reader->seen_space = true;
        if (type && !g_str_equal(type, "linear") && !g_str_equal(type, "any"))
            fail(reader, _("The utility is not additive but “%s”."), type);
    } else if (g_str_equal(name, "ufun") || g_str_equal(name, "hyperRectangle"))
        fail(reader, _("The utility is not additive but “%s”."), name);
    else if (g_str_equal(name, "issue"))
        start_issue(reader, attributes);
    else if (g_str_equal(name, "item"))
        start_item(reader, attributes);
    else if (reader->profile)
        start_profile_element(reader, name, attributes);
}

static void XMLCALL
end(void *data, const XML_Char *name)
{
    Reader *reader = data;

    reader->depth--;
    if (g_str_equal(name, "issue")) {
        reader->issue = NULL;
        reader->current = -1;
        reader->issue_depth = 0;
    }
}

/* No document of this kind declares entities; refusing them keeps the memory bounded. */
static void XMLCALL
refuse_declaration(void *data, const XML_Char *name G_GNUC_UNUSED,
                   const XML_Char *system G_GNUC_UNUSED, const XML_Char *public G_GNUC_UNUSED,
                   int internal G_GNUC_UNUSED)
{
    fail(data, _("A document type declaration is not allowed here."));
}

static bool
parse(Reader *reader, const char *bytes, gsize size, GError **error)
{
    while (size > 0 && g_ascii_isspace(*bytes)) { /* files may begin with blank lines */
        bytes++;
        size--;
    }
    if (size > G_MAXINT)
        return mw_fail(error, MW_ERROR_TOO_LARGE, _("The document is too large."));
    reader->parser = XML_ParserCreate(NULL);
    reader->current = -1;
    XML_SetUserData(reader->parser, reader);
    XML_SetElementHandler(reader->parser, start, end);
    XML_SetStartDoctypeDeclHandler(reader->parser, refuse_declaration);
    if (XML_Parse(reader->parser, bytes, (int)size, XML_TRUE) != XML_STATUS_OK && !reader->error)
        fail(reader, "%s.", XML_ErrorString(XML_GetErrorCode(reader->parser)));
    else if (!reader->seen_space)
        fail(reader, _("This is not a GENIUS file: there is no <utility_space>."));
    XML_ParserFree(reader->parser);
    if (!reader->error)
        return true;
    g_propagate_error(error, reader->error);
    return false;
}

MwDomain *
mw_domain_read_xml(const char *bytes, gsize size, GError **error)
{
    g_autoptr(MwDomain) domain = mw_domain_new();
    Reader reader = { .building = domain };

    if (!parse(&reader, bytes, size, error))
        return NULL;
    return g_steal_pointer(&domain);
}

/* The weighted utilities of one issue, from its evaluations or its line. */
static bool
finish_issue(Reader *reader, size_t i, GError **error)
{
    const MwIssue *issue = mw_domain_get(reader->domain, i);
    const Valued *valued = &reader->valued[i];
    size_t first = mw_domain_offset(reader->domain, i);
    double *out = reader->profile->utilities + first, largest = 0.0;

    if (!valued->given)
        return mw_fail(error, MW_ERROR_INVALID, _("The profile does not value the issue “%s”."),
                       issue->name);
    if (isnan(valued->weight))
        return mw_fail(error, MW_ERROR_INVALID, _("The issue “%s” has no weight."), issue->name);
    for (guint o = 0; o < issue->options->len; o++) {
        double u = reader->evaluations[first + o];
        if (valued->linear)
            u = CLAMP(valued->offset + valued->slope * o, 0.0, 1.0);
        if (isnan(u))
            return mw_fail(error, MW_ERROR_INVALID,
                           _("The profile does not value the option “%s” of the issue “%s”."),
                           (const char *)issue->options->pdata[o], issue->name);
        out[o] = u;
        largest = MAX(largest, u);
    }
    for (guint o = 0; o < issue->options->len; o++)
        out[o] *= valued->weight / (valued->linear || !(largest > 0.0) ? 1.0 : largest);
    return true;
}

MwProfile *
mw_profile_read_xml(const MwDomain *domain, const char *bytes, gsize size, GError **error)
{
    g_autoptr(MwProfile) profile = g_new0(MwProfile, 1);
    g_autoptr(GHashTable) by_index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) weights = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    size_t n = mw_domain_offset(domain, domain->issues->len);
    g_autofree double *evaluations = g_new(double, n);
    Reader reader = { .domain = domain,
                      .profile = profile,
                      .evaluations = evaluations,
                      .by_index = by_index,
                      .weights = weights };
    GHashTableIter iter;
    gpointer key, value;

    profile->name = g_strdup("");
    profile->discount = 1.0;
    profile->utilities = g_new0(double, n);
    for (size_t i = 0; i < n; i++)
        evaluations[i] = NAN;
    for (guint i = 0; i < domain->issues->len; i++)
        reader.valued[i].weight = NAN;
    if (!parse(&reader, bytes, size, error))
        return NULL;
    g_hash_table_iter_init(&iter, weights);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        int issue = GPOINTER_TO_INT(g_hash_table_lookup(by_index, key)) - 1;
        if (issue >= 0)
            reader.valued[issue].weight = *(double *)value;
    }
    for (size_t i = 0; i < domain->issues->len; i++)
        if (!finish_issue(&reader, i, error))
            return NULL;
    return g_steal_pointer(&profile);
}
