/* Windows that are walked row by row, d steps per cell: ranks, quantiles, products, exponential
   decay, third and fourth moments. */

#include <string.h>

#include "common.h"

/* ------------------------------------------------------------------ ts_rank

   With L values below today's and E equal to it (itself included), the average rank is
   L + (E + 1) / 2. Keys (12 digits) are computed once per row and kept with LANES per row; the
   comparisons run on vectors of eight lanes, GROUP lanes at a time, so that both the values of
   today and the counters stay in registers. The number of present values is a running count,
   which is exact. */

#define GROUP 32
#define VECTORS (GROUP / 8)
#define MIN_TILE 64

typedef double Values __attribute__((vector_size(64)));
typedef i64 Counts __attribute__((vector_size(64)));

/* 2 L + E of `today` among `rows` rows of keys, for GROUP lanes. */
INLINE void rank_group(const double *keys, const double *today, i64 rows, i64 *below_twice)
{
    Values now[VECTORS];
    Counts count[VECTORS];
    memcpy(now, today, sizeof now);
    memset(count, 0, sizeof count);
    for (i64 r = 0; r < rows; r++) {
        Values then[VECTORS];
        memcpy(then, keys + r * LANES, sizeof then);
        for (int v = 0; v < VECTORS; v++) {
            count[v] -= then[v] < now[v];
            count[v] -= then[v] <= now[v];
        }
    }
    memcpy(below_twice, count, sizeof count);
}

INLINE void rank_output(const i64 *restrict below_twice, const double *restrict today,
                        const double *restrict n, double *restrict out, double mp, int percent,
                        int width)
{
    EACH_LANE {
        double rank = 0.5 * ((double)below_twice[l] + 1.0);
        double unit = n[l] > 1.0 ? (rank - 1.0) / (n[l] - 1.0) : 0.5;
        int exists = (n[l] >= mp) & present(today[l]);
        out[l] = exists ? (percent ? rank / n[l] : unit) : MISSING;
    }
}

static void keys_of_row(const double *x, double *keys, int width)
{
    rank_keys(x, keys, width);
    for (int l = width; l < LANES; l++) keys[l] = MISSING;
}

static void rank_lanes(const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d, double mp,
                       int percent, double *keys, int width)
{
    i64 tile = most(d, MIN_TILE), history = d - 1;
    i64 below_twice[LANES];
    double n[LANES] = {0};
    for (i64 k = 0; k < history; k++) {
        i64 r = t0 - history + k;
        if (r >= 0) keys_of_row(x + r * symbols, keys + k * LANES, width);
        else for (int l = 0; l < LANES; l++) keys[k * LANES + l] = MISSING;
        EACH_LANE n[l] += present(keys[k * LANES + l]) ? 1.0 : 0.0;
    }
    for (i64 b = t0; b < t1; b += tile) {
        i64 rows = least(tile, t1 - b);
        for (i64 k = 0; k < rows; k++) {
            const double *first = keys + k * LANES, *today = first + history * LANES;
            keys_of_row(x + (b + k) * symbols, keys + (history + k) * LANES, width);
            EACH_LANE n[l] += present(today[l]) ? 1.0 : 0.0;
            for (int g = 0; g < width; g += GROUP)
                rank_group(first + g, today + g, d, below_twice + g);
            rank_output(below_twice, today, n, out + (b + k) * symbols,
                        b + k >= history ? mp : INFINITY, percent, width);
            EACH_LANE n[l] -= present(first[l]) ? 1.0 : 0.0;
        }
        memmove(keys, keys + rows * LANES, (size_t)(history * LANES) * sizeof(double));
    }
}

/* (average rank - 1) / (n - 1), 0.5 when n = 1; average rank / n when `percent`. */
KV_API int kv_ts_rank(const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d, double mp,
                      int percent)
{
    double *keys = scratch((most(d, MIN_TILE) + d) * LANES);
    if (!keys) return OUT_OF_MEMORY;
    for (i64 c = 0; c < symbols; c += LANES)
        rank_lanes(x + c, out + c, symbols, t0, t1, d, mp, percent, keys,
                   (int)least(LANES, symbols - c));
    return 0;
}

