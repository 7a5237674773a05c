/*
 * csv: rows of delimited text (RFC 4180 and what is found in the wild).
 *
 * The text is scanned 64 bytes at a time for the four bytes that mean something;
 * the bytes between them are never looked at one by one. A row is copied once, as
 * a whole, into `cells_text`, where its cells are cut and unquoted in place; the
 * bytes as they came stay in `buffer` for the rejects.
 *
 * Leniency: a quote inside a cell that does not start with one is an ordinary
 * character (5" pipe). LF, CRLF and CR end a row.
 */
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/i18n.h"
#include "table/parser.h"

enum {
    BLOCK_BYTES = 64,
    READ_BYTES = 256 * 1024,
    DELIMITER_SAMPLE_BYTES = 64 * 1024,
};

typedef struct {
    MwText *text;
    MwTableLimits limits;
    char delimiter;

    char *buffer;    /* [row, end) is unread text; BLOCK_BYTES of zeros behind `end` */
    size_t capacity; /* without those zeros */
    size_t row, end;
    bool text_end;
    uint64_t line; /* of `row` */

    size_t block;   /* offset of the block scanned last */
    size_t scanned; /* offset behind it */
    uint64_t marks; /* those of the block that were not yet used */
    bool unusual;   /* the block has a byte above 127 or a NUL */

    size_t *cell_ends; /* offsets from `row` */
    const char **cells;
    size_t cells_capacity;
    char *cells_text;
    size_t cells_text_capacity;
} Csv;

/* What was found between `row` and the end of it. */
typedef struct {
    size_t size; /* without the line end */
    size_t next; /* where the next row begins, from `row` */
    size_t n_cells;
    uint64_t lines;
    bool unusual; /* it may have a byte above 127 or a NUL */
    bool quoted;
    const char *fault; /* translated */
} Span;

static void
csv_free(void *state)
{
    Csv *csv = state;

    if (!csv)
        return;
    mw_text_free(csv->text);
    g_free(csv->buffer);
    g_free(csv->cell_ends);
    g_free(csv->cells);
    g_free(csv->cells_text);
    g_free(csv);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Csv, csv_free)

/* Reads more text behind `end`, moving the current row to the start of the buffer. */
static bool
refill(Csv *csv, GError **error)
{
    if (csv->row > 0) {
        memmove(csv->buffer, csv->buffer + csv->row, csv->end - csv->row);
        csv->end -= csv->row;
        csv->scanned -= csv->row;
        csv->row = 0;
    }
    if (csv->capacity - csv->end < READ_BYTES) {
        csv->capacity = MAX(csv->capacity * 2, 2 * (size_t)READ_BYTES);
        csv->buffer = g_realloc(csv->buffer, csv->capacity + BLOCK_BYTES);
    }
    gssize n = mw_text_read(csv->text, csv->buffer + csv->end, csv->capacity - csv->end, error);
    if (n < 0)
        return false;
    csv->end += (size_t)n;
    csv->text_end = n == 0;
    memset(csv->buffer + csv->end, 0, BLOCK_BYTES);
    return true;
}

/* Bit i of the result: byte i is the delimiter, a quote or a line end. */
static inline uint64_t
find_marks(const char *s, char delimiter, bool *unusual)
{
    uint64_t marks = 0, odd = 0;

#ifdef __SSE2__
    const __m128i delimiters = _mm_set1_epi8(delimiter), quotes = _mm_set1_epi8('"');
    const __m128i lf = _mm_set1_epi8('\n'), cr = _mm_set1_epi8('\r'), one = _mm_set1_epi8(1);

    for (unsigned i = 0; i < BLOCK_BYTES; i += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(s + i));
        __m128i found = _mm_or_si128(
            _mm_or_si128(_mm_cmpeq_epi8(bytes, delimiters), _mm_cmpeq_epi8(bytes, quotes)),
            _mm_or_si128(_mm_cmpeq_epi8(bytes, lf), _mm_cmpeq_epi8(bytes, cr)));
        marks |= (uint64_t)(uint32_t)_mm_movemask_epi8(found) << i;
        odd |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmplt_epi8(bytes, one));
    }
#else
    for (unsigned i = 0; i < BLOCK_BYTES; i++) {
        bool found = s[i] == delimiter || s[i] == '"' || s[i] == '\n' || s[i] == '\r';
        marks |= (uint64_t)found << i;
        odd |= (uint64_t)((signed char)s[i] < 1);
    }
#endif
    *unusual |= odd != 0;
    return marks;
}

