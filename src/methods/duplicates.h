#pragma once
/*
 * duplicates: which records of a whole base are probably there twice.
 *
 * By keys in memory, never record against record: each entity says by its `twins` what makes two probably one; records
 * with an equal key are neighbours after sorting. Names are also compared by their sound (pinyin) and with their
 * neighbours in alphabetical order. What more than MW_DUPLICATES_BUCKET records share (a switchboard) says nothing.
 * O(n log n); the groups are kept in the table `twin` until the next search, the best first.
 */
#include "record/context.h"

enum {
    MW_DUPLICATES_BUCKET = 20,
    MW_DUPLICATES_GROUP_MAX = 50, /* of a group that are parted at once */
    MW_DUPLICATES_GROUPS_MAX = 5000,
    /* Bits of `reasons` behind those of the rules, which are by their place in `twins`. */
    MW_DUPLICATES_SOUND = 1 << 16,
    MW_DUPLICATES_NEAR = 1 << 17,
};

/* Searches all records of an entity; on `store`, which is in no transaction. `groups` may be NULL. */
bool mw_duplicates_search(MwCompany *company, MwStore *store, const char *entity, size_t *groups,
                          GError **error);
/* That these records are no twins of each other is remembered; their group has them no more. */
bool mw_duplicates_part(const MwContext *context, const MwEntity *entity, const GArray *ids,
                        GError **error);

/* The search of an entity's records that runs, or ran last. */
typedef struct {
    bool works, failed;
    int64_t at; /* when it was heard of last; 0: there was none */
} MwDuplicatesSearch;

bool mw_duplicates_last(const MwContext *context, const MwEntity *entity, MwDuplicatesSearch *last,
                        GError **error);
/* It reads everything, so it takes the right to merge records of others: to change and to delete them. */
bool mw_duplicates_may_search(const MwContext *context, const MwEntity *entity);
/* Queues a search; MW_ERROR_CONFLICT while one of any entity is at work. */
bool mw_duplicates_start(const MwContext *context, const MwEntity *entity, GError **error);

typedef struct {
    int64_t number, score, reasons;
    GArray *ids; /* of int64_t */
} MwDuplicates;

/* Groups of which the actor may read two or more, the best first, after `skip` of them; of MwDuplicates, owned. */
GPtrArray *mw_duplicates_find(const MwContext *context, const MwEntity *entity, unsigned skip,
                              unsigned limit, GError **error);
/* "Credit code, Name": the reasons in words. The caller frees it. */
char *mw_duplicates_reasons(const MwEntity *entity, int64_t reasons);
