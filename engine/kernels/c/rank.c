/* Ranks across the symbols of a date, compared at 12 significant digits.

   The key of v is the whole number sign(v) (9e11 (e + 400) + m - 1e11 + 1), where m 10^(e-11) is v
   rounded half-even to 12 significant digits, 1e11 <= m < 1e12; the key of 0 is 0. m = 1e12 (a
   carry) gives the same key as m = 1e11 at e + 1, so neither the guess of e nor the carry needs a
   correction. |key| < 2^50: exact as a double, and as an integer it leaves 13 bits for the index
   of the symbol. A row of such integers is sorted by the caller between pack and unpack. */

#include <stdio.h>
#include <string.h>

#include "common.h"

#define INDEX_BITS 13
#define INDEX_MASK ((1 << INDEX_BITS) - 1)
#define ABSENT ((((i64)1 << 50) - 1) << INDEX_BITS) /* above every key */
#define STEP 9e11
#define OFFSET 400
#define LOWEST_POWER (-200)
#define BLOCK 128

static const double power[] = {
    1e-200, 1e-199, 1e-198, 1e-197, 1e-196, 1e-195, 1e-194, 1e-193, 1e-192, 1e-191, 1e-190, 1e-189,
    1e-188, 1e-187, 1e-186, 1e-185, 1e-184, 1e-183, 1e-182, 1e-181, 1e-180, 1e-179, 1e-178, 1e-177,
    1e-176, 1e-175, 1e-174, 1e-173, 1e-172, 1e-171, 1e-170, 1e-169, 1e-168, 1e-167, 1e-166, 1e-165,
    1e-164, 1e-163, 1e-162, 1e-161, 1e-160, 1e-159, 1e-158, 1e-157, 1e-156, 1e-155, 1e-154, 1e-153,
    1e-152, 1e-151, 1e-150, 1e-149, 1e-148, 1e-147, 1e-146, 1e-145, 1e-144, 1e-143, 1e-142, 1e-141,
    1e-140, 1e-139, 1e-138, 1e-137, 1e-136, 1e-135, 1e-134, 1e-133, 1e-132, 1e-131, 1e-130, 1e-129,
    1e-128, 1e-127, 1e-126, 1e-125, 1e-124, 1e-123, 1e-122, 1e-121, 1e-120, 1e-119, 1e-118, 1e-117,
    1e-116, 1e-115, 1e-114, 1e-113, 1e-112, 1e-111, 1e-110, 1e-109, 1e-108, 1e-107, 1e-106, 1e-105,
    1e-104, 1e-103, 1e-102, 1e-101, 1e-100, 1e-99, 1e-98, 1e-97, 1e-96, 1e-95, 1e-94, 1e-93, 1e-92,
    1e-91, 1e-90, 1e-89, 1e-88, 1e-87, 1e-86, 1e-85, 1e-84, 1e-83, 1e-82, 1e-81, 1e-80, 1e-79,
    1e-78, 1e-77, 1e-76, 1e-75, 1e-74, 1e-73, 1e-72, 1e-71, 1e-70, 1e-69, 1e-68, 1e-67, 1e-66,
    1e-65, 1e-64, 1e-63, 1e-62, 1e-61, 1e-60, 1e-59, 1e-58, 1e-57, 1e-56, 1e-55, 1e-54, 1e-53,
    1e-52, 1e-51, 1e-50, 1e-49, 1e-48, 1e-47, 1e-46, 1e-45, 1e-44, 1e-43, 1e-42, 1e-41, 1e-40,
    1e-39, 1e-38, 1e-37, 1e-36, 1e-35, 1e-34, 1e-33, 1e-32, 1e-31, 1e-30, 1e-29, 1e-28, 1e-27,
    1e-26, 1e-25, 1e-24, 1e-23, 1e-22, 1e-21, 1e-20, 1e-19, 1e-18, 1e-17, 1e-16, 1e-15, 1e-14,
    1e-13, 1e-12, 1e-11, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1e0, 1e1, 1e2,
    1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
    1e20, 1e21, 1e22, 1e23, 1e24, 1e25, 1e26, 1e27, 1e28, 1e29, 1e30, 1e31, 1e32, 1e33, 1e34, 1e35,
    1e36, 1e37, 1e38, 1e39, 1e40, 1e41, 1e42, 1e43, 1e44, 1e45, 1e46, 1e47, 1e48, 1e49, 1e50, 1e51,
    1e52, 1e53, 1e54, 1e55, 1e56, 1e57, 1e58, 1e59, 1e60, 1e61, 1e62, 1e63, 1e64, 1e65, 1e66, 1e67,
    1e68, 1e69, 1e70, 1e71, 1e72, 1e73, 1e74, 1e75, 1e76, 1e77, 1e78, 1e79, 1e80, 1e81, 1e82, 1e83,
    1e84, 1e85, 1e86, 1e87, 1e88, 1e89, 1e90, 1e91, 1e92, 1e93, 1e94, 1e95, 1e96, 1e97, 1e98, 1e99,
    1e100, 1e101, 1e102, 1e103, 1e104, 1e105, 1e106, 1e107, 1e108, 1e109, 1e110, 1e111, 1e112,
    1e113, 1e114, 1e115, 1e116, 1e117, 1e118, 1e119, 1e120, 1e121, 1e122, 1e123, 1e124, 1e125,
    1e126, 1e127, 1e128, 1e129, 1e130, 1e131, 1e132, 1e133, 1e134, 1e135, 1e136, 1e137, 1e138,
    1e139, 1e140, 1e141, 1e142, 1e143, 1e144, 1e145, 1e146, 1e147, 1e148, 1e149, 1e150, 1e151,
    1e152, 1e153, 1e154, 1e155, 1e156, 1e157, 1e158, 1e159, 1e160, 1e161, 1e162, 1e163, 1e164,
    1e165, 1e166, 1e167, 1e168, 1e169, 1e170, 1e171, 1e172, 1e173, 1e174, 1e175, 1e176, 1e177,
    1e178, 1e179, 1e180, 1e181, 1e182, 1e183, 1e184, 1e185, 1e186, 1e187, 1e188, 1e189, 1e190,
    1e191, 1e192, 1e193, 1e194, 1e195, 1e196, 1e197, 1e198, 1e199, 1e200, 1e201, 1e202, 1e203,
    1e204, 1e205, 1e206, 1e207, 1e208, 1e209, 1e210, 1e211, 1e212,
};

