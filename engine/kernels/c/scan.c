/* Windows that are walked row by row, d steps per cell: quantiles, products. */

#include <string.h>

#include "common.h"

/* ------------------------------------------------------------------ quantile

   The window of every symbol is kept sorted, d values, missing as infinity at the end. Per date one
   pass takes the leaving value out and puts today's in,
       without[i] = sorted[i] < leaving ? sorted[i] : sorted[i + 1]
       sorted[i] = max(without[i - 1], min(without[i], today)),
   without a branch, for SORT_LANES symbols at once. -0 becomes 0, so that equal values are equal
   bits and the order they came in does not matter. */

#define SORT_LANES 16

INLINE void replace(double *restrict sorted, i64 d, const double *restrict leaving,
                    const double *restrict today)
{
    double before[SORT_LANES];
    for (int l = 0; l < SORT_LANES; l++) before[l] = -INFINITY;
    for (i64 i = 0; i < d - 1; i++, sorted += SORT_LANES)
        for (int l = 0; l < SORT_LANES; l++) {
            double v = sorted[l] < leaving[l] ? sorted[l] : sorted[SORT_LANES + l];
            double low = v < today[l] ? v : today[l];
            sorted[l] = before[l] > low ? before[l] : low;
            before[l] = v;
        }
    for (int l = 0; l < SORT_LANES; l++) sorted[l] = larger(before[l], today[l]);
}

/* A row for sorting: missing, symbols beyond the last and no row at all (NULL) are infinite. */
INLINE void sortable(const double *x, double *restrict row, int width)
{
    for (int l = 0; l < SORT_LANES; l++) row[l] = INFINITY;
    if (x) EACH_LANE row[l] = present(x[l]) ? x[l] + 0.0 : INFINITY;
}

INLINE void quantile_output(const double *restrict sorted, const double *restrict n,
                            double *restrict out, double mp, double q, int width)
{
    double share[SORT_LANES], low[SORT_LANES], high[SORT_LANES];
    int below[SORT_LANES], above[SORT_LANES];
    for (int l = 0; l < SORT_LANES; l++) {
        double last = larger(n[l] - 1.0, 0.0), place = q * last, under = floor(place);
        share[l] = place - under;
        below[l] = (int)under;
        above[l] = (int)(under + 1.0 < last ? under + 1.0 : last);
    }
    for (int l = 0; l < SORT_LANES; l++) {
        low[l] = sorted[below[l] * SORT_LANES + l];
        high[l] = sorted[above[l] * SORT_LANES + l];
    }
    EACH_LANE {
        int exists = (n[l] >= mp) & (n[l] > 0.0);
        out[l] = exists ? settled(low[l] + share[l] * (high[l] - low[l])) : MISSING;
    }
}

/* One date of SORT_LANES symbols: `leaving` is row t - d, or NULL when nothing leaves. */
INLINE void quantile_step(const double *x, const double *leaving_row, double *restrict sorted,
                          double *restrict n, i64 d, int width)
{
    double leaving[SORT_LANES], today[SORT_LANES];
    sortable(leaving_row, leaving, width);
    sortable(x, today, width);
    replace(sorted, d, leaving, today);
    for (int l = 0; l < SORT_LANES; l++)
        n[l] += (today[l] < INFINITY ? 1.0 : 0.0) - (leaving[l] < INFINITY ? 1.0 : 0.0);
}

INLINE void quantile_group(const double *x, double *out, i64 symbols, i64 t, i64 t0, i64 d,
                           double mp, double q, double *sorted, double *n, int width)
{
    const double *leaving = t - d >= most(t0 - d + 1, 0) ? x + (t - d) * symbols : NULL;
    quantile_step(x + t * symbols, leaving, sorted, n, d, width);
    if (t >= t0)
        quantile_output(sorted, n, out + t * symbols, t >= d - 1 ? mp : INFINITY, q, width);
}

/* Linear between order statistics; q in [0, 1]. */
KV_API int kv_quantile(const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d, double mp,
                       double q)
{
    double *sorted = scratch(d * LANES);
    if (!sorted) return OUT_OF_MEMORY;
    for (i64 c = 0; c < symbols; c += LANES) {
        double n[LANES] = {0};
        for (i64 i = 0; i < d * LANES; i++) sorted[i] = INFINITY;
        for (i64 t = most(t0 - d + 1, 0); t < t1; t++)
            for (i64 g = 0; g < least(LANES, symbols - c); g += SORT_LANES) {
                i64 at = c + g, width = least(SORT_LANES, symbols - at);
                if (width == SORT_LANES)
                    quantile_group(x + at, out + at, symbols, t, t0, d, mp, q, sorted + g * d,
                                   n + g, SORT_LANES);
                else
                    quantile_group(x + at, out + at, symbols, t, t0, d, mp, q, sorted + g * d,
                                   n + g, (int)width);
            }
    }
    return 0;
}

/* ------------------------------------------------------------------ product */

INLINE void multiply_row(const double *restrict x, double *restrict product, double *restrict n,
                         int width)
{
    EACH_LANE {
        product[l] *= present(x[l]) ? x[l] : 1.0;
        n[l] += present(x[l]) ? 1.0 : 0.0;
    }
}

static void product_lanes(const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d,
                          double mp, int width)
{
    for (i64 t = t0; t < t1; t++) {
        double product[LANES], n[LANES] = {0};
        for (int l = 0; l < LANES; l++) product[l] = 1.0;
        for (i64 r = most(t - d + 1, 0); r <= t; r++)
            multiply_row(x + r * symbols, product, n, width);
        EACH_LANE {
            int exists = (t >= d - 1) & (n[l] >= mp);
            out[t * symbols + l] = exists ? settled(product[l]) : MISSING;
        }
    }
}

/* Product of the present values, oldest first. */
KV_API int kv_product(const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d, double mp)
{
    for (i64 c = 0; c < symbols; c += LANES)
        product_lanes(x + c, out + c, symbols, t0, t1, d, mp, (int)least(LANES, symbols - c));
    return 0;
}
