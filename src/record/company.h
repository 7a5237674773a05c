#pragma once
/*
 * company: one customer's database with what all its threads share: the catalog in force,
 * settings, the ids' source, and the actors that were asked for lately.
 */
#include "base/id.h"
#include "record/actor.h"
#include "store/store.h"

typedef struct MwCompany MwCompany;

enum { MW_COVERAGE_DAYS = 30, MW_COVERAGE_DAYS_MAX = 3650 };

/* A snapshot; immutable, reference-counted. */
typedef struct {
    gint references;
    char *name;      /* of the company, for titles and documents         */
    char *currency;  /* base currency, ISO 4217                          */
    char *language;  /* "zh_CN", "en": of who has chosen none            */
    char *time_zone; /* IANA name                                        */
    GTimeZone *zone;
    unsigned coverage_days; /* so long a last contact counts; see methods/buying_centre.h */
    GHashTable *all;        /* every key -> value of table meta */
} MwSettings;

/* Opens the company at `url` for programs of this version: checks that the schema is there, adds
 * what its tables lack, loads settings and custom fields. `entities` are the declarations (entities/entities.h). */
MwCompany *mw_company_open(const char *url, const MwEntity *const *entities, GError **error);
/* Makes a new company: file or schema, tables, built-in roles, settings (pairs of key and value,
 * ends with NULL). Fails when there is one already; one whose making was cut off is finished. */
bool mw_company_create(const char *url, const MwEntity *const *entities,
                       const char *const *settings, GError **error);
/* Brings an existing company to this program's schema. */
bool mw_company_migrate(const char *url, const MwEntity *const *entities, GError **error);
void mw_company_free(MwCompany *company);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwCompany, mw_company_free)

const char *mw_company_url(const MwCompany *company);
/* A connection for the calling thread. */
MwStore *mw_company_connect(MwCompany *company, MwOpenFlags flags, GError **error);
MwIds *mw_company_ids(MwCompany *company);

/* The snapshots in force; the caller unrefs. */
MwCatalog *mw_company_catalog(MwCompany *company);
MwSettings *mw_company_settings(MwCompany *company);
MwSettings *mw_settings_ref(MwSettings *settings);
void mw_settings_unref(MwSettings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwSettings, mw_settings_unref)
const char *mw_settings_get(const MwSettings *settings, const char *key, const char *otherwise);
/* As they are in the store. */
MwSettings *mw_settings_load(MwStore *store, GError **error);
/* Writes one setting inside the store's transaction; call mw_company_reload() after commit. */
bool mw_settings_put(MwStore *store, const char *key, const char *value, GError **error);

/* The actor of a user, from the cache or the tables. The caller unrefs. What another process has
 * changed (a command, a second server) is noticed here within a second. */
MwActor *mw_company_actor(MwCompany *company, MwStore *store, int64_t user, GError **error);
MwActor *mw_company_system(MwCompany *company);

/* After a commit that changed what the snapshots are made of (custom fields, settings, users,
 * roles, teams): adds missing columns and swaps new snapshots in. */
bool mw_company_reload(MwCompany *company, MwStore *store, GError **error);
/* The service notes inside a transaction that such a thing has changed; who commits asks and
 * reloads, on the same thread. Cleared by asking. */
void mw_company_touch(MwCompany *company);
bool mw_company_touched(MwCompany *company);
/* In the transaction of such a change: tells the other processes. */
bool mw_company_stale(MwStore *store, GError **error);
/* Whether the custom fields, as they are in the transaction, make a catalog that fits the tables;
 * MW_ERROR_INVALID when not. */
bool mw_company_check_fields(MwCompany *company, MwStore *store, GError **error);

/* What was worked out since the last write; see memo.h. */
typedef struct MwMemo MwMemo;
MwMemo *mw_company_memo(MwCompany *company);
/* Grows after every commit that changed an entity's records: caches of the ledger watch it. */
uint64_t mw_company_generation(MwCompany *company, const MwEntity *entity);
/* In the transaction of the change. */
void mw_company_changed(MwCompany *company, MwStore *store, const MwEntity *entity);
