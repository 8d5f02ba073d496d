/* The rank of today within its window.

   With L values below today's and E equal to it (itself included), the average rank is
   L + (E + 1) / 2. The rows of the window are compared with today one by one, in vectors that keep
   today and the counters in registers: what is compared decides the cost. Short windows compare
   keys of 12 digits (keys.c), computed once per row. Long ones compare whole numbers of 16 bits, at
   a quarter of the cost: the rows of a few windows are sorted once (sort.c), and the code of a row
   is its place among them. */

#include <string.h>

#include "common.h"
#include "sort.h"

#define GROUP 32 /* symbols at a time */
#define VECTORS (GROUP / 8)
#define MIN_TILE 64
#define LONG 48   /* days from which on sorting pays */
#define CHUNK 256 /* rows that are sorted together, if windows are not too long for that */

/* ------------------------------------------------------------------ short windows */

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

INLINE void key_output(const i64 *restrict below_twice, const double *restrict today,
                        const double *restrict n, double *restrict out, double mp, int percent,
                        int width)
{
    EACH_LANE {
        double rank = 0.5 * ((double)below_twice[l] + 1.0);
        double unit = unit_rank(rank, n[l]);
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
            key_output(below_twice, today, n, out + (b + k) * symbols,
                        b + k >= history ? mp : INFINITY, percent, width);
            EACH_LANE n[l] -= present(first[l]) ? 1.0 : 0.0;
        }
        memmove(keys, keys + rows * LANES, (size_t)(history * LANES) * sizeof(double));
    }
}

/* ------------------------------------------------------------------ long windows */

typedef int16_t Codes __attribute__((vector_size(2 * GROUP), aligned(2)));

#define NO_CODE INT16_MAX

/* Codes of `rows` rows of `width` symbols at codes[row * GROUP + symbol]. */
static void codes_of(const double *x, i64 symbols, i64 rows, i64 width, int16_t *codes,
                     double *room)
{
    double *equals = room + room_of_lines(rows), *spare = equals + room_of_lines(rows);
    double *values = spare + 4 * rows, n[LINES];
    for (i64 r = 0; r < rows; r++)
        for (i64 l = 0; l < GROUP; l++)
            values[r * GROUP + l] = l < width ? x[r * symbols + l] : MISSING;
    for (i64 g = 0; g < width; g += LINES) {
        Side side = {values + g, 1, GROUP, LINES, rows};
        sort_lines(&side, room, equals, spare, n);
        for (i64 i = 0; i < rows * LINES; i += LINES) {
            int16_t code[LINES];
            for (int l = 0; l < LINES; l++)
                code[l] = is_present(room[i + l]) ? (int16_t)equals[i + l] : NO_CODE;
            for (int l = 0; l < LINES; l++) {
                codes[entry_of(room[i + l]) * GROUP + g + l] = code[l];
                one_by_one();
            }
        }
    }
}

INLINE Codes codes_at(const int16_t *codes) { return *(const Codes *)codes; }

/* 2 L + E of today among `rows` rows that end with it. */
INLINE Codes below_twice(const int16_t *codes, i64 rows)
{
    Codes today = codes_at(codes + (rows - 1) * GROUP), count = {0};
    for (i64 r = 0; r < rows; r++) {
        Codes then = codes_at(codes + r * GROUP);
        count -= then < today;
        count -= then <= today;
    }
    return count;
}

INLINE void rank_output(const int16_t *restrict twice, const int16_t *restrict today,
                        const int16_t *restrict n, double *restrict out, double mp, int percent,
                        i64 width)
{
    for (i64 l = 0; l < width; l++) {
        double rank = 0.5 * ((double)twice[l] + 1.0), count = (double)n[l];
        double unit = unit_rank(rank, count);
        int exists = (count >= mp) & (today[l] != NO_CODE);
        out[l] = exists ? (percent ? rank / count : unit) : MISSING;
    }
}

/* Rows [from, t1) of up to GROUP symbols, from the codes of the rows from `first` on. */
static void rank_rows(const int16_t *codes, i64 first, i64 from, i64 t1, i64 d, double mp,
                      int percent, double *out, i64 symbols, i64 width)
{
    Codes n = {0};
    for (i64 r = most(from - d + 1, 0); r < from; r++)
        n -= codes_at(codes + (r - first) * GROUP) != NO_CODE;
    for (i64 t = from; t < t1; t++) {
        const int16_t *today = codes + (t - first) * GROUP, *oldest = today - (d - 1) * GROUP;
        n -= codes_at(today) != NO_CODE;
        if (t < d - 1) {
            for (i64 l = 0; l < width; l++) out[t * symbols + l] = MISSING;
            continue;
        }
        Codes twice = below_twice(oldest, d);
        rank_output((int16_t *)&twice, today, (int16_t *)&n, out + t * symbols, mp, percent, width);
        n += codes_at(oldest) != NO_CODE;
    }
}

static int rank_long(const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d, double mp,
                     int percent)
{
    i64 chunk = CHUNK;
    while (chunk < 3 * d) chunk *= 2;
    i64 room = 2 * room_of_lines(chunk) + (4 + GROUP) * chunk, tile = chunk - d + 1;
    double *cells = scratch(room + chunk * GROUP / 4);
    if (!cells) return OUT_OF_MEMORY;
    int16_t *codes = (int16_t *)(cells + room);
    for (i64 c = 0; c < symbols; c += GROUP)
        for (i64 b = t0; b < t1; b += tile) {
            i64 first = most(b - d + 1, 0), end = least(b + tile, t1);
            i64 width = least(GROUP, symbols - c);
            codes_of(x + first * symbols + c, symbols, end - first, width, codes, cells);
            rank_rows(codes, first, b, end, d, mp, percent, out + c, symbols, width);
        }
    return 0;
}

static int rank_short(const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d, double mp,
                      int percent)
{
    double *keys = scratch((most(d, MIN_TILE) + d) * LANES);
    if (!keys) return OUT_OF_MEMORY;
    for (i64 c = 0; c < symbols; c += LANES)
        rank_lanes(x + c, out + c, symbols, t0, t1, d, mp, percent, keys,
                   (int)least(LANES, symbols - c));
    return 0;
}

/* (average rank - 1) / (n - 1), 0.5 when n = 1; average rank / n when `percent`. */
KV_API int kv_ts_rank(const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d, double mp,
                      int percent)
{
    return (d < LONG ? rank_short : rank_long)(x, out, symbols, t0, t1, d, mp, percent);
}
