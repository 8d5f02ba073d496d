/* Ranks across the symbols of a date, compared at 12 significant digits (see keys.c). */

#include <string.h>

#include "common.h"
#include "dates.h"

#ifdef __SSE2__
#include <immintrin.h> /* minimum and maximum of vectors, which compilers do not find by themselves */
#endif

#define INDEX_BITS 13 /* at most 2^13 symbols */
#define INDEX_MASK ((1 << INDEX_BITS) - 1)
#define ABSENT 1e15    /* above every key */
#define NOUGHT 0x1p41  /* below every key but that of 0, whose place it takes */
#define BLOCK 128

/* ------------------------------------------------------------------ sorting

   DATES dates are sorted at once: entry i holds the i-th cell of each, so that every step is a
   minimum and a maximum of whole vectors, without a branch. The network is bitonic: sorted runs of
   h entries are merged two by two, comparing entry p of a run of 2 h with entry 2 h - 1 - p, then
   entries h/2, h/4, .. 1 apart. The smaller one always goes to the lower place, so that entries
   beyond the last symbol, above every key, stay where they are and need not be visited. Up to
   three steps are taken together, on eight entries held in registers.

   A cell is sorted as a double made of the sign of its key, the key and, in the lowest bits, the
   symbol. The key of 0 is replaced by a small number that is no key, to keep it normal. */

#if defined(__AVX512F__)
#define WIDE 8 /* dates per vector */
#define LOWER _mm512_min_pd
#define HIGHER _mm512_max_pd
#elif defined(__AVX__)
#define WIDE 4
#define LOWER _mm256_min_pd
#define HIGHER _mm256_max_pd
#elif defined(__SSE2__)
#define WIDE 2
#define LOWER _mm_min_pd
#define HIGHER _mm_max_pd
#else
#define WIDE 2
#define LOWER(x, y) choose((x) < (y), x, y)
#define HIGHER(x, y) choose((x) < (y), y, x)
#endif

typedef double Cells __attribute__((vector_size(8 * WIDE), may_alias));
typedef i64 Bits __attribute__((vector_size(8 * WIDE)));

INLINE Cells choose(Bits mask, Cells yes, Cells no)
{
    return (Cells)(((Bits)yes & mask) | ((Bits)no & ~mask));
}

INLINE Cells *entry(double *cells, i64 i) { return (Cells *)(cells + i * DATES); }

INLINE void order(Cells *a, Cells *b)
{
    Cells x = *a, y = *b;
    *a = LOWER(x, y);
    *b = HIGHER(x, y);
}

/* Steps of distance `count` / 2, ... 1 among `count` entries in registers. */
INLINE void clean(Cells *v, int count)
{
    for (int h = count / 2; h; h /= 2)
        for (int i = 0; i < count; i++)
            if (!(i & h)) order(v + i, v + i + h);
}

/* Sort `count` entries in registers. */
INLINE void sort_few(Cells *v, int count)
{
    for (int h = 1; h < count; h *= 2)
        for (int i = 0; i < count; i += 2 * h) {
            for (int j = 0; j < h; j++) order(v + i + j, v + i + 2 * h - 1 - j);
            clean(v + i, h);
            clean(v + i + h, h);
        }
}

/* Steps of distance count/2 q, ... q over entries 0 .. n-1. */
INLINE void steps(double *cells, i64 n, i64 q, int count)
{
    for (i64 b = 0; b < n; b += count * q)
        for (i64 i = b; i < b + q; i++) {
            Cells v[8];
            for (int k = 0; k < count; k++) v[k] = *entry(cells, i + k * q);
            clean(v, count);
            for (int k = 0; k < count; k++) *entry(cells, i + k * q) = v[k];
        }
}

/* The first three steps of a merge into runs of 8 q. */
INLINE void begin_merge(double *cells, i64 n, i64 q)
{
    for (i64 b = 0; b < n; b += 8 * q)
        for (i64 i = 0; i < q; i++) {
            Cells v[8];
            double *low = cells + (b + i) * DATES, *high = cells + (b + q - 1 - i) * DATES;
            for (int k = 0; k < 4; k++) v[k] = *entry(low, k * q);
            for (int k = 4; k < 8; k++) v[k] = *entry(high, k * q);
            for (int k = 0; k < 4; k++) order(v + k, v + 7 - k);
            clean(v, 4);
            clean(v + 4, 4);
            for (int k = 0; k < 4; k++) *entry(low, k * q) = v[k];
            for (int k = 4; k < 8; k++) *entry(high, k * q) = v[k];
        }
}

