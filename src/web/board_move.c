/* board_move: a record goes to another column, or begins in one; what it lacks for that is asked for. See board.h. */
#include "base/i18n.h"
#include "web/board.h"
#include "web/fields.h"
#include "web/form_input.h"
#include "web/routes.h"

typedef struct {
    const MwRequest *request;
    MwColumns columns;
    MwTitles *links;
    MwProblems *problems;
    MwRecord *before;   /* NULL: a new one         */
    MwRecord *record;   /* as it is meant          */
    const MwColumn *to; /* NULL: not chosen yet    */
    GPtrArray *fields;  /* asked: const MwField *  */
    GPtrArray *placed;  /* those that the aid asks */
    bool typed;         /* the form was sent       */
    bool conflict;      /* somebody was quicker    */
} Move;

static void
move_clear(Move *move)
{
    mw_columns_clear(&move->columns);
    mw_titles_free(move->links);
    mw_problems_free(move->problems);
    mw_record_free(move->before);
    mw_record_free(move->record);
    g_clear_pointer(&move->fields, g_ptr_array_unref);
    g_clear_pointer(&move->placed, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Move, move_clear)

static const MwMoveAid *
aid_of(const MwEntity *entity)
{
    for (const MwMoveAid *aid = mw_move_aids; aid->entity; aid++)
        if (g_str_equal(aid->entity, entity->name))
            return aid;
    return NULL;
}

static int64_t
number(const char *text)
{
    return text ? g_ascii_strtoll(text, NULL, 10) : 0;
}

static bool
init(Move *move, const MwRequest *request, GError **error)
{
    const MwEntity *entity = request->entity;
    int64_t of = number(mw_param(request, "_of"));

    move->request = request;
    if (!entity->board || entity->flags & MW_INTERNAL)
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no such page."));
    move->links = mw_titles_new(request->context);
    move->problems = mw_problems_new();
    move->fields = g_ptr_array_new();
    move->placed = g_ptr_array_new();
    if (request->id) {
        move->before = mw_record_read(request->context, entity, request->id, MW_LIVE, error);
        if (!move->before)
            return false;
        of = entity->board->boards ? mw_record_int(move->before, entity->board->boards) : 0;
    }
    if (!mw_columns_init(&move->columns, request, entity, of, error))
        return false;
    move->to = mw_columns_find(&move->columns, mw_param(request, "_to"));
    if (!move->to && (mw_param(request, "_to") || !request->id))
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no such column."));
    return true;
}

/* ---- the dialogue ------------------------------------------------------------------ */

bool
mw_ask_may(const MwAsk *ask, const MwField *field)
{
    const MwActor *actor = ask->request->context->actor;
    const MwEntity *entity = ask->request->entity;

    return field && !g_str_equal(field->name, entity->board->columns) &&
           !(field->flags & (MW_READ_ONLY | MW_SYSTEM)) && mw_actor_sees(actor, entity, field) &&
           mw_actor_edits(actor, entity, field) && !g_ptr_array_find(ask->placed, field, NULL);
}

/* That something is to be filled in is a problem only once somebody has tried without. */
static bool
is_only_asked(const MwAsk *ask, const MwField *field)
{
    for (size_t i = 0; i < mw_problems_count(ask->problems); i++) {
        const MwProblem *problem = mw_problems_get(ask->problems, i);
        if (g_str_equal(problem->field, field->name))
            return !ask->tried && g_str_equal(problem->code, "required");
    }
    return false;
}

void
mw_ask_put_field(MwNode *list, const MwAsk *ask, const MwField *field)
{
    const MwFieldForm form = { .context = ask->request->context,
                               .links = ask->links,
                               .record = ask->record,
                               .problems = is_only_asked(ask, field) ? NULL : ask->problems,
                               .prefix = "",
                               .asked = mw_problems_of(ask->problems, field->name) != NULL,
                               .label = mw_board_end_label(ask->end, field) };
    const char *text = ask->typed ? mw_form_text(ask->request, field, "") : NULL;

    mw_field_put(mw_put_object(list, NULL), &form, field, text, text != NULL);
}

static MwAsk
ask_of(const Move *move)
{
    bool tried = move->typed && (!move->before || mw_form_param(move->request, "_asked"));

    return (MwAsk){ move->request, move->links, move->record, move->problems,
                    move->typed,   tried,       move->placed, move->to ? move->to->end : NULL };
}

static void
want(Move *move, const char *name)
{
    const MwField *field = mw_entity_field(move->request->entity, name);
    MwAsk ask = ask_of(move);

    if (mw_ask_may(&ask, field) && !g_ptr_array_find(move->fields, field, NULL))
        g_ptr_array_add(move->fields, (gpointer)field);
}

/* Of a new card, what the card shows; at an end, what the board asks; and whatever has a problem. */
static void
choose_fields(Move *move)
{
    const MwEntity *entity = move->request->entity;
    const MwBoard *board = entity->board;

    if (!move->before) {
        want(move, entity->title);
        for (const char *const *name = board->card; name && *name; name++)
            want(move, *name);
    }
    for (const char *const *name = board->asks; name && *name && move->to->closed; name++)
        want(move, *name);
    for (size_t i = 0; i < mw_problems_count(move->problems); i++)
        want(move, mw_problems_get(move->problems, i)->field);
}

static void
put_fields(MwNode *node, const Move *move)
{
    MwNode *list = mw_put_list(node, "fields");
    MwAsk ask = ask_of(move);

    for (guint i = 0; i < move->fields->len; i++)
        mw_ask_put_field(list, &ask, move->fields->pdata[i]);
}

static bool
is_shown(const Move *move, const MwField *field)
{
    return field && (g_ptr_array_find(move->fields, field, NULL) ||
                     g_ptr_array_find(move->placed, field, NULL));
}

/* What no field shows, but for the gates, which the aid words. */
static void
put_others(MwNode *node, const Move *move, bool aided)
{
    MwNode *list = mw_put_list(node, "others");

    for (size_t i = 0; i < mw_problems_count(move->problems); i++) {
        const MwProblem *problem = mw_problems_get(move->problems, i);
        const MwField *field = mw_entity_field(move->request->entity, problem->field);
        if (is_shown(move, field) || (aided && g_str_equal(problem->code, "gate")))
            continue;
        MwNode *item = mw_put_object(list, NULL);
        mw_put_text(item, "label",
                    field && field != move->columns.field ? mw_field_label(field) : NULL);
        mw_put_copy(item, "text", problem->message);
    }
}

/* What was typed for what is no longer asked goes along. */
static void
put_hidden(MwNode *node, const Move *move)
{
    static const char *const passed[] = { "_board", "_then", "_of", NULL };
    const MwRequest *request = move->request;
    MwNode *list = mw_put_list(node, "hidden");

    for (const char *const *name = passed; *name; name++) {
        const char *value = mw_param(request, *name);
        if (!value)
            continue;
        MwNode *item = mw_put_object(list, NULL);
        mw_put_text(item, "name", *name);
        mw_put_text(item, "value", value);
    }
    for (size_t i = 0; i < request->n_form; i++) {
        const MwParam *param = &request->form[i];
        const MwField *field = mw_entity_field(request->entity, param->name);
        bool ours = param->name[0] == '_' && !g_str_has_prefix(param->name, "_add.");
        if (ours || !*param->value || is_shown(move, field))
            continue;
        MwNode *item = mw_put_object(list, NULL);
        mw_put_text(item, "name", param->name);
        mw_put_text(item, "value", param->value);
    }
}

static void
put_choices(MwNode *node, const Move *move)
{
    const MwColumn *own = move->before ? mw_columns_of(&move->columns, move->before) : NULL;
    MwNode *list = mw_put_list(node, "choices");

    for (guint i = 0; !move->to && i < move->columns.columns->len; i++) {
        const MwColumn *column = mw_column_at(move->columns.columns, i);
        MwNode *item = mw_put_object(list, NULL);
        mw_put_text(item, "value", column->value);
        mw_put_text(item, "label", column->label);
        mw_put_bool(item, "own", column == own);
        mw_put_bool(item, "closed", column->closed);
    }
    mw_put_bool(node, "chooses", !move->to);
}

static void
put_title(MwNode *root, MwNode *node, const Move *move)
{
    const MwEntity *entity = move->request->entity;
    g_autoptr(GString) title = g_string_new(NULL);

    if (move->before)
        mw_record_title(move->before, title);
    if (!move->before)
        mw_put_format(root, "title", _("New in %s: %s"), move->to->label, mw_entity_label(entity));
    else if (move->to && move->to->end)
        mw_put_format(root, "title", _("%s: %s"), _(move->to->end->verb), title->str);
    else if (move->to)
        mw_put_format(root, "title", _("%s: to %s"), title->str, move->to->label);
    else
        mw_put_format(root, "title", _("Move %s to…"), title->str);
    if (move->to && move->to->end)
        mw_put_text(node, "label", _(move->to->end->verb));
    else if (move->to)
        mw_put_format(node, "label", _("Move to %s"), move->to->label);
    else
        mw_put_text(node, "label", NULL);
    mw_put_bool(node, "is_new", !move->before);
}

/* Who was quicker, and where the record is now. */
static void
put_conflict(MwNode *node, const Move *move)
{
    const MwRecord *record = move->before;
    const MwColumn *column = move->conflict ? mw_columns_of(&move->columns, record) : NULL;
    g_autoptr(GString) who = g_string_new(NULL);
    const MwField *by = mw_entity_field(move->request->entity, "updated_by");

    if (!move->conflict) {
        mw_put_text(node, "conflict", NULL);
        return;
    }
    mw_cell_text(move->request->context, move->links, record, by, mw_record_value(record, by), who);
    mw_put_format(node, "conflict",
                  _("%s has changed this meanwhile. It is now in “%s”. Look again, then move it if "
                    "that is still right."),
                  who->len > 0 ? who->str : _("Somebody else"), column ? column->label : "");
}

static bool
show(Move *move, MwReply *reply, GError **error)
{
    const MwRequest *request = move->request;
    const MwEntity *entity = request->entity;
    const MwMoveAid *aid = move->to ? aid_of(entity) : NULL;
    MwNode *root = mw_view_root(request->view), *node = mw_put_object(root, "ask");
    MwNode *crumbs = mw_put_list(root, "crumbs");
    char path[MW_RECORD_PATH_SIZE] = "";

    if (move->typed)
        mw_titles_only_seen(move->links);
    if (move->record)
        mw_titles_want_all(move->links, move->record);
    if (move->before)
        mw_titles_want_all(move->links, move->before);
    MwAsk asked = ask_of(move);
    if (!mw_titles_read(move->links, error) || (aid && !aid->put(node, &asked, error)))
        return false;
    if (move->to)
        choose_fields(move);
    put_title(root, node, move);
    mw_put_bool(root, "has_crumbs", move->before != NULL);
    if (move->before) {
        MwNode *crumb = mw_put_object(crumbs, NULL);
        mw_put_text(crumb, "label", mw_entity_label(entity));
        mw_put_copy(crumb, "href", mw_record_path(entity, request->id, path));
        mw_put_format(node, "action", "%s/move", path);
        mw_put_format(node, "version", "%" G_GINT64_FORMAT, mw_record_version(move->before));
    } else {
        mw_put_format(node, "action", "/%s/board", entity->path);
        mw_put_text(node, "version", NULL);
    }
    mw_put_copy(node, "back", move->before ? path : NULL);
    if (!move->before)
        mw_put_format(node, "board", "/%s/board", entity->path);
    mw_put_text(node, "to", move->to ? move->to->value : NULL);
    mw_put_bool(node, "in_dialog", request->fragment);
    put_conflict(node, move);
    put_fields(node, move);
    put_others(node, move, aid != NULL);
    put_hidden(node, move);
    put_choices(node, move);
    mw_reply_header(reply, "HX-Retarget", "#dialog-body");
    mw_reply_header(reply, "HX-Reswap", "innerHTML");
    return mw_reply_page(request, reply, request->fragment ? "board/ask" : "board/ask-page", error);
}

/* ---- the write ---------------------------------------------------------------------- */

static MwInput *
input_of(const Move *move)
{
    const MwEntity *entity = move->request->entity;
    MwInput *input = mw_form_input(move->request, entity);

    mw_input_set(input, move->columns.field->name, move->to->value);
    if (!move->before && entity->board->boards) {
        char of[24];
        g_snprintf(of, sizeof of, "%" G_GINT64_FORMAT, move->columns.of);
        mw_input_set(input, entity->board->boards, of);
    }
    return input;
}

/* What the move would lack, before anything is sent. */
static bool
look_ahead(Move *move, GError **error)
{
    g_autoptr(MwInput) input = input_of(move);

    mw_input_expect(input, 0);
    move->record =
        mw_record_check(move->request->context, input, move->request->id, move->problems, error);
    return move->record != NULL;
}

static bool
show_move(const MwRequest *request, MwReply *reply, GError **error)
{
    g_auto(Move) move = { 0 };

    return init(&move, request, error) && (!move.to || look_ahead(&move, error)) &&
           show(&move, reply, error);
}

/* For a new card problems are no news before anything was typed. */
static bool
show_new(const MwRequest *request, MwReply *reply, GError **error)
{
    g_auto(Move) move = { 0 };

    if (!init(&move, request, error) || !look_ahead(&move, error))
        return false;
    mw_problems_free(move.problems);
    move.problems = mw_problems_new();
    return show(&move, reply, error);
}

/* The card as it is now, in place of the one that was moved, and the heads of both columns. */
static bool
reply_card(Move *move, MwReply *reply, const char *query, GError **error)
{
    const MwRequest *request = move->request;
    int64_t id = mw_record_id(move->record);
    MwColumn *from = move->before ? mw_columns_of(&move->columns, move->before) : NULL;
    MwColumn *to = (MwColumn *)move->to;
    g_auto(MwList) list = { 0 };
    g_auto(MwCards) cards = { 0 };
    g_autofree char *target = NULL, *told = NULL;

    if (!mw_list_init_text(&list, request, request->entity, query, error))
        return false;
    g_autoptr(MwRecord) record =
        mw_record_read(request->context, request->entity, id, MW_LIVE, error);
    if (!record)
        return false;
    mw_titles_want_all(move->links, record);
    if (!mw_titles_read(move->links, error) ||
        !mw_columns_sum(&move->columns, &list, NULL, error) ||
        (to->closed && !mw_columns_sum(&move->columns, &list, to, error)))
        return false;
    mw_cards_init(&cards, &move->columns, &list, move->links);
    MwNode *root = mw_view_root(request->view), *heads = mw_put_list(root, "heads");
    MwNode *list_node = mw_put_list(root, "cards");
    mw_card_put(mw_put_object(list_node, NULL), &cards, record, to);
    mw_column_put_head(mw_put_object(heads, NULL), &move->columns, to, true);
    if (from && from != to && from->summed)
        mw_column_put_head(mw_put_object(heads, NULL), &move->columns, from, true);
    mw_put_text(root, "more", NULL);
    if (move->before)
        target = g_strdup_printf("#card-%" G_GINT64_FORMAT, id);
    else
        target = g_strdup_printf("#cards-%s", to->value);
    told = g_strdup_printf("{\"moved\":{\"card\":\"card-%" G_GINT64_FORMAT
                           "\",\"column\":\"cards-%s\"}}",
                           id, to->value);
    mw_reply_header(reply, "HX-Retarget", target);
    mw_reply_header(reply, "HX-Reswap", move->before ? "outerHTML" : "afterbegin");
    mw_reply_header(reply, "HX-Trigger", told);
    return mw_reply_page(request, reply, "board/cards", error);
}

static bool
reply_done(Move *move, MwReply *reply, GError **error)
{
    const MwRequest *request = move->request;
    const char *then = mw_form_param(request, "_then"), *board = mw_form_param(request, "_board");
    bool local = then && then[0] == '/' && then[1] != '/' && then[1] != '\\';
    char path[MW_RECORD_PATH_SIZE];

    if (request->fragment && board)
        return reply_card(move, reply, board, error);
    mw_record_path(request->entity, mw_record_id(move->record), path);
    if (!request->fragment)
        return mw_reply_see_other(reply, local ? then : path);
    mw_reply_header(reply, "HX-Redirect", local ? then : path);
    mw_reply_type(reply, "text/html; charset=utf-8");
    return true;
}

static bool
refuse(Move *move, MwReply *reply, unsigned status, bool kept, GError **error)
{
    mw_reply_status(reply, status);
    if (!kept)
        mw_reply_discard(reply);
    return show(move, reply, error);
}

/* Somebody was quicker: the record as it is now, for a second look. */
static bool
show_conflict(Move *move, MwReply *reply, bool kept, GError **error)
{
    const MwRequest *request = move->request;

    mw_record_free(move->before);
    move->before = mw_record_read(request->context, request->entity, request->id, MW_LIVE, error);
    move->conflict = true;
    return move->before && look_ahead(move, error) && refuse(move, reply, 409, kept, error);
}

static bool
move_record(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwMoveAid *aid = aid_of(request->entity);
    bool asked = mw_form_param(request, "_asked") != NULL, kept = false;
    g_auto(Move) move = { .typed = true };
    g_autoptr(GError) local = NULL;

    if (!init(&move, request, error))
        return false;
    if (!move.to)
        return mw_fail(error, MW_ERROR_INVALID, _("Choose where to."));
    if (move.to->closed && request->entity->board->asks && !asked)
        return look_ahead(&move, error) && refuse(&move, reply, 422, false, error);
    if (aid && aid->keep && request->id && !aid->keep(request, &kept, error))
        return false;
    g_autoptr(MwInput) input = input_of(&move);
    move.record = mw_record_write(request->context, input, request->id, move.problems, &local);
    if (!move.record && g_error_matches(local, MW_ERROR, MW_ERROR_CONFLICT) && request->id)
        return show_conflict(&move, reply, kept, error);
    if (!move.record) {
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    if (mw_problems_any(move.problems))
        return refuse(&move, reply, 422, kept, error);
    return reply_done(&move, reply, error);
}

const MwRoute mw_board_move_routes[] = {
    { MW_GET, "/{entity}/board/new", MW_FOR_RIGHT, MW_MAY_CREATE, MW_RUN_READ, show_new },
    { MW_POST, "/{entity}/board", MW_FOR_RIGHT, MW_MAY_CREATE, MW_RUN_WRITE, move_record },
    { MW_GET, "/{entity}/{id}/move", MW_FOR_RIGHT, MW_MAY_UPDATE, MW_RUN_READ, show_move },
    { MW_POST, "/{entity}/{id}/move", MW_FOR_RIGHT, MW_MAY_UPDATE, MW_RUN_WRITE, move_record },
    { .path = NULL },
};
