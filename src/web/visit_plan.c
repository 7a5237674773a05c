/* visit_plan: visits for a week, of the accounts that are due by the rhythm of their class. */
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/id.h"
#include "web/pages.h"
#include "web/routes.h"

enum { DUE_SHOWN = 100, A_DAY = 3, WORKDAYS = 5 };

typedef struct {
    const MwRequest *request;
    const MwContext *context;
    const MwEntity *account, *activity;
    int64_t monday;
    GPtrArray *due; /* of MwRecord: accounts */
} Plan;

static bool
begin(Plan *p, const MwRequest *request, GError **error)
{
    const char *from = mw_param(request, "from");
    int64_t today = mw_date_of_instant(request->context->now, request->context->locale.zone);

    *p = (Plan){ .request = request, .context = request->context };
    p->account = mw_catalog_entity(p->context->catalog, "account");
    p->activity = mw_catalog_entity(p->context->catalog, "activity");
    /* From Friday on people plan the next week. */
    p->monday = today - (mw_date_weekday(today) - 1) + (mw_date_weekday(today) >= 5 ? 7 : 0);
    if (from && mw_date_parse(from, &p->monday))
        p->monday = CLAMP(p->monday, MW_DATE_MIN + 30, MW_DATE_MAX - 30);
    p->monday -= mw_date_weekday(p->monday) - 1;
    if (!mw_actor_may(p->context->actor, p->account, MW_MAY_READ) ||
        !mw_actor_may(p->context->actor, p->activity, MW_MAY_CREATE))
        return mw_fail(error, MW_ERROR_DENIED, _("You have no right to do this."));
    return true;
}

/* Own accounts that are due before the week ends and have no visit planned, the longest overdue first. */
static bool
read_due(Plan *p, GError **error)
{
    const MwField *next = mw_entity_field(p->account, "next_visit_on");
    g_autofree char *end = mw_date_format(p->monday + 7, MW_CLOCK_ISO);
    g_autoptr(MwFilter) filter = mw_filter_all();
    MwFilter *open = mw_filter_all();
    MwQuery query = { .entity = p->account,
                      .filter = filter,
                      .limit = DUE_SHOWN,
                      .order = { { next, false } },
                      .n_order = 1 };

    mw_filter_add(filter, mw_filter_test(mw_entity_field(p->account, "owner"), MW_TEST_EQ,
                                         MW_INT(mw_actor_user(p->context->actor))));
    mw_filter_add(filter, mw_filter_test(next, MW_TEST_LT, MW_BORROW(end)));
    mw_filter_add(open,
                  mw_filter_test(mw_entity_field(p->activity, "done"), MW_TEST_EQ, MW_INT(0)));
    mw_filter_add(
        open, mw_filter_test(mw_entity_field(p->activity, "type"), MW_TEST_EQ, MW_BORROW("visit")));
    mw_filter_add(filter, mw_filter_not(mw_filter_has(
                              p->activity, mw_entity_field(p->activity, "account"), open)));
    p->due = mw_record_find(p->context, &query, MW_MAY_READ, NULL, error);
    return p->due != NULL;
}

/* ---- the proposal ---------------------------------------------------------------- */

typedef struct {
    const MwRecord *account;
    int64_t day;
    bool chosen;
} Proposal;

static int
by_place(gconstpointer a, gconstpointer b)
{
    const Proposal *x = a, *y = b;
    int order =
        g_strcmp0(mw_record_text(x->account, "region"), mw_record_text(y->account, "region"));

    if (order == 0)
        order = g_strcmp0(mw_record_text(x->account, "city"), mw_record_text(y->account, "city"));
    if (order == 0)
        order = g_strcmp0(mw_record_text(x->account, "next_visit_on"),
                          mw_record_text(y->account, "next_visit_on"));
    return order ? order : mw_record_id(x->account) < mw_record_id(y->account) ? -1 : 1;
}

/* The longest overdue are chosen, so many a day; neighbours come on the same day. */
static GArray *
propose(const Plan *p)
{
    GArray *proposals = g_array_new(false, true, sizeof(Proposal));
    int n = 0;
    int chosen = (int)MIN(p->due->len, (guint)(A_DAY * WORKDAYS));
    int a_day = MAX((chosen + WORKDAYS - 1) / WORKDAYS, 1);

    for (guint i = 0; i < p->due->len; i++) {
        Proposal proposal = { p->due->pdata[i], p->monday, (int)i < chosen };
        g_array_append_val(proposals, proposal);
    }
    g_array_sort(proposals, by_place);
    for (guint i = 0; i < proposals->len; i++) {
        Proposal *proposal = &g_array_index(proposals, Proposal, i);
        proposal->day = p->monday + MIN(n / a_day, WORKDAYS - 1);
        n += proposal->chosen;
    }
    return proposals;
}

static void
put_seen(MwNode *item, const Plan *p, const MwRecord *account, const char *name)
{
    const MwField *field = mw_entity_field(p->account, name);
    g_autoptr(GString) text = g_string_new(NULL);

    if (mw_actor_sees(p->context->actor, p->account, field))
        mw_field_show(field, &p->context->locale, mw_record_value(account, field), text);
    mw_put_copy_at(item, mw_key(name), text->str, text->len);
}

