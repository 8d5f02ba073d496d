/* Sorting of LINES lines at once.

   A cell is the value with its number in the line in the lowest bits of the mantissa, so that
   sorting cells sorts values up to those bits; what they decided wrongly is mended afterwards. Two
   cells that are not `close` are in the right order and differ at 12 significant digits: their
   values are more than 1.3e-11 apart. So only runs of close cells need a second look, which hardly
   ever occur but for equal values, and keys of 12 digits (keys.c) are computed for those alone. */

#include "dates.h"
#include "sort.h"

#ifdef __SSE2__
#include <immintrin.h> /* minimum and maximum of vectors, which compilers do not find by themselves */
#endif

#define CLOSE 1.5e-11 /* 1e-11 for the twelfth digit, 2 * 2^-39 for the bits lost, and a margin */
#define TINY 0x1p-960 /* everything nearer to 0 has the cell of TINY */
#define MOST 0x1.ffffffffcp+1023 /* everything above has its cell */
#define MANY 2 /* more close cells than one in LINES * MANY: worth a look at all of them */

#if defined(__AVX512F__)
#define WIDE 8 /* lines per vector */
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
typedef signed char Flags __attribute__((vector_size(WIDE)));

/* ------------------------------------------------------------------ the sorting network

   Entry i holds the i-th cell of each line, so that every step is a minimum and a maximum of whole
   vectors, without a branch. The network is bitonic: sorted runs of h entries are merged two by
   two, comparing entry p of a run of 2 h with entry 2 h - 1 - p, then entries h/2, h/4, .. 1 apart.
   The smaller one always goes to the lower place, so that entries beyond the last, above every
   cell, stay where they are and need not be visited. Up to three steps are taken together, on
   eight entries held in registers. */

INLINE Cells choose(Bits mask, Cells yes, Cells no)
{
    return (Cells)(((Bits)yes & mask) | ((Bits)no & ~mask));
}

INLINE Cells *entry(double *cells, i64 i) { return (Cells *)(cells + i * LINES); }

INLINE void compare(Cells *a, Cells *b)
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
            if (!(i & h)) compare(v + i, v + i + h);
}

/* Sort `count` entries in registers. */
INLINE void sort_few(Cells *v, int count)
{
    for (int h = 1; h < count; h *= 2)
        for (int i = 0; i < count; i += 2 * h) {
            for (int j = 0; j < h; j++) compare(v + i + j, v + i + 2 * h - 1 - j);
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
            double *low = cells + (b + i) * LINES, *high = cells + (b + q - 1 - i) * LINES;
            for (int k = 0; k < 4; k++) v[k] = *entry(low, k * q);
            for (int k = 4; k < 8; k++) v[k] = *entry(high, k * q);
            for (int k = 0; k < 4; k++) compare(v + k, v + 7 - k);
            clean(v, 4);
            clean(v + 4, 4);
            for (int k = 0; k < 4; k++) *entry(low, k * q) = v[k];
            for (int k = 4; k < 8; k++) *entry(high, k * q) = v[k];
        }
}

/* Sort entries 0 .. n-1 of WIDE lines; there is room for the next power of two above n. */
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

/* ------------------------------------------------------------------ cells */

INLINE Cells cells_of(Cells values, i64 number)
{
    const Bits none = {0}, sign = none + INT64_MIN;
    const Cells tiny = (Cells)none + TINY, absent = (Cells)none + ABSENT;
    Cells size = (Cells)((Bits)values & ~sign);
    Bits nought = size < tiny, there = values == values;
    size = choose(nought, tiny, LOWER((Cells)none + MOST, size));
    size = (Cells)((Bits)size | ((Bits)values & sign & ~nought));
    return (Cells)(((Bits)choose(there, size, absent) & ~(i64)INDEX_MASK) | number);
}

/* Values of the lines, side by side. */
static void values_of(const Side *side, double *cells)
{
    if (side->line != 1 || side->lines < LINES) {
        dates_to_lanes(side->x, side->line, side->lines, cells);
        return;
    }
    for (i64 i = 0; i < side->entries; i++)
        for (i64 l = 0; l < LINES; l++) cells[i * LINES + l] = side->x[i * side->step + l];
}

static void fill(const Side *side, double *cells, double *n)
{
    i64 room = room_of_lines(side->entries);
    values_of(side, cells);
    for (int l = 0; l < LINES; l += WIDE) {
        Bits count = {0};
        for (i64 i = 0; i < side->entries; i++) {
            Cells *cell = entry(cells + l, i);
            count -= *cell == *cell;
            *cell = cells_of(*cell, i);
        }
        for (int j = 0; j < WIDE; j++) n[l + j] = (double)count[j];
    }
    for (i64 i = side->entries * LINES; i < room; i++) cells[i] = INFINITY;
}

/* ------------------------------------------------------------------ close cells */

/* flags[i * LINES + l]: whether cell i of line l is close to the one before it, and present; the
   number of such cells. */
