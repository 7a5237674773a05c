#include "methods/mailing.h"

#include "base/i18n.h"
#include "mail/letter.h"
#include "methods/activity.h"
#include "model/kinds/kinds.h"
#include "record/derivation.h"
#include "record/notice.h"

enum { REASON_MAX = 480 /* bytes, of a field of 500 characters */ };

bool
mw_mailing_suits(const MwCatalog *catalog, const MwEntity *entity)
{
    size_t n;
    const MwLinkFrom *links = mw_catalog_links_to(catalog, entity, &n);

    for (size_t i = 0; i < n; i++)
        if (g_str_equal(links[i].entity->name, "activity") && !(links[i].field->flags & MW_SYSTEM))
            return true;
    return false;
}

/* ---- whom to write to --------------------------------------------------------------- */

static void
free_addressee(gpointer data)
{
    MwAddressee *addressee = data;

    g_free(addressee->name);
    g_free(addressee->address);
    g_free(addressee);
}

static void
add_addressee(GPtrArray *people, int64_t contact, char *name, const char *address)
{
    MwAddressee *addressee = g_new0(MwAddressee, 1);

    *addressee = (MwAddressee){ contact, name, g_strdup(address) };
    g_ptr_array_add(people, addressee);
}

static bool
holds(const GArray *ids, int64_t id)
{
    for (guint i = 0; i < ids->len; i++)
        if (g_array_index(ids, int64_t, i) == id)
            return true;
    return false;
}

/* A company's or a lead's own address. */
static void
add_itself(const MwContext *context, const MwRecord *record, GPtrArray *people)
{
    const MwEntity *entity = record->entity;
    g_autoptr(GString) name = g_string_new(NULL);

    if (g_str_equal(entity->name, "contact"))
        return;
    for (size_t i = 0; i < entity->n_fields; i++) {
        const MwField *field = &entity->fields[i];
        const MwValue *value = mw_record_value(record, field);
        if (field->kind != &mw_email || !mw_actor_sees_of(context->actor, record, field) ||
            value->is != MW_TEXT || !mw_mailbox_is_address(value->text))
            continue;
        mw_record_title(record, name);
        add_addressee(people, 0, g_strdup(name->str), value->text);
        return;
    }
}

/* The record that a link of that name points at, or the record itself when it is one. */
static int64_t
linked(const MwRecord *record, const char *entity)
{
    const MwField *field = mw_entity_field(record->entity, entity);

    if (g_str_equal(record->entity->name, entity))
        return mw_record_id(record);
    return field && field->target && g_str_equal(field->target, entity)
               ? mw_record_value(record, field)->integer
               : 0;
}

/* The people of an account, also those that work elsewhere; who has a part in a deal; the record's contact. */
static MwFilter *
people_filter(const MwContext *context, const MwRecord *record)
{
    const MwEntity *contact = mw_catalog_entity(context->catalog, "contact");
    const MwEntity *further = mw_catalog_entity(context->catalog, "contact_account");
    const MwEntity *person = mw_catalog_entity(context->catalog, "opportunity_person");
    int64_t account = linked(record, "account"), one = linked(record, "contact");
    bool deal = g_str_equal(record->entity->name, "opportunity");
    MwFilter *any = mw_filter_any();

    if (one)
        mw_filter_add(any, mw_filter_test(&contact->fields[MW_FIELD_ID], MW_TEST_EQ, MW_INT(one)));
    if (account && !g_str_equal(record->entity->name, "contact")) {
        mw_filter_add(
            any, mw_filter_test(mw_entity_field(contact, "account"), MW_TEST_EQ, MW_INT(account)));
        mw_filter_add(any, mw_filter_has(further, mw_entity_field(further, "contact"),
                                         mw_filter_test(mw_entity_field(further, "account"),
                                                        MW_TEST_EQ, MW_INT(account))));
    }
    if (deal)
        mw_filter_add(any, mw_filter_has(person, mw_entity_field(person, "contact"),
                                         mw_filter_test(mw_entity_field(person, "opportunity"),
                                                        MW_TEST_EQ, MW_INT(mw_record_id(record)))));
    return any;
}

