#pragma once
/* stages: a sales process as it is now: its stages in order, and what evidence each asks for. */
#include "methods/opportunity.h"

typedef struct {
    int64_t id, position, probability, expected_days;
    int64_t learned, learned_deals; /* learning.h; -1: nothing is known */
    char *key, *name, *category;
    char kind; /* 'o'pen, 'w'on, 'l'ost */
} MwStage;

/* The stages of a process in order; an array of MwStage. */
GArray *mw_stages_load(MwStore *store, int64_t process, GError **error);
/* Number of the stage with this id in the array, -1: none. */
int mw_stages_find(const GArray *stages, int64_t id);
/* Number of the first stage of a kind, -1: none. */
int mw_stages_first(const GArray *stages, char kind);

static inline const MwStage *
mw_stage_at(const GArray *stages, int i)
{
    return &g_array_index(stages, MwStage, i);
}

/*
 * Looks for the evidence that the stages after number `from` (-1: from the first on) up to number `to` ask for; of a
 * lost stage, none. Adds an MwMissing for each that is missing to `missing`. `lines` as in derivation.h.
 */
bool mw_gates_check(const MwContext *context, const MwRecord *opportunity, GHashTable *lines,
                    const GArray *stages, int from, int to, GPtrArray *missing, GError **error);
/* A gate in words: what is there when it is open. */
typedef struct {
    int64_t stage;
    char *text;
} MwGateText;

/* Those of a process, in order; an array of MwGateText * that frees them. */
GPtrArray *mw_gate_texts(const MwContext *context, int64_t process, GError **error);
GPtrArray *mw_missing_new(void); /* of MwMissing *, which it frees */
/* Refuses a gate whose parameter means nothing; a derivation. */
bool mw_gate_check_itself(const MwContext *context, MwRecord *gate, const MwRecord *before,
                          GHashTable *lines, MwProblems *problems, GError **error);
