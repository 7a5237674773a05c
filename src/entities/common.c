#include "entities/common.h"

#include <string.h>

#include "base/clock.h"

const MwChoice mw_classes[] = {
    { "A", N_("A key"), "red" },
    { "B", N_("B major"), "orange" },
    { "C", N_("C general"), "azure" },
    { "D", N_("D maintained"), "secondary" },
    { NULL },
};

const MwChoice mw_ratings[] = {
    { "hot", N_("Hot"), "red" },
    { "warm", N_("Warm"), "orange" },
    { "cold", N_("Cold"), "azure" },
    { NULL },
};

const MwChoice mw_languages[] = {
    { "zh_CN", N_("Chinese") },
    { "en", N_("English") },
    { NULL },
};

/* The columns of each table: read, create, update, remove, export, import. */
#define EVERYTHING                                                                                 \
    {                                                                                              \
        MW_ALL, MW_ALL, MW_ALL, MW_ALL, MW_ALL, MW_ALL                                             \
    }

const MwGrant mw_grants_business[] = {
    { "admin", EVERYTHING },
    { "manager",
      { MW_TEAM_BELOW, MW_TEAM_BELOW, MW_TEAM_BELOW, MW_TEAM_BELOW, MW_TEAM_BELOW,
        MW_TEAM_BELOW } },
    { "sales", { MW_TEAM, MW_OWN, MW_TEAM, MW_OWN, MW_OWN, MW_OWN } },
    { "service", { MW_ALL, MW_OWN, MW_TEAM } },
    { "marketing", { MW_ALL, MW_OWN, MW_OWN, MW_NOBODY, MW_ALL } },
    { "viewer", { MW_ALL } },
    { NULL },
};

const MwGrant mw_grants_reference[] = {
    { "admin", EVERYTHING },
    { "manager", { MW_ALL, MW_ALL, MW_ALL, MW_NOBODY, MW_ALL, MW_ALL } },
    { "sales", { MW_ALL } },
    { "service", { MW_ALL } },
    { "marketing", { MW_ALL } },
    { "viewer", { MW_ALL } },
    { NULL },
};

const MwGrant mw_grants_directory[] = {
    { "admin", EVERYTHING },
    { "manager", { MW_ALL } },
    { "sales", { MW_ALL } },
    { "service", { MW_ALL } },
    { "marketing", { MW_ALL } },
    { "viewer", { MW_ALL } },
    { NULL },
};

const MwGrant mw_grants_admin[] = {
    { "admin", EVERYTHING },
    { NULL },
};

#define OWN_ONLY                                                                                   \
    {                                                                                              \
        MW_OWN, MW_OWN, MW_OWN, MW_OWN, MW_OWN                                                     \
    }

const MwGrant mw_grants_own[] = {
    { "admin", EVERYTHING },
    { "manager", OWN_ONLY },
    { "sales", OWN_ONLY },
    { "service", OWN_ONLY },
    { "marketing", OWN_ONLY },
    { "viewer", OWN_ONLY },
    { NULL },
};

void
mw_check_pooled(MwRecord *record, const MwRecord *before, MwProblems *problems)
{
    bool pooled = !mw_record_is_null(record, "pool");
    bool enters = pooled && (!before || mw_record_has_changed(record, "pool"));

    if (mw_record_is_null(record, "last_activity_at"))
        mw_record_set_int(record, "last_activity_at", mw_clock_now());
    if (enters) {
        mw_record_set_null(record, "owner");
        mw_record_set_null(record, "team");
        mw_record_set_null(record, "taken_from");
        mw_record_set_null(record, "taken_at");
        mw_record_set_int(record, "pooled_at", mw_clock_now());
    } else if (pooled && !mw_record_is_null(record, "owner")) {
        mw_problems_add(problems, "owner", "pooled",
                        _("This is in an open pool: pick or assign it there."));
    }
}

void
mw_put_key(MwRecord *record, const char *field, const char *from, char *(*key)(const char *))
{
    const char *text = mw_record_text(record, from);
    g_autofree char *made = text ? key(text) : NULL;

    if (made && *made)
        mw_record_set_text(record, field, made);
    else
        mw_record_set_null(record, field);
}

void
mw_check_not_itself(const MwRecord *record, const char *link, MwProblems *problems)
{
    if (!mw_record_is_null(record, link) && mw_record_int(record, link) == mw_record_id(record))
        mw_problems_add(problems, link, "circular",
                        _("Choose another one than the record itself."));
}

void
mw_check_in_order(const MwRecord *record, const char *earlier, const char *later,
                  MwProblems *problems)
{
    if (mw_record_is_null(record, earlier) || mw_record_is_null(record, later))
        return;

    const MwField *field = mw_entity_field(record->entity, earlier);
    bool disordered =
        field->kind->storage == MW_TEXT
            ? strcmp(mw_record_text(record, later), mw_record_text(record, earlier)) < 0
            : mw_record_int(record, later) < mw_record_int(record, earlier);
    if (disordered)
        mw_problems_add(problems, later, "out_of_range", _("This must not be before “%s”."),
                        mw_field_label(field));
}

void
mw_check_identifier(const MwRecord *record, const char *field, MwProblems *problems)
{
    const char *name = mw_record_text(record, field);

    if (name && (!g_ascii_islower(*name) ||
                 name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")] != '\0'))
        mw_problems_add(problems, field, "bad_name",
                        _("Use small letters, digits and “_” only, with a letter first."));
}

bool
mw_line_value(int64_t quantity, int64_t price, int64_t discount, const MwCurrency *currency,
              int64_t *value)
{
    int64_t discounted; /* exact, so that the product is rounded once */

    return mw_decimal_multiply(quantity, MW_QUANTITY_SCALE, 10000 - discount, 4,
                               MW_QUANTITY_SCALE + 4, &discounted) &&
           mw_decimal_multiply(discounted, MW_QUANTITY_SCALE + 4, price, MW_PRICE_SCALE,
                               currency->exponent, value);
}