static bool
add_contacts(const MwContext *context, const MwRecord *record, const GArray *only,
             GPtrArray *people, GError **error)
{
    const MwEntity *contact = mw_catalog_entity(context->catalog, "contact");
    const MwField *email = mw_entity_field(contact, "email"), *id = &contact->fields[MW_FIELD_ID];
    g_autoptr(MwFilter) filter = mw_filter_all();
    MwFilter *ids = NULL;
    MwQuery query = { .entity = contact, .filter = filter, .limit = MW_MAILING_PEOPLE_MAX };

    if (!mw_actor_may(context->actor, contact, MW_MAY_READ) ||
        !mw_actor_sees(context->actor, contact, email))
        return true;
    mw_filter_add(filter, people_filter(context, record));
    mw_filter_add(filter, mw_filter_test(email, MW_TEST_NOT_NULL, MW_NOTHING));
    mw_filter_add(filter,
                  mw_filter_test(mw_entity_field(contact, "departed"), MW_TEST_NEQ, MW_INT(1)));
    for (guint i = 0; only && i < only->len; i++) {
        MwValue value = MW_INT(g_array_index(only, int64_t, i));
        if (ids)
            mw_filter_value(ids, value);
        else
            ids = mw_filter_test(id, MW_TEST_IN, value);
    }
    mw_filter_add(filter, ids);
    if (mw_order_parse(contact, "name", &query.order[0]))
        query.n_order = 1;
    mw_query_want(&query, mw_entity_field(contact, "name"));
    mw_query_want(&query, email);
    g_autoptr(GPtrArray) found = mw_record_find(context, &query, MW_MAY_READ, NULL, error);
    for (guint i = 0; found && i < found->len; i++) {
        const char *address = mw_record_text(found->pdata[i], "email");
        if (address && mw_mailbox_is_address(address))
            add_addressee(people, mw_record_id(found->pdata[i]),
                          g_strdup(mw_record_text(found->pdata[i], "name")), address);
    }
    return found != NULL;
}

GPtrArray *
mw_mailing_people(const MwContext *context, const MwRecord *record, const GArray *only,
                  GError **error)
{
    g_autoptr(GPtrArray) people = g_ptr_array_new_with_free_func(free_addressee);

    if (!only || holds(only, 0))
        add_itself(context, record, people);
    if (only && only->len == people->len)
        return g_steal_pointer(&people); /* the record itself alone, or nobody */
    return add_contacts(context, record, only, people, error) ? g_steal_pointer(&people) : NULL;
}

/* ---- files ------------------------------------------------------------------------------ */

/* The chosen files, all of the record; a problem when one is not, or they are too many or too large. */
static GPtrArray *
chosen_files(const MwContext *context, const MwRecord *record, const MwMailingAsk *ask,
             MwProblems *problems, GError **error)
{
    const MwEntity *entity = mw_catalog_entity(context->catalog, "file");
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func((GDestroyNotify)mw_record_free);
    size_t bytes = ask->upload_bytes;
    char id[24];

    g_snprintf(id, sizeof id, "%" G_GINT64_FORMAT, mw_record_id(record));
    if (ask->files && ask->files->len > MW_MAILING_FILES_MAX)
        mw_problems_add(problems, "files", "too_many", _("Choose at most %d files."),
                        MW_MAILING_FILES_MAX);
    for (guint i = 0; ask->files && i < ask->files->len && !mw_problems_any(problems); i++) {
        MwQuery query = { .entity = entity };
        g_autoptr(GError) local = NULL;
        g_autoptr(MwRecord) file =
            mw_store_get(context->store, &query, g_array_index(ask->files, int64_t, i), &local);
        if (local && !g_error_matches(local, MW_ERROR, MW_ERROR_NOT_FOUND)) {
            g_propagate_error(error, g_steal_pointer(&local));
            return NULL;
        }
        if (!file || g_strcmp0(mw_record_text(file, "record"), id) != 0 ||
            g_strcmp0(mw_record_text(file, "entity"), record->entity->name) != 0) {
            mw_problems_add(problems, "files", "not_found", _("This is no file of the record."));
            break;
        }
        bytes += (size_t)mw_record_int(file, "size");
        g_ptr_array_add(files, g_steal_pointer(&file));
    }
    if (bytes > MW_MAILING_BYTES_MAX)
        mw_problems_add(problems, "files", "too_large",
                        _("The files of an e-mail may have at most %d MiB together."),
                        MW_MAILING_BYTES_MAX >> 20);
    return g_steal_pointer(&files);
}

