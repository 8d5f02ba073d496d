/* Moments across the symbols of a date, all or within groups.

   Values are shifted by the first present one of the row (of the group), so that equal values
   leave exact zeros and data far from 0 keeps its digits. Sums over all symbols keep eight lanes:
   symbol i in lane i % 8, missing adding 0. */

#include <string.h>

#include "common.h"
#include "dates.h"

enum { DEMEAN, ZSCORE, MEAN, STD, COUNT, SCALE, WINSORIZE, TOTAL };

static double first_present(const double *x, i64 n)
{
    for (i64 i = 0; i < n; i++)
        if (present(x[i])) return x[i];
    return MISSING;
}

/* The sums below go through blocks of eight cells; `term` is what a present cell adds. */
enum { ONE, SHIFTED, SQUARED_DEVIATION, SQUARE, SIZE, ITSELF };

INLINE double term(int kind, double v, double c, double mean)
{
    double e = (v - c) - mean;
    double value = kind == ONE                 ? 1.0
                   : kind == SHIFTED           ? v - c
                   : kind == SQUARED_DEVIATION ? e * e
                   : kind == SQUARE            ? v * v
                   : kind == ITSELF            ? v
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
    double deviation = sqrt((m2 < LEAST_SQUARE ? 0.0 : m2) / count);
    switch (kind) {
    case COUNT: spread(x, out, n, count); break;
    case TOTAL: spread(x, out, n, sum_of(ITSELF, x, n, c, mean)); break;
    case MEAN: spread(x, out, n, c + mean); break;
    case STD: spread(x, out, n, deviation); break;
    case WINSORIZE: winsorize(x, out, n, c, mean, parameter * deviation); break;
    case DEMEAN:
        for (i64 i = 0; i < n; i++) out[i] = settled((x[i] - c) - mean);
        break;
    case ZSCORE: {
        int varies = m2 > FLAT * sum_of(SQUARE, x, n, c, mean) + LEAST_SQUARE;
        for (i64 i = 0; i < n; i++)
            out[i] = varies ? settled(((x[i] - c) - mean) / deviation) : MISSING;
        break;
    }
    default: {
        double size = settled(sum_of(SIZE, x, n, c, mean));
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
    case TOTAL: moment_rows(TOTAL, x, out, symbols, rows, parameter); break;
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
            out[i] = xx > FLAT * squares + LEAST_SQUARE ? settled(dy[i] - slope * dx[i]) : MISSING;
    }
    return 0;
}

/* ------------------------------------------------------------------ within groups

   DATES dates at once: lane l of every group is date l. Within a group sums run through the
   symbols in their order. Groups mostly stay the same from date to date, and then a step is one
   of whole vectors (`same`); if not, each lane looks up its own group, with the same result.
   Group 0 holds the symbols that are in none. */

typedef struct { double n[DATES], first[DATES], mean[DATES], m2[DATES], squares[DATES]; } Group;

INLINE void group_clear(Group *group, i64 groups)
{
    memset(group, 0, (size_t)groups * sizeof(Group));
    for (i64 g = 0; g < groups; g++)
        for (int l = 0; l < DATES; l++) group[g].first[l] = MISSING;
}

/* Add a symbol: count, first value and sum of sizes or of distances from the first. */
INLINE void group_add(int kind, const double *cells, Group *group, int l)
{
    double v = cells[l], c = present(group->first[l]) ? group->first[l] : v;
    group->first[l] = c;
    group->n[l] += present(v) ? 1.0 : 0.0;
    group->mean[l] += present(v) ? (kind == SCALE ? fabs(v) : v - c) : 0.0;
}

/* Add a symbol to the squares, of values and of deviations; the latter replace the values. */
INLINE void group_add_squares(double *cells, Group *group, int l)
{
    double v = cells[l], e = (v - group->first[l]) - group->mean[l];
    group->m2[l] += present(v) ? e * e : 0.0;
    group->squares[l] += present(v) ? v * v : 0.0;
    cells[l] = e;
}

INLINE void group_value(int kind, double *cells, const Group *group, int l)
{
    double v = cells[l];
    double value = kind == DEMEAN   ? (v - group->first[l]) - group->mean[l]
                   : kind == MEAN   ? group->first[l] + group->mean[l]
                   : kind == STD    ? group->m2[l]
                                    : v / group->m2[l];
    cells[l] = present(v) ? settled(value) : MISSING;
}

/* Once all are added: the mean and, in the end, m2 as what the values are divided by. */
INLINE void group_means(int kind, Group *group, i64 groups)
{
    for (Group *g = group; g < group + groups; g++)
        for (int l = 0; l < DATES; l++) {
            if (kind == SCALE) g->m2[l] = settled(g->mean[l]);
            g->mean[l] /= g->n[l];
        }
}

INLINE void group_deviations(int kind, Group *group, i64 groups)
{
    for (Group *g = group; g < group + groups; g++)
        for (int l = 0; l < DATES; l++) {
            double m2 = g->m2[l] < LEAST_SQUARE ? 0.0 : g->m2[l];
            int varies = kind == STD || m2 > FLAT * g->squares[l];
            g->m2[l] = varies ? sqrt(m2 / g->n[l]) : MISSING;
        }
}

INLINE Group *group_of(Group *group, i64 code) { return group + (code < 0 ? 0 : code + 1); }

/* Do `step` with every cell and its group. */
#define EACH_CELL(step)                                                                            \
    for (i64 i = 0; i < symbols; i++) {                                                            \
        double *at = cells + i * DATES;                                                            \
        Group *all = group_of(group, codes[0][i]);                                                 \
        if (same)                                                                                  \
            for (int l = 0; l < DATES; l++) step(at, all, l);                                      \
        else                                                                                       \
            for (int l = 0; l < DATES; l++) step(at, group_of(group, codes[l][i]), l);             \
    }

INLINE void group_dates(int kind, int same, double *restrict cells, const int32_t *const *codes,
                        Group *restrict group, i64 symbols, i64 groups)
{
#define ADD(at, g, l) group_add(kind, at, g, l)
#define VALUE(at, g, l) group_value(kind, at, g, l)
    group_clear(group, groups);
    EACH_CELL(ADD)
    group_means(kind, group, groups);
    if (kind == ZSCORE || kind == STD) {
        EACH_CELL(group_add_squares)
        group_deviations(kind, group, groups);
    }
    for (int l = 0; l < DATES; l++) group[0].first[l] = group[0].m2[l] = MISSING;
    EACH_CELL(VALUE)
}

/* Whether each symbol is in one group, or in none, on all DATES dates. If so that group is in
   `usual`, and a cell of a date on which the symbol is in none becomes missing: the same values
   come out, and a hole in the data does not cost the whole vectors. */
INLINE int usual_groups(const int32_t *const *codes, int32_t *restrict usual,
                        double *restrict cells, i64 symbols)
{
    int32_t moved = 0, holes = 0;
    memcpy(usual, codes[0], (size_t)symbols * sizeof *usual);
    for (int l = 1; l < DATES; l++)
        for (i64 i = 0; i < symbols; i++) usual[i] = usual[i] < 0 ? codes[l][i] : usual[i];
    for (int l = 0; l < DATES; l++)
        for (i64 i = 0; i < symbols; i++) {
            moved |= (codes[l][i] >= 0) & (codes[l][i] != usual[i]);
            holes |= (codes[l][i] < 0) & (usual[i] >= 0);
        }
    for (int l = 0; l < DATES && holes && !moved; l++)
        for (i64 i = 0; i < symbols; i++)
            if (codes[l][i] < 0) cells[i * DATES + l] = MISSING;
    return !moved;
}

INLINE int group_rows(int kind, const double *x, const int32_t *codes, double *out, i64 symbols,
                      i64 dates, i64 groups)
{
    i64 size = (i64)(sizeof(Group) / sizeof(double));
    double *cells = scratch(symbols * DATES + groups * size + symbols);
    if (!cells) return OUT_OF_MEMORY;
    Group *group = (Group *)(cells + symbols * DATES);
    int32_t *usual = (int32_t *)(group + groups);
    for (i64 t = 0; t < dates; t += DATES) {
        i64 rows = least(DATES, dates - t);
        const int32_t *of[DATES];
        for (i64 l = 0; l < DATES; l++) of[l] = codes + (t + least(l, rows - 1)) * symbols;
        dates_to_lanes(x + t * symbols, symbols, rows, cells);
        int same = usual_groups(of, usual, cells, symbols);
        if (same) of[0] = usual;
        if (same) group_dates(kind, 1, cells, of, group, symbols, groups);
        else group_dates(kind, 0, cells, of, group, symbols, groups);
        lanes_to_dates(cells, symbols, rows, out + t * symbols);
    }
    return 0;
}

/* `groups` is above every code; a negative code is no group. */
KV_API int kv_group(int kind, const double *x, const int32_t *codes, double *out, i64 symbols,
                    i64 dates, i64 groups)
{
    switch (kind) {
    case DEMEAN: return group_rows(DEMEAN, x, codes, out, symbols, dates, groups + 1);
    case ZSCORE: return group_rows(ZSCORE, x, codes, out, symbols, dates, groups + 1);
    case MEAN: return group_rows(MEAN, x, codes, out, symbols, dates, groups + 1);
    case STD: return group_rows(STD, x, codes, out, symbols, dates, groups + 1);
    default: return group_rows(SCALE, x, codes, out, symbols, dates, groups + 1);
    }
}
