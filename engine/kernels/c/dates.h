/* DATES dates side by side: entry i of `cells` holds the cells of symbol i, one lane per date. Steps
   along the symbols then run on whole vectors. */

#ifndef KVANT_DATES_H
#define KVANT_DATES_H

#include "common.h"

#define DATES 8

/* Lanes beyond `rows` are missing. */
INLINE void dates_to_lanes(const double *restrict x, i64 symbols, i64 rows, double *restrict cells)
{
    for (i64 start = 0; start < symbols; start += DATES)
        for (i64 l = 0; l < DATES; l++)
            for (i64 i = start; i < least(start + DATES, symbols); i++)
                cells[i * DATES + l] = l < rows ? x[l * symbols + i] : MISSING;
}

INLINE void lanes_to_dates(const double *restrict cells, i64 symbols, i64 rows,
                           double *restrict out)
{
    for (i64 start = 0; start < symbols; start += DATES)
        for (i64 l = 0; l < rows; l++)
            for (i64 i = start; i < least(start + DATES, symbols); i++)
                out[l * symbols + i] = cells[i * DATES + l];
}

#endif
