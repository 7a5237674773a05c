/* board_card: a card, and the head of a column. */
#include "base/clock.h"
#include "base/i18n.h"
#include "model/kinds/kinds.h"
#include "web/board.h"
#include "web/page.h"

enum { DAY_MS = 86400000 };

static const MwField *
field_seen(const MwColumns *columns, const char *name)
{
    const MwField *field = name ? mw_entity_field(columns->entity, name) : NULL;

    return field && mw_actor_sees(columns->request->context->actor, columns->entity, field) ? field
                                                                                            : NULL;
}

/* ---- heads ----------------------------------------------------------------------- */

static void
put_sum(MwNode *node, const MwColumns *columns, const char *key, const char *name, int64_t sum)
{
    const MwContext *context = columns->request->context;
    const MwField *field = field_seen(columns, name);
    g_autoptr(GString) text = g_string_new(NULL);
    MwValue value = MW_INT(sum);

    if (!field) {
        mw_put_text(node, key, NULL);
        return;
    }
    mw_field_show(field, &context->locale, &value, text);
    MwNode *item = mw_put_object(node, key);
    mw_put_text(item, "label", mw_field_label(field));
    mw_put_copy(item, "text", text->str);
}

void
mw_column_put_head(MwNode *node, const MwColumns *columns, const MwColumn *column, bool swapped)
{
    const MwContext *context = columns->request->context;
    bool creates = !(columns->entity->flags & MW_INTERNAL) && !column->closed &&
                   mw_actor_may(context->actor, columns->entity, MW_MAY_CREATE);

    mw_put_text(node, "value", column->value);
    mw_put_text(node, "label", column->label);
    mw_put_bool(node, "closed", column->closed);
    mw_put_bool(node, "summed", column->summed);
    mw_put_bool(node, "swapped", swapped);
    mw_put_format(node, "count", "%" G_GINT64_FORMAT "%s", column->count, column->exact ? "" : "+");
    if (column->summed && column->exact) {
        put_sum(node, columns, "amount", columns->board->amount, column->amount);
        put_sum(node, columns, "weighted", columns->board->weighted, column->weighted);
    } else {
        mw_put_text(node, "amount", NULL);
        mw_put_text(node, "weighted", NULL);
    }
    if (creates)
        mw_put_format(node, "create", "/%s/board/new?_of=%" G_GINT64_FORMAT "&_to=%s",
                      columns->entity->path, columns->of, column->value);
    else
        mw_put_text(node, "create", NULL);
}

/* ---- cards ------------------------------------------------------------------------- */

void
mw_cards_init(MwCards *cards, const MwColumns *columns, const MwList *list, MwTitles *links)
{
    const MwContext *context = columns->request->context;
    g_autoptr(GString) query = g_string_new(NULL);
    g_autoptr(GString) origin = g_string_new(NULL);

    if (list)
        mw_list_append(list, query);
    if (query->len > 1) {
        g_string_append(origin, "?list=");
        g_string_append_uri_escaped(origin, query->str + 1, NULL, true);
    }
    *cards = (MwCards){
        .columns = columns,
        .links = links,
        .shown = mw_fields_seen(context, columns->entity, columns->board->card),
        .origin = g_strdup(origin->str),
        .today =
            mw_date_format(mw_date_of_instant(context->now, context->locale.zone), MW_CLOCK_ISO),
        .moves = !(columns->entity->flags & MW_INTERNAL) &&
                 mw_actor_may(context->actor, columns->entity, MW_MAY_UPDATE) &&
                 mw_actor_edits(context->actor, columns->entity, columns->field),
    };
}

void
mw_cards_clear(MwCards *cards)
{
    g_clear_pointer(&cards->shown, g_ptr_array_unref);
    g_clear_pointer(&cards->origin, g_free);
    g_clear_pointer(&cards->today, g_free);
}

void
mw_cards_want(const MwCards *cards, MwQuery *query)
{
    const MwEntity *entity = cards->columns->entity;
    const MwBoard *board = cards->columns->board;
    const char *const names[] = { entity->title, board->columns, board->since, board->next,
                                  "owner" };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (names[i] && mw_entity_field(entity, names[i]))
            mw_query_want(query, mw_entity_field(entity, names[i]));
    for (guint i = 0; i < cards->shown->len; i++) {
        const MwField *field = cards->shown->pdata[i];
        mw_query_want(query, field);
        if (field->currency && mw_entity_field(entity, field->currency))
            mw_query_want(query, mw_entity_field(entity, field->currency));
    }
}

