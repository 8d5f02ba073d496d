/* Windows of d dates in constant time per cell.

   Dates are cut into blocks of d, [b, b + d) with b a multiple of d. The window that ends at row t
   of a block is the end of the block before (its suffix that starts at row t - d + 1) plus the
   beginning of this block (its prefix that ends at t): van Herk's algorithm. Per block the
   suffixes are accumulated backwards once and kept, the prefix grows with t, and both are combined
   per cell. Nothing is ever subtracted, so nothing drifts and a spike leaves no trace once it has
   left the window; nothing but the d rows of the window is read, and because blocks lie at
   absolute rows the bits do not depend on the tile.

   Suffix entry k (0 < k < d) of a block starting at b is that of row b - d + k; entry d is empty. */

#include <string.h>

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

/* ------------------------------------------------------------------ sum, mean */

/* One row more: to = from + x. */
INLINE void add_row(const double *restrict x, const double *sum, const double *n, double *to_sum,
                    double *to_n, int width)
{
    EACH_LANE {
        double v = x[l];
        to_sum[l] = sum[l] + (present(v) ? v : 0.0);
        to_n[l] = n[l] + (present(v) ? 1.0 : 0.0);
    }
}

INLINE void sum_output(const double *restrict x, double *restrict sum, double *restrict n,
                       const double *restrict suffix, const double *restrict suffix_n,
                       double *restrict out, double mp, int mean, int width)
{
    EACH_LANE {
        double v = x[l];
        sum[l] += present(v) ? v : 0.0;
        n[l] += present(v) ? 1.0 : 0.0;
        double s = sum[l] + suffix[l], count = n[l] + suffix_n[l];
        out[l] = count >= mp ? settled(mean ? s / count : s) : MISSING;
    }
}

INLINE void sum_lanes(const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d, double mp,
                      int mean, double *room, int width)
{
    for (i64 b = first_block(t0, d); b < t1; b += d) {
        Block block = block_at(b, t0, t1, d);
        double sum[LANES] = {0}, n[LANES] = {0};
        memset(room + 2 * d * LANES, 0, sizeof sum + sizeof n);
        for (i64 r = b - 1; r >= block.oldest; r--) {
            double *s = room + 2 * (r - b + d) * LANES, *later = s + 2 * LANES;
            add_row(x + r * symbols, later, later + LANES, s, s + LANES, width);
        }
        for (i64 t = b; t < block.end; t++) {
            const double *old = room + 2 * (t - b + 1) * LANES, *row = x + t * symbols;
            if (t >= t0 && t >= d - 1) {
                sum_output(row, sum, n, old, old + LANES, out + t * symbols, mp, mean, width);
                continue;
            }
            add_row(row, sum, n, sum, n, width);
            if (t >= t0) no_window(out + t * symbols, width);
        }
    }
}

INLINE int sum_all(const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d, double mp,
                   int mean)
{
    double *room = scratch(2 * (d + 1) * LANES);
    if (!room) return OUT_OF_MEMORY;
    for (i64 c = 0; c < symbols; c += LANES)
        if (symbols - c >= LANES)
            sum_lanes(x + c, out + c, symbols, t0, t1, d, mp, mean, room, LANES);
        else
            sum_lanes(x + c, out + c, symbols, t0, t1, d, mp, mean, room, (int)(symbols - c));
    return 0;
}

KV_API int kv_sum(const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d, double mp)
{
    return sum_all(x, out, symbols, t0, t1, d, mp, 0);
}

KV_API int kv_mean(const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d, double mp)
{
    return sum_all(x, out, symbols, t0, t1, d, mp, 1);
}

/* ------------------------------------------------------------------ std, zscore

   Moments n, S = sum(x - c), Q = sum((x - c)^2) about a reference c: the prefix uses the first
   present value of its block, the suffix the last one of its own. Before they are added the suffix
   is moved to the prefix's reference: with e = c_suffix - c_prefix,
       S += n e,  Q += e (2 S + n e).
   Both references lie inside the window, so (c - mean)^2 <= sum of squared deviations and
   n Q - S^2 = n sum((x - mean)^2) loses at most a factor n in relative precision. */

enum { STD, ZSCORE };

/* The moments of LANES symbols: where they are kept is the caller's business. */
typedef struct { double *n, *s, *q; } Moments;

