#include "table/xlsx_part.h"

#include <string.h>

#include "base/i18n.h"

enum {
    READ_BYTES = 64 * 1024,
    MAX_DEPTH = 64,
    MAX_MARKUP_BYTES = 1024 * 1024,
    EXPANSION_SLACK_BYTES = 16 * 1024 * 1024,
};

struct MwXlsxPart {
    MwXlsxArchive *archive;
    zip_file_t *file;
    uint64_t packed, size, unpacked;

    XML_Parser parser;
    const MwXlsxHandler *handler;
    void *data;
    unsigned depth;
    bool paused, all_read;
    GError *failure; /* of a handler */
};

static const char *
local_name(const char *name)
{
    const char *colon = strchr(name, ':');

    return colon ? colon + 1 : name;
}

const char *
mw_xlsx_attribute(const char *const *attributes, const char *name)
{
    for (; attributes[0]; attributes += 2)
        if (g_str_equal(local_name(attributes[0]), name))
            return attributes[1];
    return NULL;
}

void
mw_xlsx_part_pause(MwXlsxPart *part)
{
    part->paused = true;
    XML_StopParser(part->parser, XML_TRUE);
}

void
mw_xlsx_part_fail(MwXlsxPart *part, MwError code, const char *format, ...)
{
    va_list arguments;

    if (part->failure)
        return;
    va_start(arguments, format);
    part->failure = g_error_new_valist(MW_ERROR, (int)code, format, arguments);
    va_end(arguments);
    XML_StopParser(part->parser, XML_FALSE);
}

static void
on_start(void *data, const XML_Char *name, const XML_Char **attributes)
{
    MwXlsxPart *part = data;

    if (++part->depth > MAX_DEPTH)
        mw_xlsx_part_fail(part, MW_ERROR_INVALID, _("The workbook is nested too deeply."));
    else if (!part->failure)
        part->handler->start(part->data, part, local_name(name), (const char *const *)attributes);
}

static void
on_end(void *data, const XML_Char *name)
{
    MwXlsxPart *part = data;

    part->depth--;
    if (!part->failure)
        part->handler->end(part->data, part, local_name(name));
}

static void
on_text(void *data, const XML_Char *text, int size)
{
    MwXlsxPart *part = data;

    if (!part->failure)
        part->handler->text(part->data, part, text, (size_t)size);
}

static void
on_document_type(void *data, const XML_Char *name G_GNUC_UNUSED, const XML_Char *id G_GNUC_UNUSED,
                 const XML_Char *address G_GNUC_UNUSED, int internal G_GNUC_UNUSED)
{
    mw_xlsx_part_fail(data, MW_ERROR_INVALID,
                      _("The workbook declares a document type; no spreadsheet does."));
}

MwXlsxPart *
mw_xlsx_part_open(MwXlsxArchive *archive, const char *name, const MwXlsxHandler *handler,
                  void *data, GError **error)
{
    g_autoptr(MwXlsxPart) part = g_new0(MwXlsxPart, 1);
    zip_stat_t status;

    if (zip_stat(archive->zip, name, ZIP_FL_NOCASE, &status) != 0)
        return mw_fail_null(error, MW_ERROR_INVALID, _("The workbook has no part “%s”."), name);
    part->archive = archive;
    part->packed = MIN(status.comp_size, archive->size);
    part->size = status.size;
    part->file = zip_fopen_index(archive->zip, status.index, 0);
    if (!part->file)
        return mw_fail_null(error, MW_ERROR_INVALID, _("The workbook cannot be unpacked: %s."),
                            zip_strerror(archive->zip));

    part->handler = handler;
    part->data = data;
    part->parser = XML_ParserCreate(NULL);
    if (!part->parser)
        return mw_fail_null(error, MW_ERROR_INTERNAL, _("Out of memory."));
    XML_SetUserData(part->parser, part);
    XML_SetElementHandler(part->parser, on_start, on_end);
    if (handler->text)
        XML_SetCharacterDataHandler(part->parser, on_text);
    XML_SetStartDoctypeDeclHandler(part->parser, on_document_type);
    return g_steal_pointer(&part);
}

