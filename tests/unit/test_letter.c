/* letter: addresses, and that nothing people write becomes a header. */
#include <glib.h>
#include <string.h>

#include "mail/letter.h"

static void
test_addresses(void)
{
    static const char *const good[] = { "a@b", "wang.fang+x@mail.example.com", "o'neil@x.example" };
    static const char *const bad[] = { "",      "a",       "@b",       "a@",       "a@b@c",
                                       "a b@c", "a@b\r\n", "a@b>",     "<a@b",     "a@b,c@d",
                                       "a;@b",  "王@b",    "a\"b\"@c", "a@b\x01c", "a(b)@c" };
    g_autofree char *name = g_strnfill(MW_ADDRESS_MAX, 'a');
    g_autofree char *longest = g_strconcat(name, "@b", NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(good); i++)
        g_assert_true(mw_mailbox_is_address(good[i]));
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_false(mw_mailbox_is_address(bad[i]));
    g_assert_false(mw_mailbox_is_address(longest));
    g_assert_false(mw_mailbox_is_address(NULL));
}

static void
test_mailboxes(void)
{
    static const char *const cases[][3] = {
        { "a@b", NULL, "a@b" },
        { " Wang Fang <w@x.example> ", "Wang Fang", "w@x.example" },
        { "Wang Fang <w@x.example>", "Wang Fang", "w@x.example" },
        { "\"Wang, Fang\" <w@x.example>", "Wang, Fang", "w@x.example" },
        { "<w@x.example>", NULL, "w@x.example" },
        { "Wang <w@x", NULL, NULL },
        { "Wang", NULL, NULL },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(MwMailbox) mailbox = { 0 };
        g_assert_cmpint(mw_mailbox_parse(cases[i][0], &mailbox), ==, cases[i][2] != NULL);
        g_assert_cmpstr(mailbox.name, ==, cases[i][1]);
        g_assert_cmpstr(mailbox.address, ==, cases[i][2]);
    }
    g_autofree char *text = mw_mailbox_text("x <a@b>\r\ny", "w@x.example");
    g_auto(MwMailbox) back = { 0 };
    g_assert_true(mw_mailbox_parse(text, &back));
    g_assert_cmpstr(back.address, ==, "w@x.example");
    g_assert_null(strpbrk(back.name, "\r\n<>"));
}

/* The names of the fields of the head, each with a blank behind it. */
static char *
fields_of(const char *text)
{
    GString *names = g_string_new(NULL);
    const char *end = strstr(text, "\r\n\r\n");

    for (const char *line = text; line && line < end; line = strstr(line, "\r\n") + 2)
        if (!strchr(" \t", *line))
            g_string_append_printf(names, "%.*s ", (int)strcspn(line, ":"), line);
    return g_string_free(names, false);
}

static void
test_headers(void)
{
    g_autoptr(MwLetter) letter = mw_letter_new();

    letter->from = (MwMailbox){ g_strdup("A\r\nBcc: x@y"), g_strdup("a@example.com") };
    letter->subject = g_strdup("Hi\r\nBcc: x@y\r\n\r\nBody\xe2\x80\xa8z");
    letter->text = g_strdup("From x\n.\n..\n你好\n");
    letter->id = g_strdup("1.2@example.com");
    letter->at = 1767225600000;
    mw_letter_to(letter, "王芳\nBcc: x@y", "w@x.example");
    mw_letter_enclose(letter, "a\r\nX: y.txt", "text/plain\r\nX: y", g_bytes_new("\0\1", 2));
    mw_letter_enclose(letter, "b.eml", "message/rfc822", g_bytes_new("Subject: x\n\n", 12));
    g_autoptr(GBytes) bytes = mw_letter_write(letter);
    gsize size;
    g_autofree char *text = g_strndup(g_bytes_get_data(bytes, &size), g_bytes_get_size(bytes));
    g_autofree char *fields = fields_of(text);
    g_autofree char *lower = g_ascii_strdown(fields, -1);

    g_assert_cmpstr(lower, ==, "date from subject to message-id mime-version content-type ");
    g_assert_null(strstr(text, "\r\nX: y"));
    g_assert_null(strstr(text, "message/rfc822"));
    g_assert_nonnull(strstr(text, "Date: Thu, 01 Jan 2026 00:00:00 +0000\r\n"));
    for (const char *p = text; (p = strchr(p, '\n')); p++)
        g_assert_true(p > text && p[-1] == '\r');
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/letter/addresses", test_addresses);
    g_test_add_func("/letter/mailboxes", test_mailboxes);
    g_test_add_func("/letter/headers", test_headers);
    return g_test_run();
}