/* The activity has files of its own: those of the record may go or change. */
static bool
copy_file(const MwContext *context, const MwRecord *file, int64_t activity, GError **error)
{
    static const char *const same[] = { "name", "content_type", "size", "sha256" };
    const MwEntity *entity = file->entity;
    g_autoptr(MwActor) system = mw_company_system(context->company);
    g_autoptr(MwInput) input = mw_input_new(entity);
    g_autoptr(MwProblems) problems = mw_problems_new();
    MwValue user = MW_INT(mw_actor_user(context->actor));
    MwContext own = *context;
    char id[24];

    g_snprintf(id, sizeof id, "%" G_GINT64_FORMAT, activity);
    mw_input_set(input, "entity", "activity");
    mw_input_set(input, "record", id);
    for (size_t i = 0; i < G_N_ELEMENTS(same); i++) {
        const MwField *field = mw_entity_field(entity, same[i]);
        mw_input_set_value(input, field, *mw_record_value(file, field));
    }
    mw_input_set_value(input, mw_entity_field(entity, "owner"), user);
    mw_input_set_value(input, mw_entity_field(entity, "created_by"), user);
    own.actor = system; /* the rows of files are the system's; see web/files.c */
    g_autoptr(MwRecord) copy = mw_record_write(&own, input, 0, problems, error);
    if (!copy)
        return false;
    if (mw_problems_any(problems))
        return mw_fail(error, MW_ERROR_INVALID, "%s", mw_problems_get(problems, 0)->message);
    MwValue params[] = { MW_INT(mw_record_id(copy)), MW_INT(mw_record_id(file)) };
    return mw_store_run(context->store,
                        "INSERT INTO file_piece (file, position, content) "
                        "SELECT $1, position, content FROM file_piece WHERE file = $2",
                        params, 2, NULL, NULL, error);
}

/* ---- sending -------------------------------------------------------------------------------- */

static GPtrArray *
chosen_people(const MwContext *context, const MwRecord *record, const GArray *to,
              MwProblems *problems, GError **error)
{
    if (to->len == 0)
        mw_problems_add(problems, "to", "required", _("Choose whom the e-mail goes to."));
    if (to->len > MW_MAILING_PEOPLE_MAX)
        mw_problems_add(problems, "to", "too_many", _("Choose at most %d people."),
                        MW_MAILING_PEOPLE_MAX);
    if (mw_problems_any(problems))
        return g_ptr_array_new();
    GPtrArray *people = mw_mailing_people(context, record, to, error);
    for (guint i = 0; people && i < to->len; i++) {
        bool found = false;
        for (guint p = 0; p < people->len; p++)
            found |=
                ((const MwAddressee *)people->pdata[p])->contact == g_array_index(to, int64_t, i);
        if (!found) {
            mw_problems_add(problems, "to", "not_found",
                            _("Somebody chosen does not belong to this record, has no e-mail "
                              "address or has left the company."));
            break;
        }
    }
    return people;
}

static char *
text_of(const GPtrArray *people)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < people->len; i++) {
        const MwAddressee *one = people->pdata[i];
        g_autofree char *mailbox = mw_mailbox_text(one->name, one->address);
        g_string_append_printf(text, "%s%s", i ? "\n" : "", mailbox);
    }
    return g_string_free(text, false);
}

static bool
keep_state(const MwContext *context, MwRecord *activity, const char *state, const char *problem,
           GError **error)
{
    mw_record_set_text(activity, "mail_state", state);
    if (problem && *problem) {
        g_autofree char *cut = g_strndup(problem, REASON_MAX);
        g_autofree char *valid = g_utf8_make_valid(cut, -1);
        mw_record_set_text(activity, "mail_error", valid);
    } else {
        mw_record_set_null(activity, "mail_error");
    }
    return mw_record_derive(context, activity, error);
}