/* Whether a cell from `cell` to `at`, the row up to there and its cells are within the limits. */
static bool
check_limits(const Csv *csv, const Span *span, size_t cell, size_t at, GError **error)
{
    const MwTableLimits *limits = &csv->limits;
    unsigned long long line = csv->line;

    if (at - cell > limits->cell_bytes)
        return csv->buffer[csv->row + cell] == '"'
                   ? mw_fail(
                         error, MW_ERROR_TOO_LARGE,
                         _("Line %llu: a cell is larger than the limit of %zu bytes; perhaps its "
                           "quote is not closed."),
                         line, limits->cell_bytes)
                   : mw_fail(error, MW_ERROR_TOO_LARGE,
                             _("Line %llu: a cell is larger than the limit of %zu bytes."), line,
                             limits->cell_bytes);
    if (at > limits->row_bytes)
        return mw_fail(error, MW_ERROR_TOO_LARGE,
                       _("Line %llu: a row is larger than the limit of %zu bytes."), line,
                       limits->row_bytes);
    if (span->n_cells == limits->columns)
        return mw_fail(error, MW_ERROR_TOO_LARGE,
                       _("Line %llu: more than the limit of %zu columns."), line, limits->columns);
    return true;
}

/* Scans the next block, reading on where needed; at the end of the text there are no marks. */
static bool
scan_block(Csv *csv, size_t cell, Span *span, GError **error)
{
    /* One byte more than the block: whether an LF follows a CR is seen without reading on. */
    if (csv->end - csv->scanned <= BLOCK_BYTES && !csv->text_end)
        return check_limits(csv, span, cell, csv->scanned - csv->row, error) && refill(csv, error);
    csv->unusual = false;
    csv->marks = find_marks(csv->buffer + csv->scanned, csv->delimiter, &csv->unusual);
    csv->block = csv->scanned;
    csv->scanned = MIN(csv->scanned + BLOCK_BYTES, csv->end);
    span->unusual |= csv->unusual;
    return true;
}

static bool
end_cell(Csv *csv, Span *span, size_t cell, size_t at, GError **error)
{
    if (!check_limits(csv, span, cell, at, error))
        return false;
    if (span->n_cells == csv->cells_capacity) {
        csv->cells_capacity = MAX(64, csv->cells_capacity * 2);
        csv->cell_ends = g_renew(size_t, csv->cell_ends, csv->cells_capacity);
        csv->cells = g_renew(const char *, csv->cells, csv->cells_capacity);
    }
    csv->cell_ends[span->n_cells++] = at;
    return true;
}

/* Finds the cells of the row at `row`. */
static bool
scan_row(Csv *csv, Span *span, GError **error)
{
    size_t cell = 0;     /* where the current cell starts, from `row` */
    size_t closed = 0;   /* behind its last closing quote; 0: none    */
    bool inside = false; /* quotes                                    */

    *span = (Span){ .lines = 1, .unusual = csv->unusual && csv->scanned > csv->row };
    for (;;) {
        while (csv->marks == 0) {
            if (csv->text_end && csv->scanned == csv->end) {
                if (inside)
                    span->fault = _("A quote is not closed before the end of the file.");
                else if (closed > 0 && closed != csv->end - csv->row)
                    span->fault = _("There is text after a closing quote.");
                span->size = span->next = csv->end - csv->row;
                return end_cell(csv, span, cell, span->size, error);
            }
            if (!scan_block(csv, cell, span, error))
                return false;
        }
        const char *mark = csv->buffer + csv->block + __builtin_ctzll(csv->marks);
        size_t at = (size_t)(mark - csv->buffer) - csv->row;
        csv->marks &= csv->marks - 1;

        if (*mark == '"') {
            span->quoted = true;
            if (inside) {
                inside = false;
                closed = at + 1;
            } else if (at == cell || at == closed) { /* it opens, or "" is a quote inside */
                inside = true;
            }
            continue;
        }
        if (inside) {
            span->lines += *mark == '\n' || (*mark == '\r' && mark[1] != '\n');
            continue;
        }
        if (closed > 0 && closed != at)
            span->fault = _("There is text after a closing quote.");
        if (!end_cell(csv, span, cell, at, error))
            return false;
        if (*mark != csv->delimiter) {
            span->size = at;
            span->next = at + (*mark == '\r' && mark[1] == '\n' ? 2 : 1);
            return true;
        }
        cell = at + 1;
        closed = 0;
    }
}

/* Puts `row` behind the span; an LF that belongs to its CR is no mark any more. */
static void
advance(Csv *csv, const Span *span)
{
    csv->row += span->next;
    csv->line += span->lines;
    if (csv->row > csv->scanned) {
        csv->scanned = csv->row;
        csv->marks = 0;
    } else if (span->next == span->size + 2) {
        csv->marks &= csv->marks - 1;
    }
}