void
mw_xlsx_part_close(MwXlsxPart *part)
{
    if (!part)
        return;
    if (part->file)
        zip_fclose(part->file);
    if (part->parser)
        XML_ParserFree(part->parser);
    g_clear_error(&part->failure);
    g_free(part);
}

static bool
check_limits(MwXlsxPart *part, uint64_t n, GError **error)
{
    const MwTableLimits *limits = &part->archive->limits;

    part->unpacked += n;
    part->archive->unpacked += n;
    if (part->archive->unpacked > limits->total_bytes)
        return mw_fail(error, MW_ERROR_TOO_LARGE,
                       _("The file is larger than the limit of %llu bytes."),
                       (unsigned long long)limits->total_bytes);
    if (part->unpacked > EXPANSION_SLACK_BYTES && part->unpacked / limits->expansion > part->packed)
        return mw_fail(error, MW_ERROR_TOO_LARGE,
                       _("The packed file unpacks to more than %u times its size."),
                       limits->expansion);
    return true;
}

static enum XML_Status
parse_more(MwXlsxPart *part, GError **error)
{
    void *buffer = XML_GetBuffer(part->parser, READ_BYTES);

    if (!buffer) {
        g_set_error_literal(error, MW_ERROR, MW_ERROR_INTERNAL, _("Out of memory."));
        return XML_STATUS_ERROR;
    }
    zip_int64_t n = zip_fread(part->file, buffer, READ_BYTES);
    if (n < 0) {
        g_set_error(error, MW_ERROR, MW_ERROR_INVALID, _("The workbook cannot be unpacked: %s."),
                    zip_file_strerror(part->file));
        return XML_STATUS_ERROR;
    }
    if (!check_limits(part, (uint64_t)n, error))
        return XML_STATUS_ERROR;
    part->all_read = n == 0;
    return XML_ParseBuffer(part->parser, (int)n, part->all_read);
}

bool
mw_xlsx_part_run(MwXlsxPart *part, GError **error)
{
    GError *cause = NULL;

    while (part->paused || !part->all_read) {
        bool resume = part->paused;
        part->paused = false;
        enum XML_Status status = resume ? XML_ResumeParser(part->parser) : parse_more(part, &cause);

        if (cause || part->failure) {
            g_propagate_error(error, cause ? cause : g_steal_pointer(&part->failure));
            return false;
        }
        if (status == XML_STATUS_SUSPENDED)
            return true;
        if (status == XML_STATUS_ERROR)
            return mw_fail(error, MW_ERROR_INVALID, _("The workbook is damaged: %s."),
                           XML_ErrorString(XML_GetErrorCode(part->parser)));
        XML_Index done = XML_GetCurrentByteIndex(part->parser);
        if (done >= 0 && part->unpacked - (uint64_t)done > MAX_MARKUP_BYTES)
            return mw_fail(error, MW_ERROR_TOO_LARGE,
                           _("The workbook has markup of more than %d bytes."), MAX_MARKUP_BYTES);
    }
    return false;
}

bool
mw_xlsx_part_parse(MwXlsxArchive *archive, const char *name, const MwXlsxHandler *handler,
                   void *data, GError **error)
{
    GError *cause = NULL;
    g_autoptr(MwXlsxPart) part = mw_xlsx_part_open(archive, name, handler, data, &cause);

    if (part)
        mw_xlsx_part_run(part, &cause);
    if (cause)
        g_propagate_error(error, cause);
    return cause == NULL;
}

void
mw_xlsx_part_progress(const MwXlsxPart *part, uint64_t *read_bytes, uint64_t *all_bytes)
{
    double share = part->size > 0 ? (double)part->unpacked / (double)part->size : 0;

    *read_bytes = (uint64_t)((double)part->packed * MIN(share, 1.0));
    *all_bytes = part->packed;
}
