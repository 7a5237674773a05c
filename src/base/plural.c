#include "base/plural.h"

#include <string.h>

typedef struct {
    const char *at;
    unsigned long n;
    unsigned depth;
    bool failed;
} Parser;

typedef struct {
    const char *text;
    int level; /* higher binds tighter */
    unsigned long (*apply)(unsigned long a, unsigned long b);
} Operator;

#define OPERATOR(name, expression)                                                                 \
    static unsigned long name(unsigned long a, unsigned long b)                                    \
    {                                                                                              \
        return expression;                                                                         \
    }
OPERATOR(either, a || b)
OPERATOR(both, a &&b)
OPERATOR(equal, a == b)
OPERATOR(different, a != b)
OPERATOR(at_most, a <= b)
OPERATOR(at_least, a >= b)
OPERATOR(less, a < b)
OPERATOR(more, a > b)
OPERATOR(sum, a + b)
OPERATOR(difference, a - b)
OPERATOR(product, a *b)
OPERATOR(quotient, b ? a / b : 0)
OPERATOR(rest, b ? a % b : 0)

/* Two-character operators stand before their first characters. */
static const Operator operators[] = {
    { "||", 1, either },  { "&&", 2, both },      { "==", 3, equal },  { "!=", 3, different },
    { "<=", 4, at_most }, { ">=", 4, at_least },  { "<", 4, less },    { ">", 4, more },
    { "+", 5, sum },      { "-", 5, difference }, { "*", 6, product }, { "/", 6, quotient },
    { "%", 6, rest },
};

static unsigned long choice(Parser *p);

static void
skip_blanks(Parser *p)
{
    while (*p->at == ' ' || *p->at == '\t')
        p->at++;
}

static bool
take(Parser *p, char c)
{
    skip_blanks(p);
    if (*p->at != c)
        return false;
    p->at++;
    return true;
}

static unsigned long
fail(Parser *p)
{
    p->failed = true;
    return 0;
}

static unsigned long
primary(Parser *p)
{
    if (p->failed || p->depth >= MW_PLURAL_DEPTH)
        return fail(p);
    p->depth++;

    unsigned long value = 0;
    if (take(p, '!')) {
        value = !primary(p);
    } else if (take(p, '(')) {
        value = choice(p);
        if (!take(p, ')'))
            fail(p);
    } else if (take(p, 'n')) {
        value = p->n;
    } else if (*p->at >= '0' && *p->at <= '9') {
        while (*p->at >= '0' && *p->at <= '9')
            value = value * 10 + (unsigned long)(*p->at++ - '0');
    } else {
        fail(p);
    }
    p->depth--;
    return value;
}

static const Operator *
operator_at(Parser *p, int level)
{
    skip_blanks(p);
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (strncmp(p->at, operators[i].text, strlen(operators[i].text)) == 0)
            return operators[i].level >= level ? &operators[i] : NULL;
    return NULL;
}

/* A run of operators of at least `level`, by precedence climbing. */
static unsigned long
binary(Parser *p, int level)
{
    unsigned long value = primary(p);
    const Operator *operator;

    while (!p->failed && (operator= operator_at(p, level))) {
        p->at += strlen(operator->text);
        value = operator->apply(value, binary(p, operator->level + 1));
    }
    return value;
}

static unsigned long
choice(Parser *p)
{
    if (p->depth >= MW_PLURAL_DEPTH)
        return fail(p);
    p->depth++;

    unsigned long value = binary(p, 1);
    if (!p->failed && take(p, '?')) {
        unsigned long yes = choice(p);
        if (!take(p, ':'))
            fail(p);
        unsigned long no = p->failed ? 0 : choice(p);
        value = value ? yes : no;
    }
    p->depth--;
    return value;
}

bool
mw_plural(const char *expression, unsigned long n, unsigned long *value)
{
    Parser p = { .at = expression, .n = n };

    if (strnlen(expression, MW_PLURAL_LENGTH_MAX + 1) > MW_PLURAL_LENGTH_MAX)
        return false;
    unsigned long result = choice(&p);
    skip_blanks(&p);
    if (p.failed || (*p.at && *p.at != ';'))
        return false;
    *value = result;
    return true;
}
