#include "web/pages.h"
#include "base/id.h"

#include "base/i18n.h"

typedef struct {
    const char *what, *class, *icon, *text;
} Flash;

static const Flash flashes[] = {
    { "created", "alert-success", "circle-check", N_("Created.") },
    { "saved", "alert-success", "circle-check", N_("Saved.") },
    { "removed", "alert-success", "trash", N_("Deleted. It can be restored for 30 days.") },
    { "restored", "alert-success", "history", N_("Restored.") },
    { "completed", "alert-success", "circle-check", N_("Completed.") },
    { "completed_next", "alert-success", "circle-check",
      N_("Completed; the next step is among the open activities.") },
    { "reopened", "alert-success", "history", N_("It is open again.") },
    { "planned", "alert-success", "calendar-event", N_("The visits are planned.") },
    { "step", "alert-success", "circle-check", N_("Planned; it is among the open activities.") },
    { "mail_queued", "alert-success", "mail", N_("The e-mail is on its way.") },
    { "picked", "alert-success", "hand-grab", N_("Picked: it is yours now.") },
    { "assigned", "alert-success", "user-plus", N_("Assigned.") },
    { "returned", "alert-success", "ripple", N_("Put into the open pool.") },
    { "converted", "alert-success", "transform", N_("The lead is converted.") },
    { "disqualified", "alert-success", "ban", N_("The lead is disqualified.") },
    { "bulk", "alert-success", "circle-check", N_("The selected records were changed.") },
    { "merged", "alert-success", "circle-check", N_("The records are merged.") },
    { "led_on", "alert-info", "arrows-join",
      N_("The record you asked for was merged into this one.") },
    { "undone", "alert-success", "arrow-back-up", N_("It is undone.") },
    { "too_many", "alert-warning", "info-circle",
      N_("More than 10,000 records: narrow the list with a filter first.") },
    { "parted", "alert-success", "circle-check", N_("They will not be offered again.") },
    { "end", "alert-info", "info-circle", N_("This is the end of the list.") },
    { "nothing", "alert-warning", "info-circle", N_("Nothing was selected.") },
};

/* The page without the notice, to come back to. */
static char *
plain_url(const MwRequest *request)
{
    const char *notice = strstr(request->url, "_done=");

    return notice && notice > request->url
               ? g_strndup(request->url, (gsize)(notice - request->url - 1))
               : g_strdup(request->url);
}

/* What a bulk change or merge came to, and the way to take it back; nothing of somebody else's. */
static void
put_run(const MwRequest *request, MwNode *flash, bool counts)
{
    const MwContext *context = request->context;
    const char *text = mw_query_param(request, "_run");
    int64_t id = mw_id_read(text);
    g_autoptr(MwRecord) run =
        id > 0 ? mw_record_read(context, mw_catalog_entity(context->catalog, "bulk_change"), id,
                                MW_LIVE, NULL)
               : NULL;

    if (!run) {
        mw_put_text(flash, "undo", NULL);
        return;
    }
    int64_t changed = mw_record_int(run, "changed"), skipped = mw_record_int(run, "skipped");
    if (counts && skipped > 0)
        mw_put_format(flash, "text", _("%lld changed, %lld left alone."), (long long)changed,
                      (long long)skipped);
    else if (counts)
        mw_put_format(
            flash, "text",
            mw_ngettext("%lld record changed.", "%lld records changed.", (unsigned long)changed),
            (long long)changed);
    MwNode *undo = mw_put_object(flash, "undo");
    g_autofree char *back = plain_url(request);
    mw_put_format(undo, "page", "/bulk-changes/%" G_GINT64_FORMAT, id);
    mw_put_bool(undo, "possible",
                changed > 0 && g_strcmp0(mw_record_text(run, "status"), "done") == 0);
    mw_put_copy(undo, "back", back);
}

void
mw_flash_put(const MwRequest *request)
{
    const char *done = mw_query_param(request, "_done");

    for (size_t i = 0; done && i < G_N_ELEMENTS(flashes); i++) {
        if (!g_str_equal(done, flashes[i].what))
            continue;
        MwNode *list = mw_put_list(mw_view_root(request->view), "flash");
        MwNode *flash = mw_put_object(list, NULL);
        mw_put_text(flash, "class", flashes[i].class);
        mw_put_text(flash, "icon", flashes[i].icon);
        put_run(request, flash, g_str_equal(done, "bulk"));
        mw_put_text(flash, "text", _(flashes[i].text)); /* unless it has one */
        return;
    }
}

const char *
mw_back_of(const MwRequest *request, const char *name)
{
    const char *back = mw_param(request, name);

    return back && back[0] == '/' && back[1] != '/' && back[1] != '\\' ? back : NULL;
}

bool
mw_reply_done(MwReply *reply, const char *path, const char *what)
{
    const char *join = strchr(path, '?') ? "&" : "?";
    g_autofree char *to = g_strconcat(path, join, "_done=", what, NULL);

    return mw_reply_see_other(reply, to);
}
