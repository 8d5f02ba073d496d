/* The order of LINES lines of values side by side: dates of a cross-section, or symbols over time. */

#ifndef KVANT_SORT_H
#define KVANT_SORT_H

#include <string.h>

#include "common.h"

#define LINES 8
#define INDEX_BITS 13 /* at most 2^13 entries in a line */
#define INDEX_MASK ((1 << INDEX_BITS) - 1)
#define ABSENT 0x1.ffffffffep+1023 /* no present cell is as large */

/* Value i of line l is x[l * line + i * step], where one of the steps is 1: dates of `line` symbols,
   or LINES symbols over time. Lines beyond `lines` are empty. */
typedef struct { const double *x; i64 line, step, lines, entries; } Side;

INLINE i64 room_of_lines(i64 entries)
{
    i64 room = 8;
    while (room < entries) room *= 2;
    return room * LINES;
}

/* Cells of line l at cells[i * LINES + l], those of present values first, in the order of their
   values; n[l] is the number of present ones and equals[i * LINES + l] the sum of the places,
   counted from 0, of the first and the last cell whose value is the same at 12 significant digits,
   that is twice its average rank - 2. `cells` and `equals` have room_of_lines(entries) places,
   `spare` 4 * entries. */
void sort_lines(const Side *side, double *cells, double *equals, double *spare, double *n);

/* The place of average rank `rank` among n, from 0 to 1. */
INLINE double unit_rank(double rank, double n) { return n > 1.0 ? (rank - 1.0) / (n - 1.0) : 0.5; }

INLINE int is_present(double cell) { return cell < ABSENT; }

INLINE i64 entry_of(double cell)
{
    i64 bits;
    memcpy(&bits, &cell, sizeof bits);
    return bits & INDEX_MASK;
}

#endif
