/* Third and fourth moments of a window, in constant time per cell (see blocks.h).

   Power sums n, S1 = sum(x - c) .. S4 = sum((x - c)^4) about a reference c: first the first present
   value of the prefix (the last one of the suffix), and every CENTRE rows the mean of what has
   come. To join prefix and suffix both are moved to the mean m of the window: with e = c - m,
       sum((x - m)^3) = S3 + e (3 S2 + e (3 S1 + n e)), and so on.
   A reference that is the mean of k of the values is no farther from m than sqrt(n / k) standard
   deviations, so that these terms are no larger than what they are part of, but for a few bits.
   G1 = sqrt(n (n - 1)) / (n - 2) g1,  g1 = sqrt(n) M3 / M2^1.5;
   G2 = (n - 1) / ((n - 2) (n - 3)) ((n + 1) g2 + 6),  g2 = n M4 / M2^2 - 3. */

#include <string.h>

#include "blocks.h"
#include "common.h"

enum { SKEW, KURT };
enum { N, S1, S2, S3, S4, PARTS };

/* One row more: to = from + x. Part j of symbol l is at [j * LANES + l]. The first present value
   becomes the reference, unless all symbols have `started`, that is, have one. */
INLINE void powers_add(int kind, int started, const double *restrict x, double *restrict reference,
                       const double *from, double *to, int width)
{
    EACH_LANE {
        double v = x[l], c = started || present(reference[l]) ? reference[l] : v;
        double e = present(v) ? v - c : 0.0, square = e * e;
        if (!started) reference[l] = c;
        to[N * LANES + l] = from[N * LANES + l] + (present(v) ? 1.0 : 0.0);
        to[S1 * LANES + l] = from[S1 * LANES + l] + e;
        to[S2 * LANES + l] = from[S2 * LANES + l] + square;
        to[S3 * LANES + l] = from[S3 * LANES + l] + e * square;
        if (kind == KURT) to[S4 * LANES + l] = from[S4 * LANES + l] + square * square;
    }
}

/* Missing where the power of M2 is too large or too small for a number. */
INLINE double shape(int kind, double n, double m2, double high)
{
    double power = kind == SKEW ? m2 * sqrt(m2) : m2 * m2, value;
    if (kind == SKEW) {
        value = sqrt(n * (n - 1.0)) / (n - 2.0) * (sqrt(n) * high / power);
    } else {
        double g2 = n * high / power - 3.0;
        value = (n - 1.0) / ((n - 2.0) * (n - 3.0)) * ((n + 1.0) * g2 + 6.0);
    }
    return ((power > LEAST_SQUARE) & (power <= DBL_MAX)) ? value : MISSING;
}

/* sum((x - m)^2), from sums about m + e. */
INLINE double moved2(double e, double n, double s1, double s2)
{
    return s2 + e * (2.0 * s1 + n * e);
}

INLINE double moved3(double e, double n, double s1, double s2, double s3)
{
    return s3 + e * (3.0 * s2 + e * (3.0 * s1 + n * e));
}

INLINE double moved4(double e, double n, double s1, double s2, double s3, double s4)
{
    return s4 + e * (4.0 * s3 + e * (6.0 * s2 + e * (4.0 * s1 + n * e)));
}

/* Move the reference to the mean. */
INLINE void powers_centre(int kind, const double *reference, const double *from,
                          double *to_reference, double *to, int width)
{
    EACH_LANE {
        double n = from[N * LANES + l], s1 = from[S1 * LANES + l], s2 = from[S2 * LANES + l];
        double s3 = from[S3 * LANES + l], c = reference[l];
        double mean = c + (n > 0.0 ? s1 / n : 0.0), e = n > 0.0 ? c - mean : 0.0;
        to_reference[l] = mean;
        to[N * LANES + l] = n;
        to[S1 * LANES + l] = s1 + n * e;
        to[S2 * LANES + l] = moved2(e, n, s1, s2);
        to[S3 * LANES + l] = moved3(e, n, s1, s2, s3);
        if (kind == KURT) to[S4 * LANES + l] = moved4(e, n, s1, s2, s3, from[S4 * LANES + l]);
    }
}

