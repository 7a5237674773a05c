#include "table/xlsx_book.h"

#include <string.h>

#include "base/i18n.h"
#include "table/xlsx_value.h"

enum {
    /* A sheet of a million equal rows has 12. */
    DEFAULT_EXPANSION = 200,
    MAX_ENTRIES = 65536, /* sheets, relationships, styles: each as many as a spreadsheet allows */
};

/* ---- relationships: from the ids in a part to the parts they mean ---- */

typedef struct {
    char *id, *type, *target;
} Relation;

static void
relation_clear(gpointer data)
{
    Relation *relation = data;

    g_free(relation->id);
    g_free(relation->type);
    g_free(relation->target);
}

static void
too_many(MwXlsxPart *part)
{
    mw_xlsx_part_fail(part, MW_ERROR_TOO_LARGE,
                      _("The workbook has more than %d sheets, styles or relationships."),
                      MAX_ENTRIES);
}

static void
ignore_end(void *data G_GNUC_UNUSED, MwXlsxPart *part G_GNUC_UNUSED, const char *name G_GNUC_UNUSED)
{
}

static void
relations_start(void *data, MwXlsxPart *part, const char *name, const char *const *attributes)
{
    GArray *relations = data;

    if (!g_str_equal(name, "Relationship"))
        return;
    if (relations->len == MAX_ENTRIES) {
        too_many(part);
        return;
    }
    Relation relation = {
        .id = g_strdup(mw_xlsx_attribute(attributes, "Id")),
        .type = g_strdup(mw_xlsx_attribute(attributes, "Type")),
        .target = g_strdup(mw_xlsx_attribute(attributes, "Target")),
    };
    if (relation.id && relation.type && relation.target)
        g_array_append_val(relations, relation);
    else
        relation_clear(&relation);
}

/* The relationships of the part at `path` ("" for the package). */
static GArray *
read_relations(MwXlsxArchive *archive, const char *path, GError **error)
{
    static const MwXlsxHandler handler = { .start = relations_start, .end = ignore_end };
    g_autoptr(GArray) relations = g_array_new(FALSE, FALSE, sizeof(Relation));
    const char *slash = strrchr(path, '/');
    int folder = slash ? (int)(slash + 1 - path) : 0;
    g_autofree char *name = g_strdup_printf("%.*s_rels/%s.rels", folder, path, path + folder);

    g_array_set_clear_func(relations, relation_clear);
    if (!mw_xlsx_part_parse(archive, name, &handler, relations, error))
        return NULL;
    return g_steal_pointer(&relations);
}

/* The entry that `target` means, seen from the part at `path`. */
static char *
resolve(const char *path, const char *target)
{
    const char *slash = strrchr(path, '/');

    if (*target == '/')
        return g_strdup(target + 1);
    return g_strdup_printf("%.*s%s", slash ? (int)(slash + 1 - path) : 0, path, target);
}

/* The entry of the relation with this id, or (`id` NULL) of the first of this type, or NULL. */
static char *
find_related(const GArray *relations, const char *path, const char *id, const char *type)
{
    for (guint i = 0; i < relations->len; i++) {
        const Relation *relation = &g_array_index(relations, Relation, i);
        if ((!id || g_str_equal(relation->id, id)) && g_str_has_suffix(relation->type, type))
            return resolve(path, relation->target);
    }
    return NULL;
}

/* ---- the workbook: its sheets and its calendar ---- */

typedef struct {
    MwXlsxBook *book;
    const GArray *relations;
    const char *path;
    const char *wanted; /* sheet, or NULL */
    bool found_visible;
} Workbook;

static bool
is_true(const char *value)
{
    return value && (g_str_equal(value, "1") || g_str_equal(value, "true"));
}

