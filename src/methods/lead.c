#include "methods/lead.h"

#include "base/i18n.h"
#include "base/name.h"

enum { NEED_MAX = 40 /* characters of a need that names a deal */, BATCH = 200 };

typedef struct {
    const MwContext *context;
    const MwRecord *lead;
    MwConversion *out;
    MwProblems *problems;
} Conversion;

static const MwEntity *
entity_of(const Conversion *c, const char *name)
{
    return mw_catalog_entity(c->context->catalog, name);
}

/* Sets a field of `input` to what the lead has in `from`, if it has anything. */
static void
take(const Conversion *c, MwInput *input, const char *name, const char *from)
{
    const MwField *field = mw_entity_field(mw_input_entity(input), name);
    const MwValue *value = mw_record_value(c->lead, mw_entity_field(c->lead->entity, from));

    if (value->is != MW_NULL)
        mw_input_set_value(input, field, *value);
}

static void
set_id(MwInput *input, const char *name, int64_t id)
{
    if (id)
        mw_input_set_value(input, mw_entity_field(mw_input_entity(input), name), MW_INT(id));
}

/* Saves a new record and gives its id; 0 with problems, which are told as the lead's. */
static bool
save(const Conversion *c, const MwInput *input, int64_t *id, GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(MwRecord) record = mw_record_write(c->context, input, 0, problems, error);

    if (!record)
        return false;
    for (size_t i = 0; i < mw_problems_count(problems); i++) {
        const MwProblem *problem = mw_problems_get(problems, i);
        g_autofree char *field =
            g_strdup_printf("%s.%s", mw_input_entity(input)->name, problem->field);
        mw_problems_add(c->problems, field, problem->code, "%s", problem->message);
    }
    *id = mw_problems_any(problems) ? 0 : mw_record_id(record);
    return true;
}

/* ---- account ----------------------------------------------------------------------- */

typedef struct {
    int64_t id;
    unsigned n;
} Match;

static bool
keep_match(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Match *match = data;

    if (match->n++ == 0)
        match->id = columns[0].integer;
    return true;
}

/* The account with this key, the oldest of several; `alone`: only if there is no other. */
static bool
find_by(const Conversion *c, const char *column, const char *key, bool alone, int64_t *id,
        GError **error)
{
    MwValue param = MW_BORROW(key);
    Match match = { 0 };
    g_autofree char *sql = g_strdup_printf(
        "SELECT id FROM account WHERE %s = $1 AND deleted_at IS NULL ORDER BY id LIMIT 2", column);

    if (*id || !key || !*key)
        return true;
    if (!mw_store_run(c->context->store, sql, &param, 1, keep_match, &match, error))
        return false;
    if (match.n == 1 || (match.n > 1 && !alone))
        *id = match.id;
    return true;
}

static bool
find_account(const Conversion *c, bool sure, int64_t *id, GError **error)
{
    const char *phone = mw_record_text(c->lead, "phone"), *mail = mw_record_text(c->lead, "email");
    g_autofree char *name_key = mw_name_key(mw_record_text(c->lead, "company"));
    g_autofree char *phone_key = phone ? mw_phone_key(phone) : NULL;
    g_autofree char *mail_key = mail ? mw_mail_domain_key(mail) : NULL;

    return find_by(c, "credit_code", mw_record_text(c->lead, "credit_code"), false, id, error) &&
           find_by(c, "name_key", name_key, false, id, error) &&
           (sure || (find_by(c, "mail_key", mail_key, true, id, error) &&
                     find_by(c, "phone_key", phone_key, true, id, error)));
}

static bool
make_account(const Conversion *c, int64_t *id, GError **error)
{
    static const char *const same[] = { "phone",  "email", "credit_code", "website", "country",
                                        "region", "city",  "owner",       "team" };
    g_autoptr(MwInput) input = mw_input_new(entity_of(c, "account"));

    take(c, input, "name", "company");
    for (size_t i = 0; i < G_N_ELEMENTS(same); i++)
        take(c, input, same[i], same[i]);
    c->out->account_made = true;
    return save(c, input, id, error);
}

/* Whoever may not see the account must not make a second one of it. */
static bool
is_visible(const Conversion *c, int64_t account, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(MwRecord) seen =
        mw_record_read(c->context, entity_of(c, "account"), account, MW_LIVE, &local);

    if (seen && !mw_record_is_null(seen, "pool"))
        mw_problems_add(c->problems, "account", "pooled",
                        _("This company is in an open pool; pick it there first."));
    if (seen)
        return true;
    if (g_error_matches(local, MW_ERROR, MW_ERROR_NOT_FOUND)) {
        mw_problems_add(c->problems, "account", "taken",
                        _("This company is a customer of another team already; ask there."));
        return true;
    }
    g_propagate_error(error, g_steal_pointer(&local));
    return false;
}

static bool
settle_account(const Conversion *c, const MwConversionAsk *ask, GError **error)
{
    int64_t id = ask->account;

    if (!id && !find_account(c, ask->fresh, &id, error))
        return false;
    if (!id)
        return make_account(c, &c->out->account, error);
    c->out->account = id;
    return is_visible(c, id, error);
}

