/* Elementary functions of one number, written out in additions, multiplications and divisions.

   A library's log or exp is another one on another processor (it chooses among versions with and
   without fused operations), and its last bit with it. These take one path for every number, in one
   order, so that they vectorise and give the same bits everywhere. All are off by less than one
   unit in the last place. Constants of the polynomials are minimax (Remez' exchange), made for the
   intervals named. */

#ifndef KVANT_ELEMENTARY_H
#define KVANT_ELEMENTARY_H

#include <string.h>

#include "common.h"

#define FRACTION 0x000fffffffffffffULL /* bits of a double below its exponent */
#define HIGH_HALF 0xfffffffff8000000ULL /* without the lowest 27 bits, 26 are left */
#define WHOLE 0x1.8p52                  /* adding it rounds to a whole number, in the lowest bits */
#define ROOT_HALF 0x1.6a09e667f3bcdp-1
#define LOG2E 0x1.71547652b82fep+0
#define LN2_HEAD 0x1.62e42feep-1 /* 33 bits: times a whole number below 2^20 it is exact */
#define LN2_TAIL 0x1.a39ef35793c76p-33

INLINE uint64_t pattern(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

INLINE double number(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

INLINE double at_most(double x, double most) { return x > most ? most : x; }
INLINE double at_least(double x, double least) { return x < least ? least : x; }

/* The leading 26 bits of x: the product of two such numbers is exact. */
INLINE double leading(double x) { return number(pattern(x) & HIGH_HALF); }

/* 2^k for a whole number -1023 < k < 1024. */
INLINE double power_of_two(double k) { return number(pattern(k + (WHOLE + 1023.0)) << 52); }

/* m 2^k for whole k, -2040 < k < 2040, in two steps that overflow and underflow as m 2^k does. */
INLINE double scaled(double m, double k)
{
    double half = (0.5 * k + WHOLE) - WHOLE;
    return m * power_of_two(half) * power_of_two(k - half);
}

/* ------------------------------------------------------------------ logarithms */

/* k and m with x = 2^k m, sqrt(1/2) <= m < sqrt(2), for x >= DBL_MIN. */
INLINE double exponent_of_normal(double x, double *m)
{
    uint64_t bits = pattern(x) + (pattern(1.0) - pattern(ROOT_HALF));
    *m = number((bits & FRACTION) + pattern(ROOT_HALF));
    return number(bits >> 52 | pattern(0x1p52)) - (0x1p52 + 1023.0);
}

/* The same for x > 0. */
INLINE double exponent_of(double x, double *m)
{
    int small = x < DBL_MIN;
    double k = exponent_of_normal(small ? x * 0x1p54 : x, m);
    return small ? k - 54.0 : k;
}

/* k ln 2 + ln(1 + f + rest), sqrt(1/2) <= 1 + f < sqrt(2), |rest| <= 2^-53: with s = f / (2 + f),
       ln(1 + f) = 2 artanh(s) = f - (f^2/2 - s (f^2/2 + R)),  R = 2 s^2/3 + 2 s^4/5 + ...
   (W. Kahan's and K. C. Ng's arrangement). R / s^2: degree 6 in s^2, relative error 2^-58. */
INLINE double log_of_parts(double k, double f, double rest)
{
    double s = f / (2.0 + f), z = s * s, w = z * z, half = 0.5 * f * f;
    double even = 0x1.555555555558fp-1 +
                  w * (0x1.2492494137b20p-2 + w * (0x1.7466269ebed0fp-3 + w * 0x1.2ef07a414fd02p-3));
    double odd = 0x1.9999999980d56p-2 + w * (0x1.c71c528d2b0d5p-3 + w * 0x1.39a3f7f0c1f66p-3);
    double low = s * (half + z * (even + z * odd)) + (k * LN2_TAIL + rest);
    return k * LN2_HEAD - ((half - low) - f);
}

/* Natural logarithm of x; missing for x <= 0. */
INLINE double log_of(double x)
{
    double m, k = exponent_of(x, &m);
    double value = log_of_parts(k, m - 1.0, 0.0);
    return ((x > 0.0) & (x <= DBL_MAX)) ? value : MISSING;
}

/* ln(1 + x) for x >= 0: what 1 + x loses in rounding is given back divided by it. */
INLINE double log1p_of(double x)
{
    double u = 1.0 + x, m, k = exponent_of(u, &m), f = m - 1.0;
    double lost = (x > 1.0 ? 1.0 - (u - x) : x - (u - 1.0)) * power_of_two(-at_most(k, 64.0));
    double value = log_of_parts(k, f, lost * (1.0 - f + f * f));
    return x <= DBL_MAX ? value : MISSING;
}

/* ------------------------------------------------------------------ exponentials */

/* e^(r + low) - (1 + r), |r| <= ln(2)/2, |low| <= 2^-54: polynomial of degree 9 for
   (e^r - 1 - r) / r^2, relative error of e^r below 2^-57. */
INLINE double exp_rest(double r, double low)
{
    double z = r * r;
    double even =
        0.5 + z * (0x1.5555555553207p-5 +
                   z * (0x1.6c16c17cc346dp-10 +
                        z * (0x1.a019ab2cdcf1ep-16 + z * 0x1.289f8b41b4fbfp-22)));
    double odd =
        0x1.5555555555501p-3 +
        z * (0x1.1111111128853p-7 +
             z * (0x1.a01a011c3008ep-13 + z * (0x1.71df55246b2c7p-19 + z * 0x1.ad204552dbef8p-26)));
    return low + z * (even + r * odd);
}

/* The same of degree 10, relative error of e^r - 1 below 2^-59: there the 1 does not help. */
INLINE double expm1_rest(double r, double low)
{
    double z = r * r;
    double even =
        0.5 + z * (0x1.5555555555545p-5 +
                   z * (0x1.6c16c16c2992ep-10 +
                        z * (0x1.a01a011ac9e12p-16 +
                             z * (0x1.27e642033b7b5p-22 + z * 0x1.1d11df8c7c479p-29))));
    double odd =
        0x1.555555555555ap-3 +
        z * (0x1.111111110f68dp-7 +
             z * (0x1.a01a01af0dca6p-13 + z * (0x1.71ddfb5765880p-19 + z * 0x1.af5903bc373d4p-26)));
    return low + z * (even + r * odd);
}

/* e^(r + low): 1 + r is taken apart, so that only the last addition rounds much. */
INLINE double exp_of_parts(double r, double low)
{
    double head = 1.0 + r, tail = (1.0 - head) + r;
    return head + (tail + exp_rest(r, low));
}

/* k and r + low with x = k ln 2 + r + low (Cody and Waite: ln 2 in two parts). */
INLINE double reduced(double x, double *r, double *low)
{
    double k = (x * LOG2E + WHOLE) - WHOLE, head = x - k * LN2_HEAD, tail = k * LN2_TAIL;
    *r = head - tail;
    *low = (head - *r) - tail;
    return k;
}

/* e^x; missing where it is too large. */
INLINE double exp_of(double x)
{
    double r, low, k = reduced(at_least(at_most(x, 720.0), -760.0), &r, &low);
    return settled(scaled(exp_of_parts(r, low), k));
}

/* (top + top_low) / (bottom + bottom_low), rounded nearly once: a quotient of 26 bits, then the
   exact rest divided. */
INLINE double quotient(double top, double top_low, double bottom, double bottom_low)
{
    double sum = bottom + bottom_low, share = 1.0 / sum, part = leading(sum);
    double first = leading((top + top_low) * share);
    double rest = (top - first * part) + (top_low - first * ((bottom - part) + bottom_low));
    return first + rest * share;
}

/* 1 / (1 + e^-x): with u = e^-|x|, 1 / (1 + u) and u / (1 + u) for x < 0. In 1 + u any u below
   2^-64 is as good as 2^-64. */
INLINE double sigmoid_of(double x)
{
    double r, low, k = reduced(at_least(-fabs(x), -760.0), &r, &low);
    double u = 1.0 + r, u_low = ((1.0 - u) + r) + exp_rest(r, low);
    double two_k = power_of_two(at_least(k, -64.0)), bottom = 1.0 + two_k * u;
    double bottom_low = ((1.0 - bottom) + two_k * u) + two_k * u_low;
    int below = x < 0.0;
    double value = quotient(below ? u : 1.0, below ? u_low : 0.0, bottom, bottom_low);
    return settled(scaled(value, below ? k : 0.0));
}

/* (1 - u) / (1 + u) with u = e^-2|x|. */
INLINE double tanh_of(double x)
{
    double r, low, k = reduced(-2.0 * at_most(fabs(x), 22.0), &r, &low);
    double two_k = power_of_two(k), step = two_k * r, u = two_k + step;
    double u_low = ((two_k - u) + step) + two_k * expm1_rest(r, low);
    double top = 1.0 - u, top_low = ((1.0 - top) - u) - u_low;
    double bottom = 1.0 + u, bottom_low = ((1.0 - bottom) + u) + u_low;
    return settled(copysign(quotient(top, top_low, bottom, bottom_low), x));
}

#endif
