/* dispatch: from a request to its handler and back, on whichever thread it belongs. */
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "store/backend.h"
#include "web/call.h"
#include "web/log.h"

/* ---- lanes ------------------------------------------------------------------ */

MwLane *
mw_lane_new(MwServer *server, MwOpenFlags flags)
{
    MwLane *lane = g_new0(MwLane, 1);

    lane->server = server;
    lane->flags = flags;
    lane->stores = g_new0(MwStore *, server->n_sites);
    lane->counted = g_new0(uint64_t, server->n_sites);
    lane->view = mw_view_new();
    lane->bearers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    lane->packer = mw_packer_new();
    return lane;
}

void
mw_lane_free(MwLane *lane)
{
    if (!lane)
        return;
    for (size_t i = 0; i < lane->server->n_sites; i++)
        mw_store_close(lane->stores[i]);
    g_free(lane->stores);
    g_free(lane->counted);
    g_hash_table_unref(lane->bearers);
    mw_view_free(lane->view);
    mw_packer_free(lane->packer);
    g_free(lane);
}

MwStore *
mw_lane_store(MwLane *lane, const MwSite *site, GError **error)
{
    if (!lane->stores[site->index])
        lane->stores[site->index] = mw_company_connect(site->company, lane->flags, error);
    return lane->stores[site->index];
}

uint64_t
mw_lane_statements(MwLane *lane, const MwSite *site)
{
    const MwStore *store = lane->stores[site->index];
    uint64_t all = store ? mw_store_statements(store) : 0, before = lane->counted[site->index];

    lane->counted[site->index] = all;
    return all - before;
}

void
mw_call_fail(MwCall *call, MwLane *lane, const GError *error)
{
    mw_reply_error(call, error);
    mw_reply_finish(call, lane);
}

/* ---- running one call ----------------------------------------------------------- */

static bool
may(const MwCall *call, GError **error)
{
    const MwRoute *route = call->match.route;

    if (route->access == MW_FOR_ANYONE)
        return true;
    if (!mw_actor_user(call->actor))
        return mw_fail(error, MW_ERROR_UNAUTHENTICATED, _("Please log in."));
    if (route->access == MW_FOR_ADMINS && !mw_actor_has_role(call->actor, "admin"))
        return mw_fail(error, MW_ERROR_DENIED, _("Only administrators may do this."));
    if (route->access == MW_FOR_RIGHT &&
        !mw_actor_may(call->actor, call->request.entity, route->right))
        return mw_fail(error, MW_ERROR_DENIED, _("You have no right to do this."));
    return true;
}

/* Who may not look is told so on a page with his navigation, which handle() makes. */
static bool
is_looking(const MwCall *call)
{
    return call->request.method == MW_GET && call->match.route->run == MW_RUN_READ;
}

static bool
identify(MwCall *call, MwLane *lane, MwStore *store, GError **error)
{
    if (call->identified)
        return true;
    if (!mw_session_identify(call, lane, store, error) ||
        (!is_looking(call) && !may(call, error)) || !mw_session_check_origin(call, error))
        return false;
    call->identified = true;
    return true;
}

/* Everything that is said from here on is in the language of the one who asks. */
static void
use_language(const MwCall *call)
{
    const char *chosen = call->actor ? mw_actor_language(call->actor) : "";

    mw_i18n_use(*chosen ? chosen : mw_visitor_language(call));
}

static bool
handle(MwCall *call, MwLane *lane, MwStore *store, GError **error)
{
    MwRequest *request = &call->request;
    bool api = g_str_has_prefix(request->path, "/api/");

    mw_view_reset(lane->view);
    mw_reply_clear(&call->reply);
    request->view = lane->view;
    mw_context_begin(&call->context, call->site->company, store, call->actor, api ? "api" : "web");
    call->context.reads = call->match.route->run == MW_RUN_READ;
    if (!mw_actor_user(call->actor))
        call->context.locale.language = mw_visitor_language(call);
    mw_context_use_language(&call->context);
    request->context = &call->context;
    if (request->entity && call->context.catalog != call->catalog)
        request->entity = mw_catalog_entity(call->context.catalog, request->entity->name);
    g_autoptr(GError) local = NULL;
    bool done = (!is_looking(call) || may(call, &local)) &&
                call->match.route->handler(request, &call->reply, &local);
    if (!done) {
        if (!local)
            g_set_error_literal(&local, MW_ERROR, MW_ERROR_INTERNAL, "a handler failed silently");
        if (local->domain != MW_STORE_RETRY)
            mw_reply_error(call, local);
        g_propagate_error(error, g_steal_pointer(&local));
    }
    g_clear_pointer(&call->favourites, g_array_unref); /* its entities go with the catalog */
    mw_context_end(&call->context);
    request->context = NULL;
    request->view = NULL;
    return done;
}

