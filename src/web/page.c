/* page: fills in what layout.html and plain.html read; see docs/modules/web.md. */
#include "web/page.h"

#include <string.h>

#include "base/i18n.h"
#include "web/favourites.h"
#include "web/log.h"
#include "web/notices.h"

/* ---- the frame ---------------------------------------------------------------- */

static void
put_languages(MwNode *page)
{
    static const char *const labels[][2] = { { "zh_CN", "简体中文" }, { "en", "English" } };
    MwNode *list = mw_put_list(page, "languages");

    for (size_t i = 0; i < G_N_ELEMENTS(labels); i++) {
        MwNode *item = mw_put_object(list, NULL);
        mw_put_text(item, "code", labels[i][0]);
        mw_put_text(item, "label", labels[i][1]);
        mw_put_bool(item, "active", g_str_equal(labels[i][0], mw_i18n_language()));
    }
}

static const char *
theme_of(const MwRequest *request)
{
    size_t size;
    const char *theme = mw_cookie_find(mw_request_header(request, "Cookie"), "theme", &size);

    if (!theme)
        return NULL;
    if (size == 4 && strncmp(theme, "dark", 4) == 0)
        return "dark";
    return size == 5 && strncmp(theme, "light", 5) == 0 ? "light" : NULL;
}

static MwNode *
put_link(MwNode *list, const char *label, const char *icon, const char *path, const char *suffix,
         bool active)
{
    MwNode *item = mw_put_object(list, NULL);

    mw_put_text(item, "label", label);
    mw_put_format(item, "href", "/%s%s", path, suffix);
    mw_put_text(item, "icon", icon);
    mw_put_bool(item, "active", active);
    mw_put_int(item, "count", 0);
    return item;
}

/* Pages that are not of one entity. */
static const struct {
    MwNav nav;
    const char *label, *icon, *path;
    const char *entity; /* who may read it; NULL: administrators */
} specials[] = {
    { MW_NAV_CUSTOMERS, N_("Calendar"), "calendar-month", "activities/calendar", "activity" },
    { MW_NAV_CUSTOMERS, N_("Visit plan"), "route", "visit-plan", "account" },
    { MW_NAV_SELL, N_("Funnel"), "filter", "funnel", "opportunity" },
    { MW_NAV_CUSTOMERS, N_("Classes of accounts"), "chart-pie", "classification",
      "classification_run" },
    { MW_NAV_SELL, N_("Open pool"), "ripple", "open-pool", "pool" },
    { MW_NAV_CUSTOMERS, N_("Duplicates"), "copy", "accounts/twins", "account" },
    { MW_NAV_MANAGE, N_("Settings"), "settings", "settings", NULL },
    { MW_NAV_MANAGE, N_("Audit"), "shield-check", "audit", NULL },
};

static bool
is_below(const MwRequest *request, const char *path)
{
    size_t n = strlen(path);

    return request->path[0] == '/' && strncmp(request->path + 1, path, n) == 0 &&
           (!request->path[1 + n] || request->path[1 + n] == '/');
}

/* Of an entity's path and that of a page of its own below it, the longer one is where the reader is. */
static bool
is_here(const MwRequest *request, const char *path)
{
    for (size_t i = 0; i < G_N_ELEMENTS(specials); i++)
        if (strlen(specials[i].path) > strlen(path) && is_below(request, specials[i].path))
            return false;
    return is_below(request, path);
}

static void
put_specials(const MwRequest *request, MwNode *items, MwNav nav)
{
    const MwContext *context = request->context;

    for (size_t i = 0; i < G_N_ELEMENTS(specials); i++) {
        const MwEntity *entity =
            specials[i].entity ? mw_catalog_entity(context->catalog, specials[i].entity) : NULL;
        if (specials[i].nav == nav && (entity ? mw_actor_may(context->actor, entity, MW_MAY_READ)
                                              : mw_actor_has_role(context->actor, "admin")))
            put_link(items, _(specials[i].label), specials[i].icon, specials[i].path, "",
                     is_here(request, specials[i].path));
    }
}

/* What the company is set up by is in the way of whoever may only read it; links to it stay open to him. */
static bool
manages(const MwActor *actor, const MwEntity *entity)
{
    return mw_actor_may(actor, entity, MW_MAY_CREATE) ||
           mw_actor_scope(actor, entity, MW_MAY_UPDATE) > MW_OWN;
}