/* ---- contact --------------------------------------------------------------------------- */

static bool
same_phone(const char *a, const char *b)
{
    g_autofree char *x = a ? mw_phone_key(a) : NULL, *y = b ? mw_phone_key(b) : NULL;

    return x && y && g_str_equal(x, y);
}

static bool
is_same_person(const Conversion *c, const MwRecord *contact)
{
    const char *mail = mw_record_text(c->lead, "email"), *phone = mw_record_text(c->lead, "phone");
    const char *theirs = mw_record_text(contact, "email");

    if (g_strcmp0(mw_record_text(contact, "name"), mw_record_text(c->lead, "person")) == 0)
        return true;
    return (mail && theirs && g_ascii_strcasecmp(mail, theirs) == 0) ||
           same_phone(phone, mw_record_text(contact, "mobile"));
}

static bool
settle_contact(const Conversion *c, GError **error)
{
    const MwEntity *entity = entity_of(c, "contact");
    g_autoptr(MwFilter) filter =
        mw_filter_test(mw_entity_field(entity, "account"), MW_TEST_EQ, MW_INT(c->out->account));
    MwQuery query = { .entity = entity, .filter = filter };
    g_autoptr(GPtrArray) known = NULL;
    g_autoptr(MwInput) input = NULL;

    if (mw_record_is_null(c->lead, "person"))
        return true;
    known = mw_store_find(c->context->store, &query, NULL, error);
    if (!known)
        return false;
    for (guint i = known->len; i > 0; i--) /* the oldest of several */
        if (!c->out->contact && is_same_person(c, known->pdata[i - 1]))
            c->out->contact = mw_record_id(known->pdata[i - 1]);
    if (c->out->contact)
        return true;
    input = mw_input_new(entity);
    take(c, input, "name", "person");
    take(c, input, "job_title", "job_title");
    take(c, input, "email", "email");
    take(c, input, "mobile", "phone");
    take(c, input, "owner", "owner");
    take(c, input, "team", "team");
    set_id(input, "account", c->out->account);
    c->out->contact_made = true;
    return save(c, input, &c->out->contact, error);
}

/* ---- opportunity and lead ------------------------------------------------------------------ */

const char *const mw_lead_deal_fields[] = { "amount",  "currency", "close_on",
                                            "process", "product",  NULL };

char *
mw_lead_deal_name(const MwRecord *lead, const char *product)
{
    const char *company = mw_record_text(lead, "company"), *need = mw_record_text(lead, "need");
    g_autofree char *line = g_strndup(need ? need : "", need ? strcspn(need, "\r\n") : 0);
    const char *what = product;

    g_strstrip(line);
    if (*line && g_utf8_strlen(line, -1) <= NEED_MAX)
        what = line;
    return what ? g_strdup_printf("%s – %s", what, company) : g_strdup(company);
}

static bool
put_name(const Conversion *c, MwInput *input, const char *name, GError **error)
{
    MwValue id = MW_INT(mw_record_int(c->lead, "product"));
    g_auto(MwValue) product = MW_NOTHING;

    if (!name && !mw_store_scalar(c->context->store, "SELECT name FROM product WHERE id = $1", &id,
                                  1, &product, error))
        return false;
    g_autofree char *made =
        name ? NULL : mw_lead_deal_name(c->lead, product.is == MW_TEXT ? product.text : NULL);
    return mw_input_set(input, "name", name ? name : made);
}

static bool
make_opportunity(const Conversion *c, const MwConversionAsk *ask, GError **error)
{
    g_autoptr(MwInput) input = mw_input_new(entity_of(c, "opportunity"));

    if (!put_name(c, input, ask->name, error))
        return false;
    take(c, input, "description", "need");
    take(c, input, "product", "product");
    take(c, input, "source", "source");
    take(c, input, "owner", "owner");
    take(c, input, "team", "team");
    set_id(input, "account", c->out->account);
    set_id(input, "contact", c->out->contact);
    for (const char *const *name = mw_lead_deal_fields; ask->deal && *name; name++) {
        const MwField *field = mw_entity_field(mw_input_entity(input), *name);
        if (mw_input_has(ask->deal, field))
            mw_input_set_field(input, field, mw_input_get(ask->deal, field));
    }
    c->out->opportunity_made = true;
    return save(c, input, &c->out->opportunity, error);
}

/* With the version that was read, so that of two who convert it at once one fails. */
static bool
close_lead(const Conversion *c, GError **error)
{
    g_autoptr(MwInput) input = mw_input_new(c->lead->entity);
    const MwEntity *entity = c->lead->entity;

    mw_input_expect(input, mw_record_version(c->lead));
    set_id(input, "account", c->out->account);
    set_id(input, "contact", c->out->contact);
    set_id(input, "opportunity", c->out->opportunity);
    mw_input_set_value(input, mw_entity_field(entity, "converted_at"), MW_INT(c->context->now));
    mw_input_set_value(input, mw_entity_field(entity, "status"), MW_BORROW("converted"));
    g_autoptr(MwRecord) saved =
        mw_record_write(c->context, input, mw_record_id(c->lead), c->problems, error);
    return saved != NULL;
}