/* After a commit: what the snapshots are made of may have changed. */
static void
reload_if_touched(const MwSite *site, MwStore *store)
{
    g_autoptr(GError) error = NULL;

    if (!mw_company_touched(site->company))
        return;
    if (!mw_company_reload(site->company, store, &error)) {
        mw_company_touch(site->company); /* next time */
        mw_log("the company cannot be loaded again: %s", error->message);
    }
}

/* One try on a database of one's own: identify, handle, commit or roll back. `told`: the handler has
 * failed, and the reply says so. */
static bool
attempt(MwCall *call, MwLane *lane, MwStore *store, bool *told, GError **error)
{
    MwRun run = call->match.route->run;

    *told = false;
    if (run == MW_RUN_SLOW) {
        if (!call->identified) {
            if (!mw_store_begin(store, false, error) || !identify(call, NULL, store, error)) {
                mw_store_rollback(store);
                return false;
            }
            mw_store_rollback(store);
        }
        *told = !handle(call, lane, store, error);
        mw_store_rollback(store); /* of one that forgot to end it */
        return !*told;
    }
    if (!mw_store_begin(store, run == MW_RUN_WRITE, error))
        return false;
    g_autoptr(GError) untrue = NULL;
    bool known = identify(call, lane, store, error);
    *told = known && !handle(call, lane, store, error);
    if (!mw_session_holds(call, lane, store, &untrue)) {
        *told = known = false;
        g_clear_error(error);
        g_propagate_error(error, g_steal_pointer(&untrue));
    }
    if (known && !*told && !call->reply.discard && run == MW_RUN_WRITE)
        return mw_store_commit(store, error);
    mw_store_rollback(store);
    return known && !*told;
}

static bool
is_retry(const GError *error)
{
    return error && error->domain == MW_STORE_RETRY;
}

/* Runs the call on this thread to its end. */
static void
run_here(MwCall *call, MwLane *lane)
{
    g_autoptr(GError) error = NULL;
    MwStore *store = mw_lane_store(lane, call->site, &error);
    bool done = false, told = false;

    for (int tries = 1; store && tries <= MW_TRIES_MAX; tries++) {
        g_clear_error(&error);
        done = attempt(call, lane, store, &told, &error);
        if (done || !is_retry(error))
            break;
        g_usleep(1000ul << tries);
    }
    if (is_retry(error)) {
        g_clear_error(&error);
        g_set_error_literal(&error, MW_ERROR, MW_ERROR_UNAVAILABLE,
                            _("The database is busy; try again."));
        told = false;
    }
    use_language(call);
    if (!done && !told)
        mw_reply_error(call, error);
    if (store && call->match.route->run != MW_RUN_READ)
        reload_if_touched(call->site, store);
    mw_reply_finish(call, lane);
}

/* On SQLite the one who asks is found on the thread of the socket, so that the writer is spared. */
static bool
identify_here(MwCall *call, MwLane *lane, GError **error)
{
    MwStore *store = mw_lane_store(lane, call->site, error);

    if (!store || !mw_store_begin(store, false, error))
        return false;
    bool known = identify(call, NULL, store, error);
    mw_store_rollback(store);
    return known;
}

/* Who sends a large body, before any of it is taken in. His form's token is checked when that is there. */
static void
look(MwCall *call, MwLane *lane)
{
    g_autoptr(GError) error = NULL;
    MwStore *store = mw_lane_store(lane, call->site, &error);
    bool known = store && mw_store_begin(store, false, &error) &&
                 mw_session_identify(call, NULL, store, &error) && may(call, &error) &&
                 mw_call_admit(call, &error);

    if (store)
        mw_store_rollback(store);
    if (known)
        return;
    use_language(call);
    mw_call_fail(call, lane, error);
    call->done = true;
}

bool
mw_call_look(MwCall *call, MwLane *lane)
{
    call->looking = call->site->dialect != MW_SQLITE;
    if (!call->looking)
        look(call, lane);
    return !call->looking;
}

bool
mw_call_dispatch(MwCall *call, MwLane *lane)
{
    g_autoptr(GError) error = NULL;

    if (!mw_call_read_body(call, &error)) {
        mw_i18n_use(mw_visitor_language(call));
        mw_call_fail(call, lane, error);
        return true;
    }
    if (call->match.route->run == MW_RUN_NOTHING) {
        call->actor = mw_actor_ref(call->site->nobody);
        mw_i18n_use(mw_visitor_language(call));
        if (!call->match.route->handler(&call->request, &call->reply, &error))
            mw_reply_error(call, error);
        mw_reply_finish(call, lane);
        return true;
    }
    if (call->site->dialect != MW_SQLITE)
        return false;
    if (call->match.route->run == MW_RUN_READ) {
        run_here(call, lane);
        return true;
    }
    if (identify_here(call, lane, &error))
        return false;
    use_language(call);
    mw_call_fail(call, lane, error);
    return true;
}

