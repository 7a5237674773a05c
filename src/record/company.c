#include "record/company.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "record/context.h"
#include "record/derivation.h"
#include "record/memo.h"
#include "record/outbox.h"
#include "record/refill.h"
#include "record/seed.h"
#include "store/migrate.h"

enum { ACTORS_MAX = 10000, LOOK_AGAIN_US = G_USEC_PER_SEC };

/* The company whose metadata this thread has changed and not yet loaded again. Of the thread, because a
 * transaction is: another's commit must not take the news before they are true. */
static _Thread_local const MwCompany *touched_company;

struct MwCompany {
    char *url;
    const MwEntity *const *entities;
    MwIds ids;
    const MwDerivation *const *derivations; /* NULL: none */
    const MwMailServer *mail;               /* NULL: none */
    GMutex lock;                            /* of all below */
    MwCatalog *catalog;
    MwSettings *settings;
    GHashTable *actors; /* user id -> MwActor */
    MwActor *system;
    int64_t looked_us;   /* when other processes' changes were last looked for, monotonic */
    GArray *generations; /* of uint64_t, by entity index */
    MwMemo *memo;        /* has a lock of its own */
};

/* ---- catalog ---------------------------------------------------------- */

typedef struct {
    GArray *customs; /* of MwCustomField */
    GStringChunk *strings;
    bool zh;
} Customs;

static bool
keep_custom(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Customs *customs = data;
    const char *texts[9];

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        texts[i] = c[i].is == MW_TEXT ? g_string_chunk_insert(customs->strings, c[i].text) : NULL;
    MwCustomField custom = {
        .entity = texts[0],
        .name = texts[1],
        .label = customs->zh && texts[3] ? texts[3] : texts[2],
        .help = texts[4],
        .kind = texts[5],
        .choices = texts[6],
        .target = texts[7],
        .initial = texts[8],
        .required = c[9].is == MW_INTEGER && c[9].integer,
        .searched = c[10].is == MW_INTEGER && c[10].integer,
        .retired = c[11].is == MW_INTEGER && c[11].integer,
        .min = c[12].is == MW_INTEGER ? c[12].integer : 0,
        .max = c[13].is == MW_INTEGER ? c[13].integer : 0,
    };
    g_array_append_val(customs->customs, custom);
    return true;
}

static MwCatalog *
catalog_load(MwStore *store, const MwEntity *const *entities, const MwSettings *settings,
             GError **error)
{
    g_autoptr(GArray) list = g_array_new(false, false, sizeof(MwCustomField));
    Customs customs = {
        .customs = list,
        .strings = g_string_chunk_new(1024),
        .zh = g_str_equal(settings->language, "zh_CN"),
    };
    bool done = mw_store_run(store,
                             "SELECT entity, name, label_en, label_zh, help, kind, choices, "
                             "target, initial, required, searched, retired, min, max "
                             "FROM custom_field WHERE deleted_at IS NULL ORDER BY id",
                             NULL, 0, keep_custom, &customs, error);
    MwCatalog *catalog =
        done ? mw_catalog_new(entities, (MwCustomField *)list->data, list->len, error) : NULL;

    g_string_chunk_free(customs.strings);
    return catalog;
}

/* ---- opening and making ------------------------------------------------ */

static bool
current_level(MwStore *store, GError **error)
{
    int level = mw_migrate_level(store, error), last = 0;

    for (size_t i = 0; mw_migrations[i].name; i++)
        last = mw_migrations[i].number;
    if (level < 0)
        return false;
    if (level == 0)
        return mw_fail(error, MW_ERROR_UNAVAILABLE,
                       _("There is no company in this database yet; see “millwright init”."));
    if (level < last)
        return mw_fail(error, MW_ERROR_UNAVAILABLE,
                       _("The database is of an older version; run “millwright migrate”."));
    if (level > last)
        return mw_fail(error, MW_ERROR_UNAVAILABLE,
                       _("The database is of a newer version than this program."));
    return true;
}

/* Adds what the tables lack, without taking the write lock when they lack nothing. */
static bool
fit_tables(MwStore *store, const MwCatalog *catalog, GError **error)
{
    g_autoptr(GPtrArray) plan = mw_schema_plan(store, catalog, error);

    return plan && (plan->len == 0 || mw_schema_apply(store, catalog, error));
}