static void
workbook_start(void *data, MwXlsxPart *part, const char *name, const char *const *attributes)
{
    Workbook *workbook = data;
    MwXlsxBook *book = workbook->book;

    if (g_str_equal(name, "workbookPr"))
        book->since_1904 = is_true(mw_xlsx_attribute(attributes, "date1904"));
    if (!g_str_equal(name, "sheet"))
        return;

    const char *title = mw_xlsx_attribute(attributes, "name");
    const char *id = mw_xlsx_attribute(attributes, "id");
    const char *state = mw_xlsx_attribute(attributes, "state");
    g_autofree char *path =
        title && id ? find_related(workbook->relations, workbook->path, id, "/worksheet") : NULL;
    if (!path) /* a chart has a sheet of its own, without rows */
        return;
    if (book->sheets->len == MAX_ENTRIES) {
        too_many(part);
        return;
    }
    g_ptr_array_add(book->sheets, g_strdup(title));

    bool visible = !state || g_str_equal(state, "visible");
    bool better = workbook->wanted ? !book->sheet_path && g_str_equal(title, workbook->wanted)
                                   : !book->sheet_path || (visible && !workbook->found_visible);
    workbook->found_visible |= visible;
    if (better) {
        g_free(book->sheet_path);
        book->sheet_path = g_steal_pointer(&path);
    }
}

/* ---- styles: which of them show dates ---- */

typedef struct {
    GByteArray *formats;
    GHashTable *codes; /* id of a format to what it shows */
    bool in_cell_styles;
} Styles;

static void
styles_start(void *data, MwXlsxPart *part, const char *name, const char *const *attributes)
{
    Styles *styles = data;

    if (g_str_equal(name, "cellXfs")) {
        styles->in_cell_styles = true;
        return;
    }
    const char *number = mw_xlsx_attribute(attributes, "numFmtId");
    guint id = number ? (guint)g_ascii_strtoull(number, NULL, 10) : 0;
    if (g_str_equal(name, "numFmt")) {
        const char *code = mw_xlsx_attribute(attributes, "formatCode");
        if (g_hash_table_size(styles->codes) == MAX_ENTRIES)
            too_many(part);
        else if (code)
            g_hash_table_insert(styles->codes, GUINT_TO_POINTER(id),
                                GUINT_TO_POINTER(mw_xlsx_format(code)));
    } else if (styles->in_cell_styles && g_str_equal(name, "xf")) {
        gpointer own;
        guint8 format =
            (guint8)(g_hash_table_lookup_extended(styles->codes, GUINT_TO_POINTER(id), NULL, &own)
                         ? GPOINTER_TO_UINT(own)
                         : mw_xlsx_built_in_format(id));
        if (styles->formats->len == MAX_ENTRIES)
            too_many(part);
        else
            g_byte_array_append(styles->formats, &format, 1);
    }
}

static void
styles_end(void *data, MwXlsxPart *part G_GNUC_UNUSED, const char *name)
{
    if (g_str_equal(name, "cellXfs"))
        ((Styles *)data)->in_cell_styles = false;
}

static bool
read_styles(MwXlsxBook *book, const char *path, GError **error)
{
    static const MwXlsxHandler handler = { .start = styles_start, .end = styles_end };
    g_autoptr(GHashTable) codes = g_hash_table_new(NULL, NULL);
    Styles styles = { .formats = book->formats, .codes = codes };

    return mw_xlsx_part_parse(&book->archive, path, &handler, &styles, error);
}

/* ---- shared texts ---- */

typedef struct {
    MwXlsxBook *book;
    GString *text; /* of the current one */
    bool in_text, in_phonetic;
} Texts;

static void
texts_start(void *data, MwXlsxPart *part G_GNUC_UNUSED, const char *name,
            const char *const *attributes G_GNUC_UNUSED)
{
    Texts *texts = data;

    if (g_str_equal(name, "si"))
        g_string_truncate(texts->text, 0);
    else if (g_str_equal(name, "rPh"))
        texts->in_phonetic = true;
    else if (g_str_equal(name, "t"))
        texts->in_text = !texts->in_phonetic;
}

static void
texts_end(void *data, MwXlsxPart *part, const char *name)
{
    Texts *texts = data;
    MwXlsxBook *book = texts->book;

    if (g_str_equal(name, "t"))
        texts->in_text = false;
    else if (g_str_equal(name, "rPh"))
        texts->in_phonetic = false;
    if (!g_str_equal(name, "si"))
        return;

    uint32_t offset = (uint32_t)book->texts->len;
    g_array_append_val(book->text_offsets, offset);
    mw_xlsx_append_text(book->texts, texts->text->str);
    g_string_append_c(book->texts, '\0');
    if (book->texts->len + book->text_offsets->len * sizeof offset >
        book->archive.limits.shared_bytes)
        mw_xlsx_part_fail(part, MW_ERROR_TOO_LARGE,
                          _("The workbook has more than %zu bytes of texts."),
                          book->archive.limits.shared_bytes);
}