INLINE Moments moments_at(double *room, i64 k)
{
    double *entry = room + 3 * k * LANES;
    Moments m = {entry, entry + LANES, entry + 2 * LANES};
    return m;
}

/* One row more: to = from + x. The first present value becomes the reference. */
INLINE void moments_add(const double *restrict x, double *restrict reference, const double *n,
                        const double *s, const double *q, double *to_n, double *to_s, double *to_q,
                        int width)
{
    EACH_LANE {
        double v = x[l], c = present(reference[l]) ? reference[l] : v;
        double e = present(v) ? v - c : 0.0;
        reference[l] = c;
        to_n[l] = n[l] + (present(v) ? 1.0 : 0.0);
        to_s[l] = s[l] + e;
        to_q[l] = q[l] + e * e;
    }
}

INLINE void moments_output(int kind, const double *restrict x, double *restrict reference,
                           double *restrict new_n, double *restrict new_s, double *restrict new_q,
                           const double *restrict old_reference, const double *restrict old_n,
                           const double *restrict old_s, const double *restrict old_q,
                           double *restrict out, double mp, double ddof, int width)
{
    EACH_LANE {
        double v = x[l], c = present(reference[l]) ? reference[l] : v;
        double step = present(v) ? v - c : 0.0;
        reference[l] = c;
        new_n[l] += present(v) ? 1.0 : 0.0;
        new_s[l] += step;
        new_q[l] += step * step;
        int joined = (new_n[l] > 0.0) & (old_n[l] > 0.0);
        double e = joined ? old_reference[l] - c : 0.0;
        double n = new_n[l] + old_n[l];
        double s = new_s[l] + (old_s[l] + old_n[l] * e);
        double q = new_q[l] + (old_q[l] + e * (2.0 * old_s[l] + old_n[l] * e));
        double spread = larger(n * q - s * s, 0.0);
        if (kind == STD) {
            double value = sqrt(spread / (n * (n - ddof)));
            out[l] = ((n >= mp) & (n > ddof)) ? settled(value) : MISSING;
        } else {
            double squares = q + c * (2.0 * s + n * c);
            double value = ((v - c) * n - s) / sqrt(spread);
            int exists = (n >= mp) & (spread > FLAT * (n * squares));
            out[l] = exists ? settled(value) : MISSING;
        }
    }
}

INLINE void moments_lanes(int kind, const double *x, double *out, i64 symbols, i64 t0, i64 t1,
                          i64 d, double mp, double ddof, double *room, int width)
{
    for (i64 b = first_block(t0, d); b < t1; b += d) {
        Block block = block_at(b, t0, t1, d);
        double old_reference[LANES], reference[LANES];
        double n[LANES] = {0}, s[LANES] = {0}, q[LANES] = {0};
        for (int l = 0; l < LANES; l++) old_reference[l] = reference[l] = MISSING;
        Moments later = moments_at(room, d);
        memset(later.n, 0, sizeof n);
        memset(later.s, 0, sizeof s);
        memset(later.q, 0, sizeof q);
        for (i64 r = b - 1; r >= block.oldest; r--) {
            Moments m = moments_at(room, r - b + d);
            moments_add(x + r * symbols, old_reference, later.n, later.s, later.q, m.n, m.s, m.q,
                        width);
            later = m;
        }
        for (i64 t = b; t < block.end; t++) {
            Moments old = moments_at(room, t - b + 1);
            const double *row = x + t * symbols;
            if (t >= t0 && t >= d - 1) {
                moments_output(kind, row, reference, n, s, q, old_reference, old.n, old.s, old.q,
                               out + t * symbols, mp, ddof, width);
                continue;
            }
            moments_add(row, reference, n, s, q, n, s, q, width);
            if (t >= t0) no_window(out + t * symbols, width);
        }
    }
}

INLINE int moments_all(int kind, const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d,
                       double mp, double ddof)
{
    double *room = scratch(3 * (d + 1) * LANES);
    if (!room) return OUT_OF_MEMORY;
    for (i64 c = 0; c < symbols; c += LANES)
        if (symbols - c >= LANES)
            moments_lanes(kind, x + c, out + c, symbols, t0, t1, d, mp, ddof, room, LANES);
        else
            moments_lanes(kind, x + c, out + c, symbols, t0, t1, d, mp, ddof, room,
                          (int)(symbols - c));
    return 0;
}