static bool
is_shown(const MwRequest *request, const MwEntity *entity, MwNav nav)
{
    return entity->nav == nav && !entity->master && !(entity->flags & MW_HIDDEN) &&
           mw_actor_may(request->context->actor, entity, MW_MAY_READ) &&
           (nav != MW_NAV_MANAGE || entity->flags & MW_INTERNAL ||
            manages(request->context->actor, entity));
}

/* The groups of the navigation, of what the user may see. */
static void
put_navigation(const MwRequest *request, MwNode *page)
{
    static const struct {
        MwNav nav;
        const char *label;
    } groups[] = {
        { MW_NAV_SELL, N_("Sell") },     { MW_NAV_CUSTOMERS, N_("Customers and people") },
        { MW_NAV_MARKET, N_("Market") }, { MW_NAV_SERVE, N_("Deliver & serve") },
        { MW_NAV_MANAGE, N_("Manage") },
    };
    MwNode *nav = mw_put_list(page, "nav");
    size_t n;
    const MwEntity *const *entities = mw_catalog_entities(request->context->catalog, &n);

    for (size_t g = 0; g < G_N_ELEMENTS(groups); g++) {
        MwNode *items = NULL;
        for (size_t i = 0; i < n; i++) {
            if (!is_shown(request, entities[i], groups[g].nav))
                continue;
            if (!items) {
                MwNode *group = mw_put_object(nav, NULL);
                mw_put_text(group, "group", _(groups[g].label));
                items = mw_put_list(group, "items");
            }
            put_link(items, mw_entity_plural(entities[i]), entities[i]->icon, entities[i]->path, "",
                     is_here(request, entities[i]->path));
        }
        if (items)
            put_specials(request, items, groups[g].nav);
    }
}

static void
put_creation(const MwRequest *request, MwNode *page)
{
    size_t n;
    const MwEntity *const *entities = mw_catalog_entities(request->context->catalog, &n);
    MwNode *list = mw_put_list(page, "create");
    bool any = false;

    for (size_t i = 0; i < n; i++) {
        const MwEntity *entity = entities[i];
        if (entity->nav == MW_NAV_NONE || entity->nav == MW_NAV_MANAGE || entity->master ||
            entity->flags & (MW_HIDDEN | MW_INTERNAL) ||
            !mw_actor_may(request->context->actor, entity, MW_MAY_CREATE))
            continue;
        any = true;
        MwNode *item =
            put_link(list, mw_entity_label(entity), entity->icon, entity->path, "/new", false);
        mw_put_format(item, "command", _("New %s"), mw_entity_label_inside(entity));
    }
    mw_put_bool(page, "can_create", any);
}

/* Pages that the navigation has no place for: the palette finds them. */
static void
put_commands(const MwRequest *request, MwNode *page)
{
    size_t n;
    const MwEntity *const *entities = mw_catalog_entities(request->context->catalog, &n);
    MwNode *list = mw_put_list(page, "commands");

    for (size_t i = 0; i < n; i++) {
        const MwEntity *entity = entities[i];
        if (entity->board && is_shown(request, entity, entity->nav)) {
            MwNode *item = mw_put_object(list, NULL);
            mw_put_format(item, "label", _("Board of %s"), mw_entity_plural_inside(entity));
            mw_put_format(item, "href", "/%s/board", entity->path);
            mw_put_text(item, "note", _("Board"));
        }
        if (entity->nav == MW_NAV_NONE || entity->nav == MW_NAV_MANAGE || entity->master ||
            entity->flags & (MW_HIDDEN | MW_INTERNAL) ||
            !mw_actor_may(request->context->actor, entity, MW_MAY_IMPORT))
            continue;
        MwNode *item = mw_put_object(list, NULL);
        mw_put_format(item, "label", _("Import %s"), mw_entity_plural_inside(entity));
        mw_put_format(item, "href", "/import/%s", entity->path);
        mw_put_text(item, "note", _("Import"));
    }
}

