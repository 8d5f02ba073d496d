/* Order-preserving keys of doubles at 12 significant digits.

   The key of v is the whole number sign(v) (9e11 (e + 400) + m - 1e11 + 1), where m 10^(e-11) is v
   rounded half-even to 12 significant digits, 1e11 <= m < 1e12; the key of 0 is 0. m = 1e12 (a
   carry) gives the same key as m = 1e11 at e + 1, so neither the guess of e nor the carry needs a
   correction. |key| < 6.4e14 < 2^50: exact as a double. */

#include <stdio.h>
#include <string.h>

#include "common.h"

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

/* size where the table reaches, else 1. */
INLINE double within(double size) { return ((size >= 1e-199) & (size <= 1e199)) ? size : 1.0; }

/* floor(log10(2^b)) where 2^b <= size < 2^(b+1). */
INLINE int decimal_exponent(double size)
{
    i64 bits;
    memcpy(&bits, &size, sizeof bits);
    int binary = (int)(bits >> 52) - 1023;
    return (binary * 315653) >> 20;
}

/* The key of v by one or two multiplications, `factor` being 10^(11 - e). Not `sure`: the digits
   after the twelfth are too near a half for their rounding errors (below 4e-4), or v is beyond the
   table. */
INLINE double quick_key(double v, int e, double factor, int *sure)
{
    double size = fabs(v), scaled = within(size) * factor; /* 1e11 .. 2e12 */
    int above = scaled >= 1e12;
    scaled = above ? scaled * 0.1 : scaled;
    double m = (scaled + 0x1p52) - 0x1p52; /* round half to even */
    double key = STEP * ((double)(e + OFFSET) + (above ? 1.0 : 0.0)) + m - 1e11 + 1.0;
    *sure = ((fabs(scaled - m) < 0.4995) & (within(size) == size)) | !(size > 0.0);
    return size > 0.0 ? copysign(key, v) : size;
}

/* The key of one positive v whatever its digits. If the power of ten is exact, its product with v
   is correctly rounded and wrong about the side of a half only when it is one: then the rounding
   error of the product decides. */
static __attribute__((noinline)) double careful_key(double v)
{
    int e = decimal_exponent(within(v));
    e += within(v) * power[11 - LOWEST_POWER - e] >= 1e12;
    if (within(v) != v || e < -11 || e > 11) return formatted_key(v);
    double factor = power[11 - LOWEST_POWER - e], scaled = v * factor;
    double error = fma(v, factor, -scaled), m = rint(scaled), rest = scaled - m;
    if (fabs(rest) == 0.5 && error * rest > 0.0) m += 2.0 * rest;
    return STEP * (double)(e + OFFSET) + m - 1e11 + 1.0;
}

static void keys_of_block(const double *restrict x, double *restrict keys, int n)
{
    int e[BLOCK], sure[BLOCK], all = 1;
    double factor[BLOCK];
    for (int i = 0; i < n; i++) e[i] = decimal_exponent(within(fabs(x[i])));
    for (int i = 0; i < n; i++) factor[i] = power[11 - LOWEST_POWER - e[i]];
    for (int i = 0; i < n; i++) {
        keys[i] = quick_key(x[i], e[i], factor[i], &sure[i]);
        all &= sure[i];
    }
    for (int i = 0; !all && i < n; i++)
        if (!sure[i]) keys[i] = copysign(careful_key(fabs(x[i])), x[i]);
}

void rank_keys(const double *x, double *keys, i64 n)
{
    for (i64 i = 0; i < n; i += BLOCK) keys_of_block(x + i, keys + i, (int)least(BLOCK, n - i));
}

KV_API void kv_rank_keys(const double *x, double *keys, i64 n) { rank_keys(x, keys, n); }
