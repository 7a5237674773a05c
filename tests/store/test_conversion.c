/* conversion: a lead becomes account, contact and opportunity without twins, and what was done with it goes along. */
#include "methods/derivations.h"
#include "methods/lead.h"
#include "record/derivation.h"
#include "tests/store/company.h"

static MwConversion
convert(Fixture *f, int64_t lead, const char *expected)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(GError) error = NULL;
    MwConversion out;

    g_assert_true(
        mw_lead_convert(&f->context, lead, &(MwConversionAsk){ 0 }, &out, problems, &error));
    g_assert_no_error(error);
    g_autofree char *text = mw_problems_text(problems);
    g_assert_cmpstr(text, ==, expected);
    return out;
}

static void
test_convert(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    mw_company_derive_by(f->company, mw_derivations);
    int64_t lead =
        mw_test_save(f, 0,
                     mw_test_input(f, "lead", "company", "厦门钨业股份有限公司", "person", "王芳",
                                   "phone", "138 0013 8000", "email", "fang@xmtungsten.example",
                                   "need", "Bigger pumps", NULL));
    MwConversion first = convert(f, lead, ""), again = convert(f, lead, "");

    g_assert_true(first.account_made && first.contact_made && first.opportunity_made);
    g_assert_false(again.account_made || again.contact_made || again.opportunity_made);
    g_assert_cmpint(first.account, ==, again.account);
    g_assert_cmpint(first.contact, ==, again.contact);
    g_assert_cmpint(first.opportunity, ==, again.opportunity);
    mw_test_assert_text(f, "opportunity", first.opportunity, "description", "Bigger pumps");
    mw_test_assert_text(f, "opportunity", first.opportunity, "name",
                        "Bigger pumps – 厦门钨业股份有限公司");

    g_autoptr(MwRecord) kept = mw_test_read(f, "lead", lead);
    g_assert_cmpstr(mw_record_text(kept, "status"), ==, "converted");
    g_autofree char *back = mw_test_try(f, lead, mw_test_input(f, "lead", "status", "new", NULL));
    g_assert_cmpstr(back, ==, "status:not_a_choice");
    g_autofree char *by_hand =
        mw_test_try(f, 0, mw_test_input(f, "lead", "company", "X", "status", "converted", NULL));
    g_assert_cmpstr(by_hand, ==, "status:not_a_choice");
}

static int64_t
count_of(Fixture *f, const char *sql, int64_t id)
{
    g_autoptr(GError) error = NULL;
    g_auto(MwValue) count = MW_NOTHING;
    MwValue param = MW_INT(id);

    mw_store_scalar(f->store, sql, &param, 1, &count, &error);
    g_assert_no_error(error);
    return count.integer;
}

/* What was done and planned with a lead goes along, also what a colleague noted, once. */
static void
test_convert_carries(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    mw_company_derive_by(f->company, mw_derivations);
    int64_t team = mw_test_save(f, 0, mw_test_input(f, "team", "name", "North", NULL));
    int64_t sales = mw_test_user(f, "sally", "sales", team);
    int64_t colleague = mw_test_user(f, "otto", "sales", team);
    int64_t lead = mw_test_save(f, 0,
                                mw_test_input(f, "lead", "company", "Keller", "person", "Frau Roth",
                                              "owner", mw_test_id(f, sales), NULL));
    int64_t elsewhere = mw_test_save(f, 0, mw_test_input(f, "account", "name", "Elsewhere", NULL));
    const char *of = mw_test_id(f, lead);
    int64_t call =
        mw_test_save(f, 0,
                     mw_test_input(f, "activity", "type", "call", "subject", "Asked", "lead", of,
                                   "starts_at", "2026-03-02T09:00:00Z", "done", "true", "owner",
                                   mw_test_id(f, colleague), NULL));
    int64_t task = mw_test_save(f, 0,
                                mw_test_input(f, "activity", "type", "task", "subject", "Offer",
                                              "lead", of, "due_on", "2099-04-01", NULL));
    int64_t other = mw_test_save(f, 0,
                                 mw_test_input(f, "activity", "subject", "Note", "lead", of,
                                               "account", mw_test_id(f, elsewhere), NULL));
    mw_test_save(f, 0,
                 mw_test_input(f, "file", "name", "plan.pdf", "entity", "lead", "record", of,
                               "content_type", "application/pdf", "size", "1", "sha256", "00",
                               NULL));
    mw_test_turn(f, sales);
    MwConversion made = convert(f, lead, "");
    mw_test_turn(f, 0);

    const int64_t linked[] = { call, task };
    for (size_t i = 0; i < G_N_ELEMENTS(linked); i++) {
        g_autoptr(MwRecord) activity = mw_test_read(f, "activity", linked[i]);
        g_assert_cmpint(mw_record_int(activity, "lead"), ==, lead);
        g_assert_cmpint(mw_record_int(activity, "account"), ==, made.account);
        g_assert_cmpint(mw_record_int(activity, "contact"), ==, made.contact);
        g_assert_cmpint(mw_record_int(activity, "opportunity"), ==, made.opportunity);
    }
    g_autoptr(MwRecord) kept = mw_test_read(f, "activity", other);
    g_assert_cmpint(mw_record_int(kept, "account"), ==, elsewhere);
    g_assert_cmpint(mw_record_int(kept, "opportunity"), ==, made.opportunity);
    g_autoptr(MwRecord) contact = mw_test_read(f, "contact", made.contact);
    g_assert_cmpstr(mw_record_text(contact, "last_contact_on"), ==, "2026-03-02");
    mw_test_assert_text(f, "opportunity", made.opportunity, "next_activity_on", "2099-04-01");
    g_assert_cmpint(count_of(f,
                             "SELECT COUNT(*) FROM opportunity_person WHERE opportunity = $1 AND "
                             "last_contact_on = '2026-03-02'",
                             made.opportunity),
                    ==, 1);
    g_assert_cmpint(count_of(f,
                             "SELECT COUNT(*) FROM file WHERE entity = 'opportunity' AND record = "
                             "CAST($1 AS TEXT)",
                             made.opportunity),
                    ==, 1);
    int64_t version = mw_record_version(kept);
    convert(f, lead, "");
    g_autoptr(MwRecord) again = mw_test_read(f, "activity", other);
    g_assert_cmpint(mw_record_version(again), ==, version);
}

