#pragma once
/*
 * mention: people named within a text, written "@[Wang Fang](123)": the name for readers, the id for the program, so that
 * a mention stays who it was when people change their names.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* A piece of a text: plain, or a mention with the name alone. Borrowed from the text. */
typedef struct {
    const char *text;
    size_t size;
    int64_t user; /* 0: plain */
} MwMentionPart;

enum { MW_MENTIONS_MAX = 20 };

/* The piece at *at, which it moves behind it; false at the end. Pieces together are the text. */
bool mw_mention_next(const char **at, MwMentionPart *part);
/* Appends the mentioned users' ids (int64_t), each once, at most MW_MENTIONS_MAX; `text` may be NULL. */
void mw_mentions_of(const char *text, GArray *users);
/* Appends the text for readers: "@Wang Fang". */
void mw_mention_show(const char *text, GString *out);
/* Appends a mention; brackets in the name are left out. */
void mw_mention_append(GString *out, const char *name, int64_t user);
/* The next "@" that may begin a name: it is no mention already and stands behind no letter, as it does in an address. NULL
 * when there is none. */
const char *mw_mention_candidate(const char *text, const char *from);
