#pragma once
/*
 * philox: random numbers by counter: the n-th number of a stream is a function of
 * (seed, stream, n) alone, so that work can be split over threads in any way
 * without changing a bit of the result.
 *
 * Philox4x32-10 of J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel Random
 * Numbers: As Easy as 1, 2, 3", SC'11, table 2 and section 3.2. Inline, because the
 * callers' loops are what must be fast.
 */
#include <stdint.h>

typedef struct {
    uint32_t word[4];
} MwPhilox;

/* One block of 128 bits: 10 rounds on `counter` under a key of 64 bits. */
static inline MwPhilox
mw_philox(MwPhilox counter, uint64_t key)
{
    uint32_t *c = counter.word;
    uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);

    for (int round = 0; round < 10; round++) {
        uint64_t p0 = UINT64_C(0xD2511F53) * c[0];
        uint64_t p1 = UINT64_C(0xCD9E8D57) * c[2];
        uint32_t c1 = c[1], c3 = c[3];
        c[0] = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        c[1] = (uint32_t)p1;
        c[2] = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c[3] = (uint32_t)p0;
        k0 += UINT32_C(0x9E3779B9);
        k1 += UINT32_C(0xBB67AE85);
    }
    return counter;
}

/* 52 of 64 bits to the middle of one of 2^52 equal cells of (0, 1): never 0, never 1. */
static inline double
mw_uniform_of(uint32_t high, uint32_t low)
{
    return ((double)((((uint64_t)high << 32) | low) >> 12) + 0.5) * 0x1p-52;
}

/* Two independent uniforms in (0, 1): numbers 2 * pair and 2 * pair + 1 of the stream. */
static inline void
mw_uniform_pair(uint64_t seed, uint64_t stream, uint64_t pair, double out[2])
{
    MwPhilox block = { { (uint32_t)pair, (uint32_t)(pair >> 32), (uint32_t)stream,
                         (uint32_t)(stream >> 32) } };

    block = mw_philox(block, seed);
    out[0] = mw_uniform_of(block.word[0], block.word[1]);
    out[1] = mw_uniform_of(block.word[2], block.word[3]);
}

/* Number `n` of the stream; for loops, take pairs. */
static inline double
mw_uniform(uint64_t seed, uint64_t stream, uint64_t n)
{
    double pair[2];

    mw_uniform_pair(seed, stream, n / 2, pair);
    return pair[n % 2];
}
