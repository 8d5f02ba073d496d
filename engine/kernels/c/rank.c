/* Ranks across the symbols of a date, compared at 12 significant digits (see sort.c). */

#include <string.h>

#include "common.h"
#include "elementary.h"
#include "sort.h"

#define BLOCK 128

/* ------------------------------------------------------------------ what becomes of a rank */

enum { UNIT, PERCENT, QUANTILE, BUCKET, TOP, BOTTOM };

/* The standard normal quantile of 0.5 + q, |q| < 0.5: Wichura's algorithm AS 241 (PPND16). */
static double horner(const double *c, double r)
{
    double sum = c[7];
    for (int i = 6; i >= 0; i--) sum = sum * r + c[i];
    return sum;
}

static double normal_quantile(double q)
{
    static const double centre[2][8] = {
        {3.387132872796366608, 133.14166789178437745, 1971.5909503065514427,
         13731.693765509461125, 45921.953931549871457, 67265.770927008700853,
         33430.575583588128105, 2509.0809287301226727},
        {1.0, 42.313330701600911252, 687.1870074920579083, 5394.1960214247511077,
         21213.794301586595867, 39307.89580009271061, 28729.085735721942674,
         5226.495278852854561}};
    static const double tail[2][8] = {
        {1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055,
         3.64784832476320460504, 1.27045825245236838258, 0.24178072517745061177,
         0.0227238449892691845833, 7.7454501427834140764e-4},
        {1.0, 2.05319162663775882187, 1.6763848301838038494, 0.68976733498510000455,
         0.14810397642748007459, 0.0151986665636164571966, 5.475938084995344946e-4,
         1.05075007164441684324e-9}};
    static const double far[2][8] = {
        {6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358,
         0.29656057182850489123, 0.026532189526576123093, 0.0012426609473880784386,
         2.71155556874348757815e-5, 2.01033439929228813265e-7},
        {1.0, 0.59983220655588793769, 0.13692988092273580531, 0.0148753612908506148525,
         7.868691311456132591e-4, 1.8463183175100546818e-5, 1.4215117583164458887e-7,
         2.04426310338993978564e-15}};
    if (fabs(q) <= 0.425) {
        double r = 0.180625 - q * q;
        return q * (horner(centre[0], r) / horner(centre[1], r));
    }
    double r = sqrt(-log_of(0.5 - fabs(q)));
    const double(*c)[8] = r <= 5.0 ? tail : far;
    double shifted = r <= 5.0 ? r - 1.6 : r - 5.0;
    return copysign(horner(c[0], shifted) / horner(c[1], shifted), q);
}

/* Normal scores of the chances 0.5 + x, |x| < 0.5; missing where there is no such chance. */
KV_API void kv_normal_score(const double *restrict x, double *restrict out, i64 n)
{
    for (i64 i = 0; i < n; i++) out[i] = fabs(x[i]) < 0.5 ? normal_quantile(x[i]) : MISSING;
}

/* The value of average rank `rank` among n; `parameter`: buckets, or how many at the top. */
INLINE double rank_value(int kind, double rank, double n, double parameter)
{
    double unit = unit_rank(rank, n);
    switch (kind) {
    case UNIT: return unit;
    case PERCENT: return rank / n;
    case QUANTILE: {
        double off_centre = (rank - 0.5 * (n + 1.0)) / (n - 1.0); /* unit - 0.5, exactly odd */
        return n > 1.0 ? normal_quantile(off_centre * (1.0 - 2.0 / n)) : 0.0;
    }
    case BUCKET: {
        double place = n > 1.0 ? (rank - 1.0) * parameter / (n - 1.0) : 0.5 * parameter;
        return floor(place) < parameter - 1.0 ? floor(place) : parameter - 1.0;
    }
    case TOP: return n + 1.0 - rank <= parameter ? 1.0 : 0.0;
    default: return rank <= parameter ? 1.0 : 0.0;
    }
}

/* Normal scores depend on the rank and the number of values only: SLOTS tables of the scores of
   all halves of ranks, of the counts n met last. */
#define SLOTS 64

