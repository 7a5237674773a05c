#include "mail/letter.h"

#include <gmime/gmime.h>
#include <string.h>

/* ---- mailboxes ------------------------------------------------------------------ */

void
mw_mailbox_clear(MwMailbox *mailbox)
{
    g_clear_pointer(&mailbox->name, g_free);
    g_clear_pointer(&mailbox->address, g_free);
}

bool
mw_mailbox_is_address(const char *text)
{
    const char *at = text ? strchr(text, '@') : NULL;
    size_t size = text ? strlen(text) : 0;

    if (!at || at == text || !at[1] || strchr(at + 1, '@') || size > MW_ADDRESS_MAX)
        return false;
    for (const char *p = text; *p; p++)
        if (!g_ascii_isgraph(*p) || strchr("<>()[],;:\\\"", *p))
            return false;
    return true;
}

/* On one line, without what would end a name or begin an address. */
static char *
one_line(const char *text, const char *without)
{
    g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);
    GString *line = g_string_new(NULL);

    for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        bool out = g_unichar_iscntrl(c) || c == 0x2028 || c == 0x2029;
        if (out || (c < 0x80 && strchr(without, (int)c)))
            g_string_append_c(line, ' ');
        else
            g_string_append_unichar(line, c);
    }
    g_strstrip(line->str);
    return g_string_free(line, false);
}

char *
mw_mailbox_text(const char *name, const char *address)
{
    g_autofree char *line = one_line(name, "<>");

    return *line ? g_strdup_printf("%s <%s>", line, address) : g_strdup(address);
}

bool
mw_mailbox_parse(const char *text, MwMailbox *mailbox)
{
    const char *open = text ? strrchr(text, '<') : NULL;
    g_autofree char *address = g_strstrip(g_strdup(open ? open + 1 : text ? text : ""));
    size_t size = strlen(address);

    if (open && (size == 0 || address[size - 1] != '>'))
        return false;
    if (open)
        address[size - 1] = '\0';
    g_strstrip(address);
    if (!mw_mailbox_is_address(address))
        return false;
    g_autofree char *before = open ? g_strndup(text, (gsize)(open - text)) : g_strdup("");
    mailbox->name = one_line(before, "<>\"");
    if (!*mailbox->name)
        g_clear_pointer(&mailbox->name, g_free);
    mailbox->address = g_steal_pointer(&address);
    return true;
}

/* ---- letters --------------------------------------------------------------------- */

static void
clear_mailbox(gpointer mailbox)
{
    mw_mailbox_clear(mailbox);
}

static void
free_enclosure(gpointer data)
{
    MwEnclosure *enclosure = data;

    g_free(enclosure->name);
    g_free(enclosure->type);
    g_bytes_unref(enclosure->bytes);
    g_free(enclosure);
}

MwLetter *
mw_letter_new(void)
{
    MwLetter *letter = g_new0(MwLetter, 1);

    letter->to = g_array_new(false, true, sizeof(MwMailbox));
    g_array_set_clear_func(letter->to, clear_mailbox);
    letter->enclosures = g_ptr_array_new_with_free_func(free_enclosure);
    return letter;
}

void
mw_letter_free(MwLetter *letter)
{
    if (!letter)
        return;
    mw_mailbox_clear(&letter->from);
    mw_mailbox_clear(&letter->reply_to);
    g_array_unref(letter->to);
    g_ptr_array_unref(letter->enclosures);
    g_free(letter->subject);
    g_free(letter->text);
    g_free(letter->id);
    g_free(letter);
}

void
mw_letter_to(MwLetter *letter, const char *name, const char *address)
{
    MwMailbox mailbox = { g_strdup(name), g_strdup(address) };

    g_array_append_val(letter->to, mailbox);
}

void
mw_letter_enclose(MwLetter *letter, const char *name, const char *type, GBytes *bytes)
{
    MwEnclosure *enclosure = g_new0(MwEnclosure, 1);

    *enclosure = (MwEnclosure){ g_strdup(name), g_strdup(type), bytes };
    g_ptr_array_add(letter->enclosures, enclosure);
}

/* ---- writing ------------------------------------------------------------------------ */

static void
begin(void)
{
    static gsize begun;

    if (!g_once_init_enter(&begun))
        return;
    g_mime_init();
    g_once_init_leave(&begun, 1);
}

