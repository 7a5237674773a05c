#include "base/creditcode.h"

#include <string.h>

#include "base/fold.h"

enum { LENGTH = MW_CREDIT_CODE_SIZE - 1, TEXT_MAX = 256 };

static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

char
mw_credit_code_check(const char *code)
{
    unsigned sum = 0, weight = 1;

    for (size_t i = 0; i < LENGTH - 1; i++) {
        const char *place = code[i] ? strchr(alphabet, code[i]) : NULL;
        if (!place)
            return 0;
        sum += (unsigned)(place - alphabet) * weight;
        weight = weight * 3 % 31;
    }
    return alphabet[(31 - sum % 31) % 31];
}

MwCreditCodeStatus
mw_credit_code_parse(const char *text, char out[MW_CREDIT_CODE_SIZE])
{
    char code[MW_CREDIT_CODE_SIZE] = { 0 };
    size_t n, length = 0;
    g_autofree gunichar *chars = mw_fold(text, TEXT_MAX, &n);

    for (size_t i = 0; i < n; i++) {
        if (g_unichar_isspace(chars[i]) || chars[i] == '-')
            continue;
        if (length == LENGTH)
            return MW_CREDIT_CODE_LENGTH;
        code[length++] = chars[i] < 0x80 ? g_ascii_toupper((char)chars[i]) : '?';
    }
    if (length != LENGTH)
        return MW_CREDIT_CODE_LENGTH;
    if (strspn(code, alphabet) != LENGTH)
        return MW_CREDIT_CODE_CHARACTER;
    if (strspn(code + 2, "0123456789") < 6)
        return MW_CREDIT_CODE_DIVISION;
    if (mw_credit_code_check(code) != code[LENGTH - 1])
        return MW_CREDIT_CODE_CHECK;
    memcpy(out, code, sizeof code);
    return MW_CREDIT_CODE_OK;
}
