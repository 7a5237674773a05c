#pragma once
/*
 * order: sorting numbers and finding the one of a rank, in place and without allocation.
 *
 * Quicksort and quickselect with Hoare's partition and a pivot by a fixed generator (median of
 * three), so that no arrangement of the input is slow and the same input always goes the same
 * way. Values must not be NaN.
 */
#include <stddef.h>

/* Ascending. O(n log n), O(log n) of stack. */
void mw_sort(double *values, size_t n);

/*
 * Rearranges values[0..n-1] so that values[k] is what it would be if sorted, nothing before it
 * is larger and nothing after it smaller; returns it. k < n. O(n) on average.
 */
double mw_select(double *values, size_t n, size_t k);
