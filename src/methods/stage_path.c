#include "methods/stage_path.h"

#include "methods/stages.h"

enum { DAY_MS = 86400000, MOVES_MAX = 1000 };

typedef struct {
    const GArray *stages;
    bool *visited;
    int64_t *days;
    int last_open; /* number of a stage; -1: none */
} Moves;

/* to_stage, from_stage, days */
static bool
keep_move(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Moves *moves = data;
    int to = c[0].is == MW_INTEGER ? mw_stages_find(moves->stages, c[0].integer) : -1;
    int from = c[1].is == MW_INTEGER ? mw_stages_find(moves->stages, c[1].integer) : -1;

    if (to >= 0)
        moves->visited[to] = true;
    if (to >= 0 && mw_stage_at(moves->stages, to)->kind == 'o')
        moves->last_open = to;
    if (from >= 0 && c[2].is == MW_INTEGER)
        moves->days[from] += c[2].integer;
    return true;
}

static void
step_clear(gpointer data)
{
    g_free(((MwStep *)data)->name);
}

static MwStepState
state_of(const Moves *moves, int i, int current, int furthest)
{
    const MwStage *stage = mw_stage_at(moves->stages, i);

    if (i == current)
        return MW_STEP_CURRENT;
    if (stage->kind != 'o' || i >= furthest || moves->last_open < 0)
        return MW_STEP_COMING;
    return moves->visited[i] ? MW_STEP_DONE : MW_STEP_SKIPPED;
}

/* A lost deal got as far as the last open stage that it has seen, any other as far as it is. */
static int
furthest_of(const Moves *moves, int current)
{
    int furthest = current;

    if (current >= 0 && mw_stage_at(moves->stages, current)->kind != 'l')
        return furthest;
    furthest = 0;
    for (int i = 0; i < (int)moves->stages->len; i++)
        if (moves->visited[i] && mw_stage_at(moves->stages, i)->kind == 'o')
            furthest = i + 1;
    return furthest;
}

bool
mw_stage_path(const MwContext *context, const MwRecord *opportunity, MwStagePath *out,
              GError **error)
{
    MwValue params[] = { MW_INT(mw_record_id(opportunity)), MW_INT(MOVES_MAX) };
    g_autoptr(GArray) stages =
        mw_stages_load(context->store, mw_record_int(opportunity, "process"), error);

    *out = (MwStagePath){ .steps = g_array_new(false, false, sizeof(MwStep)) };
    g_array_set_clear_func(out->steps, step_clear);
    if (!stages)
        return false;
    g_autofree bool *visited = g_new0(bool, stages->len + 1);
    g_autofree int64_t *days = g_new0(int64_t, stages->len + 1);
    Moves moves = { stages, visited, days, -1 };
    if (!mw_store_run(context->store,
                      "SELECT to_stage, from_stage, days FROM stage_move WHERE opportunity = $1 "
                      "AND deleted_at IS NULL ORDER BY id LIMIT $2",
                      params, 2, keep_move, &moves, error))
        return false;
    int current = mw_stages_find(stages, mw_record_int(opportunity, "stage"));
    int furthest = furthest_of(&moves, current);
    if (current >= 0)
        days[current] += MAX(context->now - mw_record_int(opportunity, "stage_since"), 0) / DAY_MS;
    for (int i = 0; i < (int)stages->len; i++) {
        const MwStage *stage = mw_stage_at(stages, i);
        MwStep step = { stage->id,
                        g_strdup(stage->name),
                        stage->kind,
                        state_of(&moves, i, current, furthest),
                        days[i],
                        stage->expected_days,
                        stage->probability,
                        stage->learned,
                        stage->learned_deals };
        g_array_append_val(out->steps, step);
    }
    out->last_open = moves.last_open >= 0 ? mw_stage_at(stages, moves.last_open)->id : 0;
    return true;
}

void
mw_stage_path_clear(MwStagePath *path)
{
    g_clear_pointer(&path->steps, g_array_unref);
}