/* Sort entries 0 .. n-1 of WIDE dates; there is room for the next power of two above n. */
static void sort_entries(double *cells, i64 n)
{
    for (i64 b = 0; b < n; b += 8) {
        Cells v[8];
        for (int k = 0; k < 8; k++) v[k] = *entry(cells, b + k);
        sort_few(v, 8);
        for (int k = 0; k < 8; k++) *entry(cells, b + k) = v[k];
    }
    for (i64 run = 8; run < n; run *= 2) {
        i64 q = run / 4;
        begin_merge(cells, n, q);
        for (; q >= 8; q /= 8) steps(cells, n, q / 8, 8);
        if (q == 4) steps(cells, n, 1, 4);
        if (q == 2) steps(cells, n, 1, 2);
    }
}

INLINE i64 padded(i64 symbols)
{
    i64 room = 8;
    while (room < symbols) room *= 2;
    return room;
}

INLINE i64 bits_of(double cell)
{
    i64 bits;
    memcpy(&bits, &cell, sizeof bits);
    return bits;
}

INLINE double cell_of(double key, i64 symbol)
{
    double size = !present(key) ? ABSENT : key == 0.0 ? NOUGHT : fabs(key), cell;
    uint64_t whole = (uint64_t)bits_of(size + 0x1p52); /* its lowest 50 bits are `size` */
    uint64_t bits = whole << INDEX_BITS | (uint64_t)symbol;
    memcpy(&cell, &bits, sizeof cell);
    return copysign(cell, present(key) ? key : 1.0);
}

/* As doubles, the cells of keys stay below 1e43, that of ABSENT is above 1e239. */
INLINE int is_present(double cell) { return cell < 1e200; }
INLINE i64 symbol_of(double cell) { return bits_of(cell) & INDEX_MASK; }
INLINE i64 key_of(double cell) { return bits_of(cell) & ~(i64)INDEX_MASK; }

/* The cells of up to DATES dates, sorted; n[l] is the number of present ones of date l. */
static void sorted_cells(const double *x, i64 symbols, i64 rows, double *cells, double *n)
{
    double keys[BLOCK];
    i64 room = padded(symbols);
    for (i64 l = 0; l < DATES; l++) n[l] = 0.0;
    for (i64 start = 0; start < symbols; start += BLOCK)
        for (i64 l = 0; l < rows; l++) {
            i64 count = least(BLOCK, symbols - start), here = 0;
            double *to = cells + start * DATES + l;
            rank_keys(x + l * symbols + start, keys, count);
            for (i64 i = 0; i < count; i++) {
                here += present(keys[i]);
                keys[i] = cell_of(keys[i], start + i);
            }
            for (i64 i = 0; i < count; i++) to[i * DATES] = keys[i];
            n[l] += (double)here;
        }
    for (i64 l = rows; l < DATES; l++)
        for (i64 i = 0; i < symbols; i++) cells[i * DATES + l] = INFINITY;
    for (i64 i = symbols * DATES; i < room * DATES; i++) cells[i] = INFINITY;
    for (int l = 0; l < DATES; l += WIDE) sort_entries(cells + l, symbols);
}

/* twice[i]: the sum of the places, counted from 0, of the first and the last cell equal to cell i
   of its date, that is twice its average rank - 2. */
INLINE void places(const double *restrict cells, double *restrict twice, i64 symbols)
{
    double at[DATES] = {0};
    for (int l = 0; l < DATES; l++) twice[l] = 0.0;
    for (i64 i = 1; i < symbols; i++) {
        const double *c = cells + i * DATES;
        for (int l = 0; l < DATES; l++) {
            at[l] = key_of(c[l]) == key_of(c[l - DATES]) ? at[l] : (double)i;
            twice[i * DATES + l] = at[l];
        }
    }
    for (int l = 0; l < DATES; l++) at[l] = (double)(symbols - 1);
    for (i64 i = symbols - 1; i >= 0; i--) {
        const double *c = cells + i * DATES;
        for (int l = 0; l < DATES; l++) {
            int equal = i < symbols - 1 && key_of(c[l]) == key_of(c[l + DATES]);
            at[l] = equal ? at[l] : (double)i;
            twice[i * DATES + l] += at[l];
        }
    }
}

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
    double r = sqrt(-log(0.5 - fabs(q)));
    const double(*c)[8] = r <= 5.0 ? tail : far;
    double shifted = r <= 5.0 ? r - 1.6 : r - 5.0;
    return copysign(horner(c[0], shifted) / horner(c[1], shifted), q);
}

