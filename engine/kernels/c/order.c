/* Sums and order statistics across the symbols of a date, all or within groups. */

#include <stddef.h>

#include "common.h"
#include "sort.h"

enum { SUM, LOWEST, HIGHEST, MEDIAN, MEMBERS };

/* The k-th smallest of v[0..n), moved to place k with nothing larger before it and nothing smaller
   behind it (Hoare's selection around the middle of three). */
INLINE double select_place(double *v, i64 n, i64 k)
{
    for (i64 low = 0, high = n - 1; low < high;) {
        double a = v[low], b = v[(low + high) / 2], c = v[high];
        double pivot = a < b ? (b < c ? b : larger(a, c)) : (a < c ? a : larger(b, c));
        i64 i = low, j = high;
        while (i <= j) {
            while (v[i] < pivot) i++;
            while (v[j] > pivot) j--;
            if (i > j) break;
            double moved = v[i];
            v[i++] = v[j];
            v[j--] = moved;
        }
        if (k <= j) high = j;
        else if (k >= i) low = i;
        else break;
    }
    return v[k];
}

/* The mean of the two middle ones of an even number; `v` is left in another order. */
INLINE double median(double *v, i64 n)
{
    double lower = select_place(v, n, (n - 1) / 2), upper = lower;
    if (n % 2 == 0) {
        upper = v[n / 2];
        for (i64 i = n / 2 + 1; i < n; i++) upper = v[i] < upper ? v[i] : upper;
    }
    return lower + 0.5 * (upper - lower);
}

INLINE double reduced(int kind, double *v, i64 n)
{
    if (kind == MEDIAN) return median(v, n);
    double value = kind == SUM ? 0.0 : v[0];
    for (i64 i = 0; i < n; i++)
        value = kind == SUM      ? value + v[i]
                : kind == LOWEST ? (v[i] < value ? v[i] : value)
                                 : larger(v[i], value);
    return value;
}

INLINE i64 group_at(const int32_t *codes, i64 i) { return codes ? codes[i] : 0; }

/* Values of the groups in their own order of symbols, one group after the other; `end[g]` is where
   group g ends. Zero has no sign here, so that equal values are the same. */
INLINE void gather(const double *x, const int32_t *codes, double *values, i64 *end, i64 symbols,
                   i64 groups)
{
    for (i64 g = 0; g <= groups; g++) end[g] = 0;
    for (i64 i = 0; i < symbols; i++)
        if (present(x[i]) && group_at(codes, i) >= 0) end[group_at(codes, i) + 1]++;
    for (i64 g = 1; g <= groups; g++) end[g] += end[g - 1];
    for (i64 i = 0; i < symbols; i++)
        if (present(x[i]) && group_at(codes, i) >= 0) values[end[group_at(codes, i)]++] = x[i] + 0.0;
}

/* Where the middle cells of a sorted line are: their mean, zero without a sign. */
INLINE double middle(const Side *side, const double *cells, i64 l, i64 n)
{
    const double *x = side->x + l * side->line;
    double lower = x[entry_of(cells[(n - 1) / 2 * LINES + l])] + 0.0;
    double upper = x[entry_of(cells[n / 2 * LINES + l])] + 0.0;
    return lower + 0.5 * (upper - lower);
}

/* The median of all symbols: whole dates are sorted side by side, faster than one is searched. */
static int median_dates(const double *x, double *out, i64 symbols, i64 dates)
{
    i64 places = room_of_lines(symbols);
    double *cells = scratch(2 * places + 4 * symbols), n[LINES];
    if (!cells) return OUT_OF_MEMORY;
    for (i64 t = 0; t < dates; t += LINES) {
        Side side = {x + t * symbols, symbols, 1, least(LINES, dates - t), symbols};
        sort_lines(&side, cells, cells + places, cells + 2 * places, n);
        for (i64 l = 0; l < side.lines; l++) {
            const double *row = x + (t + l) * symbols;
            double *to = out + (t + l) * symbols;
            double value = n[l] > 0.0 ? settled(middle(&side, cells, l, (i64)n[l])) : MISSING;
            for (i64 i = 0; i < symbols; i++) to[i] = present(row[i]) ? value : MISSING;
        }
    }
    return 0;
}

/* One number per group and date, in each cell of the group that is present. `groups` is above every
   code, a negative code is no group; without codes all symbols are one group. */
KV_API int kv_order(int kind, const double *x, const int32_t *codes, double *out, i64 symbols,
                   i64 rows, i64 groups)
{
    if (kind == MEDIAN && !codes && symbols <= 1 << INDEX_BITS)
        return median_dates(x, out, symbols, rows);
    double *values = scratch(symbols + 2 * groups + 1), *value = values + symbols;
    if (!values) return OUT_OF_MEMORY;
    i64 *end = (i64 *)(value + groups);
    for (i64 t = 0; t < rows; t++, x += symbols, out += symbols) {
        gather(x, codes, values, end, symbols, groups);
        for (i64 g = 0, start = 0; g < groups; start = end[g++]) {
            i64 n = end[g] - start;
            value[g] = kind == MEMBERS ? (double)n : n ? reduced(kind, values + start, n) : MISSING;
        }
        for (i64 i = 0; i < symbols; i++) {
            int inside = present(x[i]) && group_at(codes, i) >= 0;
            out[i] = inside ? settled(value[group_at(codes, i)]) : MISSING;
        }
        codes = codes ? codes + symbols : NULL;
    }
    return 0;
}