KV_API int kv_std(const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d, double mp,
                  double ddof)
{
    return moments_all(STD, x, out, symbols, t0, t1, d, mp, ddof);
}

KV_API int kv_zscore(const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d, double mp)
{
    return moments_all(ZSCORE, x, out, symbols, t0, t1, d, mp, 0.0);
}

/* ------------------------------------------------------------------ covariance and regression

   As above for pairs: n, X = sum(x - cx), Y, XX, YY, XY over dates with both values, and
       XY += dx Y + dy X + n dx dy
   when the suffix moves to the prefix's references. */

enum { COV, CORR, R2, BETA, RESID };
enum { N, X, Y, XY, XX, YY, PARTS };

/* cov needs no squares, beta and resid none of y. */
INLINE int parts_of(int kind) { return kind == COV ? XX : kind >= BETA ? YY : PARTS; }

/* One row more: to = from + (x, y). Part j of symbol l is at [j * LANES + l]. */
INLINE void pairs_add(int kind, const double *restrict x, const double *restrict y,
                      double *restrict cx, double *restrict cy, const double *from, double *to,
                      int width)
{
    EACH_LANE {
        int both = present(x[l]) & present(y[l]), started = present(cx[l]);
        double v = both ? x[l] : MISSING, w = both ? y[l] : MISSING;
        double c = started ? cx[l] : v, k = started ? cy[l] : w;
        double e = both ? v - c : 0.0, f = both ? w - k : 0.0;
        cx[l] = c;
        cy[l] = k;
        to[N * LANES + l] = from[N * LANES + l] + (both ? 1.0 : 0.0);
        to[X * LANES + l] = from[X * LANES + l] + e;
        to[Y * LANES + l] = from[Y * LANES + l] + f;
        to[XY * LANES + l] = from[XY * LANES + l] + e * f;
        if (parts_of(kind) > XX) to[XX * LANES + l] = from[XX * LANES + l] + e * e;
        if (parts_of(kind) > YY) to[YY * LANES + l] = from[YY * LANES + l] + f * f;
    }
}

INLINE double correlation(double co, double xx, double yy)
{
    double r = co / sqrt(xx * yy);
    return r > 1.0 ? 1.0 : r < -1.0 ? -1.0 : r;
}

/* The statistic of the prefix `now` and the suffix `old`. */
INLINE void pairs_output(int kind, const double *restrict x, const double *restrict y,
                         const double *restrict cx, const double *restrict cy,
                         const double *restrict now, const double *restrict old_cx,
                         const double *restrict old_cy, const double *restrict old,
                         double *restrict out, double mp, int width)
{
    EACH_LANE {
        double old_n = old[N * LANES + l], old_x = old[X * LANES + l], old_y = old[Y * LANES + l];
        int began = now[N * LANES + l] > 0.0, joined = began & (old_n > 0.0);
        double dx = joined ? old_cx[l] - cx[l] : 0.0, dy = joined ? old_cy[l] - cy[l] : 0.0;
        double n = now[N * LANES + l] + old_n;
        double sx = now[X * LANES + l] + (old_x + old_n * dx);
        double sy = now[Y * LANES + l] + (old_y + old_n * dy);
        double moved = (dx * old_y + dy * old_x) + old_n * dx * dy;
        double co = n * (now[XY * LANES + l] + (old[XY * LANES + l] + moved)) - sx * sy;
        double xx = 0.0, yy = 0.0;
        int exists = (n >= mp) & (n > 1.0);
        if (parts_of(kind) > XX) {
            double q = now[XX * LANES + l] +
                       (old[XX * LANES + l] + dx * (2.0 * old_x + old_n * dx));
            double c = began ? cx[l] : old_cx[l];
            xx = n * q - sx * sx;
            exists &= xx > FLAT * (n * (q + c * (2.0 * sx + n * c)));
        }
        if (parts_of(kind) > YY) {
            double q = now[YY * LANES + l] +
                       (old[YY * LANES + l] + dy * (2.0 * old_y + old_n * dy));
            double c = began ? cy[l] : old_cy[l];
            yy = n * q - sy * sy;
            exists &= yy > FLAT * (n * (q + c * (2.0 * sy + n * c)));
        }
        double value;
        if (kind == COV) {
            value = co / (n * (n - 1.0));
        } else if (kind == BETA) {
            value = co / xx;
        } else if (kind == RESID) {
            exists &= present(x[l]) & present(y[l]);
            double today_x = (x[l] - cx[l]) * n - sx, today_y = (y[l] - cy[l]) * n - sy;
            value = (today_y - co / xx * today_x) / n;
        } else {
            double r = correlation(co, xx, yy);
            value = kind == CORR ? r : r * r;
        }
        out[l] = exists ? settled(value) : MISSING;
    }
}

