#pragma once
/*
 * name: keys and likeness of names, phones and mail domains, to find duplicates.
 *
 * A key is what is left of a name when everything is gone that two people write
 * differently: width, case, accents, punctuation, blanks, legal form
 * (有限公司, Co., Ltd., GmbH…), 省 and 市 in front. Equal keys are very probably
 * the same company; likeness is for the rest. Keys are for comparing, not for
 * showing.
 */
#include <glib.h>
#include <stdbool.h>

enum { MW_NAME_MAX = 512 }; /* bytes of a name that are looked at */

/* The key of a company's name, "" if nothing is left. "厦门钨业股份有限公司" and "福建省厦门市钨业" give
 * 厦门钨业 and 福建厦门钨业; "ACME Pumps Co., Ltd." gives acmepumps. Persons' names work too: they have
 * no legal form. The caller frees it. O(bytes) */
char *mw_name_key(const char *name);

/*
 * How alike two keys of mw_name_key() are, 0..1: the Dice coefficient 2 |A∩B| / (|A| + |B|) over the multisets of
 * neighbouring characters (Dice 1945). 1 for equal keys, 0 when one is empty; keys of one character
 * are alike only if equal. O(n log n), without allocation up to MW_NAME_MAX bytes; longer keys are cut.
 */
double mw_name_likeness(const char *key, const char *other);

/* The key of a name as it sounds: that of mw_name_key() with the commonest reading of each Chinese character in its
 * place, "hengli" of 恒力 and 恒利. Names that are written alike or only sound alike have the same. The caller frees it. */
char *mw_name_pinyin(const char *name);

/* All the ways in which a name may sound, at most MW_NAME_SOUNDS_MAX: the first is that of mw_name_pinyin(), the others
 * have the further readings that the search index knows too (tokens.h): shamen and xiamen of 厦门. An array of char *. */
enum { MW_NAME_SOUNDS_MAX = 6 };
GPtrArray *mw_name_sounds(const char *name);

/* By which names are listed, compared byte by byte: Latin letters without case and accents, then Chinese characters by
 * their pinyin (pinyin.h). At most MW_NAME_MAX bytes. The caller frees it. O(bytes) */
char *mw_name_order(const char *name);

/* How many of the last characters of `name` are a Chinese legal form (股份有限公司: 6); never all. */
size_t mw_name_legal_tail(const gunichar *name, size_t n);

/*
 * The digits of a telephone number for comparison: "+86 138-0013-8000", "0086 13800138000" and
 * "１３８００１３８０００" give 13800138000; "(0592) 536 3891 转 801" gives 05925363891; "+49 (0) 40 123456"
 * gives 4940123456. NULL with fewer than 5 or more than 20 digits. The caller frees it.
 */
char *mw_phone_key(const char *phone);

/* The domain of a mail address in lower case; NULL where there is none or where anybody can have an
 * address (163.com, qq.com, gmail.com…), because that tells nothing of the company. The caller frees it. */
char *mw_mail_domain_key(const char *address);
