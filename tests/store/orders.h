#pragma once
/* orders: a ledger for tests, past the rules of the service where there are many lines. */
#include "tests/store/company.h"

int64_t orders_account(Fixture *f, const char *name);
int64_t orders_product(Fixture *f, const char *code);

typedef struct {
    int64_t product;
    const char *quantity, *price, *cost; /* cost may be NULL */
} TestLine;

/* Through the service. `currency` and `status` may be NULL; lines end with a NULL quantity. */
int64_t orders_add(Fixture *f, int64_t account, const char *at, const char *currency,
                   const char *status, const TestLine *lines);
/* A change of an order's status. */
void orders_set_status(Fixture *f, int64_t order, const char *status);
int64_t orders_pay(Fixture *f, int64_t account, int64_t order, const char *received,
                   const char *due, const char *amount);

typedef struct {
    MwCompany *company;
    int64_t account;
} OrderWriter;

/* Work for mw_store_atomically(), on any connection of the company: one order of three lines. `data` is an
 * OrderWriter. */
bool orders_write_one(MwStore *store, void *data, GError **error);
/* Asserts that history, search index, lines and counter agree with the orders, all by orders_write_one(); the
 * number of orders. */
int64_t orders_check_whole(MwStore *store);

/* The lines of the published ledger that name a customer, straight into the tables; commits. False after
 * g_test_skip() when it is not there. */
bool orders_load_retail(Fixture *f);
