/* carried: what addresses and forms of pages carry: cursors are refused or written again as the same page; places of the
 * relationship map are refused or on the map; whatever a client says it accepts, a body can be sent. */
#include <string.h>

#include "fuzz.h"
#include "store/query.h"
#include "web/pack.h"
#include "web/people.h"

static void
check_cursor(const char *text)
{
    for (size_t n = 0; n <= MW_ORDER_MAX; n++) {
        g_auto(MwCursor) cursor = { 0 }, again = { 0 };
        g_autoptr(GError) error = NULL;
        bool read = mw_cursor_read(text, &cursor, n, &error);
        g_assert_true(read == (error == NULL));
        if (!read)
            continue;
        g_autofree char *written = mw_cursor_write(&cursor, n);
        g_assert_true(mw_cursor_read(written, &again, n, &error));
        g_assert_cmpint(cursor.id, ==, again.id);
        for (size_t i = 0; i < n; i++)
            g_assert_true(mw_value_equal(&cursor.values[i], &again.values[i]));
    }
}

static void
check_place(const char *text)
{
    int64_t contact;
    int x, y;

    if (!mw_people_place_read(text, &contact, &x, &y))
        return;
    g_assert_cmpint(contact, >, 0);
    g_assert_cmpint(ABS(x), <=, MW_MAP_PLACE_MAX);
    g_assert_cmpint(ABS(y), <=, MW_MAP_PLACE_MAX);
}

static void
check_packing(const char *accepted)
{
    g_autoptr(MwPacker) packer = mw_packer_new();
    GString *body = g_string_new(NULL);

    for (int i = 0; i < 500; i++)
        g_string_append(body, "the same again, ");
    size_t before = body->len;
    const char *name = mw_packer_pack(packer, accepted, &body);
    g_assert_true(name ? body->len < before : body->len == before);
    g_string_free(body, true);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    g_autofree char *text = g_strndup((const char *)bytes, size);

    check_cursor(text);
    check_place(text);
    check_packing(text);
    return 0;
}