/* The statistic of the prefix `now` and the suffix `old`. */
INLINE void shape_output(int kind, const double *restrict c, const double *restrict now,
                         const double *restrict old_c, const double *restrict old,
                         double *restrict out, double mp, int width)
{
    EACH_LANE {
        double n1 = now[N * LANES + l], s1 = now[S1 * LANES + l], s2 = now[S2 * LANES + l];
        double n2 = old[N * LANES + l], r1 = old[S1 * LANES + l], r2 = old[S2 * LANES + l];
        double s3 = now[S3 * LANES + l], r3 = old[S3 * LANES + l], n = n1 + n2;
        double first = n1 > 0.0 ? c[l] : old_c[l], apart = n2 > 0.0 ? old_c[l] - first : 0.0;
        double shift = (s1 + (r1 + n2 * apart)) / n; /* the mean is first + shift */
        double e = -shift, f = apart - shift;
        double m2 = moved2(e, n1, s1, s2) + moved2(f, n2, r1, r2), high;
        if (kind == SKEW)
            high = moved3(e, n1, s1, s2, s3) + moved3(f, n2, r1, r2, r3);
        else
            high = moved4(e, n1, s1, s2, s3, now[S4 * LANES + l]) +
                   moved4(f, n2, r1, r2, r3, old[S4 * LANES + l]);
        double mean = first + shift, squares = m2 + n * mean * mean;
        int enough = (n >= mp) & (n > (kind == SKEW ? 2.0 : 3.0));
        out[l] = (enough & (m2 > FLAT * squares)) ? settled(shape(kind, n, m2, high)) : MISSING;
    }
}

INLINE void shape_lanes(int kind, const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d,
                        double mp, double *room, int width)
{
    i64 size = PARTS * LANES;
    double *references = room + entries(d) * size; /* CENTRE rows share one */
    for (i64 b = first_block(t0, d); b < t1; b += d) {
        Block block = block_at(b, t0, t1, d);
        double c[LANES], now[PARTS * LANES] = {0};
        double *old_c = references, *entry = room + entry_at(d, d) * size;
        int started = 0;
        for (int l = 0; l < LANES; l++) old_c[l] = c[l] = MISSING;
        memset(entry, 0, sizeof now);
        for (i64 r = b - 1; r >= block.oldest; r--) {
            if (r < b - 1 && (b - 1 - r) % CENTRE == 0) {
                entry -= size;
                powers_centre(kind, old_c, entry + size, old_c + LANES, entry, width);
                old_c += LANES;
            }
            entry -= size;
            if (started) powers_add(kind, 1, x + r * symbols, old_c, entry + size, entry, width);
            else powers_add(kind, 0, x + r * symbols, old_c, entry + size, entry, width);
            started = started || all_present(old_c, width);
        }
        started = 0;
        for (i64 t = b; t < block.end; t++) {
            if (t > b && (t - b) % CENTRE == 0) powers_centre(kind, c, now, c, now, width);
            if (started) powers_add(kind, 1, x + t * symbols, c, now, now, width);
            else powers_add(kind, 0, x + t * symbols, c, now, now, width);
            started = started || all_present(c, width);
            if (t < t0) continue;
            old_c = references + reference_at(t - b + 1, d) * LANES;
            if (t < d - 1) no_window(out + t * symbols, width);
            else
                shape_output(kind, c, now, old_c, room + entry_at(t - b + 1, d) * size,
                             out + t * symbols, mp, width);
        }
    }
}

INLINE int shape_all(int kind, const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d,
                     double mp)
{
    double *room = scratch((PARTS * entries(d) + references_of(d)) * LANES);
    if (!room) return OUT_OF_MEMORY;
    for (i64 c = 0; c < symbols; c += LANES)
        if (symbols - c >= LANES)
            shape_lanes(kind, x + c, out + c, symbols, t0, t1, d, mp, room, LANES);
        else
            shape_lanes(kind, x + c, out + c, symbols, t0, t1, d, mp, room, (int)(symbols - c));
    return 0;
}

KV_API int kv_skew(const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d, double mp)
{
    return shape_all(SKEW, x, out, symbols, t0, t1, d, mp);
}

KV_API int kv_kurt(const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d, double mp)
{
    return shape_all(KURT, x, out, symbols, t0, t1, d, mp);
}
