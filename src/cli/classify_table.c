/* millwright classify-table: classes of customers by several indicators at once. */
#include <math.h>

#include "base/i18n.h"
#include "cli/commands.h"
#include "cli/customers.h"
#include "cli/output.h"
#include "cli/refusal.h"
#include "engines/classify.h"

static gboolean as_json, weighted_sum;
static char *direction_text, *weight_text, *ahp_path, *ahp_method, *quota_text, *threshold_text,
    *name_text;

static const GOptionEntry options[] = {
    { "direction", 0, 0, G_OPTION_ARG_STRING, &direction_text,
      N_("What is better: revenue=max,days=min (default: max)"), N_("LIST") },
    { "weights", 0, 0, G_OPTION_ARG_STRING, &weight_text,
      N_("entropy, or revenue=3,days=1 (default: all the same)"), N_("LIST") },
    { "ahp", 0, 0, G_OPTION_ARG_FILENAME, &ahp_path,
      N_("Weights from a table of pairwise comparisons"), N_("MATRIX.csv") },
    { "ahp-method", 0, 0, G_OPTION_ARG_STRING, &ahp_method,
      N_("eigenvector (default), geometric or row-mean"), N_("METHOD") },
    { "weighted-sum", 0, 0, G_OPTION_ARG_NONE, &weighted_sum,
      N_("Score by a weighted sum of normalised indicators instead of TOPSIS"), NULL },
    { "quota", 0, 0, G_OPTION_ARG_STRING, &quota_text,
      N_("Shares of the classes, best first (default 20,30,30,20)"), N_("LIST") },
    { "thresholds", 0, 0, G_OPTION_ARG_STRING, &threshold_text,
      N_("Least scores of all classes but the last, such as 0.7,0.4"), N_("LIST") },
    { "names", 0, 0, G_OPTION_ARG_STRING, &name_text, N_("Names of the classes (default A,B,C,D…)"),
      N_("LIST") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Write one JSON document"), NULL },
    G_OPTION_ENTRY_NULL,
};

typedef struct {
    MwIndicatorFile file;
    MwDirection directions[MW_INDICATORS];
    double weights[MW_INDICATORS];
    bool compared; /* the weights come from comparisons */
    MwConsistency consistency;
    size_t missing;
    double *scores;
    uint8_t *classes;
    size_t n_classes, counts[MW_CLASSES];
    double shares[MW_CLASSES]; /* or thresholds */
    char *names[MW_CLASSES + 1];
} Classification;

static void
classification_clear(Classification *c)
{
    mw_indicator_file_clear(&c->file);
    g_free(c->scores);
    g_free(c->classes);
    for (size_t k = 0; k < MW_CLASSES; k++)
        g_free(c->names[k]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Classification, classification_clear)

/* Splits "a=1,b=2"; `take` gets each indicator and its text. */
static bool
each_pair(Classification *c, const char *list, const char *option,
          bool (*take)(Classification *, size_t, const char *), GError **error)
{
    g_auto(GStrv) pairs = g_strsplit(list, ",", -1);
    for (char **pair = pairs; *pair; pair++) {
        char *equals = strrchr(*pair, '=');
        size_t j = 0;
        if (equals)
            *equals = '\0';
        while (j < c->file.columns && !g_str_equal(c->file.names[j], g_strstrip(*pair)))
            j++;
        if (!equals || j == c->file.columns || !take(c, j, g_strstrip(equals + 1)))
            return mw_wrong_call(error, _("%s: “%s” does not name an indicator and its value."),
                                 option, *pair);
    }
    return true;
}

static bool
take_direction(Classification *c, size_t j, const char *text)
{
    c->directions[j] = g_str_equal(text, "min") ? MW_LESS_IS_BETTER : MW_MORE_IS_BETTER;
    return g_str_equal(text, "min") || g_str_equal(text, "max");
}

static bool
take_weight(Classification *c, size_t j, const char *text)
{
    char *end;
    c->weights[j] = g_ascii_strtod(text, &end);
    return end != text && *end == '\0';
}

/* Numbers of a list such as 20,30,30,20; how many go to `n`. */
static bool
read_list(const char *list, const char *option, double *out, size_t most, size_t *n, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(list, ",", -1);
    *n = g_strv_length(parts);
    bool good = *n > 0 && *n <= most;
    for (size_t i = 0; good && i < *n; i++) {
        char *end;
        out[i] = g_ascii_strtod(g_strstrip(parts[i]), &end);
        good = end != parts[i] && *end == '\0';
    }
    return good || mw_wrong_call(error, _("%s: “%s” is not a list of 1 to %zu numbers."), option,
                                 list, most);
}

static bool
prepare_classes(Classification *c, GError **error)
{
    if (quota_text && threshold_text)
        return mw_wrong_call(error, _("Give --quota or --thresholds, not both."));
    if (threshold_text) {
        if (!read_list(threshold_text, "--thresholds", c->shares, MW_CLASSES - 1, &c->n_classes,
                       error))
            return false;
        c->n_classes++;
    } else if (!read_list(quota_text ? quota_text : "20,30,30,20", "--quota", c->shares, MW_CLASSES,
                          &c->n_classes, error)) {
        return false;
    }
    g_auto(GStrv) names = g_strsplit(name_text ? name_text : "", ",", -1);
    if (name_text && g_strv_length(names) != c->n_classes)
        return mw_wrong_call(error, _("--names: there are %zu classes to name."), c->n_classes);
    for (size_t k = 0; k < c->n_classes; k++) {
        c->names[k] =
            name_text ? g_strdup(g_strstrip(names[k])) : g_strdup_printf("%c", (char)('A' + k));
        for (size_t j = 0; j < k; j++)
            if (g_str_equal(c->names[j], c->names[k]))
                return mw_wrong_call(error, _("--names: two classes are called “%s”."),
                                     c->names[k]);
    }
    return true;
}

static bool
compare_pairs(Classification *c, GError **error)
{
    static const char *const methods[] = { "eigenvector", "geometric", "row-mean" };
    size_t method = 0;
    while (ahp_method && method < G_N_ELEMENTS(methods) &&
           !g_str_equal(ahp_method, methods[method]))
        method++;
    if (method == G_N_ELEMENTS(methods))
        return mw_wrong_call(error, _("--ahp-method is eigenvector, geometric or row-mean."));
    double matrix[MW_AHP_CRITERIA * MW_AHP_CRITERIA];
    g_autoptr(MwTableReader) reader = mw_table_open(ahp_path, NULL, error);
    if (!reader || !mw_comparisons_read(reader, c->file.names, c->file.columns, matrix, error))
        return mw_fail_in(ahp_path, error);
    MwStatus status =
        mw_ahp_weights(matrix, c->file.columns, (MwAhpMethod)method, c->weights, &c->consistency);
    if (status == MW_BAD_SHAPE)
        return mw_fail(error, MW_ERROR_INVALID,
                       _("%s: of two indicators, one must matter as much more as the other "
                         "matters less (3 and 1/3), and 1 stands on the diagonal."),
                       ahp_path);
    c->compared = status == MW_OK;
    return status == MW_OK || mw_refuse(status, ahp_path, error);
}

static bool
weigh(Classification *c, const MwIndicators *table, GError **error)
{
    if (weight_text && ahp_path)
        return mw_wrong_call(error, _("Give --weights or --ahp, not both."));
    if (ahp_method && !ahp_path)
        return mw_wrong_call(error, _("--ahp-method goes with --ahp."));
    if (ahp_path)
        return compare_pairs(c, error);
    if (weight_text && g_str_equal(weight_text, "entropy")) {
        MwStatus status = mw_entropy_weights(table, c->weights);
        return status == MW_OK || mw_refuse(status, "--weights", error);
    }
    for (size_t j = 0; j < c->file.columns; j++)
        c->weights[j] = weight_text ? 0.0 : 1.0;
    if (weight_text && !each_pair(c, weight_text, "--weights", take_weight, error))
        return false;
    double sum = 0.0;
    for (size_t j = 0; j < c->file.columns; j++)
        sum += c->weights[j] >= 0.0 ? c->weights[j] : NAN;
    if (!(sum > 0.0 && sum < G_MAXDOUBLE))
        return mw_refuse_option(MW_OUT_OF_RANGE, "--weights", error);
    for (size_t j = 0; j < c->file.columns; j++)
        c->weights[j] /= sum;
    return true;
}

static bool
classify(Classification *c, GError **error)
{
    size_t n = c->file.keys->len;
    for (size_t j = 0; j < c->file.columns; j++) {
        size_t filled;
        MwStatus status = mw_fill_missing(c->file.values + j * n, n, &filled);
        if (status != MW_OK)
            return mw_refuse(status, c->file.names[j], error);
        c->missing += filled;
    }
    if (direction_text && !each_pair(c, direction_text, "--direction", take_direction, error))
        return false;
    const MwIndicators table = { c->file.values, n, c->file.columns, c->directions };
    if (!prepare_classes(c, error) || !weigh(c, &table, error))
        return false;

    c->scores = g_new(double, n);
    c->classes = g_new(uint8_t, n);
    g_autofree double *work = g_new(double, n);
    MwStatus status = weighted_sum ? mw_weighted_sum(&table, c->weights, c->scores)
                                   : mw_topsis(&table, c->weights, MW_SCALE_VECTOR, c->scores);
    if (status != MW_OK)
        return mw_refuse(status, _("The scores"), error);
    status =
        threshold_text
            ? mw_threshold_classes(c->scores, n, c->shares, c->n_classes, c->classes, c->counts)
            : mw_quota_classes(c->scores, n, c->shares, c->n_classes, work, c->classes, c->counts);
    return status == MW_OK ||
           mw_refuse_option(status, threshold_text ? "--thresholds" : "--quota", error);
}

static const char *
key_of(const Classification *c, size_t i)
{
    return g_ptr_array_index(c->file.keys, i);
}

static json_t *
document(const Classification *c)
{
    json_t *weights = json_object(), *scores = json_object(), *classes = json_object();
    json_t *counts = json_object();
    for (size_t j = 0; j < c->file.columns; j++)
        json_object_set_new(weights, c->file.names[j], json_real(c->weights[j]));
    for (size_t i = 0; i < c->file.keys->len; i++) {
        json_object_set_new(scores, key_of(c, i), json_real(c->scores[i]));
        json_object_set_new(classes, key_of(c, i), json_string(c->names[c->classes[i]]));
    }
    for (size_t k = 0; k < c->n_classes; k++)
        json_object_set_new(counts, c->names[k], json_integer((json_int_t)c->counts[k]));
    const MwConsistency *found = &c->consistency;
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:s, s:I, s:o, s:o, s:o}", "weights", weights,
                     "lambda_max", c->compared ? json_real(found->lambda_max) : json_null(), "ci",
                     c->compared ? json_real(found->index) : json_null(), "random_index",
                     c->compared ? json_real(found->random_index) : json_null(), "cr",
                     c->compared ? json_real(found->ratio) : json_null(), "method",
                     weighted_sum ? "weighted-sum" : "topsis", "missing", (json_int_t)c->missing,
                     "scores", scores, "classes", classes, "counts", counts);
}