void
mw_put_initials(MwNode *user, const char *name)
{
    const char *space = strrchr(name, ' ');
    gunichar first = g_utf8_get_char(name), last = space ? g_utf8_get_char(space + 1) : 0;
    char text[16] = "";
    glong length = g_utf8_strlen(name, -1);

    if (first > 0x2e80 && length >= 2 && length <= 4) {
        mw_put_copy(user, "initials", g_utf8_offset_to_pointer(name, length - 1));
        return;
    }
    int size = first ? g_unichar_to_utf8(g_unichar_toupper(first), text) : 0;
    if (last)
        size += g_unichar_to_utf8(g_unichar_toupper(last), text + size);
    text[size] = '\0';
    mw_put_copy(user, "initials", text);
}

static void
put_user(const MwRequest *request, MwNode *page)
{
    const char *name = mw_actor_name(request->context->actor);
    MwNode *user = mw_put_object(page, "user");

    mw_put_copy(user, "name", name);
    mw_put_initials(user, name);
    mw_put_text(user, "email", NULL);
}

/* What both frames read. `company` lives as long as the view. */
static void
put_frame(const MwRequest *request, MwNode *page, const char *company)
{
    mw_put_text(page, "lang", g_str_equal(mw_i18n_language(), "zh_CN") ? "zh-CN" : "en");
    mw_put_text(page, "theme", theme_of(request));
    mw_put_copy(page, "company", company);
    mw_put_text(page, "csrf", request->csrf);
    mw_put_text(page, "path", request->url);
    put_languages(page);
}

/* The defaults of what pages may give: found only when they have not, because the first of two
 * members is found. */
static void
put_defaults(const MwRequest *request, MwNode *page)
{
    mw_put_text(page, "title", NULL);
    mw_put_text(page, "query", mw_query_param(request, "q"));
    mw_put_text(page, "flash", NULL);
    mw_put_text(page, "has_crumbs", NULL);
    mw_put_text(page, "subtitle", NULL);
    mw_put_text(page, "actions", NULL);
}

static bool
render(const MwRequest *request, MwReply *reply, const char *frame, MwNode *page, GError **error)
{
    const MwServer *server = request->server;

    mw_reply_type(reply, "text/html; charset=utf-8");
    return mw_resources_render(server->resources, frame, page, mw_reply_body(reply), error);
}

bool
mw_reply_page(const MwRequest *request, MwReply *reply, const char *name, GError **error)
{
    MwNode *page = mw_view_root(request->view);
    bool known = mw_actor_user(request->context->actor) != 0;

    put_frame(request, page, request->context->settings->name);
    put_defaults(request, page);
    if (request->fragment)
        return render(request, reply, name, page, error);
    mw_put_text(page, "page", name);
    if (!known)
        return render(request, reply, "plain", page, error);
    put_navigation(request, page);
    mw_favourites_put_nav(request, page);
    put_creation(request, page);
    put_commands(request, page);
    put_user(request, page);
    mw_bell_put(request, page);
    return render(request, reply, "layout", page, error);
}

bool
mw_page_error(MwCall *call, unsigned status, const char *heading, const char *explanation,
              const char *reference)
{
    MwRequest *request = &call->request;
    g_autoptr(MwView) view = mw_view_new();
    MwNode *page = mw_view_root(view);
    const MwView *before = request->view;
    g_autoptr(GError) error = NULL;
    bool done;

    mw_put_int(page, "status", status);
    mw_put_text(page, "title", heading);
    mw_put_text(page, "heading", heading);
    mw_put_copy(page, "explanation", explanation);
    mw_put_text(page, "reference", reference);
    mw_put_text(page, "back", NULL);
    request->view = view;
    if (request->context) {
        done = mw_reply_page(request, &call->reply, "error", &error);
    } else {
        g_autoptr(MwSettings) settings =
            call->site ? mw_company_settings(call->site->company) : NULL;
        put_frame(request, page, settings ? settings->name : "Millwright");
        put_defaults(request, page);
        mw_put_text(page, "page", "error");
        done = render(request, &call->reply, request->fragment ? "error" : "plain", page, &error);
    }
    request->view = (MwView *)before;
    call->reply.status = status;
    if (!done) {
        mw_log("%s: the page of an error cannot be shown: %s", call->id, error->message);
        mw_reply_clear(&call->reply);
        call->reply.status = status;
    }
    return done;
}
