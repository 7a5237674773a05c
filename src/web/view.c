#include "web/view.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/decimal.h"

enum { BLOCK_BYTES = 64 << 10, KEPT_BYTES = 4 << 20 };

typedef struct Block {
    struct Block *next;
    size_t size;
    alignas(16) char bytes[];
} Block;

struct MwView {
    Block *first, *current; /* blocks behind `current` are free for use */
    char *at, *end;         /* the rest of the current block */
    size_t used;            /* in the blocks before the current one */
    MwNode *root;
};

struct MwContainer {
    MwView *view;
    MwNode *last;
    uint64_t seen; /* a bit for each hash that is in it, so that most misses end here */
};

static Block *
block_new(size_t size)
{
    Block *block = g_malloc(sizeof *block + size);

    block->next = NULL;
    block->size = size;
    return block;
}

static void
use_block(MwView *view, Block *block)
{
    view->current = block;
    view->at = block->bytes;
    view->end = block->bytes + block->size;
}

/* Goes on to a block with room for `size`: the next kept one if it has it, else a new one before it. */
static void
next_block(MwView *view, size_t size)
{
    Block *next = view->current->next;

    view->used += view->current->size;
    if (!next || next->size < size) {
        Block *block = block_new(MAX(size, BLOCK_BYTES));
        block->next = next;
        view->current->next = block;
        next = block;
    }
    use_block(view, next);
}

static inline void *
allocate(MwView *view, size_t size)
{
    size = (size + 7) & ~(size_t)7;
    if ((size_t)(view->end - view->at) < size)
        next_block(view, size);
    void *memory = view->at;
    view->at += size;
    return memory;
}

static void
make_container(MwView *view, MwNode *node, MwNodeType type)
{
    node->type = type;
    node->first = NULL;
    node->container = allocate(view, sizeof *node->container);
    *node->container = (struct MwContainer){ .view = view };
}

static void
make_root(MwView *view)
{
    view->root = allocate(view, sizeof *view->root);
    *view->root = (MwNode){ 0 };
    make_container(view, view->root, MW_NODE_OBJECT);
}

MwView *
mw_view_new(void)
{
    MwView *view = g_new0(MwView, 1);

    view->first = block_new(BLOCK_BYTES);
    use_block(view, view->first);
    make_root(view);
    return view;
}

static void
free_blocks(Block *block)
{
    while (block) {
        Block *next = block->next;
        g_free(block);
        block = next;
    }
}

void
mw_view_free(MwView *view)
{
    if (!view)
        return;
    free_blocks(view->first);
    g_free(view);
}

void
mw_view_reset(MwView *view)
{
    size_t kept = 0;

    for (Block *block = view->first; block; block = block->next) {
        kept += block->size;
        if (block->next && kept + block->next->size > KEPT_BYTES) {
            free_blocks(block->next);
            block->next = NULL;
        }
    }
    view->used = 0;
    use_block(view, view->first);
    make_root(view);
}

MwNode *
mw_view_root(MwView *view)
{
    return view->root;
}

size_t
mw_view_size(const MwView *view)
{
    return view->used + (size_t)(view->at - view->current->bytes);
}

static inline uint64_t
bit_of(uint32_t hash)
{
    return UINT64_C(1) << (hash & 63);
}

static inline MwNode *
append(MwNode *parent, MwKey key)
{
    struct MwContainer *container = parent->container;
    MwNode *node = allocate(container->view, sizeof *node);

    node->next = NULL;
    node->key = key.text;
    node->hash = key.hash;
    container->seen |= bit_of(key.hash);
    if (container->last)
        container->last->next = node;
    else
        parent->first = node;
    container->last = node;
    return node;
}

MwNode *
mw_put_object_at(MwNode *parent, MwKey key)
{
    MwNode *node = append(parent, key);

    make_container(parent->container->view, node, MW_NODE_OBJECT);
    return node;
}

MwNode *
mw_put_list_at(MwNode *parent, MwKey key)
{
    MwNode *node = append(parent, key);

    make_container(parent->container->view, node, MW_NODE_LIST);
    return node;
}

void
mw_put_text_at(MwNode *parent, MwKey key, const char *text, size_t size)
{
    MwNode *node = append(parent, key);

    node->type = text ? MW_NODE_TEXT : MW_NODE_NULL;
    node->text = text;
    node->size = size;
}

void
mw_put_copy_at(MwNode *parent, MwKey key, const char *text, size_t size)
{
    char *copy = NULL;

    if (text) {
        copy = allocate(parent->container->view, size + 1);
        memcpy(copy, text, size);
        copy[size] = '\0';
    }
    mw_put_text_at(parent, key, copy, size);
}

void
mw_put_int_at(MwNode *parent, MwKey key, int64_t value)
{
    MwNode *node = append(parent, key);

    node->type = MW_NODE_INT;
    node->integer = value;
}

void
mw_put_bool_at(MwNode *parent, MwKey key, bool value)
{
    MwNode *node = append(parent, key);

    node->type = MW_NODE_BOOL;
    node->boolean = value;
}

void
mw_put_format(MwNode *parent, const char *key, const char *format, ...)
{
    MwView *view = parent->container->view;
    MwKey name = MW_KEY_OR_NONE(key);
    char *rest = view->at;
    va_list arguments;

    va_start(arguments, format);
    size_t size = (size_t)vsnprintf(rest, (size_t)(view->end - rest), format, arguments);
    va_end(arguments);
    char *text = allocate(view, size + 1);
    if (text != rest) { /* it was too small */
        va_start(arguments, format);
        vsnprintf(text, size + 1, format, arguments);
        va_end(arguments);
    }
    mw_put_text_at(parent, name, text, size);
}

const MwNode *
mw_node_get(const MwNode *object, MwKey key)
{
    if (object->type != MW_NODE_OBJECT || !(object->container->seen & bit_of(key.hash)))
        return NULL;
    for (const MwNode *node = object->first; node; node = node->next)
        if (node->hash == key.hash && strcmp(node->key, key.text) == 0)
            return node;
    return NULL;
}

void
mw_put_count(MwNode *parent, const char *key, int64_t value)
{
    g_autofree char *text = mw_decimal_format(value, 0, 0, true);

    mw_put_copy(parent, key, text);
}