/* ------------------------------------------------------------------ quantile

   The present values of the window are kept sorted, symbol by symbol: each date the oldest is
   taken out and today's put in, both by bisection. -0 becomes 0, so that equal values are equal
   bits and the order they came in does not matter. */

INLINE i64 lower_bound(const double *sorted, i64 n, double v)
{
    i64 low = 0;
    while (n > 0) {
        i64 half = n / 2;
        if (sorted[low + half] < v) low += half + 1, n -= half + 1;
        else n = half;
    }
    return low;
}

INLINE void put_in(double *sorted, i64 *n, double v)
{
    if (!present(v)) return;
    i64 at = lower_bound(sorted, *n, v + 0.0);
    memmove(sorted + at + 1, sorted + at, (size_t)(*n - at) * sizeof(double));
    sorted[at] = v + 0.0;
    *n += 1;
}

INLINE void take_out(double *sorted, i64 *n, double v)
{
    if (!present(v)) return;
    i64 at = lower_bound(sorted, *n, v + 0.0);
    *n -= 1;
    memmove(sorted + at, sorted + at + 1, (size_t)(*n - at) * sizeof(double));
}

INLINE double quantile_of(const double *sorted, i64 n, double q)
{
    double place = q * (double)(n - 1), below = floor(place);
    i64 at = (i64)below;
    double low = sorted[at], high = sorted[least(at + 1, n - 1)];
    return settled(low + (place - below) * (high - low));
}

/* Linear between order statistics; q in [0, 1]. */
KV_API int kv_quantile(const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d, i64 mp,
                       double q)
{
    double *sorted = scratch(d * LANES);
    if (!sorted) return OUT_OF_MEMORY;
    for (i64 c = 0; c < symbols; c += LANES) {
        int width = (int)least(LANES, symbols - c);
        i64 n[LANES] = {0};
        for (i64 t = most(t0 - d + 1, 0); t < t1; t++) {
            const double *row = x + t * symbols + c;
            EACH_LANE {
                put_in(sorted + l * d, &n[l], row[l]);
                if (t >= t0) {
                    int exists = (t >= d - 1) & (n[l] >= mp) & (n[l] > 0);
                    out[t * symbols + c + l] =
                        exists ? quantile_of(sorted + l * d, n[l], q) : MISSING;
                }
                if (t >= most(t0, d - 1))
                    take_out(sorted + l * d, &n[l], x[(t - d + 1) * symbols + c + l]);
            }
        }
    }
    return 0;
}

/* ------------------------------------------------------------------ product, decay_exp */

enum { PRODUCT, DECAY_EXP };

INLINE void fold_row(int kind, const double *restrict x, double *restrict a, double *restrict b,
                     double *restrict n, double f, int width)
{
    EACH_LANE {
        int here = present(x[l]);
        if (kind == PRODUCT) {
            a[l] *= here ? x[l] : 1.0;
        } else {
            a[l] = a[l] * f + (here ? x[l] : 0.0);
            b[l] = b[l] * f + (here ? 1.0 : 0.0);
        }
        n[l] += here ? 1.0 : 0.0;
    }
}

INLINE void fold_lanes(int kind, const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d,
                       double mp, double f, int width)
{
    for (i64 t = t0; t < t1; t++) {
        double a[LANES], b[LANES] = {0}, n[LANES] = {0};
        double *row = out + t * symbols;
        for (int l = 0; l < LANES; l++) a[l] = kind == PRODUCT ? 1.0 : 0.0;
        for (i64 r = most(t - d + 1, 0); r <= t; r++)
            fold_row(kind, x + r * symbols, a, b, n, f, width);
        EACH_LANE {
            int exists = (t >= d - 1) & (n[l] >= mp);
            row[l] = exists ? settled(kind == PRODUCT ? a[l] : a[l] / b[l]) : MISSING;
        }
    }
}

/* Product of the present values, oldest first. */
KV_API int kv_product(const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d, double mp)
{
    for (i64 c = 0; c < symbols; c += LANES)
        fold_lanes(PRODUCT, x + c, out + c, symbols, t0, t1, d, mp, 0.0,
                   (int)least(LANES, symbols - c));
    return 0;
}