INLINE void pairs_lanes(int kind, const double *x, const double *y, double *out, i64 symbols,
                        i64 t0, i64 t1, i64 d, double mp, double *room, int width)
{
    i64 size = PARTS * LANES;
    for (i64 b = first_block(t0, d); b < t1; b += d) {
        Block block = block_at(b, t0, t1, d);
        double old_cx[LANES], old_cy[LANES], cx[LANES], cy[LANES], now[PARTS * LANES] = {0};
        for (int l = 0; l < LANES; l++) old_cx[l] = old_cy[l] = cx[l] = cy[l] = MISSING;
        memset(room + d * size, 0, sizeof now);
        for (i64 r = b - 1; r >= block.oldest; r--) {
            double *entry = room + (r - b + d) * size;
            pairs_add(kind, x + r * symbols, y + r * symbols, old_cx, old_cy, entry + size, entry,
                      width);
        }
        for (i64 t = b; t < block.end; t++) {
            pairs_add(kind, x + t * symbols, y + t * symbols, cx, cy, now, now, width);
            if (t < t0) continue;
            if (t < d - 1) no_window(out + t * symbols, width);
            else
                pairs_output(kind, x + t * symbols, y + t * symbols, cx, cy, now, old_cx, old_cy,
                             room + (t - b + 1) * size, out + t * symbols, mp, width);
        }
    }
}

INLINE int pairs_all(int kind, const double *x, const double *y, double *out, i64 symbols, i64 t0,
                     i64 t1, i64 d, double mp)
{
    double *room = scratch(PARTS * (d + 1) * LANES);
    if (!room) return OUT_OF_MEMORY;
    for (i64 c = 0; c < symbols; c += LANES)
        if (symbols - c >= LANES)
            pairs_lanes(kind, x + c, y + c, out + c, symbols, t0, t1, d, mp, room, LANES);
        else
            pairs_lanes(kind, x + c, y + c, out + c, symbols, t0, t1, d, mp, room,
                        (int)(symbols - c));
    return 0;
}

KV_API int kv_cov(const double *x, const double *y, double *out, i64 symbols, i64 t0, i64 t1,
                  i64 d, double mp)
{
    return pairs_all(COV, x, y, out, symbols, t0, t1, d, mp);
}

KV_API int kv_corr(const double *x, const double *y, double *out, i64 symbols, i64 t0, i64 t1,
                   i64 d, double mp)
{
    return pairs_all(CORR, x, y, out, symbols, t0, t1, d, mp);
}

KV_API int kv_r2(const double *x, const double *y, double *out, i64 symbols, i64 t0, i64 t1, i64 d,
                 double mp)
{
    return pairs_all(R2, x, y, out, symbols, t0, t1, d, mp);
}

/* Slope of y on x, with intercept. */
KV_API int kv_beta(const double *x, const double *y, double *out, i64 symbols, i64 t0, i64 t1,
                   i64 d, double mp)
{
    return pairs_all(BETA, x, y, out, symbols, t0, t1, d, mp);
}

/* Today's y minus its fit on x. */
KV_API int kv_resid(const double *x, const double *y, double *out, i64 symbols, i64 t0, i64 t1,
                    i64 d, double mp)
{
    return pairs_all(RESID, x, y, out, symbols, t0, t1, d, mp);
}

/* ------------------------------------------------------------------ extremes

   One code for four: the minimum is minus the maximum of the negated values. Missing counts as
   -inf. For positions ties go to the later row, or to the earlier one when `oldest`. */

enum { VALUE, AGE };

typedef struct { double *best, *n, *at; } Extreme;

INLINE Extreme extreme_at(double *room, i64 k)
{
    double *entry = room + 3 * k * LANES;
    Extreme e = {entry, entry + LANES, entry + 2 * LANES};
    return e;
}

INLINE void extreme_clear(Extreme e)
{
    for (int l = 0; l < LANES; l++) e.best[l] = -INFINITY, e.at[l] = e.n[l] = 0.0;
}

