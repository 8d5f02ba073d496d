/* Windows in constant time per cell (see blocks.h): sums, moments of one and of two variables,
   extremes. */

#include <string.h>

#include "blocks.h"
#include "common.h"

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

   Moments n, S = sum(x - c), Q = sum((x - c)^2) about a reference c: first the first present value
   of the prefix (the last one of the suffix), and every CENTRE rows the mean of what has come. With
   e = c2 - c1, those of suffix and prefix together give
       n sum((x - mean)^2) = n (Q1 + Q2) - (S1 + S2)^2 + e (2 (n1 S2 - n2 S1) + n1 n2 e).
   Both references lie inside the window, and one that is the mean of k of m values is no farther
   than sqrt(m / k) standard deviations from theirs. So a few bits are lost, wherever the values
   lie, where sums of squares of the values themselves would lose all. */

enum { STD, ZSCORE };

/* The moments of LANES symbols: where they are kept is the caller's business. */
typedef struct { double *n, *s, *q; } Moments;

INLINE Moments moments_at(double *room, i64 k)
{
    double *entry = room + 3 * k * LANES;
    Moments m = {entry, entry + LANES, entry + 2 * LANES};
    return m;
}

/* Move the reference to the mean: from `reference` to `to_reference`. */
INLINE void moments_centre(const double *reference, const double *n, const double *s,
                           const double *q, double *to_reference, double *to_n, double *to_s,
                           double *to_q, int width)
{
    EACH_LANE {
        double c = reference[l], count = n[l], sum = s[l];
        double mean = c + (count > 0.0 ? sum / count : 0.0), e = count > 0.0 ? mean - c : 0.0;
        to_reference[l] = mean;
        to_n[l] = count;
        to_s[l] = sum - count * e;
        to_q[l] = q[l] - e * (2.0 * sum - count * e);
    }
}

/* One row more: to = from + x. The first present value becomes the reference, unless all symbols have
   `started`, that is, have one. */
INLINE void moments_add(int started, const double *restrict x, double *restrict reference, const double *n,
                        const double *s, const double *q, double *to_n, double *to_s, double *to_q,
                        int width)
{
    EACH_LANE {
        double v = x[l], c = started || present(reference[l]) ? reference[l] : v;
        double e = present(v) ? v - c : 0.0;
        if (!started) reference[l] = c;
        to_n[l] = n[l] + (present(v) ? 1.0 : 0.0);
        to_s[l] = s[l] + e;
        to_q[l] = q[l] + e * e;
    }
}

INLINE void moments_output(int kind, int started, const double *restrict x, double *restrict reference,
                           double *restrict new_n, double *restrict new_s, double *restrict new_q,
                           const double *restrict old_reference, const double *restrict old_n,
                           const double *restrict old_s, const double *restrict old_q,
                           double *restrict out, double mp, double ddof, int width)
{
    EACH_LANE {
        double v = x[l], c = started || present(reference[l]) ? reference[l] : v;
        double step = present(v) ? v - c : 0.0;
        double n1 = new_n[l] + (present(v) ? 1.0 : 0.0), n2 = old_n[l];
        double s1 = new_s[l] + step, q1 = new_q[l] + step * step, s2 = old_s[l];
        if (!started) reference[l] = c;
        new_n[l] = n1;
        new_s[l] = s1;
        new_q[l] = q1;
        double e = present(old_reference[l] - c) ? old_reference[l] - c : 0.0, n = n1 + n2;
        double apart = n1 * n2 * e, sum = s1 + s2;
        double spread = n * (q1 + old_q[l]) - sum * sum + e * (2.0 * (n1 * s2 - n2 * s1) + apart);
        if (kind == STD) {
            double value = sqrt((spread < LEAST_SQUARE ? 0.0 : spread) / (n * (n - ddof)));
            out[l] = n >= mp ? settled(value) : MISSING;
        } else {
            double s = sum + n2 * e, all = n * c + s; /* s about c; the sum of the values */
            double value = (step * n - s) / sqrt(spread);
            double squares = spread + all * all; /* n times the sum of squares */
            int exists = (n >= mp) & (spread > FLAT * squares + LEAST_SQUARE) & present(v);
            out[l] = exists ? settled(value) : MISSING;
        }
    }
}

