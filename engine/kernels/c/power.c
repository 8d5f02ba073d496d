/* Powers x^y of two operands, each an array of n cells or, where the pointer is NULL, one number.

   x^y = 2^(y log2 x). An error of the logarithm is multiplied by up to 745, so it is carried as
   head + low with 26 leading bits in the head, products of which are exact (T. J. Dekker's
   splitting), to a relative error of about 2^-64; see log_cells. Before its last rounding the result
   is off by less than 0.3 units in the last place, so that a power that is a number of 53 bits
   comes out as it.

   The work goes CELLS at a time through three short loops, which a processor overlaps better than
   a long one. They treat the ordinary cell: x > 0 and a result that is neither very large nor very
   small. When a block holds another cell it goes through them again with all cases; ordinary cells
   come out alike. */

#include "elementary.h"

#define CELLS 128
#define ORDINARY 1020.0 /* the largest |log2| of an ordinary result */

/* What becomes of a negative x: it is not ordinary, its sign is dropped, its sign is kept. */
enum { NONE, DROP, KEEP };

#ifdef __clang__ /* it thinks too little of vectors of two or four */
#define ON_VECTORS _Pragma("clang loop vectorize(enable)")
#else
#define ON_VECTORS
#endif

typedef struct { double k[CELLS], s[CELLS], s_low[CELLS], head[CELLS], low[CELLS]; } Logs;

/* x = 2^k m and s = (m - 1) / (m + 1): 26 bits of the quotient, then the exact rest divided. */
INLINE void quotient_cells(int careful, int sign, const double *restrict x, Logs *restrict logs,
                           int count)
{
    for (int i = 0; i < count; i++) {
        double m, size = careful || sign ? fabs(x[i]) : x[i];
        logs->k[i] = careful ? exponent_of(size, &m) : exponent_of_normal(size, &m);
        double f = m - 1.0, whole = 1.0 + m, share = 1.0 / whole;
        double part = leading(whole), rest = m - (part - 1.0), s = leading(f * share);
        logs->s[i] = s;
        logs->s_low[i] = share * ((f - s * part) - s * rest);
    }
}

#define SCALE 0x1.ec709dc3a03fdp-1 /* 2 / (3 ln 2), and its parts */
#define SCALE_26 0x1.ec709d8000000p-1
#define SCALE_REST 0x1.0e80ff5d27f05p-27

/* log2 x = k + 2/(3 ln 2) s (3 + s^2 + 3 s^4/5 + 3 s^6/7 + ...), after K. C. Ng. The series beyond
   3 + s^2 is minimax of degree 6 in s^2; relative error of the sum 2^-65. */
INLINE void log_cells(Logs *restrict logs, int count)
{
    for (int i = 0; i < count; i++) {
        double s = logs->s[i], s_low = logs->s_low[i], s_full = s + s_low;
        double z = s * s, z_low = s_low * (s + s_full), u = z + z_low, w = u * u;
        double even =
            0x1.3333333333461p-1 +
            w * (0x1.555555a1b58c2p-2 + w * (0x1.d8ae59486f730p-3 + w * 0x1.955d9f807ce29p-3));
        double odd = 0x1.b6db6db6844f8p-2 + w * (0x1.1745af854401ap-2 + w * 0x1.97409b4a7a10bp-3);
        double series = w * (even + u * odd) + z_low;
        double t = leading(3.0 + (z + series)), t_low = series - ((t - 3.0) - z);
        double p = s * t, p_low = s_low * t + t_low * s_full;
        double q = leading(p + p_low), q_low = p_low - (q - p);
        double a = q * SCALE_26, a_low = q * SCALE_REST + q_low * SCALE;
        double head = leading(logs->k[i] + (a + a_low));
        logs->head[i] = head;
        logs->low[i] = a_low - ((head - logs->k[i]) - a);
    }
}

#define LN2 0x1.62e42fefa39efp-1 /* and its parts */
#define LN2_26 0x1.62e42f8000000p-1
#define LN2_REST 0x1.be8e7bcd5e4f2p-27

/* x^y for every x and y that is not missing, where `value` is |x|^y of ordinary ones. Small powers
   are roots and products. */
INLINE double any_power(int signed_power, double x, double y, double value)
{
    double size = fabs(x), half = 0.5 * y;
    int whole = floor(y) == y, odd = whole & (floor(half) != half);
    value = y == 0.5 ? sqrt(size) : y == 1.0 ? size : value;
    value = y == 2.0 ? size * size : y == 3.0 ? size * size * size : value;
    double zero_to_zero = signed_power ? 0.0 : 1.0;
    double of_zero = y > 0.0 ? 0.0 : y == 0.0 ? zero_to_zero : MISSING;
    value = size == 0.0 ? of_zero : value;
    if (signed_power) return size == 0.0 ? value : copysign(value, x);
    value = odd ? copysign(value, x) : value;
    return ((x < 0.0) & !whole) ? MISSING : value;
}

/* r + low = f ln 2, where y (head + low) = k + f, and k + f roughly; `shifted` is k + WHOLE. */
INLINE double fraction(double y, double head, double low, double *shifted, double *r, double *r_low)
{
    double part = leading(y), p = part * head, p_low = (y - part) * head + y * low;
    double product = p + p_low, near = product + WHOLE, f = p - (near - WHOLE);
    double t = leading(f + p_low), t_low = p_low - (t - f);
    double u = t * LN2_26, v = t_low * LN2 + t * LN2_REST;
    *shifted = near;
    *r = u + v;
    *r_low = v - (*r - u);
    return product;
}