INLINE const double *scores_of(double *scores, i64 size, double n)
{
    double *table = scores + (i64)n % SLOTS * size;
    if (table[0] == n) return table + 1;
    table[0] = n;
    i64 last = 2 * (i64)n - 2;
    for (i64 i = 0; i <= last / 2; i++) {
        double score = rank_value(QUANTILE, 0.5 * (double)i + 1.0, n, 0.0);
        table[1 + i] = score;
        table[1 + last - i] = -score;
    }
    return table + 1;
}

/* From twice the average rank - 2 to the value, for `count` sorted cells. */
INLINE void rank_values(int kind, double *restrict values, const double *restrict cells,
                        const double *restrict counts, int count, double parameter)
{
    for (int j = 0; j < count; j++) {
        double value = rank_value(kind, 0.5 * values[j] + 1.0, counts[j], parameter);
        values[j] = is_present(cells[j]) ? value : MISSING;
    }
}

INLINE void score_values(double *values, const double *cells, const double *const *table, int count)
{
    for (int j = 0; j < count; j++)
        values[j] = is_present(cells[j]) ? table[j % LINES][(i64)values[j]] : MISSING;
}

/* Value j goes to the symbol that its cell names, on the date of its line. */
INLINE void hand_out(const double *values, const double *cells, int count, i64 symbols, i64 rows,
                     double *out)
{
    for (int j = 0; j < count; j += LINES)
        for (i64 l = 0; l < rows; l++) {
            out[l * symbols + entry_of(cells[j + l])] = values[j + l];
            one_by_one();
        }
}

/* Bring memory close that will be written in no order. */
INLINE void fetch(const double *x, i64 count)
{
    for (i64 i = 0; i < count; i += 8) __builtin_prefetch(x + i, 1);
}

typedef struct { double *cells, *equals, *spare, *scores; } Room;

/* Ranks of up to LINES dates. */
INLINE void rank_lines(int kind, const Side *side, double *out, const Room *room, double parameter)
{
    double n[LINES], counts[BLOCK];
    const double *table[LINES];
    i64 symbols = side->entries, places = symbols * LINES;
    fetch(out, side->lines * symbols);
    sort_lines(side, room->cells, room->equals, room->spare, n);
    for (int j = 0; j < BLOCK; j++) counts[j] = n[j % LINES];
    for (int l = 0; kind == QUANTILE && l < LINES; l++)
        table[l] = scores_of(room->scores, 2 * symbols, n[l]);
    for (i64 i = 0; i < places; i += BLOCK) {
        const double *cells = room->cells + i;
        double *values = room->equals + i;
        int count = (int)least(BLOCK, places - i);
        if (kind == QUANTILE) score_values(values, cells, table, count);
        else rank_values(kind, values, cells, counts, count, parameter);
        hand_out(values, cells, count, symbols, side->lines, out);
    }
}

INLINE int rank_dates(int kind, const double *x, double *out, i64 symbols, i64 dates,
                      double parameter)
{
    i64 places = room_of_lines(symbols), slots = kind == QUANTILE ? SLOTS : 0;
    double *cells = scratch(2 * places + (4 + 2 * slots) * symbols);
    if (!cells) return OUT_OF_MEMORY;
    double *spare = cells + 2 * places;
    Room room = {cells, cells + places, spare, spare + 4 * symbols};
    for (i64 s = 0; s < slots; s++) room.scores[s * 2 * symbols] = -1.0;
    for (i64 t = 0; t < dates; t += LINES) {
        Side side = {x + t * symbols, symbols, 1, least(LINES, dates - t), symbols};
        rank_lines(kind, &side, out + t * symbols, &room, parameter);
    }
    return 0;
}

/* The value of every average rank, by `kind`. */
KV_API int kv_rank(int kind, const double *x, double *out, i64 symbols, i64 dates,
                   double parameter)
{
    switch (kind) {
    case UNIT: return rank_dates(UNIT, x, out, symbols, dates, parameter);
    case PERCENT: return rank_dates(PERCENT, x, out, symbols, dates, parameter);
    case QUANTILE: return rank_dates(QUANTILE, x, out, symbols, dates, parameter);
    case BUCKET: return rank_dates(BUCKET, x, out, symbols, dates, parameter);
    case TOP: return rank_dates(TOP, x, out, symbols, dates, parameter);
    default: return rank_dates(BOTTOM, x, out, symbols, dates, parameter);
    }
}

