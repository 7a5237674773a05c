#pragma once
/*
 * company: a new company for each test, on SQLite and, when MILLWRIGHT_TEST_POSTGRES names a
 * server, on PostgreSQL too. The context is the system's, in a transaction that writes.
 */
#include <glib/gstdio.h>

#include "record/service.h"

typedef struct {
    char *url, *folder;
    MwCompany *company;
    MwStore *store;
    MwContext context;
    GStringChunk *texts;
} Fixture;

typedef void (*TestFunc)(Fixture *fixture, gconstpointer data);

/* An input from pairs of field and text, ended by NULL. */
MwInput *mw_test_input(Fixture *f, const char *entity, ...) G_GNUC_NULL_TERMINATED;
/* Saves it and frees it; it must succeed. The id. */
int64_t mw_test_save(Fixture *f, int64_t id, MwInput *input);
/* Tries to save it and frees it: "" when that succeeds, "field:code field:code" of the problems, or
 * "!" and the number of the MwError; nothing stays of a failure. The caller frees it. */
char *mw_test_try(Fixture *f, int64_t id, MwInput *input);
/* A user with a built-in role, in a team (0: none). */
int64_t mw_test_user(Fixture *f, const char *name, const char *role, int64_t team);
MwRecord *mw_test_read(Fixture *f, const char *entity, int64_t id);
/* One number of it, 0: none. A record does not outlive a turn: its catalog goes. */
int64_t mw_test_int(Fixture *f, const char *entity, int64_t id, const char *field);
void mw_test_assert_text(Fixture *f, const char *entity, int64_t id, const char *field,
                         const char *expected);
const MwEntity *mw_test_entity(Fixture *f, const char *name);
/* An id as text; kept until the test ends. */
const char *mw_test_id(Fixture *f, int64_t id);

/* Registers "<path>/sqlite" and "<path>/postgresql". */
void mw_test_add(const char *path, TestFunc test);
/* Commits, and begins a new transaction as `user` (0: the system). */
void mw_test_turn(Fixture *fixture, int64_t user);
