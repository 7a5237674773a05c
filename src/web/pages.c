#include "web/pages.h"

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
    { "planned", "alert-success", "calendar-event", N_("The visits are planned.") },
    { "changed", "alert-success", "circle-check", N_("The selected records were changed.") },
    { "planned", "alert-success", "circle-check", N_("Planned; it is among the open activities.") },
    { "picked", "alert-success", "hand-grab", N_("Picked: it is yours now.") },
    { "assigned", "alert-success", "user-plus", N_("Assigned.") },
    { "returned", "alert-success", "ripple", N_("Put into the open pool.") },
    { "converted", "alert-success", "transform", N_("The lead is converted.") },
    { "disqualified", "alert-success", "ban", N_("The lead is disqualified.") },
    { "end", "alert-info", "info-circle", N_("This is the end of the list.") },
    { "nothing", "alert-warning", "info-circle", N_("Nothing was selected.") },
};

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
        mw_put_text(flash, "text", _(flashes[i].text));
        return;
    }
}

bool
mw_reply_done(MwReply *reply, const char *path, const char *what)
{
    const char *join = strchr(path, '?') ? "&" : "?";
    g_autofree char *to = g_strconcat(path, join, "_done=", what, NULL);

    return mw_reply_see_other(reply, to);
}
