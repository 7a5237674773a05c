#pragma once
/*
 * view: the tree of values that a template reads, made new for every page and thrown away as a whole.
 *
 * Nodes come from an arena: building costs some 20 ns a node (bench/mustache.c), nothing is freed one by
 * one, and mw_view_reset() keeps the memory for the next request of the same thread.
 *
 * A key is found by a hash of its text that the compiler works out for literals; keys and "borrowed"
 * texts must live as long as the view is used: literals, translations, names of the catalog. For text
 * that does not, there are mw_put_copy() and mw_put_format(). Texts end with a NUL behind their size.
 *
 *     MwNode *page = mw_view_root(view);
 *     mw_put_text(page, "title", _("Accounts"));
 *     MwNode *rows = mw_put_list(page, "rows");
 *     MwNode *row = mw_put_object(rows, NULL);   // an element of a list has no key
 */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef struct MwView MwView;
typedef struct MwNode MwNode;

/* A name to look up, with its hash; equal texts have equal hashes. */
typedef struct {
    const char *text;
    uint32_t hash;
} MwKey;

static inline MwKey
mw_key(const char *text)
{
    size_t size = strlen(text);
    uint64_t hash = size * UINT64_C(0x9e3779b97f4a7c15);
    uint32_t head = 0, tail = 0;

    /* The ends of a longer name are enough to tell names apart; equal hashes are compared in full. */
    if (size >= 8) {
        uint64_t first, last;
        memcpy(&first, text, 8);
        memcpy(&last, text + size - 8, 8);
        hash ^= first * UINT64_C(0xff51afd7ed558ccd) ^ last * UINT64_C(0xc4ceb9fe1a85ec53);
    } else if (size >= 4) {
        memcpy(&head, text, 4);
        memcpy(&tail, text + size - 4, 4);
        hash ^= (((uint64_t)head << 32) | tail) * UINT64_C(0xff51afd7ed558ccd);
    } else if (size > 0) {
        head = ((uint32_t)(uint8_t)text[0] << 16) | ((uint32_t)(uint8_t)text[size / 2] << 8) |
               (uint8_t)text[size - 1];
        hash ^= head * UINT64_C(0xff51afd7ed558ccd);
    }
    return (MwKey){ text, (uint32_t)(hash >> 32) ^ (uint32_t)hash };
}

typedef enum {
    MW_NODE_NULL,
    MW_NODE_BOOL,
    MW_NODE_INT,
    MW_NODE_TEXT,
    MW_NODE_OBJECT,
    MW_NODE_LIST
} MwNodeType;

/* Read by mustache.c; made by the functions below only. */
struct MwNode {
    MwNode *next; /* the next member or element */
    const char *key;
    uint32_t hash;
    uint32_t type; /* MwNodeType */
    union {
        bool boolean;
        int64_t integer;
        struct {
            const char *text;
            size_t size;
        };
        struct {
            MwNode *first;
            struct MwContainer *container; /* what only objects and lists have */
        };
    };
};

MwView *mw_view_new(void);
void mw_view_free(MwView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwView, mw_view_free)
/* Forgets all nodes and texts and keeps up to 4 MiB of the memory. */
void mw_view_reset(MwView *view);
/* An object, empty at first. */
MwNode *mw_view_root(MwView *view);
/* Bytes used, for metrics and tests. */
size_t mw_view_size(const MwView *view);

/*
 * Adds a member to an object (`key`) or an element to a list (`key` NULL). Of members with the same key
 * the first is found. `parent` is an object or a list.
 */
MwNode *mw_put_object_at(MwNode *parent, MwKey key);
MwNode *mw_put_list_at(MwNode *parent, MwKey key);
void mw_put_text_at(MwNode *parent, MwKey key, const char *text, size_t size);
void mw_put_copy_at(MwNode *parent, MwKey key, const char *text, size_t size);
void mw_put_int_at(MwNode *parent, MwKey key, int64_t value);
void mw_put_bool_at(MwNode *parent, MwKey key, bool value);
/* A formatted text of the arena. */
void mw_put_format(MwNode *parent, const char *key, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* A number as people read it: "4,372". */
void mw_put_count(MwNode *parent, const char *key, int64_t value);

#define MW_KEY_OR_NONE(key) ((key) ? mw_key(key) : (MwKey){ NULL, 0 })

static inline MwNode *
mw_put_object(MwNode *parent, const char *key)
{
    return mw_put_object_at(parent, MW_KEY_OR_NONE(key));
}

static inline MwNode *
mw_put_list(MwNode *parent, const char *key)
{
    return mw_put_list_at(parent, MW_KEY_OR_NONE(key));
}

/* NULL puts a null, which shows nothing and is false. */
static inline void
mw_put_text(MwNode *parent, const char *key, const char *text)
{
    mw_put_text_at(parent, MW_KEY_OR_NONE(key), text, text ? strlen(text) : 0);
}

static inline void
mw_put_copy(MwNode *parent, const char *key, const char *text)
{
    mw_put_copy_at(parent, MW_KEY_OR_NONE(key), text, text ? strlen(text) : 0);
}

static inline void
mw_put_int(MwNode *parent, const char *key, int64_t value)
{
    mw_put_int_at(parent, MW_KEY_OR_NONE(key), value);
}

static inline void
mw_put_bool(MwNode *parent, const char *key, bool value)
{
    mw_put_bool_at(parent, MW_KEY_OR_NONE(key), value);
}

/* The member of an object, or NULL. Linear in the members; misses mostly take one step. */
const MwNode *mw_node_get(const MwNode *object, MwKey key);