/* ------------------------------------------------------------------ ranks within groups

   Along the sorted cells of a date every group counts its members. Those of one class that are in
   the same group share the mean of the places they got. */

typedef struct { double passed, sum, shared; i64 seen; } Group; /* group 0: those in none */

INLINE Group *group_of(Group *groups, i32 code) { return groups + (code < 0 ? 0 : code + 1); }

/* The place of every symbol within its group; the dates take turns, so that a counter is not read
   again while it is being written. */
INLINE void take_places(const Side *side, const double *cells, const double *n, const i32 *codes,
                        double *out, Group *groups, i64 count)
{
    i64 symbols = side->entries;
    for (i64 i = 0; i < symbols; i++)
        for (i64 l = 0; l < side->lines; l++) {
            i64 at = l * symbols + entry_of(cells[i * LINES + l]);
            Group *group = group_of(groups + l * count, codes[at]);
            double there = (double)i < n[l] ? 1.0 : 0.0;
            out[at] = there > 0.0 ? group->passed : MISSING;
            group->passed += there;
        }
}

/* Entries first .. last of a date are one class. */
INLINE void share_places(const double *cells, i64 first, i64 last, const i32 *codes, double *out,
                         Group *groups)
{
    for (i64 i = first; i <= last; i++) {
        i64 s = entry_of(cells[i * LINES]);
        Group *group = group_of(groups, codes[s]);
        if (group->seen != last) group->sum = group->shared = 0.0;
        group->seen = last;
        group->sum += out[s];
        group->shared += 1.0;
    }
    for (i64 i = first; i <= last; i++) {
        i64 s = entry_of(cells[i * LINES]);
        const Group *group = group_of(groups, codes[s]);
        out[s] = group->sum / group->shared;
    }
}

/* From places within groups to unit ranks, for one date. */
INLINE void unit_ranks(const i32 *codes, double *restrict out, const Group *groups,
                       double *restrict others, i64 symbols)
{
    for (i64 s = 0; s < symbols; s++)
        others[s] = codes[s] < 0 ? MISSING : groups[codes[s] + 1].passed - 1.0;
    for (i64 s = 0; s < symbols; s++)
        out[s] = others[s] == 0.0 ? out[s] + 0.5 : out[s] / others[s];
}

/* `groups` is above every code; a negative code is no group. */
KV_API int kv_group_rank(const double *x, const i32 *codes, double *out, i64 symbols, i64 dates,
                         i64 groups)
{
    i64 places = room_of_lines(symbols), count = groups + 1;
    i64 size = LINES * count * (i64)sizeof(Group);
    double *cells = scratch(2 * places + 5 * symbols + size / (i64)sizeof(double)), n[LINES];
    if (!cells) return OUT_OF_MEMORY;
    double *equals = cells + places, *spare = equals + places, *others = spare + 4 * symbols;
    Group *group = (Group *)(others + symbols);
    for (i64 t = 0; t < dates; t += LINES) {
        Side side = {x + t * symbols, symbols, 1, least(LINES, dates - t), symbols};
        fetch(out + t * symbols, side.lines * symbols);
        sort_lines(&side, cells, equals, spare, n);
        memset(group, 0, (size_t)size);
        take_places(&side, cells, n, codes + t * symbols, out + t * symbols, group, count);
        for (i64 l = 0; l < side.lines; l++) {
            const i32 *own = codes + (t + l) * symbols;
            double *to = out + (t + l) * symbols;
            for (i64 i = 0; i < (i64)n[l]; i++) {
                if (equals[i * LINES + l] == 2.0 * (double)i) continue;
                i64 last = (i64)equals[i * LINES + l] - i;
                share_places(cells + l, i, last, own, to, group + l * count);
                i = last;
            }
            unit_ranks(own, to, group + l * count, others, symbols);
        }
    }
    return 0;
}