/* Ordinary cells; whether there was another one. */
INLINE i64 ordinary_cells(int sign, const double *restrict x, const double *restrict y,
                          double y_value, const Logs *restrict logs, double *restrict out)
{
    i64 special = 0;
    ON_VECTORS
    for (int i = 0; i < CELLS; i++) {
        double power = y ? y[i] : y_value, size = sign == NONE ? x[i] : fabs(x[i]);
        double shifted, r, low;
        double product = fraction(power, logs->head[i], logs->low[i], &shifted, &r, &low);
        double value = exp_of_parts(r, low) * number((pattern(shifted) + 1023) << 52);
        if (sign == KEEP) value = copysign(value, x[i]);
        int known = present(x[i]) & present(power);
        int other = (fabs(product) > ORDINARY) | (size < DBL_MIN) | (size > DBL_MAX);
        if (y) other |= (power == 0.5) | (power == 2.0) | (power == 3.0);
        special |= known & other;
        out[i] = known ? value : MISSING;
    }
    return special;
}

/* Every cell. */
static void all_cells(int signed_power, const double *restrict x, const double *restrict y,
                      const Logs *restrict logs, double *restrict out, int count)
{
    ON_VECTORS
    for (int i = 0; i < count; i++) {
        double shifted, r, low;
        double product = fraction(y[i], logs->head[i], logs->low[i], &shifted, &r, &low);
        double value = scaled(exp_of_parts(r, low), shifted - WHOLE);
        value = product > 1030.0 ? MISSING : product < -1080.0 ? 0.0 : value;
        int known = (fabs(x[i]) <= DBL_MAX) & present(y[i]);
        out[i] = known ? settled(any_power(signed_power, x[i], y[i], value)) : MISSING;
    }
}

/* An operand: an array or one number, of which `filled` then holds a block. */
typedef struct { const double *cells; double value, filled[CELLS]; } Operand;

INLINE Operand operand(const double *cells, double value)
{
    Operand made = {cells, value, {0}};
    for (int i = 0; i < CELLS; i++) made.filled[i] = value;
    return made;
}

INLINE const double *block_of(const Operand *a, i64 start)
{
    return a->cells ? a->cells + start : a->filled;
}

static void careful_logs(const double *x, Logs *logs, int count)
{
    quotient_cells(1, DROP, x, logs, count);
    log_cells(logs, count);
}

/* All blocks; the logarithm of a number x is computed once. */
INLINE void powers(int sign, int signed_power, const Operand *x, const Operand *y, double *out,
                   i64 n)
{
    Logs logs;
    if (!x->cells) careful_logs(x->filled, &logs, CELLS);
    for (i64 start = 0; start < n; start += CELLS) {
        const double *base = block_of(x, start);
        int count = (int)least(CELLS, n - start);
        if (count == CELLS) {
            if (x->cells) {
                quotient_cells(0, sign, base, &logs, CELLS);
                log_cells(&logs, CELLS);
            }
            const double *power = y->cells ? y->cells + start : NULL;
            if (!ordinary_cells(sign, base, power, y->value, &logs, out + start)) continue;
        }
        if (x->cells) careful_logs(base, &logs, count);
        all_cells(signed_power, base, block_of(y, start), &logs, out + start, count);
    }
}

/* x^y for a number y that makes a root or a product. */
INLINE void products(int signed_power, const double *restrict x, double y, double *restrict out,
                     i64 n)
{
    for (i64 i = 0; i < n; i++) out[i] = settled(any_power(signed_power, x[i], y, MISSING));
}

INLINE int by_products(int signed_power, const double *x, double y, double *out, i64 n)
{
    if (y == 0.5) products(signed_power, x, 0.5, out, n);
    else if (y == 1.0) products(signed_power, x, 1.0, out, n);
    else if (y == 2.0) products(signed_power, x, 2.0, out, n);
    else if (y == 3.0) products(signed_power, x, 3.0, out, n);
    else return 0;
    return 1;
}

/* Whether x^y of x < 0 exists and has its sign, for the number y. */
INLINE int sign_of_power(double y)
{
    if (floor(y) != y) return NONE;
    return floor(0.5 * y) != 0.5 * y ? KEEP : DROP;
}

/* x^y: missing for x < 0 and a fractional y, and for 0 to a negative power. */
KV_API void kv_power(const double *x, double x_value, const double *y, double y_value, double *out,
                     i64 n)
{
    if (x && !y && by_products(0, x, y_value, out, n)) return;
    Operand base = operand(x, x_value), power = operand(y, y_value);
    switch (y ? NONE : sign_of_power(y_value)) {
    case NONE: powers(NONE, 0, &base, &power, out, n); break;
    case DROP: powers(DROP, 0, &base, &power, out, n); break;
    default: powers(KEEP, 0, &base, &power, out, n); break;
    }
}

/* sign(x) |x|^y. */
KV_API void kv_signed_power(const double *x, double x_value, const double *y, double y_value,
                            double *out, i64 n)
{
    if (x && !y && by_products(1, x, y_value, out, n)) return;
    Operand base = operand(x, x_value), power = operand(y, y_value);
    powers(KEEP, 1, &base, &power, out, n);
}
