/* Windows of d dates in constant time per cell.

   Dates are cut into blocks of d, [b, b + d) with b a multiple of d. The window that ends at row t
   of a block is the end of the block before (its suffix that starts at row t - d + 1) plus the
   beginning of this block (its prefix that ends at t): van Herk's algorithm. Per block the
   suffixes are accumulated backwards once and kept, the prefix grows with t, and both are combined
   per cell. Nothing is ever subtracted, so nothing drifts and a spike leaves no trace once it has
   left the window; nothing but the d rows of the window is read, and because blocks lie at
   absolute rows the bits do not depend on the tile.

   Suffix entry k (0 < k < d) of a block starting at b is that of row b - d + k; entry d is empty. */

#ifndef KVANT_BLOCKS_H
#define KVANT_BLOCKS_H

#include "common.h"

/* One piece of work: `width` symbols, the block [b, end) and where its suffix rows start. */
typedef struct { i64 b, end, oldest; } Block;

INLINE Block block_at(i64 b, i64 t0, i64 t1, i64 d)
{
    Block block = {b, least(b + d, t1), most(most(b - d + 1, t0 - d + 1), 0)};
    return block;
}

INLINE i64 first_block(i64 t0, i64 d) { return t0 - t0 % d; }

/* Before row d - 1 there is no window. (Rows before t0 are only replayed.) */
INLINE void no_window(double *restrict out, int width) { EACH_LANE out[l] = MISSING; }

#endif