static int
by_score(const void *left, const void *right, void *data)
{
    const Classification *c = data;
    size_t a = *(const size_t *)left, b = *(const size_t *)right;
    if (c->scores[a] != c->scores[b])
        return c->scores[a] > c->scores[b] ? -1 : 1;
    return (a > b) - (a < b);
}

static void
print_customers(Classification *c)
{
    const char *const headers[] = { _("Customer"), _("Score"), _("Class"), NULL };
    size_t n = c->file.keys->len;
    g_autofree size_t *order = g_new(size_t, n);
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    g_qsort_with_data(order, (gint)n, sizeof *order, by_score, c);
    MwPrintTable *table = mw_print_table_new("lrl", headers);
    for (size_t i = 0; i < n; i++)
        mw_print_table_row(table, key_of(c, order[i]), mw_print_number(c->scores[order[i]], 6),
                           c->names[c->classes[order[i]]]);
    mw_print_table_end(table);
}

static void
print_all(Classification *c)
{
    const char *const weight_headers[] = { _("Indicator"), _("Better"), _("Weight"), NULL };
    const char *const class_headers[] = { _("Class"), _("Customers"), NULL };
    MwPrintTable *table = mw_print_table_new("llr", weight_headers);
    for (size_t j = 0; j < c->file.columns; j++)
        mw_print_table_row(table, c->file.names[j],
                           c->directions[j] == MW_LESS_IS_BETTER ? _("less") : _("more"),
                           mw_print_number(c->weights[j], 6));
    mw_print_table_end(table);
    if (c->compared) {
        g_print(_("\nConsistency: λmax %s, CI %s, CR %s\n"),
                mw_print_number(c->consistency.lambda_max, 6),
                mw_print_number(c->consistency.index, 6), mw_print_number(c->consistency.ratio, 6));
        if (c->consistency.ratio > 0.10)
            g_print("%s\n", _("The comparisons contradict each other (CR above 0.10): ask again "
                              "before you rely on these weights."));
    }
    if (c->missing > 0)
        g_print(_("\n%zu missing values were taken as the mean of their indicator.\n"), c->missing);
    g_print("\n");
    table = mw_print_table_new("lr", class_headers);
    for (size_t k = 0; k < c->n_classes; k++)
        mw_print_table_row(table, c->names[k], mw_print_number((double)c->counts[k], 0));
    mw_print_table_end(table);
    g_print("\n");
    print_customers(c);
}

static bool
run(MwApp *app G_GNUC_UNUSED, int argc, char **argv, GError **error)
{
    if (argc != 2)
        return mw_wrong_call(error, _("Name one file."));
    g_autoptr(MwTableReader) reader = mw_table_open(argv[1], NULL, error);
    g_auto(Classification) c = { 0 };
    if (!reader || !mw_indicator_file_read(&c.file, reader, error))
        return mw_fail_in(argv[1], error);
    if (!classify(&c, error))
        return false;
    if (as_json)
        mw_print_json(document(&c));
    else
        print_all(&c);
    return true;
}

const MwCommand mw_command_classify_table = {
    .name = "classify-table",
    .summary = N_("Put customers into classes by several indicators at once"),
    .arguments = N_("FILE.csv"),
    .details =
        N_("FILE.csv has a row a customer: first the key, then an indicator a column.\n"
           "A quota is rounded half up from the top; who ties with the last one of a class goes up "
           "with him.\nAn empty cell counts as the mean of its indicator.\n"
           "See docs/methods/classification.md."),
    .options = options,
    .run = run,
};