static bool
load_all(MwCompany *company, MwStore *store, GError **error)
{
    g_autoptr(MwSettings) settings = mw_settings_load(store, error);
    MwCatalog *catalog = settings ? catalog_load(store, company->entities, settings, error) : NULL;

    company->settings = g_steal_pointer(&settings);
    company->catalog = catalog;
    return catalog && fit_tables(store, catalog, error);
}

MwCompany *
mw_company_open(const char *url, const MwEntity *const *entities, GError **error)
{
    g_autoptr(MwStore) store = mw_store_open(url, MW_OPEN_EXISTING, error);
    g_autoptr(MwCompany) company = NULL;

    if (!store || !current_level(store, error))
        return NULL;
    company = g_new0(MwCompany, 1);
    g_mutex_init(&company->lock);
    company->url = g_strdup(url);
    company->entities = entities;
    company->ids.node = (unsigned)g_random_int_range(0, 1024);
    company->actors =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, (GDestroyNotify)mw_actor_unref);
    company->memo = mw_memo_new();
    company->generations = g_array_new(false, true, sizeof(uint64_t));
    if (!load_all(company, store, error))
        return NULL;
    g_array_set_size(company->generations, MW_FIELDS_MAX * 2);
    company->system = mw_actor_system(company->catalog);
    return g_steal_pointer(&company);
}

static bool
write_settings(MwStore *store, void *data, GError **error)
{
    const char *const *pair = data;

    for (; pair[0]; pair += 2)
        if (!mw_settings_put(store, pair[0], pair[1], error))
            return false;
    return true;
}

static bool
write_seed(MwStore *store, void *data, GError **error)
{
    return mw_seed(store, data, error);
}

typedef struct {
    const char *const *settings;
    const MwCatalog *catalog;
} First;

/* What it begins with is named in its own language. */
static bool
write_seed_of(MwStore *store, const First *first, GError **error)
{
    const char *before = mw_i18n_language();

    for (const char *const *pair = first->settings; pair[0]; pair += 2)
        if (g_str_equal(pair[0], "language"))
            mw_i18n_use(pair[1]);
    bool done = mw_seed_first(store, first->catalog, error);
    mw_i18n_use(before);
    return done;
}

/* Both or neither: by its roles a company is known to be whole. */
static bool
write_first(MwStore *store, void *data, GError **error)
{
    const First *first = data;

    return write_settings(store, (void *)first->settings, error) &&
           write_seed_of(store, first, error);
}

static bool
has_roles(MwStore *store, bool *has, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(GHashTable) columns = mw_store_columns(store, "role", &local);
    g_auto(MwValue) found = MW_NOTHING;

    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    if (columns && !mw_store_scalar(store, "SELECT id FROM role LIMIT 1", NULL, 0, &found, error))
        return false;
    *has = found.is != MW_NULL;
    return true;
}

static bool
make_schema(MwStore *store, const MwCatalog *plain, GError **error)
{
    return mw_migrate(store, error) && mw_schema_apply(store, plain, error);
}

bool
mw_company_create(const char *url, const MwEntity *const *entities, const char *const *settings,
                  GError **error)
{
    g_autoptr(MwStore) store = mw_store_open(url, MW_OPEN_CREATE, error);
    bool whole;

    if (!store || !has_roles(store, &whole, error))
        return false;
    if (whole)
        return mw_fail(error, MW_ERROR_CONFLICT, _("There is a company in this database already."));
    g_autoptr(MwCatalog) plain = mw_catalog_new(entities, NULL, 0, error);
    return plain && make_schema(store, plain, error) &&
           mw_store_atomically(store, write_first, &(First){ settings, plain }, error);
}

