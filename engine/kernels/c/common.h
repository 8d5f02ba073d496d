/* What every kernel shares.

   Arrays are float64 [dates x symbols], date-major, contiguous; missing is NaN, and no kernel
   writes an infinity. Kernels over time take pointers to the (possibly virtual) row 0, write rows
   t0 <= t < t1 and read no row before t0 - d + 1: a run cut into tiles gives the same bits as one
   call. They work on LANES symbols at a time; a lane never looks at another, so neither the number
   of symbols nor the width of the processor's registers changes a result. */

#ifndef KVANT_COMMON_H
#define KVANT_COMMON_H

#include <float.h>
#include <math.h>
#include <stdint.h>

#ifdef _WIN32
#define KV_API __declspec(dllexport)
#else
#define KV_API __attribute__((visibility("default")))
#endif

#define INLINE static inline __attribute__((always_inline))
#define LANES 128
#define EACH_LANE for (int l = 0; l < width; l++)
#define MISSING __builtin_nan("")
#define FLAT 1e-12 /* squared deviations below this share of the sum of squares: no variance */
#define LEAST_SQUARE 1e-280 /* sums of squares below it are of numbers too small to be squared */
#define OUT_OF_MEMORY (-1)

typedef int64_t i64;
typedef int32_t i32;

INLINE int present(double v) { return v == v; }

/* v, or missing when it is infinite. */
INLINE double settled(double v) { return fabs(v) <= DBL_MAX ? v : MISSING; }

INLINE double larger(double a, double b) { return a > b ? a : b; }
INLINE i64 most(i64 a, i64 b) { return a > b ? a : b; }
INLINE i64 least(i64 a, i64 b) { return a < b ? a : b; }

/* Keeps a loop from being vectorised: scattered stores are slower than single ones. */
INLINE void one_by_one(void) { __asm__ volatile(""); }

/* `count` doubles of this thread's scratch memory with arbitrary content, valid until the next
   call, aligned to 64 bytes; NULL when there is no memory. */
double *scratch(i64 count);

/* Keys of x[0..n): order-preserving whole numbers at 12 significant digits, see keys.c. */
void rank_keys(const double *x, double *keys, i64 n);

/* Sums across symbols: symbol i in lane i % 8, lanes combined in one fixed order. */
#define SUM_LANES 8
typedef struct { double lane[SUM_LANES]; } Sum;

INLINE double total(const Sum *s)
{
    const double *a = s->lane;
    return ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7]));
}

#endif
