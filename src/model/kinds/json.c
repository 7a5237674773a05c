/* json: a document of the system's own, such as the filter of a saved view, kept as text. */
#include "model/kinds/parts.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { DOCUMENT_MAX = 1000000 }; /* bytes */

static bool
parse(const MwField *field, const MwLocale *locale G_GNUC_UNUSED, const char *text, MwValue *out,
      MwProblems *problems)
{
    json_error_t cause;
    size_t size = strnlen(text, DOCUMENT_MAX + 1);

    if (size > DOCUMENT_MAX)
        return mw_kind_refuse(field, problems, "too_long", _("Write at most %d characters."),
                              DOCUMENT_MAX);
    json_t *document = json_loadb(text, size, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &cause);
    if (!document)
        return mw_kind_refuse(field, problems, "not_json", _("This is not JSON: line %d, %s."),
                              cause.line, cause.text);
    char *compact = json_dumps(document, JSON_COMPACT | JSON_ENCODE_ANY);
    json_decref(document);
    mw_value_set_text(out, compact);
    free(compact);
    return true;
}

/* A document is its own JSON; show and edit are the same text. */
static void
json(const MwField *field G_GNUC_UNUSED, const MwLocale *locale G_GNUC_UNUSED, const MwValue *value,
     GString *out)
{
    g_string_append(out, value->text);
}

static void
schema(const MwField *field G_GNUC_UNUSED, GString *out)
{
    g_string_append(out, "{}");
}

const MwKind mw_json = {
    .name = "json",
    .label = N_("JSON document"),
    .widget = "json",
    .storage = MW_TEXT,
    .operators = MW_EMPTY_OP,
    .parse = parse,
    .show = json,
    .json = json,
    .schema = schema,
};
