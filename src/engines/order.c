#include "engines/order.h"

#include <stdint.h>

enum { SHORT = 24 };

static void
insertion_sort(double *v, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        double value = v[i];
        size_t j = i;
        for (; j > 0 && v[j - 1] > value; j--)
            v[j] = v[j - 1];
        v[j] = value;
    }
}

/* Weyl's sequence, mixed: enough to be no one's worst case, and the same every time. */
static size_t
next_index(uint64_t *state, size_t n)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 32)) * 0xd6e8feb86659fd93u;
    return (size_t)((z >> 11) % n);
}

static double
pivot_of(const double *v, size_t n, uint64_t *state)
{
    double a = v[next_index(state, n)], b = v[next_index(state, n)], c = v[next_index(state, n)];
    double low = a < b ? a : b, high = a < b ? b : a;
    return c < low ? low : c > high ? high : c;
}

/* v[0..*left) <= pivot, v[*right..n) >= pivot, what lies between equals it. */
static void
partition(double *v, size_t n, double pivot, size_t *left, size_t *right)
{
    size_t i = 0, j = n;
    for (;;) {
        while (i < n && v[i] < pivot)
            i++;
        while (j > 0 && v[j - 1] > pivot)
            j--;
        if (i + 1 >= j)
            break;
        double swap = v[i];
        v[i++] = v[j - 1];
        v[--j] = swap;
    }
    /* One element, the pivot's equal, can be left in the middle. */
    *left = i < j ? i : j;
    *right = i < j ? j : i;
}

void
mw_sort(double *values, size_t n)
{
    uint64_t state = n;
    while (n > SHORT) {
        size_t left, right;
        partition(values, n, pivot_of(values, n, &state), &left, &right);
        if (left < n - right) {
            mw_sort(values, left);
            values += right;
            n -= right;
        } else {
            mw_sort(values + right, n - right);
            n = left;
        }
    }
    insertion_sort(values, n);
}

double
mw_select(double *values, size_t n, size_t k)
{
    uint64_t state = n;
    while (n > SHORT) {
        size_t left, right;
        partition(values, n, pivot_of(values, n, &state), &left, &right);
        if (k < left) {
            n = left;
        } else if (k >= right) {
            values += right;
            n -= right;
            k -= right;
        } else {
            return values[k];
        }
    }
    insertion_sort(values, n);
    return values[k];
}
