#pragma once
/*
 * xlsx_part: one XML file of a workbook, unpacked and parsed as it is read. Private to table/.
 *
 * Refused: document type declarations (and so entities), elements nested more than 64 deep,
 * markup (a tag with its attributes, a comment) of more than 1 MiB, more unpacked bytes than
 * the limits allow, damaged archives. Names come without their namespace prefix.
 */
#include <expat.h>
#include <zip.h>

#include "table/reader.h"

typedef struct {
    zip_t *zip;
    MwTableLimits limits;
    uint64_t size;     /* of the archive */
    uint64_t unpacked; /* of all parts so far */
} MwXlsxArchive;

typedef struct MwXlsxPart MwXlsxPart;

typedef struct {
    void (*start)(void *data, MwXlsxPart *part, const char *name, const char *const *attributes);
    void (*end)(void *data, MwXlsxPart *part, const char *name);
    void (*text)(void *data, MwXlsxPart *part, const char *text, size_t size); /* or NULL */
} MwXlsxHandler;

/* `name` of the entry, in any case; `handler` and `archive` outlive the part. */
MwXlsxPart *mw_xlsx_part_open(MwXlsxArchive *archive, const char *name,
                              const MwXlsxHandler *handler, void *data, GError **error);
void mw_xlsx_part_close(MwXlsxPart *part);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwXlsxPart, mw_xlsx_part_close)

/* Parses until a handler pauses (true) or the end (false, no error) or an error. */
bool mw_xlsx_part_run(MwXlsxPart *part, GError **error);
/* Opens, parses to the end and closes. */
bool mw_xlsx_part_parse(MwXlsxArchive *archive, const char *name, const MwXlsxHandler *handler,
                        void *data, GError **error);

/* For handlers: mw_xlsx_part_run() returns after this call of the handler; with this error. */
void mw_xlsx_part_pause(MwXlsxPart *part);
void mw_xlsx_part_fail(MwXlsxPart *part, MwError code, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* The value of an attribute, its prefix ignored, or NULL. */
const char *mw_xlsx_attribute(const char *const *attributes, const char *name);
/* Packed bytes: an estimate of those read so far, and all. */
void mw_xlsx_part_progress(const MwXlsxPart *part, uint64_t *read_bytes, uint64_t *all_bytes);
