#pragma once
/* arena: memory of one request, taken piece by piece and freed as a whole. The first piece is
 * inside, so that most requests allocate nothing. */
#include <glib.h>
#include <stddef.h>

enum { MW_ARENA_FIRST = 4096 };

typedef struct {
    char *at, *end;
    struct MwArenaPiece *pieces;
    _Alignas(16) char first[MW_ARENA_FIRST];
} MwArena;

void mw_arena_init(MwArena *arena);
void mw_arena_clear(MwArena *arena);
/* Aligned for any type, not zeroed. */
void *mw_arena_take(MwArena *arena, size_t size);
/* A copy of `size` bytes with a NUL behind. */
char *mw_arena_copy(MwArena *arena, const char *text, size_t size);
char *mw_arena_format(MwArena *arena, const char *format, ...) G_GNUC_PRINTF(2, 3);
