#pragma once
/* mustache_program: what mustache.c parses a template into and render.c runs. Private to the two. */
#include "web/mustache.h"

typedef enum {
    OP_TEXT,     /* append `text`                                                  */
    OP_VALUE,    /* append the value of the path, escaped                          */
    OP_RAW,      /* … as it is                                                     */
    OP_SECTION,  /* run up to `end` for each context that the path gives           */
    OP_INVERTED, /* run up to `end` if the path is false                           */
    OP_PARTIAL,  /* run `partial`, or the template named by the path if it is NULL */
} OpCode;

typedef struct MwTemplate MwTemplate;

typedef struct {
    OpCode code;
    uint32_t n_keys; /* of the path; 0 is "." */
    const MwKey *keys;
    const char *text; /* OP_TEXT; the name of a static partial, NULL of a dynamic one */
    size_t size;
    uint32_t end;       /* index of the first instruction behind the section       */
    bool standalone;    /* a partial on a line of its own                          */
    const char *indent; /* its indentation; NULL: none                             */
    const MwTemplate *partial;
} Op;

struct MwTemplate {
    char *name;
    GArray *ops; /* of Op */
};

struct MwTemplates {
    MwTemplatesMode mode;
    GHashTable *by_name; /* name to MwTemplate */
    GStringChunk *chunk; /* the texts and names of all programs */
    GPtrArray *paths;    /* MwKey arrays */
};
