/* delimiter: which character separates the cells of a text. */
#include "table/parser.h"

enum { ROWS = 20 };

/* Counts the cells of the row at *s and moves *s behind it; 0 for an empty line or a row that
 * the sample cuts off. */
static size_t
count_cells(const char **s, const char *end, char delimiter, bool whole)
{
    size_t cells = 1;
    bool inside = false;
    const char *start = *s, *cell = start, *at = start;

    for (; at < end; at++) {
        if (*at == '"') {
            inside = inside ? false : at == cell || at[-1] == '"';
        } else if (!inside && *at == delimiter) {
            cells++;
            cell = at + 1;
        } else if (!inside && (*at == '\n' || *at == '\r')) {
            break;
        }
    }
    *s = at < end ? at + 1 : end;
    return at == start || (at == end && !whole) ? 0 : cells;
}

char
mw_csv_find_delimiter(const char *sample, size_t size, bool whole)
{
    static const char candidates[] = { '\t', ';', '|', ',' };
    char best = ',';
    size_t best_cells = 1, best_rows = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(candidates); i++) {
        const char *s = sample, *end = sample + size;
        size_t first = 0, agree = 0;

        for (unsigned rows = 0; s < end && rows < ROWS;) {
            size_t cells = count_cells(&s, end, candidates[i], whole);
            if (cells == 0)
                continue;
            if (rows++ == 0)
                first = cells;
            agree += cells == first;
        }
        if (first > 1 && (agree > best_rows || (agree == best_rows && first > best_cells))) {
            best = candidates[i];
            best_rows = agree;
            best_cells = first;
        }
    }
    return best;
}
