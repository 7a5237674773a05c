#pragma once
/*
 * filter: what a reader asks of a list, from text as PostgREST spells it. The REST API, saved
 * views, pages and exports all read it here; the tree that comes of it is store/query.h.
 *
 *     stage=eq.proposal                     a field and a test
 *     amount=gte.1000&name=not.like.*pump*  joined by AND
 *     class=in.(A,B)    name=in.("a,b",c)   any of some values; " around what has , ( ) or "
 *     phone=is.null     active=is.true
 *     or=(class.eq.A,and(status.eq.former,potential.gt.5000))   also not.or=(…), and=(…)
 *     account.region=eq.East                a field of the record a link points at
 *     sales_order_line.product=eq.71        some line has it
 *     order=-amount,name
 *
 * Tests: eq neq gt gte lt lte in is like ilike cs; each may follow "not.". "cs" is for fields of several
 * choices: has this key. In like, * is any characters, and case is ignored, as in ilike. An empty
 * value is no value: "name=eq." finds records without a name. Values are written as in a form;
 * besides, links to a user know "@me", links to a team "@my_team", dates and instants "@today", "@today-30", "@now".
 *
 * Only fields that the actor sees can be asked for, and of linked records only those he may
 * read count. What does not fit is a problem under the name of the key.
 */
#include "record/context.h"

enum {
    MW_FILTER_TEXT_MAX = 16 * 1024, /* bytes of one value            */
    MW_FILTER_TESTS_MAX = 100,      /* tests in one filter           */
    MW_FILTER_VALUES_MAX = 500,     /* values of one in.(…)          */
    MW_FILTER_DEPTH_MAX = 5,        /* groups within groups, and links of a path */
};

/* Adds the condition `key`=`value` to `filter`, an MW_FILTER_ALL. False, and a problem, when it does not fit. Of the
 * context it uses catalog, actor, locale and now. */
bool mw_filter_parse(const MwContext *context, const MwEntity *entity, const char *key,
                     const char *value, MwFilter *filter, MwProblems *problems);
/* "key=value&key=value", percent-decoded or (a saved view's) plain; NULL and a problem when it does not fit. The
 * key "order" is left to the caller by mw_order_parse_list(); it is a problem here. */
MwFilter *mw_filter_parse_text(const MwContext *context, const MwEntity *entity, const char *text,
                               MwProblems *problems);
/* "-amount,name": at most MW_ORDER_MAX fields into the query. */
bool mw_order_parse_list(const MwContext *context, const char *text, MwQuery *query,
                         MwProblems *problems);
