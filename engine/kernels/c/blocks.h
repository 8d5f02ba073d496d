/* Windows of d dates in constant time per cell.

   Dates are cut into blocks of d, [b, b + d) with b a multiple of d. The window that ends at row t
   of a block is the end of the block before (its suffix that starts at row t - d + 1) plus the
   beginning of this block (its prefix that ends at t): van Herk's algorithm. Per block the
   suffixes are accumulated backwards once and kept, the prefix grows with t, and both are combined
   per cell. Nothing is ever subtracted, so nothing drifts and a spike leaves no trace once it has
   left the window; nothing but the d rows of the window is read, and because blocks lie at
   absolute rows the bits do not depend on the tile.

   Suffix entry k (0 < k < d) of a block starting at b is that of row b - d + k; entry d is empty.

   Power sums are taken about a reference, which every CENTRE rows, counted from the block's edge,
   moves to the mean of the rows so far. */

#ifndef KVANT_BLOCKS_H
#define KVANT_BLOCKS_H

#include "common.h"

#define CENTRE 8

/* One piece of work: `width` symbols, the block [b, end) and where its suffix rows start. */
typedef struct { i64 b, end, oldest; } Block;

INLINE Block block_at(i64 b, i64 t0, i64 t1, i64 d)
{
    Block block = {b, least(b + d, t1), most(most(b - d + 1, t0 - d + 1), 0)};
    return block;
}

INLINE i64 first_block(i64 t0, i64 d) { return t0 - t0 % d; }

/* Where entry k lies: before the one that it is made from. Where the reference moves, a copy with the
   new one lies between the two. */
INLINE i64 entries(i64 d) { return d + d / CENTRE + 1; }
INLINE i64 entry_at(i64 k, i64 d) { return entries(d) - 2 - (d - 1 - k) - (d - 1 - k) / CENTRE; }

/* How many references the suffixes of windows of d rows have, and which one is entry k's. */
INLINE i64 references_of(i64 d) { return d / CENTRE + 1; }
INLINE i64 reference_at(i64 k, i64 d) { return (d - 1 - k) / CENTRE; }

INLINE int all_present(const double *x, int width)
{
    int all = 1;
    EACH_LANE all &= present(x[l]);
    return all;
}

/* Before row d - 1 there is no window. (Rows before t0 are only replayed.) */
INLINE void no_window(double *restrict out, int width) { EACH_LANE out[l] = MISSING; }

#endif
