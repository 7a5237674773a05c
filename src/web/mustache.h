#pragma once
/*
 * mustache: templates as in the public Mustache specification (variables, sections, inverted sections,
 * comments, partials with indentation, delimiters, dotted names, implicit iterator; no lambdas, no
 * inheritance), parsed once into a program that many threads render at the same time.
 *
 * Beyond the core of the specification:
 *   {{> *name}}  a partial whose name is the value of `name` (the specification's dynamic names), so that
 *                a field can name its widget and a layout its page;
 *   {{_ Text}}   the text in the language that was in use when the template was added; MW_TEMPLATES_OWN
 *                only. A language has a set of its own, so a text costs nothing when rendered.
 *
 * False are: a missing name, null, false, 0, "" and the empty list. Variables are escaped for HTML text
 * and quoted attributes.
 */
#include <glib.h>
#include <stdbool.h>

#include "web/view.h"

typedef enum {
    MW_TEMPLATES_PLAIN, /* by the letter of the specification: an unknown partial is empty */
    /* For the templates of this program: {{{x}}} and {{&x}} are refused, an unknown partial is an error,
     * {{_ …}} is translated, and white space at the beginning of lines is dropped, partials' indentation
     * with it; text that must keep it (pre, textarea) comes from variables. */
    MW_TEMPLATES_OWN,
} MwTemplatesMode;

enum {
    MW_TEMPLATE_BYTES_MAX = 1 << 20,
    MW_TEMPLATE_NESTING_MAX =
        32, /* sections within each other in one template; partials likewise */
    MW_TEMPLATE_CONTEXTS_MAX =
        64, /* contexts while rendering                                     */
    MW_TEMPLATE_OUTPUT_MAX = 64 << 20,
    MW_TEMPLATE_STEPS_MAX = 20000000, /* instructions of one rendering                            */
};

typedef struct MwTemplates MwTemplates; /* templates that know each other as partials */

MwTemplates *mw_templates_new(MwTemplatesMode mode);
void mw_templates_free(MwTemplates *templates);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MwTemplates, mw_templates_free)

/* Parses a template; one of the same name is replaced. MW_ERROR_INVALID is "name:line: what". Linear. */
bool mw_templates_add(MwTemplates *templates, const char *name, const char *text, size_t size,
                      GError **error);
/* After the last one is added, before the first is rendered: ties partials to their templates. */
bool mw_templates_link(MwTemplates *templates, GError **error);
bool mw_templates_has(const MwTemplates *templates, const char *name);

/*
 * Appends template `name` with `view` as the outermost context. Safe from many threads. On an error
 * (MW_ERROR_NOT_FOUND: no such template; MW_ERROR_TOO_LARGE: a limit) a part may have been appended.
 */
bool mw_templates_render(const MwTemplates *templates, const char *name, const MwNode *view,
                         GString *out, GError **error);

/* Appends `text` as HTML: & < > " ' become entities. */
void mw_html_escape(GString *out, const char *text, size_t size);
