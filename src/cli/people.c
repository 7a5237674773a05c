/* millwright people: the people of a deal in the database, and what they come to. */
#include "base/i18n.h"
#include "cli/app.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "engines/route.h"
#include "methods/buying_centre.h"
#include "record/service.h"

static int days;
static gboolean as_json;

static const GOptionEntry options[] = {
    { "days", 0, 0, G_OPTION_ARG_INT, &days,
      N_("Covered: contact within so many days; without, what the company has set"), N_("N") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Write one JSON document"), NULL },
    G_OPTION_ENTRY_NULL,
};

/* By its number, else by its id. */
static MwRecord *
find_deal(const MwContext *context, const char *name, GError **error)
{
    const MwEntity *entity = mw_catalog_entity(context->catalog, "opportunity");
    g_autoptr(MwFilter) filter =
        mw_filter_test(mw_entity_field(entity, "number"), MW_TEST_EQ, MW_BORROW(name));
    MwQuery query = { .entity = entity, .filter = filter, .limit = 1 };
    g_autoptr(GPtrArray) found = mw_record_find(context, &query, MW_MAY_READ, NULL, error);
    gint64 id = 0;

    if (!found)
        return NULL;
    if (found->len > 0)
        return mw_record_copy(found->pdata[0]);
    g_ascii_string_to_signed(name, 10, 1, G_MAXINT64, &id, NULL);
    return mw_record_read(context, entity, id, MW_LIVE, error);
}

static void
print_person(MwPrintTable *table, const MwContext *context, const MwBuyingPerson *person)
{
    g_autofree char *influence =
        person->influence ? g_strdup_printf("%d", person->influence) : g_strdup("");
    g_autofree char *reach = g_strdup_printf("%u", person->reach);
    g_autofree char *cost =
        person->cost == MW_ROUTE_NONE ? g_strdup("") : g_strdup_printf("%u", person->cost);

    mw_print_table_row(table, person->name, person->role_names ? person->role_names : "",
                       mw_buying_label(context, "opportunity_person", "stance", person->stance),
                       influence, person->last, person->covered ? _("Yes") : _("No"), reach, cost);
}

static void
print_all(const MwContext *context, const MwBuyingCentre *centre)
{
    const char *const headers[] = { _("Name"),      _("Role"),         _("Stance"),
                                    _("Influence"), _("Last contact"), _("Covered"),
                                    _("Reach"),     _("Way from us"),  NULL };
    MwPrintTable *table = mw_print_table_new("lllrllrr", headers);

    for (guint i = 0; i < centre->people->len; i++)
        print_person(table, context, mw_buying_person(centre, i));
    mw_print_table_end(table);
    for (guint i = 0; i < centre->findings->len; i++) {
        const MwFinding *finding = centre->findings->pdata[i];
        g_print("%s%s %s\n", i == 0 ? "\n" : "", finding->urgent ? "!" : "-", finding->text);
        if (finding->reason && *finding->reason)
            g_print("  %s\n", finding->reason);
    }
}

static bool
run(MwApp *app, int argc, char **argv, GError **error)
{
    g_auto(MwBuyingCentre) centre = { 0 };
    MwContext context;

    if (argc != 2)
        return mw_wrong_call(error, _("Name one opportunity, by its number or id."));
    if (days < 0 || days > MW_COVERAGE_DAYS_MAX)
        return mw_wrong_call(error, _("Send a number of days from 1 to %d."), MW_COVERAGE_DAYS_MAX);
    if (!mw_app_begin(app, false, &context, error))
        return false;
    g_autoptr(MwRecord) deal = find_deal(&context, argv[1], error);
    bool done = deal && mw_buying_centre(&context, deal, (unsigned)days, true, &centre, error);
    if (done && as_json)
        mw_print_json(mw_buying_centre_json(&context, &centre));
    else if (done)
        print_all(&context, &centre);
    return mw_app_end(app, &context, false, NULL) && done;
}

const MwCommand mw_command_people = {
    .name = "people",
    .summary = N_("Show the people of an opportunity, and what they come to"),
    .arguments = N_("OPPORTUNITY"),
    .details = N_("OPPORTUNITY is its number or id. “Way from us” is the cost of the shortest way "
                  "to the person;\nsee docs/methods/buying-centre.md."),
    .options = options,
    .run = run,
};
