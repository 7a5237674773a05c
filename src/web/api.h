#pragma once
/* api: what the files of the REST API share. Private to web/. */
#include <jansson.h>

#include "derive/json.h"
#include "web/routes.h"

/* Replies 422 with the problems of the record number `index` of a batch (-1: of the only one). */
void mw_api_problems(MwReply *reply, const MwProblems *problems, int index);
/* Begins {"type":…,"errors":[ for several mw_api_put_problems(), ended by mw_api_end_problems(). */
void mw_api_put_problems(GString *out, const MwProblems *problems, int index);
void mw_api_end_problems(MwReply *reply, GString *errors);

/* The body as a JSON value; MW_HTTP 400 tells line and column, 415 is for another type. The caller
 * decrefs. */
json_t *mw_api_body(const MwRequest *request, GError **error);
/* An object as input for `entity`; members that do not fit become problems. "version" is the one the
 * writer has seen. A list of lines is all there are; where any of them says "_delete", true or
 * false, it is what changes, and lines that it does not name stay. */
MwInput *mw_api_input(const MwEntity *entity, const json_t *object, MwProblems *problems);
/* The body: an object with these members alone; a problem for each other one. NULL on an error. The caller decrefs. */
json_t *mw_api_object(const MwRequest *request, const char *const *names, MwProblems *problems,
                      GError **error);
/* A list of `min` to `max` ids, of int64_t; what is none is a problem of `name`. */
GArray *mw_api_ids(const json_t *list, const char *name, size_t min, size_t max,
                   MwProblems *problems);
/* Of a number that comes as text, whether it is written as replies write it; else a problem is told. */
bool mw_api_is_plain(const MwField *field, const char *text, MwProblems *problems);
/* Id of a record from JSON: a string of digits, or a whole number. 0 when it is none. */
int64_t mw_api_id(const json_t *value);

/* "true" or "false" (or what else is `yes` and `no`) of a parameter; false without it. */
bool mw_api_flag(const MwRequest *request, const char *name, const char *yes, const char *no,
                 MwProblems *problems);
/* Filters, words, order and limit of the URL into a query; `filter` is an MW_FILTER_ALL; `controls` (ends with NULL) are
 * the parameters that are no filters. */
void mw_api_ask(const MwRequest *request, const MwEntity *entity, const char *const *controls,
                MwQuery *query, MwFilter *filter, MwProblems *problems);

/* Writes one record with its lines into the reply, with its ETag. */
bool mw_api_reply_record(const MwRequest *request, MwReply *reply, const MwRecord *record,
                         GError **error);