/* What is said by a letter is said now. */
static MwRecord *
write_activity(const MwContext *context, const MwRecord *record, MwInput *input,
               const GPtrArray *people, MwProblems *problems, GError **error)
{
    const MwEntity *entity = mw_input_entity(input);
    const MwEntity *part = mw_catalog_entity(context->catalog, "activity_contact");
    const MwAddressee *first = people->pdata[0];

    mw_input_set(input, "type", "mail");
    mw_input_set(input, "done", "true");
    mw_input_set_value(input, mw_entity_field(entity, "starts_at"), MW_INT(context->now));
    mw_activity_about(input, record);
    if (first->contact)
        mw_input_set_value(input, mw_entity_field(entity, "contact"), MW_INT(first->contact));
    for (guint i = 1; i < people->len; i++) {
        const MwAddressee *one = people->pdata[i];
        mw_input_set_value(mw_input_add_detail(input, part, 0, false),
                           mw_entity_field(part, "contact"), MW_INT(one->contact));
    }
    return mw_record_write(context, input, 0, problems, error);
}

MwRecord *
mw_mailing_send(const MwContext *context, const MwRecord *record, MwInput *input,
                const MwMailingAsk *ask, MwProblems *problems, GError **error)
{
    MwQuery query = { .entity = mw_input_entity(input) };

    if (!mw_company_mail(context->company))
        return mw_fail_null(error, MW_ERROR_UNAVAILABLE,
                            _("There is no mail server: nothing is sent by e-mail."));
    if (!mw_record_changeable(context, record->entity, mw_record_id(record), error))
        return NULL;
    g_autoptr(GPtrArray) people = chosen_people(context, record, ask->to, problems, error);
    g_autoptr(GPtrArray) files =
        people ? chosen_files(context, record, ask, problems, error) : NULL;
    if (!files)
        return NULL;
    if (mw_problems_any(problems))
        return mw_record_new(query.entity);
    g_autoptr(MwRecord) made = write_activity(context, record, input, people, problems, error);
    if (!made || mw_problems_any(problems))
        return g_steal_pointer(&made);
    g_autofree char *recipients = text_of(people);
    g_autoptr(MwRecord) activity = mw_store_get(context->store, &query, mw_record_id(made), error);
    if (!activity)
        return NULL;
    for (guint i = 0; i < files->len; i++)
        if (!copy_file(context, files->pdata[i], mw_record_id(made), error))
            return NULL;
    mw_record_set_text(activity, "mail_to", recipients);
    return keep_state(context, activity, "queued", NULL, error) &&
                   mw_outbox_letter(context, mw_record_id(made), recipients, error)
               ? g_steal_pointer(&activity)
               : NULL;
}

/* ---- afterwards --------------------------------------------------------------------------------- */

static bool
append_contact(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    add_addressee(data, c[0].integer, g_strdup(c[1].is == MW_TEXT ? c[1].text : ""),
                  c[2].is == MW_TEXT ? c[2].text : "");
    return true;
}

/* The same people at the addresses that they have now; whoever wrote to them has seen them. */
static GPtrArray *
people_now(const MwContext *context, const MwRecord *activity, GError **error)
{
    const char *const itself = mw_record_is_null(activity, "lead") ? "account" : "lead";
    g_auto(GStrv) lines = g_strsplit(mw_record_text(activity, "mail_to"), "\n", -1);
    g_autoptr(GPtrArray) people = g_ptr_array_new_with_free_func(free_addressee);
    g_autoptr(GPtrArray) contacts = g_ptr_array_new_with_free_func(free_addressee);
    MwValue params[] = { MW_INT(mw_record_int(activity, "contact")),
                         MW_INT(mw_record_id(activity)) };

    if (!mw_store_run(context->store,
                      "SELECT id, name, email FROM contact WHERE deleted_at IS NULL AND (id = $1 "
                      "OR id IN (SELECT contact FROM activity_contact WHERE activity = $2 AND "
                      "deleted_at IS NULL)) ORDER BY name",
                      params, 2, append_contact, contacts, error))
        return NULL;
    if (g_strv_length(lines) > contacts->len && mw_record_int(activity, itself)) {
        MwQuery query = { .entity = mw_catalog_entity(context->catalog, itself) };
        g_autoptr(MwRecord) record =
            mw_store_get(context->store, &query, mw_record_int(activity, itself), error);
        if (!record)
            return NULL;
        add_itself(context, record, people);
    }
    g_ptr_array_extend_and_steal(people, g_steal_pointer(&contacts));
    return g_steal_pointer(&people);
}

