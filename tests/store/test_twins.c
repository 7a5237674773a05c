/* twins: who may be there already, by how a name sounds in all readings, and never by what a pool hides. */
#include "base/name.h"
#include "methods/derivations.h"
#include "methods/open_pool.h"
#include "methods/twins.h"
#include "record/open_pool.h"
#include "tests/store/company.h"

static MwTwin *
first_twin(Fixture *f, const MwTwinAsk *ask, GPtrArray **kept)
{
    g_autoptr(GError) error = NULL;

    *kept = mw_twins_find(&f->context, ask, 10, &error);
    g_assert_no_error(error);
    return (*kept)->len > 0 ? (*kept)->pdata[0] : NULL;
}

static void
assert_meets(Fixture *f, const char *name, int64_t id, MwTwinBy by)
{
    g_autoptr(GPtrArray) kept = NULL;
    const MwTwin *twin = first_twin(f, &(MwTwinAsk){ .name = name }, &kept);

    if (!id) {
        g_assert_null(twin);
        return;
    }
    g_assert_nonnull(twin);
    g_assert_cmpint(twin->id, ==, id);
    g_assert_cmpint(twin->by, ==, by);
    g_assert_cmpuint(kept->len, ==, 1);
}

/* 厦 is read sha and xia, 重 zhong and chong: both ways meet, typed as pinyin or in other characters. */
static void
test_sounds(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    mw_company_derive_by(f->company, mw_derivations);
    int64_t xiamen =
        mw_test_save(f, 0, mw_test_input(f, "account", "name", "厦门钨业有限公司", NULL));
    int64_t pump = mw_test_save(f, 0, mw_test_input(f, "lead", "company", "重庆泵业", NULL));
    int64_t plain =
        mw_test_save(f, 0, mw_test_input(f, "account", "name", "Hengli Bearings", NULL));

    assert_meets(f, "xiamenwuye", xiamen, MW_TWIN_SOUND);
    assert_meets(f, "Shamen Wuye Co., Ltd.", xiamen, MW_TWIN_SOUND);
    assert_meets(f, "夏门钨业", xiamen, MW_TWIN_SOUND);
    assert_meets(f, "厦门钨业股份有限公司", xiamen, MW_TWIN_NAME);
    assert_meets(f, "chongqing bengye", pump, MW_TWIN_SOUND);
    assert_meets(f, "虫庆泵业", pump, MW_TWIN_SOUND);
    assert_meets(f, "hengli bearings gmbh", plain, MW_TWIN_NAME);
    assert_meets(f, "xiamenwuyexy", 0, MW_TWIN_SOUND);

    /* It follows the name, and goes with the record. */
    mw_test_save(f, xiamen, mw_test_input(f, "account", "name", "重工机械", NULL));
    assert_meets(f, "xiamenwuye", 0, MW_TWIN_SOUND);
    assert_meets(f, "chonggongjixie", xiamen, MW_TWIN_SOUND);
    g_assert_true(mw_record_remove(&f->context, mw_test_entity(f, "account"), xiamen, 0, NULL));
    assert_meets(f, "chonggongjixie", 0, MW_TWIN_SOUND);
}

/* Of many readings some are combined, the commonest always. */
static void
test_readings(Fixture *f G_GNUC_UNUSED, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GPtrArray) one = mw_name_sounds("恒力"), two = mw_name_sounds("厦门"),
                         many = mw_name_sounds("重厦重厦重厦"), none = mw_name_sounds("");

    g_assert_cmpuint(one->len, ==, 1);
    g_assert_cmpstr(one->pdata[0], ==, "hengli");
    g_assert_cmpuint(two->len, ==, 2);
    g_assert_cmpstr(two->pdata[1], ==, "xiamen");
    g_assert_cmpuint(many->len, <=, MW_NAME_SOUNDS_MAX);
    g_assert_cmpuint(many->len, >, 1);
    g_assert_cmpuint(none->len, ==, 1);
    g_assert_cmpstr(none->pdata[0], ==, "");
}