/* The value of average rank `rank` among n; `parameter`: buckets, or how many at the top. */
INLINE double rank_value(int kind, double rank, double n, double parameter)
{
    double unit = n > 1.0 ? (rank - 1.0) / (n - 1.0) : 0.5;
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
typedef struct { double *values; i64 size; } Scores;

INLINE const double *scores_of(Scores *scores, double n)
{
    i64 slot = (i64)n % SLOTS;
    double *table = scores->values + slot * scores->size;
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

/* From twice the average rank - 2 to the value, for every sorted cell. */
INLINE void rank_values(int kind, double *restrict values, const double *restrict cells,
                        const double *n, i64 symbols, double parameter)
{
    double counts[BLOCK];
    for (int j = 0; j < BLOCK; j++) counts[j] = n[j % DATES];
    for (i64 i = 0; i < symbols * DATES; i += BLOCK) {
        double *restrict v = values + i;
        int count = (int)least(BLOCK, symbols * DATES - i);
        for (int j = 0; j < count; j++) {
            double value = rank_value(kind, 0.5 * v[j] + 1.0, counts[j], parameter);
            v[j] = is_present(cells[i + j]) ? value : MISSING;
        }
    }
}

static void score_values(double *values, const double *cells, const double *n, i64 symbols,
                         Scores *scores)
{
    const double *table[DATES];
    for (int l = 0; l < DATES; l++) table[l] = scores_of(scores, n[l]);
    for (i64 i = 0; i < symbols * DATES; i++)
        values[i] = is_present(cells[i]) ? table[i % DATES][(i64)values[i]] : MISSING;
}

INLINE int rank_dates(int kind, const double *x, double *out, i64 symbols, i64 dates,
                      double parameter)
{
    i64 room = padded(symbols) * DATES, slots = kind == QUANTILE ? SLOTS : 0;
    double *cells = scratch(2 * room + slots * 2 * symbols), *values = cells + room, n[DATES];
    if (!cells) return OUT_OF_MEMORY;
    Scores scores = {values + room, 2 * symbols};
    for (i64 s = 0; s < slots; s++) scores.values[s * scores.size] = -1.0;
    for (i64 t = 0; t < dates; t += DATES, x += DATES * symbols, out += DATES * symbols) {
        i64 rows = least(DATES, dates - t);
        sorted_cells(x, symbols, rows, cells, n);
        places(cells, values, symbols);
        if (kind == QUANTILE) score_values(values, cells, n, symbols, &scores);
        else rank_values(kind, values, cells, n, symbols, parameter);
        for (i64 i = 0; i < symbols * DATES; i += DATES)
            for (i64 l = 0; l < rows; l++)
                out[l * symbols + symbol_of(cells[i + l])] = values[i + l];
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

   A group on its way through the sorted cells of a date: how many of its members came, the key of
   the last one and how many had come when that key first did. */
typedef struct { i64 key; double passed, before; } Member;

/* One member more; how many members are beyond its equals, and whether it has any. */
INLINE double pass(Member *group, i64 key, int *ties)
{
    int equal = group->key == key;
    group->before = equal ? group->before : group->passed;
    group->passed += 1.0;
    group->key = key;
    *ties |= equal;
    return group->before;
}

/* Unit ranks of one date; group 0 holds those that are in none. */
INLINE void group_rank_date(const double *cells, i64 n, const int32_t *codes, double *out,
                            Member *group, i64 groups, i64 symbols)
{
    Member *back = group + groups + 1;
    int ties = 0;
    memset(group, 0, (size_t)(2 * groups + 2) * sizeof(Member));
    for (i64 i = 0; i < n; i++) {
        i64 s = symbol_of(cells[i * DATES]), g = codes[s] < 0 ? 0 : codes[s] + 1;
        out[s] = pass(group + g, key_of(cells[i * DATES]), &ties);
    }
    for (i64 i = n; i < symbols; i++) out[symbol_of(cells[i * DATES])] = MISSING;
    for (i64 i = n - 1; ties && i >= 0; i--) {
        i64 s = symbol_of(cells[i * DATES]), g = codes[s] < 0 ? 0 : codes[s] + 1;
        double above = pass(back + g, key_of(cells[i * DATES]), &ties);
        out[s] = 0.5 * (out[s] + (group[g].passed - 1.0 - above));
    }
    for (i64 s = 0; s < symbols; s++) {
        double others = group[codes[s] < 0 ? 0 : codes[s] + 1].passed - 1.0;
        double unit = others > 0.0 ? out[s] / others : out[s] + 0.5;
        out[s] = codes[s] < 0 ? MISSING : unit;
    }
}

/* `groups` is above every code; a negative code is no group. */
KV_API int kv_group_rank(const double *x, const int32_t *codes, double *out, i64 symbols,
                         i64 dates, i64 groups)
{
    i64 room = padded(symbols) * DATES, members = (2 * groups + 2) * (i64)sizeof(Member);
    double *cells = scratch(room + members / (i64)sizeof(double)), n[DATES];
    if (!cells) return OUT_OF_MEMORY;
    Member *group = (Member *)(cells + room);
    for (i64 t = 0; t < dates; t += DATES) {
        i64 rows = least(DATES, dates - t);
        sorted_cells(x + t * symbols, symbols, rows, cells, n);
        for (i64 l = 0; l < rows; l++) {
            i64 at = (t + l) * symbols;
            group_rank_date(cells + l, (i64)n[l], codes + at, out + at, group, groups, symbols);
        }
    }
    return 0;
}
