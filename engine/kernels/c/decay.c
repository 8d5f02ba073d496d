/* Means of a window that weigh recent dates more, in constant time per cell (see blocks.h). */

#include <string.h>

#include "blocks.h"
#include "common.h"

/* ------------------------------------------------------------------ decay_linear

   Weights 1 (row t - d + 1) .. d (row t) over present values. A suffix that starts at row r has
   weights 1, 2, ... from r on: going back one row adds the plain sum to the weighted one. In a
   prefix row b + j weighs d - (t - b) + j. All weights are positive, so nothing cancels. */

typedef struct { double *weighted, *weight, *n; } Decay;

INLINE Decay decay_at(double *room, i64 k)
{
    double *entry = room + 3 * k * LANES;
    Decay s = {entry, entry + LANES, entry + 2 * LANES};
    return s;
}

/* A suffix one row longer: to = from + everything it holds, x included. */
INLINE void decay_back(const double *restrict x, double *restrict sum,
                       const double *restrict weighted, const double *restrict weight,
                       const double *restrict n, double *restrict to_weighted,
                       double *restrict to_weight, double *restrict to_n, int width)
{
    EACH_LANE {
        double v = x[l];
        sum[l] += present(v) ? v : 0.0;
        to_n[l] = n[l] + (present(v) ? 1.0 : 0.0);
        to_weighted[l] = weighted[l] + sum[l];
        to_weight[l] = weight[l] + to_n[l];
    }
}

/* A prefix one row longer, by row b + j. */
INLINE void decay_forward(const double *restrict x, double *restrict sum, double *restrict weighted,
                          double *restrict weight, double *restrict n, double j, int width)
{
    EACH_LANE {
        double v = x[l];
        sum[l] += present(v) ? v : 0.0;
        n[l] += present(v) ? 1.0 : 0.0;
        weighted[l] += present(v) ? j * v : 0.0;
        weight[l] += present(v) ? j : 0.0;
    }
}

INLINE void decay_output(const double *restrict x, double *restrict sum, double *restrict weighted,
                         double *restrict weight, double *restrict new_n, double j,
                         const double *restrict old_weighted, const double *restrict old_weight,
                         const double *restrict old_n, double first_weight, double *restrict out,
                         double mp, int width)
{
    EACH_LANE {
        double v = x[l];
        sum[l] += present(v) ? v : 0.0;
        new_n[l] += present(v) ? 1.0 : 0.0;
        weighted[l] += present(v) ? j * v : 0.0;
        weight[l] += present(v) ? j : 0.0;
        double n = new_n[l] + old_n[l];
        double top = (weighted[l] + first_weight * sum[l]) + old_weighted[l];
        double bottom = (weight[l] + first_weight * new_n[l]) + old_weight[l];
        out[l] = n >= mp ? settled(top / bottom) : MISSING;
    }
}

INLINE void decay_lanes(const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d,
                        double mp, double *room, int width)
{
    for (i64 b = first_block(t0, d); b < t1; b += d) {
        Block block = block_at(b, t0, t1, d);
        double old_sum[LANES] = {0}, sum[LANES] = {0}, n[LANES] = {0};
        double weighted[LANES] = {0}, weight[LANES] = {0};
        Decay later = decay_at(room, d);
        memset(later.weighted, 0, sizeof weighted);
        memset(later.weight, 0, sizeof weight);
        memset(later.n, 0, sizeof n);
        for (i64 r = b - 1; r >= block.oldest; r--) {
            Decay s = decay_at(room, r - b + d);
            decay_back(x + r * symbols, old_sum, later.weighted, later.weight, later.n, s.weighted,
                       s.weight, s.n, width);
            later = s;
        }
        for (i64 t = b; t < block.end; t++) {
            Decay old = decay_at(room, t - b + 1);
            const double *row = x + t * symbols;
            double j = (double)(t - b);
            if (t >= t0 && t >= d - 1) {
                decay_output(row, sum, weighted, weight, n, j, old.weighted, old.weight, old.n,
                             (double)d - j, out + t * symbols, mp, width);
                continue;
            }
            decay_forward(row, sum, weighted, weight, n, j, width);
            if (t >= t0) no_window(out + t * symbols, width);
        }
    }
}

