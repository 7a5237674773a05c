#include "methods/classification_reason.h"

#include <math.h>

#include "base/i18n.h"
#include "base/money.h"

static char *
value_text(MwIndicator indicator, double value, const char *code)
{
    const MwCurrency *currency = mw_currency_find(code);

    if (isnan(value))
        return g_strdup(_("unknown"));
    switch (indicator) {
    case MW_IND_REVENUE:
    case MW_IND_MARGIN:
    case MW_IND_POTENTIAL:
        return mw_money_format(llround(value), currency, MW_MONEY_SYMBOL);
    case MW_IND_GROWTH:
    case MW_IND_RETURNS_SHARE:
        return g_strdup_printf("%.1f %%", value * 100.0);
    case MW_IND_PAYMENT_DELAY:
        return g_strdup_printf("%.1f", value);
    default:
        return g_strdup_printf("%.0f", value);
    }
}

/* The criterion that pushed the account most in the direction of its move; NULL when none did. */
static const MwCriterion *
pushed_by(const MwClassification *c, size_t i, const MwEarlier *earlier, const double *ranges,
          bool up)
{
    const MwCriterion *most = NULL;
    double most_push = 0.0;

    for (size_t j = 0; j < c->plan.n_criteria; j++) {
        const MwCriterion *criterion = &c->plan.criteria[j];
        MwIndicator indicator = criterion->indicator;
        double change = c->values[indicator * c->n + i] - earlier->values[indicator];
        double push = criterion->weight * change / ranges[indicator];
        if ((criterion->direction == MW_MORE_IS_BETTER) != up)
            push = -push;
        if (push > most_push) { /* not when unknown then or now */
            most_push = push;
            most = criterion;
        }
    }
    return most;
}

static char *
move_text(const MwClassification *c, size_t i, const MwEarlier *earlier, const double *ranges,
          const char *currency)
{
    bool up = c->classes[i] < earlier->class;
    const char from[] = { (char)('A' + earlier->class), 0 };
    const char to[] = { (char)('A' + c->classes[i]), 0 };
    const MwCriterion *most = pushed_by(c, i, earlier, ranges, up);

    if (!most)
        return g_strdup_printf(up ? _("Up from %s to %s, because others fell back.")
                                  : _("Down from %s to %s, because others went ahead."),
                               from, to);
    g_autofree char *then = value_text(most->indicator, earlier->values[most->indicator], currency);
    g_autofree char *now =
        value_text(most->indicator, c->values[most->indicator * c->n + i], currency);
    return g_strdup_printf(up ? _("Up from %s to %s: “%s” went from %s to %s.")
                              : _("Down from %s to %s: “%s” went from %s to %s."),
                           from, to, mw_indicator_label(most->indicator), then, now);
}

char *
mw_classification_reason(const MwClassification *c, size_t i, const MwEarlier *earlier,
                         const double *ranges, const char *currency)
{
    const MwClassificationPlan *plan = &c->plan;
    MwIndicator heaviest = plan->criteria[0].indicator;
    double weight = plan->criteria[0].weight;

    if (earlier && earlier->class != c->classes[i])
        return move_text(c, i, earlier, ranges, currency);
    for (size_t j = 1; j < plan->n_criteria; j++) {
        if (plan->criteria[j].weight > weight) {
            weight = plan->criteria[j].weight;
            heaviest = plan->criteria[j].indicator;
        }
    }
    g_autofree char *value = value_text(heaviest, c->values[heaviest * c->n + i], currency);
    return g_strdup_printf(_("Rank %u of %zu; %s: %s."), c->ranks[i], c->n,
                           mw_indicator_label(heaviest), value);
}

void
mw_classification_ranges(const MwClassification *c, double *ranges)
{
    for (size_t j = 0; j < MW_N_INDICATORS; j++) {
        double low = INFINITY, high = -INFINITY;
        for (size_t i = 0; i < c->n; i++) {
            low = fmin(low, c->values[j * c->n + i]);
            high = fmax(high, c->values[j * c->n + i]);
        }
        ranges[j] = high > low ? high - low : 1.0;
    }
}
