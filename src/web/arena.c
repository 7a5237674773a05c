#include "web/arena.h"

#include <string.h>

enum { ALIGNMENT = 16, PIECE_BYTES = 16 * 1024 };

typedef struct MwArenaPiece {
    _Alignas(16) struct MwArenaPiece *next;
} MwArenaPiece;

void
mw_arena_init(MwArena *arena)
{
    arena->at = arena->first;
    arena->end = arena->first + sizeof arena->first;
    arena->pieces = NULL;
}

void
mw_arena_clear(MwArena *arena)
{
    for (MwArenaPiece *piece = arena->pieces; piece;) {
        MwArenaPiece *next = piece->next;
        g_free(piece);
        piece = next;
    }
    mw_arena_init(arena);
}

void *
mw_arena_take(MwArena *arena, size_t size)
{
    size_t rounded = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);

    if (rounded > (size_t)(arena->end - arena->at)) {
        size_t room = MAX(rounded, PIECE_BYTES);
        MwArenaPiece *piece = g_malloc(sizeof *piece + room);
        piece->next = arena->pieces;
        arena->pieces = piece;
        arena->at = (char *)(piece + 1);
        arena->end = arena->at + room;
    }
    void *taken = arena->at;
    arena->at += rounded;
    return taken;
}

char *
mw_arena_copy(MwArena *arena, const char *text, size_t size)
{
    char *copy = mw_arena_take(arena, size + 1);

    memcpy(copy, text, size);
    copy[size] = '\0';
    return copy;
}

char *
mw_arena_format(MwArena *arena, const char *format, ...)
{
    va_list args, again;

    va_start(args, format);
    va_copy(again, args);
    int size = g_vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = mw_arena_take(arena, (size_t)size + 1);
    g_vsnprintf(text, (gulong)size + 1, format, again);
    va_end(again);
    return text;
}