INLINE void moments_lanes(int kind, const double *x, double *out, i64 symbols, i64 t0, i64 t1,
                          i64 d, double mp, double ddof, double *room, int width)
{
    double *references = room + 3 * entries(d) * LANES; /* CENTRE rows share one */
    for (i64 b = first_block(t0, d); b < t1; b += d) {
        Block block = block_at(b, t0, t1, d);
        double reference[LANES], n[LANES] = {0}, s[LANES] = {0}, q[LANES] = {0};
        double *old_reference = references;
        i64 at = entry_at(d, d);
        int started = 0;
        for (int l = 0; l < LANES; l++) references[l] = reference[l] = MISSING;
        memset(moments_at(room, at).n, 0, 3 * sizeof n);
        for (i64 r = b - 1; r >= block.oldest; r--) {
            if (r < b - 1 && (b - 1 - r) % CENTRE == 0) {
                Moments from = moments_at(room, at--), to = moments_at(room, at);
                moments_centre(old_reference, from.n, from.s, from.q, old_reference + LANES, to.n,
                               to.s, to.q, width);
                old_reference += LANES;
            }
            Moments from = moments_at(room, at--), to = moments_at(room, at);
            const double *row = x + r * symbols;
            if (started)
                moments_add(1, row, old_reference, from.n, from.s, from.q, to.n, to.s, to.q, width);
            else
                moments_add(0, row, old_reference, from.n, from.s, from.q, to.n, to.s, to.q, width);
            started = started || all_present(old_reference, width);
        }
        started = 0;
        for (i64 t = b; t < block.end; t++) {
            i64 k = t - b + 1;
            Moments old = moments_at(room, entry_at(k, d));
            const double *row = x + t * symbols;
            if (t > b && (t - b) % CENTRE == 0)
                moments_centre(reference, n, s, q, reference, n, s, q, width);
            if (t >= t0 && t >= d - 1) {
                old_reference = references + reference_at(k, d) * LANES;
                if (started)
                    moments_output(kind, 1, row, reference, n, s, q, old_reference, old.n, old.s,
                                   old.q, out + t * symbols, mp, ddof, width);
                else
                    moments_output(kind, 0, row, reference, n, s, q, old_reference, old.n, old.s,
                                   old.q, out + t * symbols, mp, ddof, width);
            } else {
                moments_add(0, row, reference, n, s, q, n, s, q, width);
                if (t >= t0) no_window(out + t * symbols, width);
            }
            started = started || all_present(reference, width);
        }
    }
}