static void
put_days(MwNode *item, const Plan *p, int64_t proposed)
{
    static const char *const names[] = { N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri") };
    MwNode *days = mw_put_list(item, "days");

    for (int i = 0; i < WORKDAYS; i++) {
        g_autofree char *date = mw_date_format(p->monday + i, MW_CLOCK_ISO);
        g_autofree char *label = mw_date_format(p->monday + i, MW_CLOCK_SHORT);
        MwNode *day = mw_put_object(days, NULL);
        mw_put_copy(day, "date", date);
        mw_put_format(day, "label", "%s %s", _(names[i]), label);
        mw_put_bool(day, "selected", proposed == p->monday + i);
    }
}

static void
put_proposals(MwNode *node, const Plan *p, const GArray *proposals)
{
    MwNode *groups = mw_put_list(node, "groups"), *items = NULL;
    const char *region = NULL;
    char path[MW_RECORD_PATH_SIZE];

    for (guint i = 0; i < proposals->len; i++) {
        const Proposal *proposal = &g_array_index(proposals, Proposal, i);
        const char *here = mw_record_text(proposal->account, "region");
        if (!items || g_strcmp0(here, region) != 0) {
            MwNode *group = mw_put_object(groups, NULL);
            put_seen(group, p, proposal->account, "region");
            items = mw_put_list(group, "items");
            region = here;
        }
        MwNode *item = mw_put_object(items, NULL);
        mw_put_format(item, "id", "%" G_GINT64_FORMAT, mw_record_id(proposal->account));
        mw_put_copy(item, "href",
                    mw_record_path(p->account, mw_record_id(proposal->account), path));
        put_seen(item, p, proposal->account, "name");
        put_seen(item, p, proposal->account, "class");
        put_seen(item, p, proposal->account, "city");
        put_seen(item, p, proposal->account, "next_visit_on");
        mw_put_bool(item, "chosen", proposal->chosen);
        put_days(item, p, proposal->day);
    }
    mw_put_bool(node, "any", proposals->len > 0);
}

static bool
show_plan(const MwRequest *request, MwReply *reply, GError **error)
{
    MwNode *root = mw_view_root(request->view), *node = mw_put_object(root, "plan");
    Plan p;

    if (!begin(&p, request, error) || !read_due(&p, error))
        return false;
    g_autoptr(GPtrArray) due = p.due;
    g_autoptr(GArray) proposals = propose(&p);
    g_autofree char *monday = mw_date_format(p.monday, MW_CLOCK_ISO);
    g_autofree char *before = mw_date_format(p.monday - 7, MW_CLOCK_ISO);
    g_autofree char *after = mw_date_format(p.monday + 7, MW_CLOCK_ISO);
    g_autofree char *first = mw_date_format(p.monday, MW_CLOCK_LONG);
    g_autofree char *last = mw_date_format(p.monday + 4, MW_CLOCK_SHORT);
    mw_put_text(root, "title", _("Visit plan"));
    mw_put_copy(node, "from", monday);
    mw_put_format(node, "week", "%s – %s", first, last);
    mw_put_format(node, "before", "/visit-plan?from=%s", before);
    mw_put_format(node, "after", "/visit-plan?from=%s", after);
    put_proposals(node, &p, proposals);
    mw_flash_put(request);
    return mw_reply_page(request, reply, "visit-plan", error);
}

/* ---- making the visits --------------------------------------------------------------- */

static bool
plan_one(const Plan *p, const char *id, GError **error)
{
    g_autofree char *name = g_strconcat("day_", id, NULL);
    const char *day = mw_form_param(p->request, name);
    g_autoptr(MwRecord) account =
        mw_record_read(p->context, p->account, mw_id_read(id), MW_LIVE, error);
    g_autoptr(MwInput) input = mw_input_new(p->activity);
    g_autoptr(MwProblems) problems = mw_problems_new();

    if (!account)
        return false;
    g_autofree char *subject = g_strdup_printf(_("Visit %s"), mw_record_text(account, "name"));
    if (g_utf8_strlen(subject, -1) > 200)
        *g_utf8_offset_to_pointer(subject, 200) = '\0';
    mw_input_set(input, "type", "visit");
    mw_input_set(input, "subject", subject);
    mw_input_set_value(input, mw_entity_field(p->activity, "account"),
                       MW_INT(mw_record_id(account)));
    mw_input_set(input, "due_on", day);
    mw_input_set(input, "place", mw_record_text(account, "city"));
    g_autoptr(MwRecord) made = mw_record_write(p->context, input, 0, problems, error);
    if (!made)
        return false;
    if (mw_problems_any(problems) || !day || !*day) {
        g_autofree char *text = mw_problems_text(problems);
        return mw_fail(error, MW_ERROR_INVALID, "%s", *text ? text : _("Choose a day."));
    }
    return true;
}

static bool
make_visits(const MwRequest *request, MwReply *reply, GError **error)
{
    unsigned n = 0;
    Plan p;

    if (!begin(&p, request, error))
        return false;
    for (size_t i = 0; i < request->n_form; i++) {
        if (!g_str_equal(request->form[i].name, "account"))
            continue;
        if (++n > DUE_SHOWN)
            return mw_fail(error, MW_ERROR_TOO_LARGE, _("At most %d visits are possible at once."),
                           DUE_SHOWN);
        if (!plan_one(&p, request->form[i].value, error))
            return false;
    }
    g_autofree char *monday = mw_date_format(p.monday, MW_CLOCK_ISO);
    g_autofree char *path = n > 0 ? g_strdup_printf("/activities/calendar?show=week&on=%s", monday)
                                  : g_strdup_printf("/visit-plan?from=%s", monday);
    return mw_reply_done(reply, path, n > 0 ? "planned" : "nothing");
}

const MwRoute mw_visit_plan_routes[] = {
    { MW_GET, "/visit-plan", MW_FOR_USERS, 0, MW_RUN_READ, show_plan },
    { MW_POST, "/visit-plan", MW_FOR_USERS, 0, MW_RUN_WRITE, make_visits },
    { .path = NULL },
};
