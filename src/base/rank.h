#pragma once
/*
 * rank: how well a name answers what somebody typed, for putting what a search found in order.
 */

typedef enum {
    MW_RANK_SAME,   /* the name is what was typed, but for case           */
    MW_RANK_BEGINS, /* it begins with it                                  */
    MW_RANK_SOUNDS, /* it begins so in pinyin: "tangxl" begins 唐秀兰     */
    MW_RANK_HAS,    /* it has it somewhere                                */
    MW_RANK_OTHER,  /* found by pinyin further on, or by something else   */
} MwRank;

/* The best that holds. O(bytes) */
MwRank mw_rank(const char *name, const char *typed);