/* ---- what was done with it ------------------------------------------------------------------- */

/* Says in `input` what of a record that hangs on the lead is to be changed. */
typedef void (*Follow)(const Conversion *c, const MwRecord *record, MwInput *input);

/* What is linked already stays so. */
static void
link_activity(const Conversion *c, const MwRecord *record, MwInput *input)
{
    const struct {
        const char *name;
        int64_t id;
    } links[] = { { "account", c->out->account },
                  { "contact", c->out->contact },
                  { "opportunity", c->out->opportunity } };

    for (size_t i = 0; i < G_N_ELEMENTS(links); i++)
        if (mw_record_is_null(record, links[i].name))
            set_id(input, links[i].name, links[i].id);
}

/* A file is of one record. */
static void
move_file(const Conversion *c, const MwRecord *record G_GNUC_UNUSED, MwInput *input)
{
    int64_t id = c->out->opportunity ? c->out->opportunity : c->out->account;
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, id);

    mw_input_set(input, "entity", c->out->opportunity ? "opportunity" : "account");
    mw_input_set(input, "record", text);
}

/* The records of the lead that are older than `before`, newest first. */
static GPtrArray *
find_followers(const Conversion *c, const MwEntity *entity, int64_t before, GError **error)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, mw_record_id(c->lead));
    const MwField *link = mw_entity_field(entity, "lead");
    g_autoptr(MwFilter) filter = mw_filter_all();
    MwQuery query = { .entity = entity, .filter = filter, .limit = BATCH };

    if (link) {
        mw_filter_add(filter, mw_filter_test(link, MW_TEST_EQ, MW_INT(mw_record_id(c->lead))));
    } else {
        mw_filter_add(filter, mw_filter_test(mw_entity_field(entity, "entity"), MW_TEST_EQ,
                                             MW_BORROW("lead")));
        mw_filter_add(
            filter, mw_filter_test(mw_entity_field(entity, "record"), MW_TEST_EQ, MW_BORROW(text)));
    }
    mw_filter_add(filter,
                  mw_filter_test(mw_entity_field(entity, "id"), MW_TEST_LT, MW_INT(before)));
    return mw_store_find(c->context->store, &query, NULL, error);
}

/* Whoever converts the lead may not change what colleagues have noted, but it follows all the same. */
static bool
carry(const Conversion *c, const char *name, Follow follow, GError **error)
{
    const MwEntity *entity = entity_of(c, name);
    g_autoptr(MwActor) system = mw_company_system(c->context->company);
    MwContext own = *c->context;
    int64_t before = INT64_MAX;
    guint found = BATCH;

    own.actor = system;
    for (unsigned done = 0; found == BATCH && done < MW_CARRIED_MAX; done += BATCH) {
        g_autoptr(GPtrArray) records = find_followers(c, entity, before, error);
        if (!records)
            return false;
        found = records->len;
        for (guint i = 0; i < found; i++) {
            g_autoptr(MwInput) input = mw_input_new(entity);
            g_autoptr(MwProblems) problems = mw_problems_new();
            before = mw_record_id(records->pdata[i]);
            follow(c, records->pdata[i], input);
            /* One that would be refused today for what stands in it stays as it is. */
            g_autoptr(MwRecord) saved = mw_record_write(&own, input, before, problems, error);
            if (!saved)
                return false;
        }
    }
    return true;
}

/* Two leads of one company that are converted at once must not make it twice: they wait for each other. */
static bool
one_by_one(const MwContext *context, GError **error)
{
    return mw_store_run(context->store,
                        "INSERT INTO counter (key, value) VALUES ('conversion', 1) "
                        "ON CONFLICT (key) DO UPDATE SET value = counter.value + 1",
                        NULL, 0, NULL, NULL, error);
}

bool
mw_lead_convert(const MwContext *context, int64_t id, const MwConversionAsk *ask, MwConversion *out,
                MwProblems *problems, GError **error)
{
    g_autoptr(MwRecord) lead =
        mw_record_read(context, mw_catalog_entity(context->catalog, "lead"), id, MW_LIVE, error);
    Conversion c = { context, lead, out, problems };

    *out = (MwConversion){ 0 };
    if (!lead)
        return false;
    if (!mw_record_is_null(lead, "converted_at")) {
        out->account = mw_record_int(lead, "account");
        out->contact = mw_record_int(lead, "contact");
        out->opportunity = mw_record_int(lead, "opportunity");
        return true;
    }
    if (!mw_record_is_null(lead, "pool"))
        return mw_fail(error, MW_ERROR_CONFLICT, _("Pick the lead from its pool first."));
    if (!one_by_one(context, error))
        return false;
    if (!settle_account(&c, ask, error))
        return false;
    if (mw_problems_any(problems))
        return true;
    if (!settle_contact(&c, error) || mw_problems_any(problems))
        return mw_problems_any(problems);
    if (!ask->no_opportunity && !make_opportunity(&c, ask, error))
        return false;
    return mw_problems_any(problems) ||
           (close_lead(&c, error) && carry(&c, "activity", link_activity, error) &&
            carry(&c, "file", move_file, error));
}