static void
texts_text(void *data, MwXlsxPart *part, const char *text, size_t size)
{
    Texts *texts = data;
    size_t limit = texts->book->archive.limits.cell_bytes;

    if (!texts->in_text)
        return;
    g_string_append_len(texts->text, text, (gssize)size);
    if (texts->text->len > limit)
        mw_xlsx_part_fail(part, MW_ERROR_TOO_LARGE,
                          _("A cell is larger than the limit of %zu bytes."), limit);
}

static bool
read_texts(MwXlsxBook *book, const char *path, GError **error)
{
    static const MwXlsxHandler handler = { texts_start, texts_end, texts_text };
    Texts texts = { .book = book, .text = g_string_new(NULL) };
    bool done = mw_xlsx_part_parse(&book->archive, path, &handler, &texts, error);

    g_string_free(texts.text, TRUE);
    return done;
}

/* ---- */

static bool
read_workbook(MwXlsxBook *book, const char *path, const char *sheet, GError **error)
{
    static const MwXlsxHandler handler = { .start = workbook_start, .end = ignore_end };
    g_autoptr(GArray) relations = read_relations(&book->archive, path, error);
    if (!relations)
        return false;

    Workbook workbook = { .book = book, .relations = relations, .path = path, .wanted = sheet };
    if (!mw_xlsx_part_parse(&book->archive, path, &handler, &workbook, error))
        return false;
    g_ptr_array_add(book->sheets, NULL);
    if (!book->sheet_path)
        return sheet
                   ? mw_fail(error, MW_ERROR_NOT_FOUND, _("The workbook has no sheet “%s”."), sheet)
                   : mw_fail(error, MW_ERROR_INVALID, _("The workbook has no sheet."));

    g_autofree char *styles = find_related(relations, path, NULL, "/styles");
    g_autofree char *texts = find_related(relations, path, NULL, "/sharedStrings");
    return (!styles || read_styles(book, styles, error)) &&
           (!texts || read_texts(book, texts, error));
}

MwXlsxBook *
mw_xlsx_book_open(zip_t *zip, uint64_t size, const MwTableLimits *limits, const char *sheet,
                  GError **error)
{
    g_autoptr(MwXlsxBook) book = g_new0(MwXlsxBook, 1);

    book->archive = (MwXlsxArchive){ .zip = zip, .limits = *limits, .size = size };
    if (!book->archive.limits.expansion)
        book->archive.limits.expansion = DEFAULT_EXPANSION;
    book->sheets = g_ptr_array_new_with_free_func(g_free);
    book->formats = g_byte_array_new();
    book->texts = g_string_new(NULL);
    book->text_offsets = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    g_autoptr(GArray) package = NULL;
    g_autofree char *path = NULL;
    if (zip_name_locate(zip, "_rels/.rels", ZIP_FL_NOCASE) >= 0) {
        package = read_relations(&book->archive, "", error);
        if (!package)
            return NULL;
        path = find_related(package, "", NULL, "/officeDocument");
    }
    if (!path || g_str_has_suffix(path, ".bin"))
        return mw_fail_null(error, MW_ERROR_INVALID,
                            _("This archive is no XLSX workbook; save the table as .xlsx or CSV."));
    return read_workbook(book, path, sheet, error) ? g_steal_pointer(&book) : NULL;
}

void
mw_xlsx_book_free(MwXlsxBook *book)
{
    if (!book)
        return;
    zip_discard(book->archive.zip);
    g_ptr_array_unref(book->sheets);
    g_free(book->sheet_path);
    g_byte_array_unref(book->formats);
    g_string_free(book->texts, TRUE);
    g_array_unref(book->text_offsets);
    g_free(book);
}

const char *
mw_xlsx_book_text(const MwXlsxBook *book, uint64_t index)
{
    if (index >= book->text_offsets->len)
        return NULL;
    return book->texts->str + g_array_index(book->text_offsets, uint32_t, index);
}

unsigned
mw_xlsx_book_format(const MwXlsxBook *book, uint64_t style)
{
    return style < book->formats->len ? book->formats->data[style] : 0;
}
