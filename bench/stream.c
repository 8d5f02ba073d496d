/* Copy and triad of McCalpin's STREAM: what the memory of a machine can do at best.

   `times` passes over n numbers; the empty statements keep a pass from being left out. */

#include <stddef.h>

#if defined(_WIN32)
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

EXPORT void stream_copy(double *restrict a, const double *restrict b, size_t n, long times) {
    for (long t = 0; t < times; t++) {
        for (size_t i = 0; i < n; i++) a[i] = b[i];
        __asm__ volatile("" : : "r"(a) : "memory");
    }
}

EXPORT void stream_triad(double *restrict a, const double *restrict b, const double *restrict c,
                         size_t n, long times) {
    for (long t = 0; t < times; t++) {
        for (size_t i = 0; i < n; i++) a[i] = b[i] + 3.0 * c[i];
        __asm__ volatile("" : : "r"(a) : "memory");
    }
}
