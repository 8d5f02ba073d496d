/* Moments across the symbols of a date, all or within groups.

   Values are shifted by the first present one of the row (of the group), so that equal values
   leave exact zeros and data far from 0 keeps its digits. Sums keep eight lanes: symbol i in lane
   i % 8, missing adding 0. */

#include <string.h>

#include "common.h"

enum { DEMEAN, ZSCORE, MEAN, STD, COUNT, SCALE, WINSORIZE };

static double first_present(const double *x, i64 n)
{
    for (i64 i = 0; i < n; i++)
        if (present(x[i])) return x[i];
    return MISSING;
}

/* The sums below go through blocks of eight cells; `term` is what a present cell adds. */
enum { ONE, SHIFTED, SQUARED_DEVIATION, SQUARE, SIZE };

INLINE double term(int kind, double v, double c, double mean)
{
    double e = (v - c) - mean;
    double value = kind == ONE                 ? 1.0
                   : kind == SHIFTED           ? v - c
                   : kind == SQUARED_DEVIATION ? e * e
                   : kind == SQUARE            ? v * v
                                               : fabs(v);
    return present(v) ? value : 0.0;
}

INLINE double sum_of(int kind, const double *x, i64 n, double c, double mean)
{
    Sum sum = {{0}};
    i64 i = 0;
    for (; i + SUM_LANES <= n; i += SUM_LANES)
        for (int l = 0; l < SUM_LANES; l++) sum.lane[l] += term(kind, x[i + l], c, mean);
    for (int l = 0; i < n; i++, l++) sum.lane[l] += term(kind, x[i], c, mean);
    return total(&sum);
}

INLINE void spread(const double *restrict x, double *restrict out, i64 n, double value)
{
    for (i64 i = 0; i < n; i++) out[i] = present(x[i]) ? settled(value) : MISSING;
}

INLINE void winsorize(const double *restrict x, double *restrict out, i64 n, double c, double mean,
                      double reach)
{
    double low = c + (mean - reach), high = c + (mean + reach);
    for (i64 i = 0; i < n; i++) {
        double e = (x[i] - c) - mean;
        out[i] = settled(e < -reach ? low : e > reach ? high : x[i]);
    }
}

INLINE void moment_row(int kind, const double *restrict x, double *restrict out, i64 n,
                       double parameter)
{
    double c = first_present(x, n), count = sum_of(ONE, x, n, c, 0.0);
    double mean = sum_of(SHIFTED, x, n, c, 0.0) / count;
    double m2 = kind == ZSCORE || kind == STD || kind == WINSORIZE
                    ? sum_of(SQUARED_DEVIATION, x, n, c, mean)
                    : 0.0;
    double deviation = sqrt(m2 / count);
    switch (kind) {
    case COUNT: spread(x, out, n, count); break;
    case MEAN: spread(x, out, n, c + mean); break;
    case STD: spread(x, out, n, deviation); break;
    case WINSORIZE: winsorize(x, out, n, c, mean, parameter * deviation); break;
    case DEMEAN:
        for (i64 i = 0; i < n; i++) out[i] = settled((x[i] - c) - mean);
        break;
    case ZSCORE: {
        int varies = m2 > FLAT * sum_of(SQUARE, x, n, c, mean);
        for (i64 i = 0; i < n; i++)
            out[i] = varies ? settled(((x[i] - c) - mean) / deviation) : MISSING;
        break;
    }
    default: {
        double size = sum_of(SIZE, x, n, c, mean);
        for (i64 i = 0; i < n; i++) out[i] = settled(parameter * x[i] / size);
    }
    }
}

INLINE void moment_rows(int kind, const double *x, double *out, i64 symbols, i64 rows,
                        double parameter)
{
    for (i64 t = 0; t < rows; t++)
        moment_row(kind, x + t * symbols, out + t * symbols, symbols, parameter);
}

KV_API void kv_cross(int kind, const double *x, double *out, i64 symbols, i64 rows,
                     double parameter)
{
    switch (kind) {
    case DEMEAN: moment_rows(DEMEAN, x, out, symbols, rows, parameter); break;
    case ZSCORE: moment_rows(ZSCORE, x, out, symbols, rows, parameter); break;
    case MEAN: moment_rows(MEAN, x, out, symbols, rows, parameter); break;
    case STD: moment_rows(STD, x, out, symbols, rows, parameter); break;
    case COUNT: moment_rows(COUNT, x, out, symbols, rows, parameter); break;
    case SCALE: moment_rows(SCALE, x, out, symbols, rows, parameter); break;
    case WINSORIZE: moment_rows(WINSORIZE, x, out, symbols, rows, parameter); break;
    }
}

