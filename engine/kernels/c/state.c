/* Paths: shifts, and kernels whose value today needs yesterday's. The latter carry their state
   [symbols] in and out, so that a run cut into tiles continues; a fresh state is all missing. */

#include <string.h>

#include "common.h"

enum { LAG, DELTA, RET };

INLINE void shift(int kind, const double *restrict x, double *restrict out, i64 symbols, i64 t0,
                  i64 t1, i64 d)
{
    for (i64 t = t0; t < t1; t++)
        for (i64 s = 0; s < symbols; s++) {
            double then = t >= d ? x[(t - d) * symbols + s] : MISSING;
            double now = kind == LAG ? 0.0 : x[t * symbols + s];
            out[t * symbols + s] = settled(kind == LAG     ? then
                                           : kind == DELTA ? now - then
                                                           : now / then - 1.0);
        }
}

KV_API int kv_lag(const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d)
{
    shift(LAG, x, out, symbols, t0, t1, d);
    return 0;
}

KV_API int kv_delta(const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d)
{
    shift(DELTA, x, out, symbols, t0, t1, d);
    return 0;
}

KV_API int kv_ret(const double *x, double *out, i64 symbols, i64 t0, i64 t1, i64 d)
{
    shift(RET, x, out, symbols, t0, t1, d);
    return 0;
}

/* The latest present value of rows t - d + 1 .. t. A cell that is missing looks at the row before
   it; the age of what it carries says when to let go. */
KV_API int kv_backfill(const double *restrict x, double *restrict out, i64 symbols, i64 t0, i64 t1,
                       i64 d)
{
    double *last = scratch(2 * symbols), *age = last + symbols;
    if (!last) return OUT_OF_MEMORY;
    for (i64 s = 0; s < symbols; s++) last[s] = MISSING, age[s] = 0.0;
    for (i64 t = most(t0 - d + 1, 0); t < t1; t++) {
        const double *restrict row = x + t * symbols;
        for (i64 s = 0; s < symbols; s++) {
            int here = present(row[s]);
            last[s] = here ? row[s] : last[s];
            age[s] = here ? 1.0 : age[s] + 1.0;
        }
        if (t < t0) continue;
        for (i64 s = 0; s < symbols; s++)
            out[t * symbols + s] = age[s] <= (double)d ? settled(last[s]) : MISSING;
    }
    return 0;
}

/* y = y' + alpha (x - y'), from the first value on; a missing day keeps y' and is missing.
   With alpha = 1 it is x itself, of which a large y' would leave no digit. */
KV_API int kv_ema(const double *restrict x, double *restrict out, i64 symbols, i64 t0, i64 t1,
                  double alpha, double *restrict state)
{
    int mixes = alpha < 1.0;
    for (i64 t = t0; t < t1; t++) {
        const double *restrict row = x + t * symbols;
        double *restrict y = out + t * symbols;
        for (i64 s = 0; s < symbols; s++) {
            double v = row[s], before = state[s];
            double next = settled(mixes & present(before) ? before + alpha * (v - before) : v);
            state[s] = present(v) ? next : before;
            y[s] = present(v) ? next : MISSING;
        }
    }
    return 0;
}

/* Dates since the value last changed or first appeared; missing days are skipped. */
KV_API int kv_days_since_change(const double *restrict x, double *restrict out, i64 symbols,
                                i64 t0, i64 t1, double *restrict last, double *restrict since)
{
    for (i64 t = t0; t < t1; t++) {
        const double *restrict row = x + t * symbols;
        double *restrict y = out + t * symbols;
        for (i64 s = 0; s < symbols; s++) {
            int here = present(row[s]), changed = here & (row[s] != last[s]);
            since[s] = changed ? (double)t : since[s];
            last[s] = here ? row[s] : last[s];
            y[s] = here ? (double)t - since[s] : MISSING;
        }
    }
    return 0;
}

static double sum_absolute(const double *x, i64 symbols)
{
    Sum sum = {{0}};
    for (i64 s = 0; s < symbols; s++) sum.lane[s % SUM_LANES] += present(x[s]) ? fabs(x[s]) : 0.0;
    return total(&sum);
}

/* y stays while |x - y| <= h sum|x| of the date, else moves by that much towards x. */
KV_API int kv_hump(const double *restrict x, double *restrict out, i64 symbols, i64 t0, i64 t1,
                   double h, double *restrict state)
{
    for (i64 t = t0; t < t1; t++) {
        const double *restrict row = x + t * symbols;
        double *restrict y = out + t * symbols;
        double limit = h * sum_absolute(row, symbols);
        for (i64 s = 0; s < symbols; s++) {
            double v = row[s], before = state[s], step = v - before;
            double towards = before + (step > 0.0 ? limit : -limit);
            double moved = fabs(step) <= limit ? before : towards;
            double next = settled(present(before) ? moved : v);
            state[s] = present(v) ? next : before;
            y[s] = present(v) ? next : MISSING;
        }
    }
    return 0;
}

/* Missing where leave > 0, x where enter > 0, else yesterday's. A NULL operand is its number. */
KV_API int kv_trade_when(const double *restrict enter, double enter_value, const double *restrict x,
                         double x_value, const double *restrict leave, double leave_value,
                         double *restrict out, i64 symbols, i64 t0, i64 t1, double *restrict state)
{
    for (i64 t = t0; t < t1; t++)
        for (i64 s = 0; s < symbols; s++) {
            i64 i = t * symbols + s;
            double in = enter ? enter[i] : enter_value, off = leave ? leave[i] : leave_value;
            double v = settled(x ? x[i] : x_value);
            state[s] = off > 0.0 ? MISSING : in > 0.0 ? v : state[s];
            out[i] = state[s];
        }
    return 0;
}
