/* import: what is asked of an import, as JSON or as the form of the wizard, is refused or is texts that say the same when
 * they are read again. */
#include <string.h>

#include "fuzz.h"
#include "web/import.h"
#include "web/params.h"

static void
check_meaning(const char *text)
{
    g_autofree char *key = NULL, *from = NULL, *again_key = NULL, *again_from = NULL;
    const char *to, *again_to;

    if (!mw_import_meaning_parts(text, &key, &from, &to))
        return;
    g_assert_true(*key && !strchr(key, ':'));
    g_assert_true(to > text && to <= text + strlen(text));
    g_autofree char *written = mw_import_meaning(key, from, to);
    g_assert_true(mw_import_meaning_parts(written, &again_key, &again_from, &again_to));
    g_assert_cmpstr(again_key, ==, key);
    g_assert_cmpstr(again_from, ==, from);
    g_assert_cmpstr(again_to, ==, to);
}

/* Lists end with NULL, and everything in them is text. */
static void
check_list(const char *const *list)
{
    for (; list && *list; list++)
        g_assert_true(g_utf8_validate(*list, -1, NULL));
}

static void
check(const MwAsked *asked)
{
    MwImportOptions options = mw_asked_options(asked);

    check_list(options.map);
    check_list(options.constants);
    check_list(options.create_missing);
    check_list(options.values);
    for (const char *const *value = options.values; value && *value; value++)
        check_meaning(*value);
}

static void
read_json(const char *text, size_t size)
{
    json_t *document = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
    g_auto(MwAsked) asked = { 0 };

    mw_asked_init(&asked);
    if (json_is_object(document) && mw_asked_read(&asked, document)) {
        g_assert_nonnull(asked.what);
        check(&asked);
    }
    json_decref(document);
}

static void
read_form(const char *text, size_t size)
{
    static const char *const header[] = { "Name", "a=b", "", NULL };
    MwArena arena;
    MwParam *params;
    size_t n;

    mw_arena_init(&arena);
    if (mw_params_read(&arena, text, size, &params, &n, NULL)) {
        const MwRequest request = { .form = params, .n_form = n, .query = params, .n_query = n };
        g_auto(MwAsked) asked = { 0 };
        mw_asked_init(&asked);
        mw_asked_table(&asked, &request);
        mw_asked_form(&asked, &request, header);
        g_assert_cmpuint(asked.map->len, <=, MW_COLUMNS_MAX);
        g_assert_cmpuint(asked.values->len, <=, MW_ASKED_TEXTS_MAX);
        check(&asked);
    }
    mw_arena_clear(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    g_autofree char *text = g_strndup((const char *)bytes, size);

    check_meaning(text);
    read_json((const char *)bytes, size);
    read_form((const char *)bytes, size);
    return 0;
}