static void
add(GMimeMessage *message, GMimeAddressType type, const MwMailbox *mailbox)
{
    g_autofree char *name = one_line(mailbox->name, "");

    if (mailbox->address)
        g_mime_message_add_mailbox(message, type, *name ? name : NULL, mailbox->address);
}

static GMimeMessage *
write_head(const MwLetter *letter)
{
    GMimeMessage *message = g_mime_message_new(TRUE);
    g_autofree char *subject = one_line(letter->subject, "");
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(letter->at / 1000);

    add(message, GMIME_ADDRESS_TYPE_FROM, &letter->from);
    add(message, GMIME_ADDRESS_TYPE_REPLY_TO, &letter->reply_to);
    for (guint i = 0; i < letter->to->len; i++)
        add(message, GMIME_ADDRESS_TYPE_TO, &g_array_index(letter->to, MwMailbox, i));
    g_mime_message_set_subject(message, subject, "utf-8");
    g_mime_message_set_date(message, at);
    g_mime_message_set_message_id(message, letter->id);
    if (letter->automatic)
        g_mime_object_set_header(GMIME_OBJECT(message), "Auto-Submitted", "auto-generated", NULL);
    return message;
}

static GMimeObject *
write_text(const char *text)
{
    GMimeTextPart *part = g_mime_text_part_new_with_subtype("plain");

    g_mime_text_part_set_charset(part, "utf-8");
    g_mime_text_part_set_text(part, text);
    g_mime_part_set_content_encoding(GMIME_PART(part), g_str_is_ascii(text)
                                                           ? GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE
                                                           : GMIME_CONTENT_ENCODING_BASE64);
    return GMIME_OBJECT(part);
}

static GMimeObject *
write_enclosure(const MwEnclosure *enclosure)
{
    gsize size;
    const char *bytes = g_bytes_get_data(enclosure->bytes, &size);
    g_autofree char *name = one_line(enclosure->name, "");
    GMimeContentType *type =
        g_mime_content_type_parse(NULL, enclosure->type ? enclosure->type : "");
    GMimePart *part = g_mime_part_new_with_type("application", "octet-stream");
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes, size);
    GMimeDataWrapper *content =
        g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);

    /* What would be read as a part of the letter itself is a file like any other. */
    if (type && !g_mime_content_type_is_type(type, "multipart", "*") &&
        !g_mime_content_type_is_type(type, "message", "*"))
        g_mime_object_set_content_type(GMIME_OBJECT(part), type);
    g_mime_object_set_disposition(GMIME_OBJECT(part), GMIME_DISPOSITION_ATTACHMENT);
    g_mime_part_set_filename(part, name);
    g_mime_part_set_content(part, content);
    g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_BASE64);
    g_clear_object(&type);
    g_object_unref(content);
    g_object_unref(stream);
    return GMIME_OBJECT(part);
}

static GMimeObject *
write_body(const MwLetter *letter)
{
    GMimeObject *text = write_text(letter->text ? letter->text : "");

    if (letter->enclosures->len == 0)
        return text;
    GMimeMultipart *parts = g_mime_multipart_new_with_subtype("mixed");
    g_mime_multipart_add(parts, text);
    g_object_unref(text);
    for (guint i = 0; i < letter->enclosures->len; i++) {
        GMimeObject *part = write_enclosure(letter->enclosures->pdata[i]);
        g_mime_multipart_add(parts, part);
        g_object_unref(part);
    }
    return GMIME_OBJECT(parts);
}

GBytes *
mw_letter_write(const MwLetter *letter)
{
    begin();
    GMimeMessage *message = write_head(letter);
    GMimeObject *body = write_body(letter);
    GMimeFormatOptions *format = g_mime_format_options_new();
    GMimeStream *stream = g_mime_stream_mem_new();

    g_mime_message_set_mime_part(message, body);
    g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
    g_mime_object_write_to_stream(GMIME_OBJECT(message), format, stream);
    GByteArray *written = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
    GBytes *bytes = g_bytes_new(written->data, written->len);
    g_mime_format_options_free(format);
    g_object_unref(stream);
    g_object_unref(body);
    g_object_unref(message);
    return bytes;
}