/* Residual of y on x with intercept, over symbols with both; missing where x does not vary. */
KV_API int kv_cross_neutralize(const double *y, const double *x, double *out, i64 symbols,
                               i64 rows)
{
    double *v = scratch(4 * symbols), *w = v + symbols, *dx = w + symbols, *dy = dx + symbols;
    if (!v) return OUT_OF_MEMORY;
    for (i64 t = 0; t < rows; t++, x += symbols, y += symbols, out += symbols) {
        for (i64 i = 0; i < symbols; i++) {
            int both = present(x[i]) & present(y[i]);
            v[i] = both ? x[i] : MISSING;
            w[i] = both ? y[i] : MISSING;
        }
        double squares = sum_of(SQUARE, v, symbols, 0.0, 0.0);
        moment_row(DEMEAN, v, dx, symbols, 0.0);
        moment_row(DEMEAN, w, dy, symbols, 0.0);
        double xx = sum_of(SQUARE, dx, symbols, 0.0, 0.0);
        Sum xy = {{0}};
        for (i64 i = 0; i < symbols; i++)
            xy.lane[i % SUM_LANES] += present(dx[i]) ? dx[i] * dy[i] : 0.0;
        double slope = total(&xy) / xx;
        for (i64 i = 0; i < symbols; i++)
            out[i] = xx > FLAT * squares ? settled(dy[i] - slope * dx[i]) : MISSING;
    }
    return 0;
}

/* ------------------------------------------------------------------ within groups */

typedef struct { double first, n, mean, m2, squares, size; Sum sum; } Group;

INLINE i64 group_of(const double *x, const int32_t *codes, i64 i)
{
    return present(x[i]) ? codes[i] : -1;
}

/* Add `kind` of every present cell to the lanes of its group. */
INLINE void group_sums(int kind, const double *x, const int32_t *codes, Group *group, i64 n)
{
    for (i64 i = 0; i < n; i++) {
        i64 g = group_of(x, codes, i);
        if (g >= 0)
            group[g].sum.lane[i % SUM_LANES] += term(kind, x[i], group[g].first, group[g].mean);
    }
}

INLINE double taken(Sum *sum)
{
    double value = total(sum);
    memset(sum, 0, sizeof *sum);
    return value;
}

INLINE double group_value(int kind, double v, const Group *g)
{
    double e = (v - g->first) - g->mean;
    switch (kind) {
    case DEMEAN: return e;
    case MEAN: return g->first + g->mean;
    case STD: return sqrt(g->m2 / g->n);
    case SCALE: return v / g->size;
    default: return g->m2 > FLAT * g->squares ? e / sqrt(g->m2 / g->n) : MISSING;
    }
}

INLINE void group_row(int kind, const double *x, const int32_t *codes, double *out, Group *group,
                      i64 n, i64 groups)
{
    memset(group, 0, (size_t)groups * sizeof(Group));
    for (i64 i = 0; i < n; i++) {
        i64 g = group_of(x, codes, i);
        if (g < 0) continue;
        if (group[g].n == 0.0) group[g].first = x[i];
        group[g].n += 1.0;
    }
    group_sums(SHIFTED, x, codes, group, n);
    for (i64 g = 0; g < groups; g++) group[g].mean = taken(&group[g].sum) / group[g].n;
    if (kind == ZSCORE || kind == STD) {
        group_sums(SQUARED_DEVIATION, x, codes, group, n);
        for (i64 g = 0; g < groups; g++) group[g].m2 = taken(&group[g].sum);
    }
    if (kind == ZSCORE) {
        group_sums(SQUARE, x, codes, group, n);
        for (i64 g = 0; g < groups; g++) group[g].squares = taken(&group[g].sum);
    }
    if (kind == SCALE) {
        group_sums(SIZE, x, codes, group, n);
        for (i64 g = 0; g < groups; g++) group[g].size = taken(&group[g].sum);
    }
    for (i64 i = 0; i < n; i++) {
        i64 g = group_of(x, codes, i);
        out[i] = g >= 0 ? settled(group_value(kind, x[i], &group[g])) : MISSING;
    }
}

INLINE void group_rows(int kind, const double *x, const int32_t *codes, double *out, Group *group,
                       i64 symbols, i64 rows, i64 groups)
{
    for (i64 t = 0; t < rows; t++)
        group_row(kind, x + t * symbols, codes + t * symbols, out + t * symbols, group, symbols,
                  groups);
}

/* `groups` is above every code; a negative code is no group. */
KV_API int kv_group(int kind, const double *x, const int32_t *codes, double *out, i64 symbols,
                    i64 rows, i64 groups)
{
    Group *group = (Group *)scratch(groups * (i64)(sizeof(Group) / sizeof(double)) + 1);
    if (!group) return OUT_OF_MEMORY;
    switch (kind) {
    case DEMEAN: group_rows(DEMEAN, x, codes, out, group, symbols, rows, groups); break;
    case ZSCORE: group_rows(ZSCORE, x, codes, out, group, symbols, rows, groups); break;
    case MEAN: group_rows(MEAN, x, codes, out, group, symbols, rows, groups); break;
    case STD: group_rows(STD, x, codes, out, group, symbols, rows, groups); break;
    case SCALE: group_rows(SCALE, x, codes, out, group, symbols, rows, groups); break;
    }
    return 0;
}
