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
} Fixture;

typedef void (*TestFunc)(Fixture *fixture, gconstpointer data);

/* Registers "<path>/sqlite" and "<path>/postgresql". */
void mw_test_add(const char *path, TestFunc test);
/* Commits, and begins a new transaction as `user` (0: the system). */
void mw_test_turn(Fixture *fixture, int64_t user);