static bool
send_again(const MwContext *context, int64_t mail, MwRecord *activity, GError **error)
{
    g_autoptr(GPtrArray) people = people_now(context, activity, error);

    for (guint i = 0; people && i < people->len; i++) {
        const MwAddressee *one = people->pdata[i];
        if (!mw_mailbox_is_address(one->address))
            return mw_fail(error, MW_ERROR_INVALID, _("%s has no valid e-mail address."),
                           one->name);
    }
    if (!people)
        return false;
    if (people->len == 0)
        return mw_fail(error, MW_ERROR_INVALID, _("There is no valid address."));
    g_autofree char *recipients = text_of(people);
    mw_record_set_text(activity, "mail_to", recipients);
    return mw_outbox_retry(context, mail, recipients, error) &&
           keep_state(context, activity, "queued", NULL, error);
}

bool
mw_mailing_retry(const MwContext *context, int64_t mail, GError **error)
{
    MwQuery query = { .entity = mw_catalog_entity(context->catalog, "activity") };
    MwValue param = MW_INT(mail);
    g_auto(MwValue) id = MW_NOTHING;

    if (!mw_store_scalar(context->store,
                         "SELECT activity FROM mail WHERE id = $1 AND status = 'failed'", &param, 1,
                         &id, error))
        return false;
    if (id.is != MW_INTEGER)
        return mw_outbox_retry(context, mail, NULL, error);
    g_autoptr(MwRecord) activity = mw_store_get(context->store, &query, id.integer, error);
    return activity && send_again(context, mail, activity, error);
}

bool
mw_mailing_again(const MwContext *context, int64_t activity, GError **error)
{
    MwValue param = MW_INT(activity);
    g_auto(MwValue) mail = MW_NOTHING;

    if (!mw_record_changeable(context, mw_catalog_entity(context->catalog, "activity"), activity,
                              error) ||
        !mw_store_scalar(context->store,
                         "SELECT id FROM mail WHERE activity = $1 AND status = 'failed' "
                         "ORDER BY id DESC LIMIT 1",
                         &param, 1, &mail, error))
        return false;
    return mw_mailing_retry(context, mail.is == MW_INTEGER ? mail.integer : 0, error);
}

bool
mw_mailing_settled(const MwContext *context, const MwMail *mail, MwMailEnd end, const char *reason,
                   GError **error)
{
    MwQuery query = { .entity = mw_catalog_entity(context->catalog, "activity"),
                      .which = MW_LIVE_AND_DELETED };
    g_autoptr(GError) local = NULL;

    if (!mail->activity || end == MW_MAIL_RELEASED || end == MW_MAIL_DROPPED)
        return true;
    g_autoptr(MwRecord) activity = mw_store_get(context->store, &query, mail->activity, &local);
    if (!activity) {
        if (g_error_matches(local, MW_ERROR, MW_ERROR_NOT_FOUND))
            return true;
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    g_autoptr(MwRecord) before = mw_record_copy(activity);
    const char *state = end == MW_MAIL_SENT ? "sent" : end == MW_MAIL_FAILED ? "failed" : "queued";
    if (!keep_state(context, activity, state, reason, error))
        return false;
    if (end != MW_MAIL_FAILED)
        return true;
    g_autofree char *detail = g_utf8_substring(reason ? reason : "", 0,
                                               MIN(g_utf8_strlen(reason ? reason : "", -1), 300));
    MwNotice notice = { .user = mail->sender,
                        .kind = "mail_failed",
                        .entity = activity->entity,
                        .record = mail->activity,
                        .title = mw_record_text(activity, "subject"),
                        .detail = detail };
    /* It has reached nobody, so it was no contact. */
    return mw_derive_after(context, activity, before, error) && mw_notify(context, &notice, error);
}
