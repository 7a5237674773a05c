#include "base/error.h"

enum { PROBLEMS_MAX = 1000 };

struct MwProblems {
    GArray *list; /* of MwProblem */
    size_t count;
};

G_DEFINE_QUARK(mw_error_quark, mw_error)

static void
problem_clear(gpointer data)
{
    MwProblem *problem = data;

    g_free(problem->field);
    g_free(problem->code);
    g_free(problem->message);
}

MwProblems *
mw_problems_new(void)
{
    MwProblems *problems = g_new0(MwProblems, 1);

    problems->list = g_array_new(false, false, sizeof(MwProblem));
    g_array_set_clear_func(problems->list, problem_clear);
    return problems;
}

void
mw_problems_free(MwProblems *problems)
{
    if (!problems)
        return;
    g_array_unref(problems->list);
    g_free(problems);
}

void
mw_problems_add(MwProblems *problems, const char *field, const char *code, const char *message, ...)
{
    problems->count++;
    if (problems->list->len >= PROBLEMS_MAX)
        return;

    va_list arguments;
    va_start(arguments, message);
    MwProblem problem = {
        .field = g_strdup(field),
        .code = g_strdup(code),
        .message = g_strdup_vprintf(message, arguments),
    };
    va_end(arguments);
    g_array_append_val(problems->list, problem);
}

bool
mw_problems_any(const MwProblems *problems)
{
    return problems->count > 0;
}

size_t
mw_problems_count(const MwProblems *problems)
{
    return problems->list->len;
}

const MwProblem *
mw_problems_get(const MwProblems *problems, size_t index)
{
    g_return_val_if_fail(index < problems->list->len, NULL);
    return &g_array_index(problems->list, MwProblem, index);
}

const char *
mw_problems_of(const MwProblems *problems, const char *field)
{
    for (size_t i = 0; i < problems->list->len; i++) {
        const MwProblem *problem = mw_problems_get(problems, i);
        if (g_str_equal(problem->field, field))
            return problem->message;
    }
    return NULL;
}

void
mw_problems_reset(MwProblems *problems)
{
    g_array_set_size(problems->list, 0);
    problems->count = 0;
}

char *
mw_problems_text(const MwProblems *problems)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < problems->list->len; i++) {
        const MwProblem *problem = mw_problems_get(problems, i);
        if (i > 0)
            g_string_append(text, "; ");
        if (*problem->field)
            g_string_append_printf(text, "%s: ", problem->field);
        g_string_append(text, problem->message);
    }
    return g_string_free(text, false);
}
