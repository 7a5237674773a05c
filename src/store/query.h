#pragma once
/*
 * query: which records of an entity, in which order, and which columns of them.
 *
 * A filter is a tree. What a user may see (the scope of a right) is a filter like any
 * other, so it is always part of the SQL. query.c turns a query into one statement.
 */
#include "model/catalog.h"
#include "store/store.h"

typedef enum {
    MW_FILTER_ALL,    /* children joined by AND; none: true        */
    MW_FILTER_ANY,    /* children joined by OR; none: false        */
    MW_FILTER_NOT,    /* its one child does not hold (or is NULL)  */
    MW_FILTER_TEST,   /* `test` of a field against values          */
    MW_FILTER_VIA,    /* the record that a link field points at satisfies the child */
    MW_FILTER_HAS,    /* some record of `entity` whose `field` points here satisfies the child */
    MW_FILTER_SEARCH, /* the full-text index knows it by the words of a text */
} MwFilterIs;

typedef enum {
    MW_TEST_EQ,  /* NULL never equals */
    MW_TEST_NEQ, /* true for NULL too */
    MW_TEST_LT,
    MW_TEST_LTE,
    MW_TEST_GT,
    MW_TEST_GTE,
    MW_TEST_IN,       /* any of the values */
    MW_TEST_LIKE,     /* values[0] is text with * for any characters; ignores ASCII case */
    MW_TEST_CONTAINS, /* choices: has the key */
    MW_TEST_NULL,
    MW_TEST_NOT_NULL,
} MwTest;

typedef struct MwFilter MwFilter;
struct MwFilter {
    MwFilterIs is;
    MwTest test;
    const MwField *field;
    const MwEntity *entity; /* VIA: the target; HAS: the one that links here */
    GArray *values;         /* of MwValue, owned */
    GPtrArray *children;    /* of MwFilter, owned */
};

MwFilter *mw_filter_all(void);
MwFilter *mw_filter_any(void);
MwFilter *mw_filter_not(MwFilter *child); /* takes the child */
/* `value` is copied; further ones by mw_filter_value(). */
MwFilter *mw_filter_test(const MwField *field, MwTest test, MwValue value);
MwFilter *mw_filter_via(const MwField *link, const MwEntity *target, MwFilter *child);
MwFilter *mw_filter_has(const MwEntity *entity, const MwField *link, MwFilter *child);
/* What people type; matches nothing when it has no word. */
MwFilter *mw_filter_search(const MwEntity *entity, const char *text);
/* What was typed, of a search that has words. */
const char *mw_filter_words(const MwFilter *filter);
void mw_filter_value(MwFilter *filter, MwValue value); /* copied */
void mw_filter_add(MwFilter *filter, MwFilter *child); /* takes the child; NULL is nothing */
MwFilter *mw_filter_copy(const MwFilter *filter);
void mw_filter_free(MwFilter *filter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwFilter, mw_filter_free)

enum { MW_ORDER_MAX = 3, MW_PAGE_MAX = 500, MW_COUNT_MAX = 10000 };

typedef struct {
    const MwField
        *field; /* of a name: the entity's name_order, so that names follow their pinyin */
    bool descending;
    const MwField *asked; /* the field that was named */
} MwOrder;

/* "name" or "-name" (descending); false when the entity has no such field. */
bool mw_order_parse(const MwEntity *entity, const char *text, MwOrder *order);

/* Where a page begins: after the record with these values of the order fields, and this id. */
typedef struct {
    MwValue values[MW_ORDER_MAX]; /* owned */
    int64_t id;
} MwCursor;

void mw_cursor_clear(MwCursor *cursor);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MwCursor, mw_cursor_clear)
/* Opaque text for URLs, at most 6,000 bytes; the caller frees it. */
char *mw_cursor_write(const MwCursor *cursor, size_t n_order);
bool mw_cursor_read(const char *text, MwCursor *cursor, size_t n_order, GError **error);

typedef enum { MW_LIVE, MW_DELETED, MW_LIVE_AND_DELETED } MwWhich;

typedef struct {
    const MwEntity *entity;
    const MwFilter *scope;  /* from the rights of the reader; NULL: everything */
    const MwFilter *filter; /* what is asked; NULL: everything */
    MwOrder order[MW_ORDER_MAX];
    size_t n_order;        /* 0: by id, newest first */
    const MwCursor *after; /* NULL: from the start */
    unsigned limit;        /* 1..MW_PAGE_MAX; 0: MW_PAGE_MAX */
    uint64_t columns[2];   /* bit set of field indexes; all zero: all */
    MwWhich which;
} MwQuery;

void mw_query_want(MwQuery *query, const MwField *field); /* adds a column */

/* Records in order (MwRecord *, freed with the array). `more` (may be NULL): there are others
 * after them. The columns read always include id, version and the order fields. */
GPtrArray *mw_store_find(MwStore *store, const MwQuery *query, bool *more, GError **error);
/* One record by id, within scope and which; NULL and MW_ERROR_NOT_FOUND. */
MwRecord *mw_store_get(MwStore *store, const MwQuery *query, int64_t id, GError **error);
/* How many there are, counted at most to MW_COUNT_MAX + 1. -1 on error. */
int64_t mw_store_count(MwStore *store, const MwQuery *query, GError **error);
/* Exact sums of integer fields over all that match, at most MW_COUNT_MAX records; `sums` gets one
 * number a field. False with no error when there are more, or a sum does not fit. */
bool mw_store_sums(MwStore *store, const MwQuery *query, const MwField *const *fields, size_t n,
                   int64_t *sums, GError **error);
enum { MW_GROUP_SUMS = 2, MW_GROUPED_MAX = 200000 };

typedef struct {
    MwValue key; /* owned */
    int64_t count, sums[MW_GROUP_SUMS];
    bool fits; /* the sums are right */
} MwGroup;

/* Counts by the values of `by`, and sums of n integer fields (at most MW_GROUP_SUMS), over at most MW_GROUPED_MAX records:
 * `all` is false when there are more, and the numbers are of some of them. An array of MwGroup in no order. */
GArray *mw_store_groups(MwStore *store, const MwQuery *query, const MwField *by,
                        const MwField *const *fields, size_t n, bool *all, GError **error);
/* "WHERE …" text and parameters of a query, for hand-written SELECTs whose table has alias t. */
void mw_query_where(const MwQuery *query, MwDialect dialect, GString *sql, GArray *params);

/* Inserts all fields of a record (id must be set; version becomes 1). */
bool mw_store_insert(MwStore *store, MwRecord *record, GError **error);
/* Inserts many of one entity, in as few statements as the database likes. */
bool mw_store_insert_many(MwStore *store, MwRecord *const *records, size_t n, GError **error);
/* Writes the changed fields if the stored version is `version`, and sets version + 1;
 * MW_ERROR_CONFLICT when it is another. */
bool mw_store_update(MwStore *store, MwRecord *record, int64_t version, GError **error);

/* As mw_store_update(), but the version stays: for computed fields, which no form has. */
bool mw_store_patch(MwStore *store, MwRecord *record, GError **error);

/* "x" quoted as an identifier: names come from declarations and are [a-z0-9_]. */
void mw_sql_name(GString *sql, const char *name);
/* Appends $n for a new parameter, which is copied shallowly (text stays borrowed). */
void mw_sql_param(GString *sql, GArray *params, MwValue value);
/* Appends "($n, …)" of at least one value; the last is repeated up to a few sizes, so that statements with lists of any
 * length stay prepared. */
void mw_sql_list(GString *sql, GArray *params, const MwValue *values, size_t n);