/* More than one batch. */
static void
test_convert_many(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    mw_company_derive_by(f->company, mw_derivations);
    int64_t lead = mw_test_save(f, 0, mw_test_input(f, "lead", "company", "Keller", NULL));

    for (int i = 0; i < 203; i++)
        mw_test_save(
            f, 0,
            mw_test_input(f, "activity", "subject", "Note", "lead", mw_test_id(f, lead), NULL));
    MwConversion made = convert(f, lead, "");
    g_assert_cmpint(
        count_of(f, "SELECT COUNT(*) FROM activity WHERE opportunity = $1", made.opportunity), ==,
        203);
}

static void
test_convert_deal(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    mw_company_derive_by(f->company, mw_derivations);
    int64_t product =
        mw_test_save(f, 0, mw_test_input(f, "product", "code", "P", "name", "Pump", NULL));
    int64_t lead = mw_test_save(
        f, 0,
        mw_test_input(f, "lead", "company", "Keller", "product", mw_test_id(f, product), NULL));
    g_autoptr(MwInput) deal = mw_test_input(f, "opportunity", "amount", "much", "close_on",
                                            "2099-06-30", "currency", "CNY", NULL);
    MwConversionAsk ask = { .deal = deal };
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(GError) error = NULL;
    MwConversion made;

    g_assert_true(mw_store_mark(f->store, &error));
    g_assert_true(mw_lead_convert(&f->context, lead, &ask, &made, problems, &error));
    g_assert_cmpstr(mw_problems_get(problems, 0)->field, ==, "opportunity.amount");
    g_assert_true(mw_store_back_to_mark(f->store, &error));
    mw_problems_reset(problems);
    mw_input_set(deal, "amount", "380000");
    g_assert_true(mw_lead_convert(&f->context, lead, &ask, &made, problems, &error));
    g_assert_false(mw_problems_any(problems));
    mw_test_assert_text(f, "opportunity", made.opportunity, "name", "Pump – Keller");
    mw_test_assert_text(f, "opportunity", made.opportunity, "close_on", "2099-06-30");
    g_assert_cmpint(mw_test_int(f, "opportunity", made.opportunity, "amount"), ==, 38000000);
    g_assert_cmpint(mw_test_int(f, "opportunity", made.opportunity, "product"), ==, product);
}

typedef struct {
    const char *field, *value, *company;
} Twin;

/* The same company, written otherwise. */
static void
test_no_twins(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    static const Twin twins[] = {
        { "website", "https://example.com", "keller  PUMPEN gmbh" },
        { "credit_code", "91350200612033399C", "Something else" },
        { "email", "sales@keller.example", "Keller Asia" },
        { "phone", "+86 (592) 536 3891", "K. P." },
    };
    mw_company_derive_by(f->company, mw_derivations);
    int64_t account =
        mw_test_save(f, 0,
                     mw_test_input(f, "account", "name", "Keller Pumpen GmbH", "credit_code",
                                   "91350200612033399C", "email", "info@keller.example", "phone",
                                   "+86 592 5363891", NULL));

    for (size_t i = 0; i < G_N_ELEMENTS(twins); i++) {
        int64_t lead =
            mw_test_save(f, 0,
                         mw_test_input(f, "lead", "company", twins[i].company, "person",
                                       "Frau Roth", twins[i].field, twins[i].value, NULL));
        MwConversion out = convert(f, lead, "");
        g_assert_cmpint(out.account, ==, account);
        g_assert_cmpint(out.contact_made, ==, i == 0);
    }
}

/* Another team's account is not made a second time. */
static void
test_hidden_account(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int64_t team = mw_test_save(f, 0, mw_test_input(f, "team", "name", "North", NULL));
    int64_t other = mw_test_user(f, "otto", "sales", 0),
            sales = mw_test_user(f, "sally", "sales", team);
    int64_t account;

    mw_company_derive_by(f->company, mw_derivations);
    account = mw_test_save(f, 0, mw_test_input(f, "account", "name", "Keller", NULL));
    mw_test_save(f, account, mw_test_input(f, "account", "owner", mw_test_id(f, other), NULL));
    mw_test_turn(f, sales);
    int64_t lead = mw_test_save(f, 0, mw_test_input(f, "lead", "company", "KELLER", NULL));
    convert(f, lead, "account: This company is a customer of another team already; ask there.");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mw_test_add("/lead/convert", test_convert);
    mw_test_add("/lead/convert-carries", test_convert_carries);
    mw_test_add("/lead/convert-many", test_convert_many);
    mw_test_add("/lead/convert-deal", test_convert_deal);
    mw_test_add("/lead/no-twins", test_no_twins);
    mw_test_add("/lead/hidden-account", test_hidden_account);
    return g_test_run();
}