/* Mean weighted f^0 (today) .. f^(d-1), by Horner's rule from the oldest row. */
KV_API int kv_decay_exp(const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d, double mp,
                        double f)
{
    for (i64 c = 0; c < symbols; c += LANES)
        fold_lanes(DECAY_EXP, x + c, out + c, symbols, t0, t1, d, mp, f,
                   (int)least(LANES, symbols - c));
    return 0;
}

/* ------------------------------------------------------------------ skew, kurt

   Two passes per cell about the oldest present value c of the window: first the mean of x - c,
   then powers of (x - c) - mean. x - c is nearly exact, so data far from 0 keeps its digits.
   G1 = sqrt(n (n - 1)) / (n - 2) g1,  g1 = sqrt(n) M3 / M2^1.5;
   G2 = (n - 1) / ((n - 2) (n - 3)) ((n + 1) g2 + 6),  g2 = n M4 / M2^2 - 3. */

enum { SKEW, KURT };

INLINE void shifted_sums(const double *restrict x, double *restrict c, double *restrict n,
                         double *restrict s, double *restrict squares, int width)
{
    EACH_LANE {
        double v = x[l];
        c[l] = present(c[l]) ? c[l] : v;
        s[l] += present(v) ? v - c[l] : 0.0;
        squares[l] += present(v) ? v * v : 0.0;
        n[l] += present(v) ? 1.0 : 0.0;
    }
}

INLINE void central_sums(int kind, const double *restrict x, const double *restrict c,
                         const double *restrict mean, double *restrict m2, double *restrict high,
                         int width)
{
    EACH_LANE {
        double e = present(x[l]) ? (x[l] - c[l]) - mean[l] : 0.0;
        m2[l] += e * e;
        high[l] += kind == SKEW ? e * e * e : (e * e) * (e * e);
    }
}

INLINE double shape(int kind, double n, double m2, double high)
{
    if (kind == SKEW)
        return sqrt(n * (n - 1.0)) / (n - 2.0) * (sqrt(n) * high / (m2 * sqrt(m2)));
    double g2 = n * high / (m2 * m2) - 3.0;
    return (n - 1.0) / ((n - 2.0) * (n - 3.0)) * ((n + 1.0) * g2 + 6.0);
}

INLINE void shape_lanes(int kind, const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d,
                        double mp, int width)
{
    for (i64 t = t0; t < t1; t++) {
        double c[LANES], mean[LANES], n[LANES] = {0}, s[LANES] = {0}, squares[LANES] = {0};
        double m2[LANES] = {0}, high[LANES] = {0};
        double *row = out + t * symbols;
        i64 oldest = most(t - d + 1, 0);
        for (int l = 0; l < LANES; l++) c[l] = MISSING;
        for (i64 r = oldest; r <= t; r++)
            shifted_sums(x + r * symbols, c, n, s, squares, width);
        EACH_LANE mean[l] = s[l] / n[l];
        for (i64 r = oldest; r <= t; r++)
            central_sums(kind, x + r * symbols, c, mean, m2, high, width);
        EACH_LANE {
            int enough = (t >= d - 1) & (n[l] >= mp) & (n[l] > (kind == SKEW ? 2.0 : 3.0));
            double value = shape(kind, n[l], m2[l], high[l]);
            row[l] = (enough & (m2[l] > FLAT * squares[l])) ? settled(value) : MISSING;
        }
    }
}

KV_API int kv_skew(const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d, double mp)
{
    for (i64 c = 0; c < symbols; c += LANES)
        shape_lanes(SKEW, x + c, out + c, symbols, t0, t1, d, mp, (int)least(LANES, symbols - c));
    return 0;
}

KV_API int kv_kurt(const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d, double mp)
{
    for (i64 c = 0; c < symbols; c += LANES)
        shape_lanes(KURT, x + c, out + c, symbols, t0, t1, d, mp, (int)least(LANES, symbols - c));
    return 0;
}