static i64 flag_close(const double *cells, i64 entries, signed char *flags)
{
    i64 total = 0;
    for (int l = 0; l < LINES; l += WIDE) {
        Cells before = *(const Cells *)(cells + l);
        Bits count = {0};
        for (i64 i = 1; i < entries; i++) {
            Cells cell = *(const Cells *)(cells + i * LINES + l);
            Cells size = (Cells)((Bits)cell & INT64_MAX);
            Bits close = (cell - before <= CLOSE * size) & (cell < ABSENT);
            Flags flag = __builtin_convertvector(close, Flags);
            memcpy(flags + i * LINES + l, &flag, sizeof flag);
            count -= close;
            before = cell;
        }
        for (int j = 0; j < WIDE; j++) total += count[j];
    }
    return total;
}

/* The values of WIDE sorted cells. */
INLINE Cells values_at(const Side *side, const double *cells, i64 l)
{
    double v[WIDE];
    Cells values;
    for (i64 j = 0; j < WIDE; j++)
        v[j] = side->x[(l + j) * side->line + entry_of(cells[j]) * side->step];
    memcpy(&values, v, sizeof values);
    return values;
}

/* `equals` where neighbours have the very same value; looks[..]: cells that are close to the one
   before without being the same. */
static void join_same(const Side *side, const double *cells, double *equals,
                      const signed char *flags, signed char *looks)
{
    i64 entries = side->entries;
    for (int l = 0; l < LINES; l += WIDE) {
        Cells before = values_at(side, cells + l, l), first = {0}, last = first;
        for (i64 i = 1; i < entries; i++) {
            Cells v = values_at(side, cells + i * LINES + l, l);
            Bits same = v == before;
            Flags flag;
            memcpy(&flag, flags + i * LINES + l, sizeof flag);
            flag &= __builtin_convertvector(~same, Flags);
            memcpy(looks + i * LINES + l, &flag, sizeof flag);
            first = choose(same, first, (Cells){0} + (double)i);
            *entry(equals + l, i) = first;
            before = v;
        }
        Cells next = (Cells){0} + (double)entries;
        for (i64 i = entries - 1; i >= 0; i--) {
            Cells *place = entry(equals + l, i), here = i ? *place : (Cells){0};
            last = choose(next == (double)(i + 1), (Cells){0} + (double)i, last);
            *place = here + last;
            next = here;
        }
    }
}

/* Entries first .. last of a line get the order of their values, which are left in `values`. */
static void mend(const double *x, i64 step, double *cells, i64 first, i64 last, double *values)
{
    for (i64 i = first; i <= last; i++) {
        double cell = cells[i * LINES], v = x[entry_of(cell) * step];
        i64 to = i - first;
        values[to] = v;
        if (!to || values[to - 1] <= v) continue;
        for (; to > 0 && values[to - 1] > v; to--) {
            values[to] = values[to - 1];
            cells[(first + to) * LINES] = cells[(first + to - 1) * LINES];
        }
        values[to] = v;
        cells[(first + to) * LINES] = cell;
    }
}

/* Entries first .. last, all close, as classes of keys that are equal. */
static void classes(double *equals, i64 first, i64 last, const double *values, double *keys)
{
    i64 count = last - first + 1;
    int same = values[0] == values[count - 1];
    if (!same) rank_keys(values, keys, count);
    for (i64 a = 0, b; a < count; a = b + 1) {
        for (b = same ? count - 1 : a; b + 1 < count && keys[b + 1] == keys[a]; b++) {}
        for (i64 i = a; i <= b; i++) equals[(first + i) * LINES] = (double)(2 * first + a + b);
    }
}

/* The run of close cells around entry i of line l, in order; the last one of them. */
static i64 second_look(const Side *side, i64 l, i64 i, const signed char *flags, double *cells,
                       double *equals, double *spare)
{
    i64 first = i - 1, last = i;
    while (first > 0 && flags[first * LINES + l]) first--;
    while (last + 1 < side->entries && flags[(last + 1) * LINES + l]) last++;
    mend(side->x + l * side->line, side->step, cells + l, first, last, spare);
    classes(equals + l, first, last, spare, spare + side->entries);
    return last;
}

static void look_again(const Side *side, double *cells, double *equals, double *spare)
{
    i64 done[LINES] = {0}, any;
    signed char *flags = (signed char *)(spare + 2 * side->entries), *looks = flags;
    i64 close = flag_close(cells, side->entries, flags);
    if (close > side->entries / MANY && side->lines == LINES) {
        looks += LINES * side->entries;
        join_same(side, cells, equals, flags, looks);
    }
    for (i64 i = 1; close && i < side->entries; i++) {
        memcpy(&any, looks + i * LINES, sizeof any);
        for (i64 l = 0; any && l < LINES; l++)
            if (looks[i * LINES + l] && i > done[l])
                done[l] = second_look(side, l, i, flags, cells, equals, spare);
    }
}

void sort_lines(const Side *side, double *cells, double *equals, double *spare, double *n)
{
    fill(side, cells, n);
    for (int l = 0; l < LINES; l += WIDE) sort_entries(cells + l, side->entries);
    for (i64 i = 0; i < side->entries; i++)
        for (int l = 0; l < LINES; l += WIDE) *entry(equals + l, i) = (Cells){0} + 2.0 * (double)i;
    look_again(side, cells, equals, spare);
}