/* The key of one positive finite v, by the C library's correctly rounded formatting. */
static __attribute__((noinline)) double formatted_key(double v)
{
    char text[40];
    double digits = 0.0, exponent = 0.0;
    snprintf(text, sizeof text, "%.11e", v);
    const char *c = text;
    for (; *c != 'e'; c++)
        if (*c >= '0' && *c <= '9') digits = digits * 10.0 + (*c - '0');
    int negative = c[1] == '-';
    for (c += 2; *c; c++) exponent = exponent * 10.0 + (*c - '0');
    return STEP * ((negative ? -exponent : exponent) + OFFSET) + digits - 1e11 + 1.0;
}

/* The key of v, or where *doubtful becomes 1 a placeholder: the digits after the twelfth are too
   near a half for the rounding error of one multiplication (below 3e-4), or v is beyond the
   table. */
INLINE double quick_key(double v, int *doubtful)
{
    double size = fabs(v);
    int regular = (size >= 1e-199) & (size <= 1e199);
    double safe = regular ? size : 1.0;
    uint64_t bits;
    memcpy(&bits, &safe, sizeof bits);
    int binary = (int)(bits >> 52) - 1023;
    int guess = (binary * 315653) >> 20; /* floor(log10(2^binary)) */
    int e = guess + (safe >= power[guess + 1 - LOWEST_POWER]);
    double scaled = safe * power[11 - e - LOWEST_POWER];
    double m = (scaled + 0x1p52) - 0x1p52; /* round half to even */
    double key = STEP * (double)(e + OFFSET) + m - 1e11 + 1.0;
    *doubtful = !(regular & (fabs(scaled - m) < 0.4995)) & (size > 0.0);
    return present(v) ? (size > 0.0 ? copysign(key, v) : 0.0) : MISSING;
}

void rank_keys(const double *restrict x, double *restrict keys, i64 n)
{
    for (i64 start = 0; start < n; start += BLOCK) {
        i64 end = least(start + BLOCK, n);
        int any = 0;
        for (i64 i = start; i < end; i++) {
            int doubtful;
            keys[i] = quick_key(x[i], &doubtful);
            any |= doubtful;
        }
        for (i64 i = start; any && i < end; i++) {
            int doubtful;
            quick_key(x[i], &doubtful);
            if (doubtful) keys[i] = copysign(formatted_key(fabs(x[i])), x[i]);
        }
    }
}

KV_API void kv_rank_keys(const double *x, double *keys, i64 n) { rank_keys(x, keys, n); }

