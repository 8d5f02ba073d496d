/* DATES dates side by side: entry i of `cells` holds the cells of symbol i, one lane per date. Steps
   along the symbols then run on whole vectors. */

#ifndef KVANT_DATES_H
#define KVANT_DATES_H

#include "common.h"

#define DATES 8

typedef double Eight __attribute__((vector_size(64), aligned(8)));

#define PAIRS(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)

/* Eight rows of eight: to[i * to_step + j] = from[j * from_step + i]. */
INLINE void transpose(const double *from, i64 from_step, double *to, i64 to_step)
{
    Eight v[8], w[8];
    for (int i = 0; i < 8; i++) v[i] = *(const Eight *)(from + i * from_step);
    for (int i = 0; i < 8; i += 2) {
        w[i] = PAIRS(v[i], v[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
        w[i + 1] = PAIRS(v[i], v[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
    for (int i = 0; i < 8; i += 4)
        for (int j = i; j < i + 2; j++) {
            v[j] = PAIRS(w[j], w[j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
            v[j + 2] = PAIRS(w[j], w[j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        }
    for (int i = 0; i < 4; i++) {
        *(Eight *)(to + i * to_step) = PAIRS(v[i], v[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        *(Eight *)(to + (i + 4) * to_step) = PAIRS(v[i], v[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
}

/* Lanes beyond `rows` are missing. */
INLINE void dates_to_lanes(const double *restrict x, i64 symbols, i64 rows, double *restrict cells)
{
    i64 start = 0;
    for (; rows == DATES && start + DATES <= symbols; start += DATES)
        transpose(x + start, symbols, cells + start * DATES, DATES);
    for (; start < symbols; start++)
        for (i64 l = 0; l < DATES; l++)
            cells[start * DATES + l] = l < rows ? x[l * symbols + start] : MISSING;
}

INLINE void lanes_to_dates(const double *restrict cells, i64 symbols, i64 rows,
                           double *restrict out)
{
    i64 start = 0;
    for (; rows == DATES && start + DATES <= symbols; start += DATES)
        transpose(cells + start * DATES, DATES, out + start, symbols);
    for (; start < symbols; start++)
        for (i64 l = 0; l < rows; l++) out[l * symbols + start] = cells[start * DATES + l];
}

#endif