/* "The same phone" would tell the phone. A field that an administrator has added can be hidden too. */
static void
test_hidden(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    const MwTwinAsk by_phone = { .phone = "0592 5363891" }, by_name = { .name = "Keller" };
    g_autoptr(GPtrArray) a = NULL, b = NULL, c = NULL, d = NULL;

    mw_company_derive_by(f->company, mw_derivations);
    int64_t ann = mw_test_user(f, "ann", "sales", 0), boss = mw_test_user(f, "boss", "manager", 0);
    int64_t open =
        mw_test_save(f, 0, mw_test_input(f, "pool", "name", "Open", "holds", "lead", NULL));
    MwInput *input = mw_test_input(f, "lead", "company", "Keller", "phone", "0592-5363891", "pool",
                                   "1", NULL); /* it hides phone and mail */
    mw_input_import(input);
    int64_t lead = mw_test_save(f, 0, input);

    mw_test_turn(f, ann);
    g_assert_null(first_twin(f, &by_phone, &a));
    g_assert_cmpint(first_twin(f, &by_name, &b)->id, ==, lead);
    mw_test_turn(f, boss);
    g_assert_cmpint(first_twin(f, &by_phone, &c)->id, ==, lead);
    mw_test_turn(f, 0);
    MwInput *moved = mw_test_input(f, "lead", "pool", mw_test_id(f, open), NULL);
    mw_input_import(moved);
    mw_test_save(f, lead, moved);
    mw_test_turn(f, ann);
    g_assert_cmpint(first_twin(f, &by_phone, &d)->id, ==, lead);
}

static void
test_hidden_custom(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    mw_company_derive_by(f->company, mw_derivations);
    int64_t ann = mw_test_user(f, "ann", "sales", 0), boss = mw_test_user(f, "boss", "manager", 0);
    g_autofree char *unknown =
        mw_test_try(f, 1, mw_test_input(f, "pool", "hidden", "phone,x_wechat", NULL));
    g_assert_cmpstr(unknown, ==, "hidden:not_a_choice");
    mw_test_save(f, 0,
                 mw_test_input(f, "custom_field", "entity", "lead", "name", "x_wechat", "label_en",
                               "WeChat", "kind", "text", "searched", "true", NULL));
    mw_test_turn(f, 0);
    mw_test_save(f, 1, mw_test_input(f, "pool", "hidden", "phone,x_wechat", NULL));
    mw_test_turn(f, 0);
    MwInput *input =
        mw_test_input(f, "lead", "company", "Keller", "x_wechat", "kellerpump", "pool", "1", NULL);
    mw_input_import(input);
    int64_t lead = mw_test_save(f, 0, input);
    for (int i = 0; i < 2; i++) {
        mw_test_turn(f, i == 0 ? ann : boss);
        const MwEntity *entity = mw_test_entity(f, "lead");
        g_autoptr(MwFilter) words = mw_filter_search(entity, "kellerpump");
        MwQuery query = { .entity = entity, .filter = words };
        g_autoptr(MwRecord) seen = mw_record_read(&f->context, entity, lead, MW_LIVE, NULL);
        g_autoptr(GPtrArray) found = mw_record_find(&f->context, &query, MW_MAY_READ, NULL, NULL);
        g_assert_nonnull(seen);
        g_assert_cmpstr(mw_record_text(seen, "x_wechat"), ==, i == 0 ? NULL : "kellerpump");
        g_assert_cmpuint(found->len, ==, 0); /* the index has no words of what is hidden */
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mw_test_add("/twins/sounds", test_sounds);
    mw_test_add("/twins/readings", test_readings);
    mw_test_add("/twins/hidden", test_hidden);
    mw_test_add("/twins/hidden-custom", test_hidden_custom);
    return g_test_run();
}