bool
mw_company_migrate(const char *url, const MwEntity *const *entities, GError **error)
{
    g_autoptr(MwStore) store = mw_store_open(url, MW_OPEN_EXISTING, error);

    if (!store)
        return false;
    if (mw_migrate_level(store, NULL) == 0)
        return current_level(store, error);
    g_autoptr(MwCatalog) plain = mw_catalog_new(entities, NULL, 0, error);
    if (!plain || !make_schema(store, plain, error))
        return false;
    g_autoptr(MwSettings) settings = mw_settings_load(store, error);
    g_autoptr(MwCatalog) catalog = settings ? catalog_load(store, entities, settings, error) : NULL;
    if (!catalog || !mw_schema_apply(store, catalog, error))
        return false;
    const char *language = mw_i18n_language();
    mw_i18n_use(settings->language);
    bool done =
        mw_store_atomically(store, write_seed, catalog, error) && mw_refill(store, catalog, error);
    mw_i18n_use(language);
    return done;
}

void
mw_company_free(MwCompany *company)
{
    if (!company)
        return;
    mw_catalog_unref(company->catalog);
    mw_settings_unref(company->settings);
    mw_actor_unref(company->system);
    g_hash_table_unref(company->actors);
    g_array_unref(company->generations);
    mw_memo_free(company->memo);
    g_mutex_clear(&company->lock);
    g_free(company->url);
    g_free(company);
}

/* ---- what is shared ---------------------------------------------------- */

const char *
mw_company_url(const MwCompany *company)
{
    return company->url;
}

MwStore *
mw_company_connect(MwCompany *company, MwOpenFlags flags, GError **error)
{
    return mw_store_open(company->url, flags, error);
}

void
mw_company_derive_by(MwCompany *company, const MwDerivation *const *derivations)
{
    company->derivations = derivations;
}

const MwDerivation *const *
mw_company_derivations(const MwCompany *company)
{
    return company->derivations;
}

void
mw_company_mail_by(MwCompany *company, const MwMailServer *server)
{
    company->mail = server;
}

const MwMailServer *
mw_company_mail(const MwCompany *company)
{
    return company->mail;
}

MwIds *
mw_company_ids(MwCompany *company)
{
    return &company->ids;
}

MwCatalog *
mw_company_catalog(MwCompany *company)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&company->lock);

    return mw_catalog_ref(company->catalog);
}

MwSettings *
mw_company_settings(MwCompany *company)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&company->lock);

    return mw_settings_ref(company->settings);
}

MwActor *
mw_company_system(MwCompany *company)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&company->lock);

    return mw_actor_ref(company->system);
}

static MwActor *
known_actor(MwCompany *company, int64_t user)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&company->lock);
    MwActor *actor = g_hash_table_lookup(company->actors, &user);

    return actor ? mw_actor_ref(actor) : NULL;
}

/* Of which state of users, roles, settings and custom fields the store tells. */
static bool
snapshot_of(MwStore *store, MwValue *snapshot, GError **error)
{
    return mw_store_scalar(store, "SELECT value FROM meta WHERE key = 'snapshot'", NULL, 0,
                           snapshot, error);
}

static bool
is_in_force(const MwCompany *company, const MwValue *snapshot)
{
    return g_strcmp0(mw_settings_get(company->settings, "snapshot", NULL), snapshot->text) == 0;
}

static void
swap(MwCompany *company, MwCatalog *catalog, MwSettings *settings)
{
    g_autoptr(MwActor) old_system = NULL;
    g_autoptr(MwCatalog) old_catalog = NULL;
    g_autoptr(MwSettings) old_settings = NULL;
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&company->lock);

    old_system = company->system;
    old_catalog = company->catalog;
    old_settings = company->settings;
    company->system = mw_actor_system(catalog);
    company->catalog = mw_catalog_ref(catalog);
    company->settings = mw_settings_ref(settings);
    g_hash_table_remove_all(company->actors);
}

/* Once a second: has another process changed what the snapshots are made of? */
static bool
look_again(MwCompany *company, MwStore *store, GError **error)
{
    int64_t now = g_get_monotonic_time();
    g_auto(MwValue) snapshot = MW_NOTHING;

    g_mutex_lock(&company->lock);
    bool due = now - company->looked_us > LOOK_AGAIN_US;
    if (due)
        company->looked_us = now;
    g_mutex_unlock(&company->lock);
    if (!due)
        return true;
    if (!snapshot_of(store, &snapshot, error))
        return false;
    g_mutex_lock(&company->lock);
    bool same = is_in_force(company, &snapshot);
    g_mutex_unlock(&company->lock);
    if (same)
        return true;
    g_autoptr(MwSettings) settings = mw_settings_load(store, error);
    g_autoptr(MwCatalog) catalog =
        settings ? catalog_load(store, company->entities, settings, error) : NULL;
    if (catalog)
        swap(company, catalog, settings);
    return catalog != NULL;
}

