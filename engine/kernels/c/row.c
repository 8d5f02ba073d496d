/* Cell by cell: arithmetic, comparisons, logic, choices. Operands are arrays of n cells or, where
   the pointer is NULL, one number. */

#include "common.h"
#include "elementary.h"

enum { ADD, SUB, MUL, DIV, LT, LE, EQ, NE, AND, OR, MIN, MAX };
enum { NEG, ABS, SIGN, SQRT, FLOOR, ROUND, INVERSE, NOT, IS_MISSING };
enum { LOG = IS_MISSING + 1, LOG1P, EXP, TANH, SIGMOID };

INLINE double both(int holds, double x, double y)
{
    return present(x) & present(y) ? (holds ? 1.0 : 0.0) : MISSING;
}

INLINE double apply2(int op, double x, double y)
{
    switch (op) {
    case ADD: return settled(x + y);
    case SUB: return settled(x - y);
    case MUL: return settled(x * y);
    case DIV: return settled(x / y);
    case LT: return both(x < y, x, y);
    case LE: return both(x <= y, x, y);
    case EQ: return both(x == y, x, y);
    case NE: return both(x != y, x, y);
    case AND: return both((x != 0.0) & (y != 0.0), x, y);
    case OR: return both((x != 0.0) | (y != 0.0), x, y);
    case MIN: return present(x) & present(y) ? settled(y < x ? y : x) : MISSING;
    default: return present(x) & present(y) ? settled(y > x ? y : x) : MISSING;
    }
}

INLINE void each2(int op, const double *restrict a, double a_value, const double *restrict b,
                  double b_value, double *restrict out, i64 n)
{
    if (a && b)
        for (i64 i = 0; i < n; i++) out[i] = apply2(op, a[i], b[i]);
    else if (a)
        for (i64 i = 0; i < n; i++) out[i] = apply2(op, a[i], b_value);
    else if (b)
        for (i64 i = 0; i < n; i++) out[i] = apply2(op, a_value, b[i]);
}

KV_API void kv_binary(int op, const double *a, double a_value, const double *b, double b_value,
                      double *out, i64 n)
{
    switch (op) {
    case ADD: each2(ADD, a, a_value, b, b_value, out, n); break;
    case SUB: each2(SUB, a, a_value, b, b_value, out, n); break;
    case MUL: each2(MUL, a, a_value, b, b_value, out, n); break;
    case DIV: each2(DIV, a, a_value, b, b_value, out, n); break;
    case LT: each2(LT, a, a_value, b, b_value, out, n); break;
    case LE: each2(LE, a, a_value, b, b_value, out, n); break;
    case EQ: each2(EQ, a, a_value, b, b_value, out, n); break;
    case NE: each2(NE, a, a_value, b, b_value, out, n); break;
    case AND: each2(AND, a, a_value, b, b_value, out, n); break;
    case OR: each2(OR, a, a_value, b, b_value, out, n); break;
    case MIN: each2(MIN, a, a_value, b, b_value, out, n); break;
    case MAX: each2(MAX, a, a_value, b, b_value, out, n); break;
    }
}

INLINE double apply1(int op, double x)
{
    switch (op) {
    case NEG: return settled(-x);
    case ABS: return settled(fabs(x));
    case SIGN: return x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : x + 0.0;
    case SQRT: return settled(sqrt(x));
    case FLOOR: return settled(floor(x));
    case ROUND: return settled(rint(x));
    case INVERSE: return settled(1.0 / x);
    case NOT: return both(x == 0.0, x, x);
    case IS_MISSING: return present(x) ? 0.0 : 1.0;
    case LOG: return log_of(x);
    case LOG1P: return settled(copysign(log1p_of(fabs(x)), x));
    case EXP: return exp_of(x);
    case TANH: return tanh_of(x);
    default: return sigmoid_of(x);
    }
}

INLINE void each1(int op, const double *restrict x, double *restrict out, i64 n)
{
    for (i64 i = 0; i < n; i++) out[i] = apply1(op, x[i]);
}

KV_API void kv_unary(int op, const double *x, double *out, i64 n)
{
    switch (op) {
    case NEG: each1(NEG, x, out, n); break;
    case ABS: each1(ABS, x, out, n); break;
    case SIGN: each1(SIGN, x, out, n); break;
    case SQRT: each1(SQRT, x, out, n); break;
    case FLOOR: each1(FLOOR, x, out, n); break;
    case ROUND: each1(ROUND, x, out, n); break;
    case INVERSE: each1(INVERSE, x, out, n); break;
    case NOT: each1(NOT, x, out, n); break;
    case IS_MISSING: each1(IS_MISSING, x, out, n); break;
    case LOG: each1(LOG, x, out, n); break;
    case LOG1P: each1(LOG1P, x, out, n); break;
    case EXP: each1(EXP, x, out, n); break;
    case TANH: each1(TANH, x, out, n); break;
    case SIGMOID: each1(SIGMOID, x, out, n); break;
    }
}

/* (x - low) / (high - low). */
KV_API void kv_share(const double *restrict x, const double *restrict low,
                     const double *restrict high, double *restrict out, i64 n)
{
    for (i64 i = 0; i < n; i++)
        out[i] = settled((x[i] - low[i]) / settled(high[i] - low[i]));
}

/* min(max(x, lo), hi). */
KV_API void kv_clip(const double *restrict x, double lo, double hi, double *restrict out, i64 n)
{
    for (i64 i = 0; i < n; i++) {
        double v = x[i] < lo ? lo : x[i];
        out[i] = settled(v > hi ? hi : v);
    }
}

INLINE double pick(double c, double a, double b)
{
    return present(c) ? settled(c != 0.0 ? a : b) : MISSING;
}

/* a where c is not 0, else b; missing where c is. */
KV_API void kv_where(const double *restrict c, const double *restrict a, double a_value,
                     const double *restrict b, double b_value, double *restrict out, i64 n)
{
    if (a && b)
        for (i64 i = 0; i < n; i++) out[i] = pick(c[i], a[i], b[i]);
    else if (a)
        for (i64 i = 0; i < n; i++) out[i] = pick(c[i], a[i], b_value);
    else if (b)
        for (i64 i = 0; i < n; i++) out[i] = pick(c[i], a_value, b[i]);
    else
        for (i64 i = 0; i < n; i++) out[i] = pick(c[i], a_value, b_value);
}

/* x, or v where x is missing. */
KV_API void kv_fill(const double *restrict x, const double *restrict v, double v_value,
                    double *restrict out, i64 n)
{
    if (v)
        for (i64 i = 0; i < n; i++) out[i] = settled(present(x[i]) ? x[i] : v[i]);
    else
        for (i64 i = 0; i < n; i++) out[i] = settled(present(x[i]) ? x[i] : v_value);
}

/* x where m, else missing. */
KV_API void kv_mask(const double *restrict x, const uint8_t *restrict m, double *restrict out,
                    i64 n)
{
    for (i64 i = 0; i < n; i++) out[i] = m[i] ? settled(x[i]) : MISSING;
}