/* Cards are narrow: a day of this year goes without the year. */
static void
show_day(const MwCards *cards, const MwField *field, const MwValue *value, GString *text)
{
    int64_t day;

    if (strncmp(value->text, cards->today, strlen("2026-")) != 0 ||
        !mw_date_parse(value->text, &day)) {
        mw_field_show(field, &cards->columns->request->context->locale, value, text);
        return;
    }
    g_autofree char *shown = mw_date_format(day, MW_CLOCK_SHORT);
    g_string_append(text, shown);
}

static void
put_lines(MwNode *node, const MwCards *cards, const MwRecord *record)
{
    const MwContext *context = cards->columns->request->context;
    MwNode *lines = mw_put_list(node, "lines");

    for (guint i = 0; i < cards->shown->len; i++) {
        const MwField *field = cards->shown->pdata[i];
        g_autoptr(GString) text = g_string_new(NULL);
        const MwValue *value = mw_record_value(record, field);
        if (value->is == MW_NULL)
            continue;
        if (field->kind == &mw_date)
            show_day(cards, field, value, text);
        else
            mw_cell_text(context, cards->links, record, field, value, text);
        MwNode *line = mw_put_object(lines, NULL);
        mw_put_text(line, "label", mw_field_label(field));
        mw_put_copy(line, "text", text->str);
        mw_put_bool(line, "strong", field->kind->right_aligned);
    }
}

static void
put_owner(MwNode *node, const MwCards *cards, const MwRecord *record)
{
    const MwField *owner = field_seen(cards->columns, "owner");
    g_autoptr(GString) name = g_string_new(NULL);

    if (owner && mw_record_value(record, owner)->is != MW_NULL)
        mw_cell_text(cards->columns->request->context, cards->links, record, owner,
                     mw_record_value(record, owner), name);
    if (name->len == 0) {
        mw_put_text(node, "owner", NULL);
        return;
    }
    MwNode *item = mw_put_object(node, "owner");
    mw_put_copy(item, "name", name->str);
    mw_put_initials(item, name->str);
}

/* How long it has been in its column, and whether that is longer than usual. */
static void
put_age(MwNode *node, const MwCards *cards, const MwRecord *record, const MwColumn *column)
{
    const MwField *since = field_seen(cards->columns, cards->columns->board->since);

    if (!since || mw_record_value(record, since)->is == MW_NULL || !column || column->closed) {
        mw_put_text(node, "age", NULL);
        mw_put_bool(node, "late", false);
        return;
    }
    int64_t days =
        MAX(cards->columns->request->context->now - mw_record_int(record, since->name), 0) / DAY_MS;
    mw_put_format(node, "age", mw_ngettext("%lld day", "%lld days", (unsigned long)days),
                  (long long)days);
    mw_put_bool(node, "late", column->expected > 0 && days > column->expected);
}

static void
put_next(MwNode *node, const MwCards *cards, const MwRecord *record)
{
    const MwField *next = field_seen(cards->columns, cards->columns->board->next);
    const MwValue *value = next ? mw_record_value(record, next) : NULL;
    g_autoptr(GString) day = g_string_new(NULL);

    if (!next) {
        mw_put_text(node, "next", NULL);
        return;
    }
    MwNode *item = mw_put_object(node, "next");
    if (value->is == MW_NULL) {
        mw_put_text(item, "state", "none");
        mw_put_text(item, "text", _("No next activity"));
        mw_put_text(item, "day", NULL);
        return;
    }
    bool overdue = strcmp(value->text, cards->today) < 0;
    show_day(cards, next, value, day);
    mw_put_text(item, "state", overdue ? "overdue" : "planned");
    mw_put_copy(item, "day", day->str); /* on the card; the colour tells the rest */
    mw_put_format(item, "text", overdue ? _("Was due %s") : _("Next: %s"), day->str);
}

void
mw_card_put(MwNode *node, const MwCards *cards, const MwRecord *record, const MwColumn *column)
{
    const MwEntity *entity = cards->columns->entity;
    g_autoptr(GString) title = g_string_new(NULL);

    mw_record_title(record, title);
    if (title->len == 0)
        g_string_append_printf(title, "%" G_GINT64_FORMAT, mw_record_id(record));
    mw_put_format(node, "id", "%" G_GINT64_FORMAT, mw_record_id(record));
    mw_put_format(node, "href", "/%s/%" G_GINT64_FORMAT "%s", entity->path, mw_record_id(record),
                  cards->origin);
    mw_put_copy(node, "title", title->str);
    mw_put_format(node, "version", "%" G_GINT64_FORMAT, mw_record_version(record));
    if (cards->moves)
        mw_put_format(node, "move", "/%s/%" G_GINT64_FORMAT "/move", entity->path,
                      mw_record_id(record));
    else
        mw_put_text(node, "move", NULL);
    put_lines(node, cards, record);
    put_owner(node, cards, record);
    put_age(node, cards, record, column);
    put_next(node, cards, record);
}
