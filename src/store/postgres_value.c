#include "store/postgres_value.h"

#include <libpq-fe.h>

enum { COLUMNS_MAX = 256 };

/* Of the types that our own tables and sums produce; from the server's pg_type.h. */
enum {
    OID_BOOL = 16,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_FLOAT4 = 700,
    OID_FLOAT8 = 701,
    OID_NUMERIC = 1700,
};

void
mw_pg_bind(const MwValue *params, size_t n_params, const char **texts, MwPgNumber *numbers)
{
    for (size_t i = 0; i < n_params; i++) {
        switch (params[i].is) {
        case MW_NULL:
            texts[i] = NULL;
            break;
        case MW_INTEGER:
            g_snprintf(numbers[i].text, sizeof numbers[i].text, "%" G_GINT64_FORMAT,
                       params[i].integer);
            texts[i] = numbers[i].text;
            break;
        case MW_REAL:
            texts[i] = g_ascii_dtostr(numbers[i].text, sizeof numbers[i].text, params[i].real);
            break;
        case MW_TEXT:
            texts[i] = params[i].text;
            break;
        }
    }
}

static MwValue
column(const PGresult *result, int row, int at)
{
    const char *text = PQgetvalue(result, row, at);

    if (PQgetisnull(result, row, at))
        return MW_NOTHING;
    switch (PQftype(result, at)) {
    case OID_BOOL:
        return MW_INT(*text == 't');
    case OID_INT2:
    case OID_INT4:
    case OID_INT8:
        return MW_INT(g_ascii_strtoll(text, NULL, 10));
    case OID_FLOAT4:
    case OID_FLOAT8:
        return MW_DOUBLE(g_ascii_strtod(text, NULL));
    case OID_NUMERIC: /* what SUM() of a BIGINT column is */
        return strchr(text, '.') ? MW_DOUBLE(g_ascii_strtod(text, NULL))
                                 : MW_INT(g_ascii_strtoll(text, NULL, 10));
    default:
        return MW_BORROW(text);
    }
}

void
mw_pg_give_rows(const PGresult *result, MwRowFunc row, void *data)
{
    MwValue columns[COLUMNS_MAX];
    int n_columns = MIN(PQnfields(result), COLUMNS_MAX), n_rows = PQntuples(result);

    for (int i = 0; i < n_rows; i++) {
        for (int j = 0; j < n_columns; j++)
            columns[j] = column(result, i, j);
        if (!row(columns, (size_t)n_columns, data))
            return;
    }
}
