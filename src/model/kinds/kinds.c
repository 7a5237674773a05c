#include "model/kinds/kinds.h"

#include <string.h>

const MwKind *const mw_kinds[] = {
    &mw_text,    &mw_memo,   &mw_integer,  &mw_quantity, &mw_real,    &mw_percent,     &mw_money,
    &mw_price,   &mw_rate,   &mw_currency, &mw_date,     &mw_instant, &mw_bool,        &mw_choice,
    &mw_choices, &mw_link,   &mw_email,    &mw_phone,    &mw_url,     &mw_credit_code, &mw_json,
    &mw_file,    &mw_hidden, &mw_worded,   NULL,
};

const MwKind *
mw_kind_named(const char *name)
{
    for (const MwKind *const *kind = mw_kinds; *kind; kind++)
        if (strcmp((*kind)->name, name) == 0)
            return *kind;
    return NULL;
}