INLINE int moments_all(int kind, const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d,
                       double mp, double ddof)
{
    double *room = scratch((3 * entries(d) + references_of(d)) * LANES);
    if (!room) return OUT_OF_MEMORY;
    mp = larger(mp, floor(ddof) + 1.0);
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

   As above for pairs: n, X = sum(x - cx), Y, XX, YY, XY over dates with both values, and with
   tx = n1 X2 - n2 X1, ty alike,
       n sum((x - mean)(y - mean)) = n (XY1 + XY2) - (X1 + X2) (Y1 + Y2)
                                     + (dx ty + dy tx) + n1 n2 (dx dy).
   Every step treats x and y alike, so that exchanging them changes no bit. */

enum { COV, CORR, R2, BETA, RESID };
enum { N, X, Y, XY, XX, YY, PARTS };

/* cov needs no squares, beta and resid none of y. */
INLINE int parts_of(int kind) { return kind == COV ? XX : kind >= BETA ? YY : PARTS; }

/* One row more: to = from + (x, y). Part j of symbol l is at [j * LANES + l]. `started`: as above. */
INLINE void pairs_add(int kind, int started, const double *restrict x, const double *restrict y,
                      double *restrict cx, double *restrict cy, const double *from, double *to,
                      int width)
{
    EACH_LANE {
        int both = present(x[l]) & present(y[l]);
        double c = cx[l], k = cy[l];
        if (!started) {
            cx[l] = c = present(c) ? c : both ? x[l] : MISSING;
            cy[l] = k = present(k) ? k : both ? y[l] : MISSING;
        }
        double e = both ? x[l] - c : 0.0, f = both ? y[l] - k : 0.0;
        to[N * LANES + l] = from[N * LANES + l] + (both ? 1.0 : 0.0);
        to[X * LANES + l] = from[X * LANES + l] + e;
        to[Y * LANES + l] = from[Y * LANES + l] + f;
        to[XY * LANES + l] = from[XY * LANES + l] + e * f;
        if (parts_of(kind) > XX) to[XX * LANES + l] = from[XX * LANES + l] + e * e;
        if (parts_of(kind) > YY) to[YY * LANES + l] = from[YY * LANES + l] + f * f;
    }
}

/* Move the references to the means. */
INLINE void pairs_centre(int kind, const double *cx, const double *cy, const double *from,
                         double *to_cx, double *to_cy, double *to, int width)
{
    EACH_LANE {
        double n = from[N * LANES + l], x = from[X * LANES + l], y = from[Y * LANES + l];
        double share = n > 0.0 ? 1.0 / n : 0.0, mean_x = cx[l] + x * share;
        double mean_y = cy[l] + y * share, e = n > 0.0 ? mean_x - cx[l] : 0.0;
        double f = n > 0.0 ? mean_y - cy[l] : 0.0;
        to_cx[l] = mean_x;
        to_cy[l] = mean_y;
        to[N * LANES + l] = n;
        to[X * LANES + l] = x - n * e;
        to[Y * LANES + l] = y - n * f;
        to[XY * LANES + l] = from[XY * LANES + l] - ((e * y + f * x) - n * (e * f));
        if (parts_of(kind) > XX)
            to[XX * LANES + l] = from[XX * LANES + l] - e * (2.0 * x - n * e);
        if (parts_of(kind) > YY)
            to[YY * LANES + l] = from[YY * LANES + l] - f * (2.0 * y - n * f);
    }
}

/* Add a row to the prefix `now`; the statistic of it and the suffix `old`. */
INLINE void pairs_output(int kind, int started, const double *restrict x, const double *restrict y,
                         double *restrict cx, double *restrict cy, double *restrict now,
                         const double *restrict old_cx, const double *restrict old_cy,
                         const double *restrict old, double *restrict out, double mp, int width)
{
    EACH_LANE {
        int both = present(x[l]) & present(y[l]);
        double c = cx[l], k = cy[l];
        if (!started) {
            cx[l] = c = present(c) ? c : both ? x[l] : MISSING;
            cy[l] = k = present(k) ? k : both ? y[l] : MISSING;
        }
        double e = both ? x[l] - c : 0.0, f = both ? y[l] - k : 0.0;
        double new_n = now[N * LANES + l] + (both ? 1.0 : 0.0);
        double new_x = now[X * LANES + l] + e, new_y = now[Y * LANES + l] + f;
        double new_xy = now[XY * LANES + l] + e * f, new_xx = 0.0, new_yy = 0.0;
        now[N * LANES + l] = new_n;
        now[X * LANES + l] = new_x;
        now[Y * LANES + l] = new_y;
        now[XY * LANES + l] = new_xy;
        if (parts_of(kind) > XX) now[XX * LANES + l] = new_xx = now[XX * LANES + l] + e * e;
        if (parts_of(kind) > YY) now[YY * LANES + l] = new_yy = now[YY * LANES + l] + f * f;
        double old_n = old[N * LANES + l], old_x = old[X * LANES + l], old_y = old[Y * LANES + l];
        double n = new_n + old_n, both_n = new_n * old_n, sum_x = new_x + old_x;
        double sum_y = new_y + old_y;
        if (!started) {
            c = present(c) ? c : old_cx[l];
            k = present(k) ? k : old_cy[l];
        }
        int joined = present(old_cx[l]);
        double dx = joined ? old_cx[l] - c : 0.0, tilt_x = new_n * old_x - old_n * new_x;
        double dy = joined ? old_cy[l] - k : 0.0, tilt_y = new_n * old_y - old_n * new_y;
        double co = n * (new_xy + old[XY * LANES + l]) - sum_x * sum_y;
        co += (dx * tilt_y + dy * tilt_x) + both_n * (dx * dy);
        double sx = sum_x + old_n * dx, sy = sum_y + old_n * dy; /* about c and k */
        double all_x = n * c + sx, all_y = n * k + sy, xx = 0.0, yy = 0.0;
        int exists = n >= mp;
        if (parts_of(kind) > XX) {
            xx = n * (new_xx + old[XX * LANES + l]) - sum_x * sum_x;
            xx += dx * (2.0 * tilt_x + both_n * dx);
            exists &= xx > FLAT * (xx + all_x * all_x) + LEAST_SQUARE;
        }
        if (parts_of(kind) > YY) {
            yy = n * (new_yy + old[YY * LANES + l]) - sum_y * sum_y;
            yy += dy * (2.0 * tilt_y + both_n * dy);
            exists &= yy > FLAT * (yy + all_y * all_y) + LEAST_SQUARE;
        }
        double value;
        if (kind == COV) {
            value = co / (n * (n - 1.0));
        } else if (kind == BETA) {
            value = co / xx;
        } else if (kind == RESID) {
            exists &= both;
            double today_x = e * n - sx, today_y = f * n - sy;
            value = (today_y - co / xx * today_x) / n;
        } else {
            double power = xx * yy, r = co / sqrt(power);
            exists &= (power > LEAST_SQUARE) & (power <= DBL_MAX);
            r = r > 1.0 ? 1.0 : r < -1.0 ? -1.0 : r;
            value = kind == CORR ? r : r * r;
        }
        out[l] = exists ? settled(value) : MISSING;
    }
}

INLINE void pairs_lanes(int kind, const double *x, const double *y, double *out, i64 symbols,
                        i64 t0, i64 t1, i64 d, double mp, double *room, int width)
{
    i64 size = PARTS * LANES;
    double *references = room + entries(d) * size; /* of x and of y; CENTRE rows share a pair */
    for (i64 b = first_block(t0, d); b < t1; b += d) {
        Block block = block_at(b, t0, t1, d);
        double cx[LANES], cy[LANES], now[PARTS * LANES] = {0};
        double *old_c = references, *entry = room + entry_at(d, d) * size;
        int started = 0;
        for (int l = 0; l < LANES; l++) old_c[l] = old_c[LANES + l] = cx[l] = cy[l] = MISSING;
        memset(entry, 0, sizeof now);
        for (i64 r = b - 1; r >= block.oldest; r--) {
            if (r < b - 1 && (b - 1 - r) % CENTRE == 0) {
                double *next = old_c + 2 * LANES;
                entry -= size;
                pairs_centre(kind, old_c, old_c + LANES, entry + size, next, next + LANES, entry,
                             width);
                old_c = next;
            }
            entry -= size;
            const double *row_x = x + r * symbols, *row_y = y + r * symbols, *from = entry + size;
            if (started)
                pairs_add(kind, 1, row_x, row_y, old_c, old_c + LANES, from, entry, width);
            else
                pairs_add(kind, 0, row_x, row_y, old_c, old_c + LANES, from, entry, width);
            started = started || all_present(old_c, width);
        }
        started = 0;
        for (i64 t = b; t < block.end; t++) {
            const double *row_x = x + t * symbols, *row_y = y + t * symbols;
            if (t > b && (t - b) % CENTRE == 0)
                pairs_centre(kind, cx, cy, now, cx, cy, now, width);
            if (t >= t0 && t >= d - 1) {
                old_c = references + 2 * reference_at(t - b + 1, d) * LANES;
                entry = room + entry_at(t - b + 1, d) * size;
                if (started)
                    pairs_output(kind, 1, row_x, row_y, cx, cy, now, old_c, old_c + LANES, entry,
                                 out + t * symbols, mp, width);
                else
                    pairs_output(kind, 0, row_x, row_y, cx, cy, now, old_c, old_c + LANES, entry,
                                 out + t * symbols, mp, width);
            } else {
                pairs_add(kind, 0, row_x, row_y, cx, cy, now, now, width);
                if (t >= t0) no_window(out + t * symbols, width);
            }
            started = started || all_present(cx, width);
        }
    }
}

INLINE int pairs_all(int kind, const double *x, const double *y, double *out, i64 symbols, i64 t0,
                     i64 t1, i64 d, double mp)
{
    double *room = scratch((PARTS * entries(d) + 2 * references_of(d)) * LANES);
    if (!room) return OUT_OF_MEMORY;
    mp = larger(mp, 2.0);
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