/* Puts '?' for every byte of `s` that is not valid UTF-8 and for NUL. */
static void
mask_invalid(char *s, size_t size)
{
    for (const char *bad; !g_utf8_validate_len(s, size, &bad);) {
        size -= (size_t)(bad - s) + 1;
        s += bad - s;
        *s++ = '?';
    }
}

/* Removes the quotes of a cell in place; what follows the closing one is kept as it is. */
static void
unquote(char *cell)
{
    char *out = cell;
    const char *in = cell + 1;

    for (;;) {
        const char *quote = strchrnul(in, '"');
        memmove(out, in, (size_t)(quote - in));
        out += quote - in;
        if (*quote == '\0' || quote[1] != '"') {
            in = *quote == '\0' ? quote : quote + 1;
            break;
        }
        *out++ = '"';
        in = quote + 2;
    }
    memmove(out, in, strlen(in) + 1);
}

/* Copies the row and cuts the copy into cells. */
static void
cut_cells(Csv *csv, Span *span)
{
    if (span->size >= csv->cells_text_capacity) {
        csv->cells_text_capacity = MAX(4096, span->size * 2);
        g_free(csv->cells_text);
        csv->cells_text = g_malloc(csv->cells_text_capacity);
    }
    char *text = csv->cells_text;
    memcpy(text, csv->buffer + csv->row, span->size);
    if (span->unusual && !g_utf8_validate_len(text, span->size, NULL)) {
        mask_invalid(text, span->size);
        span->fault = _("The row has bytes that are no text in the encoding of the file.");
    }
    size_t start = 0;
    for (size_t i = 0; i < span->n_cells; i++) {
        csv->cells[i] = text + start;
        text[csv->cell_ends[i]] = '\0';
        if (span->quoted && text[start] == '"')
            unquote(text + start);
        start = csv->cell_ends[i] + 1;
    }
}

static bool
csv_next(void *state, MwTableRow *row, GError **error)
{
    Csv *csv = state;
    Span span;

    do {
        if (csv->row == csv->end && csv->text_end)
            return false;
        if (!scan_row(csv, &span, error))
            return false;
        if (span.size > 0) {
            cut_cells(csv, &span);
            *row = (MwTableRow){
                .line = csv->line,
                .cells = csv->cells,
                .n_cells = span.n_cells,
                .raw = csv->buffer + csv->row,
                .raw_size = span.size,
                .fault = span.fault,
            };
        }
        advance(csv, &span);
    } while (span.size == 0);
    return true;
}

static void
csv_progress(const void *state, uint64_t *read_bytes, uint64_t *all_bytes)
{
    mw_source_progress(mw_text_source(((const Csv *)state)->text), read_bytes, all_bytes);
}

static const char *
csv_encoding(const void *state)
{
    return mw_text_encoding(((const Csv *)state)->text);
}

const MwTableParser mw_csv = {
    .next = csv_next,
    .progress = csv_progress,
    .encoding = csv_encoding,
    .free = csv_free,
};

static bool
is_delimiter(char c)
{
    return c > 0 && c != '"' && c != '\n' && c != '\r';
}

/* The hint that spreadsheets write and read as a first line: "sep=;". */
static bool
take_hint(Csv *csv)
{
    const char *s = csv->buffer;

    if (csv->end < 6 || !is_delimiter(s[4]) || memcmp(s, "sep=", 4) != 0 ||
        (s[5] != '\r' && s[5] != '\n'))
        return false;
    csv->delimiter = s[4];
    csv->row = csv->scanned = s[5] == '\r' && s[6] == '\n' ? 7 : 6;
    csv->line = 2;
    return true;
}

void *
mw_csv_new(MwSource *source, MwTableOptions *options, GError **error)
{
    g_autoptr(Csv) csv = g_new0(Csv, 1);

    csv->line = 1;
    csv->limits = options->limits;
    csv->text = mw_text_new(source, options->encoding, error);
    if (!csv->text)
        return NULL;
    while (csv->end < DELIMITER_SAMPLE_BYTES && !csv->text_end)
        if (!refill(csv, error))
            return NULL;

    csv->delimiter = options->delimiter;
    if (!csv->delimiter && !take_hint(csv))
        csv->delimiter = mw_csv_find_delimiter(csv->buffer, csv->end, csv->text_end);
    if (!is_delimiter(csv->delimiter))
        return mw_fail_null(error, MW_ERROR_INVALID,
                            _("The delimiter must be an ASCII character other than a quote and "
                              "a line end."));
    options->delimiter = csv->delimiter;
    return g_steal_pointer(&csv);
}