KV_API int kv_decay_linear(const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d,
                           double mp)
{
    double *room = scratch(3 * (d + 1) * LANES);
    if (!room) return OUT_OF_MEMORY;
    for (i64 c = 0; c < symbols; c += LANES)
        if (symbols - c >= LANES)
            decay_lanes(x + c, out + c, symbols, t0, t1, d, mp, room, LANES);
        else
            decay_lanes(x + c, out + c, symbols, t0, t1, d, mp, room, (int)(symbols - c));
    return 0;
}

/* ------------------------------------------------------------------ decay_exp

   Weights f^(d-1) .. f, 1 (row t) over present values. In a suffix row b - 1 weighs 1 and each row
   before it f times as much; a prefix follows Horner's rule, and with every row it gets the suffix
   weighs f times as much again. Where all present values are so old that their weights are no
   normal numbers any more, there is no mean. */

/* A suffix one row longer, by a row that weighs `weigh`. */
INLINE void fade_back(const double *restrict x, Decay from, Decay to, double weigh, int width)
{
    EACH_LANE {
        double v = x[l];
        to.weighted[l] = from.weighted[l] + (present(v) ? weigh * v : 0.0);
        to.weight[l] = from.weight[l] + (present(v) ? weigh : 0.0);
        to.n[l] = from.n[l] + (present(v) ? 1.0 : 0.0);
    }
}

INLINE void fade_output(const double *restrict x, double *restrict weighted,
                        double *restrict weight, double *restrict new_n,
                        const double *restrict old_weighted, const double *restrict old_weight,
                        const double *restrict old_n, double f, double fade, double *restrict out,
                        double mp, int width)
{
    EACH_LANE {
        double v = x[l];
        weighted[l] = weighted[l] * f + (present(v) ? v : 0.0);
        weight[l] = weight[l] * f + (present(v) ? 1.0 : 0.0);
        new_n[l] += present(v) ? 1.0 : 0.0;
        double top = weighted[l] + fade * old_weighted[l];
        double bottom = weight[l] + fade * old_weight[l];
        int exists = (new_n[l] + old_n[l] >= mp) & (bottom > LEAST_SQUARE);
        out[l] = exists ? settled(top / bottom) : MISSING;
    }
}

INLINE void fade_lanes(const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d, double mp,
                       double f, double *room, int width)
{
    for (i64 b = first_block(t0, d); b < t1; b += d) {
        Block block = block_at(b, t0, t1, d);
        double n[LANES] = {0}, weighted[LANES] = {0}, weight[LANES] = {0}, fade = 1.0;
        Decay later = decay_at(room, d);
        memset(later.weighted, 0, sizeof weighted);
        memset(later.weight, 0, sizeof weight);
        memset(later.n, 0, sizeof n);
        for (i64 r = b - 1; r >= block.oldest; r--) {
            Decay s = decay_at(room, r - b + d);
            fade_back(x + r * symbols, later, s, fade, width);
            fade *= f;
            later = s;
        }
        fade = 1.0;
        for (i64 t = b; t < block.end; t++) {
            double unseen[LANES], *row = out + t * symbols;
            Decay old = decay_at(room, t - b + 1);
            fade *= f;
            fade_output(x + t * symbols, weighted, weight, n, old.weighted, old.weight, old.n, f,
                        fade, t >= most(t0, d - 1) ? row : unseen, mp, width);
            if (t >= t0 && t < d - 1) no_window(row, width);
        }
    }
}

KV_API int kv_decay_exp(const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d, double mp,
                        double f)
{
    double *room = scratch(3 * (d + 1) * LANES);
    if (!room) return OUT_OF_MEMORY;
    for (i64 c = 0; c < symbols; c += LANES)
        if (symbols - c >= LANES)
            fade_lanes(x + c, out + c, symbols, t0, t1, d, mp, f, room, LANES);
        else
            fade_lanes(x + c, out + c, symbols, t0, t1, d, mp, f, room, (int)(symbols - c));
    return 0;
}