/* One row more: to = from with x. `ties`: an equal value replaces the best so far. */
INLINE void extreme_add(int kind, const double *restrict x, const double *best, const double *n,
                        const double *at, double *to_best, double *to_n, double *to_at,
                        double sign, double row, int ties, int width)
{
    EACH_LANE {
        double v = present(x[l]) ? sign * x[l] : -INFINITY;
        int better = ties ? v >= best[l] : v > best[l];
        to_best[l] = better ? v : best[l];
        to_n[l] = n[l] + (present(x[l]) ? 1.0 : 0.0);
        if (kind == AGE) to_at[l] = better ? row : at[l];
    }
}

INLINE void extreme_output(int kind, const double *restrict x, double *restrict best,
                           double *restrict new_n, double *restrict at,
                           const double *restrict old_best, const double *restrict old_n,
                           const double *restrict old_at, double *restrict out, double sign,
                           double row, double mp, int oldest, int width)
{
    EACH_LANE {
        double v = present(x[l]) ? sign * x[l] : -INFINITY;
        double before = old_best[l], last = best[l];
        int better = oldest ? v > last : v >= last;
        double now = better ? v : last;
        best[l] = now;
        new_n[l] += present(x[l]) ? 1.0 : 0.0;
        double n = new_n[l] + old_n[l];
        int old_wins = oldest ? before >= now : before > now;
        if (kind == VALUE) {
            double value = sign * (old_wins ? before : now);
            out[l] = n >= mp ? settled(value) : MISSING;
        } else {
            double old_row = old_at[l], new_row = better ? row : at[l];
            at[l] = new_row;
            double age = row - (old_wins ? old_row : new_row);
            out[l] = ((n >= mp) & present(x[l])) ? age : MISSING;
        }
    }
}

INLINE void extreme_lanes(int kind, const double *x, double *out, i64 symbols, i64 t0, i64 t1,
                          i64 d, double mp, double sign, int oldest, double *room, int width)
{
    for (i64 b = first_block(t0, d); b < t1; b += d) {
        Block block = block_at(b, t0, t1, d);
        double best[LANES], n[LANES], at[LANES];
        Extreme later = extreme_at(room, d), now = {best, n, at};
        extreme_clear(later);
        for (i64 r = b - 1; r >= block.oldest; r--) {
            Extreme e = extreme_at(room, r - b + d);
            extreme_add(kind, x + r * symbols, later.best, later.n, later.at, e.best, e.n, e.at,
                        sign, (double)r, oldest, width);
            later = e;
        }
        extreme_clear(now);
        for (i64 t = b; t < block.end; t++) {
            Extreme old = extreme_at(room, t - b + 1);
            const double *row = x + t * symbols;
            if (t >= t0 && t >= d - 1) {
                extreme_output(kind, row, best, n, at, old.best, old.n, old.at, out + t * symbols,
                               sign, (double)t, mp, oldest, width);
                continue;
            }
            extreme_add(kind, row, best, n, at, best, n, at, sign, (double)t, !oldest, width);
            if (t >= t0) no_window(out + t * symbols, width);
        }
    }
}

INLINE int extreme_all(int kind, const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d,
                       double mp, double sign, int oldest)
{
    double *room = scratch(3 * (d + 1) * LANES);
    if (!room) return OUT_OF_MEMORY;
    for (i64 c = 0; c < symbols; c += LANES)
        if (symbols - c >= LANES)
            extreme_lanes(kind, x + c, out + c, symbols, t0, t1, d, mp, sign, oldest, room, LANES);
        else
            extreme_lanes(kind, x + c, out + c, symbols, t0, t1, d, mp, sign, oldest, room,
                          (int)(symbols - c));
    return 0;
}

KV_API int kv_max(const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d, double mp)
{
    return extreme_all(VALUE, x, out, symbols, t0, t1, d, mp, 1.0, 0);
}

KV_API int kv_min(const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d, double mp)
{
    return extreme_all(VALUE, x, out, symbols, t0, t1, d, mp, -1.0, 0);
}

/* Days since the extreme of sign * x. */
KV_API int kv_arg_max(const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d, double mp,
                      double sign, int oldest)
{
    return oldest ? extreme_all(AGE, x, out, symbols, t0, t1, d, mp, sign, 1)
                  : extreme_all(AGE, x, out, symbols, t0, t1, d, mp, sign, 0);
}

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