/* Sortable integers: key, then symbol; missing last. At most 2^13 symbols. */
KV_API void kv_rank_pack(const double *x, i64 *packed, i64 symbols, i64 rows)
{
    for (i64 t = 0; t < rows; t++)
        for (i64 start = 0; start < symbols; start += BLOCK) {
            double keys[BLOCK];
            i64 n = least(BLOCK, symbols - start);
            i64 *out = packed + t * symbols + start;
            rank_keys(x + t * symbols + start, keys, n);
            for (i64 i = 0; i < n; i++) {
                i64 key = (i64)(present(keys[i]) ? keys[i] : 0.0);
                i64 high = present(keys[i]) ? key * (1 << INDEX_BITS) : ABSENT;
                out[i] = high + start + i;
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

INLINE i64 key_of(i64 packed) { return packed >> INDEX_BITS; }
INLINE i64 symbol_of(i64 packed) { return packed & INDEX_MASK; }

/* The end of the run of equal keys that starts at i. */
INLINE i64 run_end(const i64 *packed, i64 i, i64 n)
{
    i64 key = key_of(packed[i]);
    for (i++; i < n && key_of(packed[i]) == key; i++) {}
    return i;
}

INLINE i64 present_keys(const i64 *packed, i64 n)
{
    while (n > 0 && packed[n - 1] >= ABSENT) n--;
    return n;
}

INLINE void unpack(int kind, const i64 *packed, double *out, i64 symbols, i64 rows,
                   double parameter)
{
    for (i64 t = 0; t < rows; t++, packed += symbols, out += symbols) {
        i64 n = present_keys(packed, symbols);
        for (i64 i = n; i < symbols; i++) out[symbol_of(packed[i])] = MISSING;
        for (i64 i = 0, end; i < n; i = end) {
            end = run_end(packed, i, n);
            double value = rank_value(kind, 0.5 * (double)(i + 1 + end), (double)n, parameter);
            for (i64 j = i; j < end; j++) out[symbol_of(packed[j])] = value;
        }
    }
}

/* From sorted rows of `kv_rank_pack` to ranks by symbol, ties averaged. */
KV_API void kv_rank_unpack(int kind, const i64 *packed, double *out, i64 symbols, i64 rows,
                           double parameter)
{
    switch (kind) {
    case UNIT: unpack(UNIT, packed, out, symbols, rows, parameter); break;
    case PERCENT: unpack(PERCENT, packed, out, symbols, rows, parameter); break;
    case QUANTILE: unpack(QUANTILE, packed, out, symbols, rows, parameter); break;
    case BUCKET: unpack(BUCKET, packed, out, symbols, rows, parameter); break;
    case TOP: unpack(TOP, packed, out, symbols, rows, parameter); break;
    default: unpack(BOTTOM, packed, out, symbols, rows, parameter); break;
    }
}

/* Unit ranks within groups, from the same sorted rows: `passed` counts the members of each group
   below the run of equal keys, `equal` those in it. */
KV_API int kv_group_rank_unpack(const i64 *packed, const int32_t *codes, double *out, i64 symbols,
                                i64 rows, i64 groups)
{
    double *size = scratch(3 * groups), *passed = size + groups, *equal = passed + groups;
    if (!size) return OUT_OF_MEMORY;
    for (i64 t = 0; t < rows; t++, packed += symbols, codes += symbols, out += symbols) {
        i64 n = present_keys(packed, symbols);
        memset(size, 0, (size_t)(3 * groups) * sizeof(double));
        for (i64 i = 0; i < symbols; i++) {
            i64 s = symbol_of(packed[i]);
            out[s] = MISSING;
            if (i < n && codes[s] >= 0) size[codes[s]] += 1.0;
        }
        for (i64 i = 0, end; i < n; i = end) {
            end = run_end(packed, i, n);
            for (i64 j = i; j < end; j++) {
                i64 s = symbol_of(packed[j]);
                if (codes[s] >= 0) equal[codes[s]] += 1.0;
            }
            for (i64 j = i; j < end; j++) {
                i64 s = symbol_of(packed[j]), g = codes[s];
                if (g < 0) continue;
                double rank = passed[g] + 0.5 * (equal[g] + 1.0);
                out[s] = rank_value(UNIT, rank, size[g], 0.0);
            }
            for (i64 j = i; j < end; j++) {
                i64 g = codes[symbol_of(packed[j])];
                if (g < 0) continue;
                passed[g] += equal[g];
                equal[g] = 0.0;
            }
        }
    }
    return 0;
}