MwActor *
mw_company_actor(MwCompany *company, MwStore *store, int64_t user, GError **error)
{
    if (!look_again(company, store, error))
        return NULL;
    MwActor *actor = known_actor(company, user);
    if (actor)
        return actor;
    g_autoptr(MwCatalog) catalog = mw_company_catalog(company);
    g_auto(MwValue) snapshot = MW_NOTHING;
    actor =
        snapshot_of(store, &snapshot, error) ? mw_actor_load(store, catalog, user, error) : NULL;
    if (!actor)
        return NULL;
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&company->lock);
    /* Not kept when a commit has overtaken this transaction. */
    if (company->catalog == catalog && is_in_force(company, &snapshot)) {
        if (g_hash_table_size(company->actors) >= ACTORS_MAX)
            g_hash_table_remove_all(company->actors);
        g_hash_table_replace(company->actors, g_memdup2(&user, sizeof user), mw_actor_ref(actor));
    }
    return actor;
}

bool
mw_company_reload(MwCompany *company, MwStore *store, GError **error)
{
    g_autoptr(MwSettings) settings = mw_settings_load(store, error);
    g_autoptr(MwCatalog) catalog =
        settings ? catalog_load(store, company->entities, settings, error) : NULL;

    if (!catalog || !fit_tables(store, catalog, error))
        return false;
    swap(company, catalog, settings);
    return true;
}

bool
mw_company_check_fields(MwCompany *company, MwStore *store, GError **error)
{
    g_autoptr(MwSettings) settings = mw_company_settings(company);
    g_autoptr(MwCatalog) catalog = catalog_load(store, company->entities, settings, error);
    g_autoptr(GPtrArray) plan = catalog ? mw_schema_plan(store, catalog, error) : NULL;

    return plan != NULL;
}

void
mw_company_touch(MwCompany *company)
{
    touched_company = company;
}

bool
mw_company_touched(MwCompany *company)
{
    if (touched_company != company)
        return false;
    touched_company = NULL;
    return true;
}

MwMemo *
mw_company_memo(MwCompany *company)
{
    return company->memo;
}

uint64_t
mw_company_generation(MwCompany *company, const MwEntity *entity)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&company->lock);

    return g_array_index(company->generations, uint64_t, entity->index);
}

static void
count_change(void *data, int entity)
{
    MwCompany *company = data;
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&company->lock);

    g_array_index(company->generations, uint64_t, entity)++;
}

void
mw_company_changed(MwCompany *company, MwStore *store, const MwEntity *entity)
{
    mw_store_after_commit(store, count_change, company, entity->index);
}

/* ---- context ------------------------------------------------------------ */

void
mw_context_begin(MwContext *context, MwCompany *company, MwStore *store, MwActor *actor,
                 const char *source)
{
    *context = (MwContext){
        .company = company,
        .catalog = mw_catalog_ref(mw_actor_catalog(actor)),
        .settings = mw_company_settings(company),
        .store = store,
        .actor = mw_actor_ref(actor),
        .source = source,
        .now = mw_clock_now(),
    };
    const char *language = mw_actor_language(actor);
    GTimeZone *zone = mw_actor_zone(actor);
    context->locale = (MwLocale){
        .language = *language ? language : context->settings->language,
        .zone = zone ? zone : context->settings->zone,
        .currency = context->settings->currency,
    };
}

void
mw_context_end(MwContext *context)
{
    mw_catalog_unref((MwCatalog *)context->catalog);
    mw_settings_unref(context->settings);
    mw_actor_unref((MwActor *)context->actor);
    *context = (MwContext){ 0 };
}

void
mw_context_use_language(const MwContext *context)
{
    mw_i18n_use(context->locale.language);
}