void
mw_call_queue(MwCall *call)
{
    MwRun run = call->match.route->run;
    MwPool *pool = call->looking                      ? call->server->database
                   : run == MW_RUN_SLOW               ? call->server->slow
                   : call->site->dialect == MW_SQLITE ? call->site->writer
                                                      : call->server->database;

    if (mw_pool_push(pool, &call->work.task))
        return;
    g_autoptr(GError) error = NULL;
    g_set_error_literal(&error, MW_ERROR, MW_ERROR_UNAVAILABLE,
                        _("Too many requests are waiting; try again."));
    mw_call_fail(call, NULL, error);
    mw_http_resume(call);
}

/* ---- in the pools ------------------------------------------------------------------ */

static MwWork *
work_of(MwTask *task)
{
    return (MwWork *)((char *)task - offsetof(MwWork, task));
}

static bool
run_note(MwStore *store, const MwNote *note, GError **error)
{
    MwValue params[] = { MW_INT(note->numbers[0]), MW_INT(note->numbers[1]),
                         MW_BORROW(note->text) };

    return mw_store_run(store, note->sql, params, *note->text ? 3 : 2, NULL, NULL, error);
}

/* A note on a database of one's own; what fails is noted again at the next request. */
static void
note_here(MwNote *note, MwLane *lane)
{
    MwStore *store = mw_lane_store(lane, note->site, NULL);

    if (store && mw_store_begin(store, true, NULL)) {
        if (!run_note(store, note, NULL) || !mw_store_commit(store, NULL))
            mw_store_rollback(store);
    }
    g_free(note);
}

void
mw_dispatch_slow(void *lane, MwTask **tasks, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        MwWork *work = work_of(tasks[i]);
        if (!work->is_call) {
            note_here((MwNote *)work, lane);
            continue;
        }
        if (((MwCall *)work)->looking)
            look((MwCall *)work, lane);
        else
            run_here((MwCall *)work, lane);
        mw_http_resume((MwCall *)work);
    }
}

/* One of a group: undone to its mark when it fails. False when the transaction itself is lost. */
static bool
write_one(MwWork *work, MwLane *lane, MwStore *store, GError **error)
{
    g_autoptr(GError) local = NULL;
    bool keep;

    if (!mw_store_mark(store, error))
        return false;
    if (work->is_call) {
        MwCall *call = (MwCall *)work;
        keep = handle(call, lane, store, &local) && !call->reply.discard;
        call->done = !keep;
    } else {
        keep = run_note(store, (MwNote *)work, NULL);
    }
    if (keep)
        return mw_store_forget_mark(store, error);
    if (mw_store_back_to_mark(store, local ? NULL : error))
        return true;
    if (local)
        g_propagate_error(error, g_steal_pointer(&local));
    return false;
}

/* Runs tasks from `from` on in one transaction; the number of those that are settled. */
static size_t
write_group(MwLane *lane, MwStore *store, MwTask **tasks, size_t n, GError **error)
{
    size_t i = 0;

    if (!mw_store_begin(store, true, error))
        return n;
    while (i < n && write_one(work_of(tasks[i]), lane, store, error))
        i++;
    if (i < n) { /* the database has rolled all back by itself: a full disk, say */
        mw_store_rollback(store);
        return i + 1;
    }
    mw_store_commit(store, error);
    mw_metrics_group(lane->server->metrics, n);
    return n;
}

static void
settle(MwWork *work, MwLane *lane, const GError *error)
{
    if (!work->is_call) {
        g_free(work);
        return;
    }
    MwCall *call = (MwCall *)work;
    use_language(call);
    if (error && !call->done) /* else its own error stands */
        mw_reply_error(call, error);
    mw_reply_finish(call, lane);
    mw_http_resume(call);
}

void
mw_dispatch_write(void *data, MwTask **tasks, size_t n)
{
    MwLane *lane = data;
    MwWork *first = work_of(tasks[0]);
    const MwSite *site = first->is_call ? ((MwCall *)first)->site : ((MwNote *)first)->site;

    for (size_t from = 0; from < n;) {
        g_autoptr(GError) error = NULL;
        MwStore *store = mw_lane_store(lane, site, &error);
        size_t to = store ? from + write_group(lane, store, tasks + from, n - from, &error) : n;
        if (store)
            reload_if_touched(site, store);
        for (; from < to; from++)
            settle(work_of(tasks[from]), lane, error);
    }
}
