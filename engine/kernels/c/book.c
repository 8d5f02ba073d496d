/* From a signal to daily returns: target books and the share-and-cash account that trades them.

   Matrices are [dates x symbols], date-major; missing is NaN. Sums over symbols keep eight lanes
   (lane = symbol % 8) combined as ((0+4)+(2+6))+((1+5)+(3+7)), so that every instruction set gives
   the same bits. Both kernels work on rows t0..t1-1 and carry their state from call to call: a run
   cut into tiles gives the same bits as one call. */

#include <math.h>
#include <stdint.h>
#include <string.h>

#ifdef _WIN32
#define BOOK_API __declspec(dllexport)
#else
#define BOOK_API __attribute__((visibility("default")))
#endif
#define INLINE static inline __attribute__((always_inline))

#define LANES 8
#define LARGEST 1.7e308 /* |x| <= LARGEST holds for finite x only */

enum { NEUTRAL_NONE, NEUTRAL_MARKET, NEUTRAL_GROUP };
enum { SIZING_RAW, SIZING_GROSS };
enum { GROSS, COST, BORROW, NET, TURNOVER, GROSS_EXPOSURE, NET_EXPOSURE, NAMES, EQUITY };
enum { WORTH, RUINED, PENDING, EVENTS };
enum { STALE, RESUMED, CLOSED };

/* Eight symbols at once; comparing two V gives an M: all bits set where true, else none. */
typedef double V __attribute__((vector_size(64)));
typedef int64_t M __attribute__((vector_size(64)));

/* x[0..left-1], zeros beyond. Loops call their step with a literal 8 for whole blocks and once
   more for what is left of the row, so that only the last call pays for being partial. */
INLINE V load(const double *x, int64_t left)
{
    V v = {0};
    memcpy(&v, x, (size_t)left * sizeof *x);
    return v;
}

INLINE void store(double *x, V v, int64_t left) { memcpy(x, &v, (size_t)left * sizeof *x); }

INLINE V all(double x) { return (V){x, x, x, x, x, x, x, x}; }
INLINE V magnitude(V x) { return (V)((M)x & INT64_MAX); }
INLINE V with_sign(V size, V x) { return (V)((M)size | ((M)x & INT64_MIN)); }
INLINE V pick(M yes, V a, V b) { return (V)((yes & (M)a) | (~yes & (M)b)); }
INLINE V only(M yes, V a) { return (V)(yes & (M)a); }
INLINE V count(M yes) { return only(yes, all(1.0)); }
INLINE M finite_in(V x) { return magnitude(x) <= all(LARGEST); }

INLINE int any(M yes)
{
#if defined(__clang__)
    return __builtin_reduce_or(yes) != 0;
#else
    return (yes[0] | yes[1] | yes[2] | yes[3] | yes[4] | yes[5] | yes[6] | yes[7]) != 0;
#endif
}

INLINE double total(V a)
{
    return ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7]));
}

/* ---------------------------------------------------------------- weights */

/* x = s, NaN where s is not finite or the symbol is no member that day. */
static void masked(const double *restrict s, const uint8_t *restrict member, double *restrict x,
                   int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        x[i] = fabs(s[i]) <= LARGEST ? s[i] : NAN;
    if (member)
        for (int64_t i = 0; i < n; i++)
            x[i] = member[i] ? x[i] : NAN;
}

INLINE void mean_step(V *sum, V *names, const double *x, int64_t left)
{
    V v = load(x, left);
    *sum += only(v == v, v);
    *names += count(v == v);
}

static void minus_mean(double *restrict x, int64_t n)
{
    V sum = {0}, names = {0};
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES)
        mean_step(&sum, &names, x + i, LANES);
    double padding = 0.0;
    if (i < n) {
        mean_step(&sum, &names, x + i, n - i);
        padding = (double)(LANES - (n - i)); /* counted as present */
    }
    double present = total(names) - padding;
    double mean = present > 0.0 ? total(sum) / present : 0.0;
    for (i = 0; i < n; i++)
        x[i] -= mean;
}

/* x minus the mean of its group; a symbol without a group becomes missing.
   `sums` holds two values per group. */
static void minus_group_mean(double *restrict x, const int32_t *restrict code, double *sums,
                             int64_t groups, int64_t n)
{
    for (int64_t g = 0; g < 2 * groups; g++)
        sums[g] = 0.0;
    for (int64_t i = 0; i < n; i++)
        if (code[i] >= 0 && x[i] == x[i]) {
            sums[2 * code[i]] += x[i];
            sums[2 * code[i] + 1] += 1.0;
        }
    for (int64_t i = 0; i < n; i++)
        x[i] = code[i] >= 0 ? x[i] - sums[2 * code[i]] / sums[2 * code[i] + 1] : NAN;
}

INLINE void clip_step(V *sum, double *x, double cap, int64_t left)
{
    V v = load(x, left), size = magnitude(v);
    size = only(finite_in(v), pick(size > all(cap), all(cap), size));
    *sum += size;
    store(x, with_sign(size, v), left);
}

/* w = clip(x, -cap, cap), missing 0, scaled down to a gross of max_lev if it is above. */
static void size_raw(double *restrict x, int64_t n, double cap, double max_lev)
{
    V sum = {0};
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES)
        clip_step(&sum, x + i, cap, LANES);
    if (i < n)
        clip_step(&sum, x + i, cap, n - i);
    double gross = total(sum);
    if (gross > max_lev) {
        double scale = max_lev / gross;
        for (i = 0; i < n; i++)
            x[i] *= scale;
    }
}

INLINE void capped_step(V *below, V *full, const double *x, double factor, double cap, int64_t left)
{
    V size = magnitude(load(x, left));
    M over = all(factor) * size >= all(cap);
    *below += only(~over, size);
    *full += count(over);
}

/* Number of |x| that factor lifts to the cap; *rest = sum of the |x| it does not. */
static double capped(const double *restrict x, int64_t n, double factor, double cap, double *rest)
{
    V below = {0}, full = {0};
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES)
        capped_step(&below, &full, x + i, factor, cap, LANES);
    if (i < n)
        capped_step(&below, &full, x + i, factor, cap, n - i);
    *rest = total(below);
    return total(full);
}

/* The factor f with sum min(cap, f |x|) = max_lev, or infinity when all names reach the cap.
   Water-filling without a sort: lifting f to what the names still below the cap must share only
   ever adds names to the capped ones, so the search ends after at most n rounds (about 4). */
static double fill_factor(const double *restrict x, int64_t n, double gross, double nonzero,
                          double cap, double max_lev)
{
    if (nonzero * cap <= max_lev)
        return INFINITY;
    double factor = max_lev / gross, before = 0.0;
    for (;;) {
        double rest, full = capped(x, n, factor, cap, &rest);
        if (full == before || full == nonzero)
            return factor;
        double next = (max_lev - full * cap) / rest;
        factor = next > factor ? next : factor;
        before = full;
    }
}

INLINE void peak_step(V *peak, double *x, int64_t left)
{
    V v = load(x, left), size;
    v = only(finite_in(v), v);
    size = magnitude(v);
    *peak = pick(size > *peak, size, *peak);
    store(x, v, left);
}

/* The largest finite |x|; what is not finite becomes 0. */
static double finite_peak(double *restrict x, int64_t n)
{
    V peak = {0};
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES)
        peak_step(&peak, x + i, LANES);
    if (i < n)
        peak_step(&peak, x + i, n - i);
    double largest = 0.0;
    for (int k = 0; k < LANES; k++)
        largest = peak[k] > largest ? peak[k] : largest;
    return largest;
}

INLINE void scale_step(V *sum, V *nonzero, double *x, double peak, int64_t left)
{
    V v = load(x, left) / all(peak), size = magnitude(v);
    *sum += size;
    *nonzero += count(size > all(0.0));
    store(x, v, left);
}

INLINE void fill_step(double *x, double factor, double cap, int64_t left)
{
    V v = load(x, left), size = all(factor) * magnitude(v);
    size = pick(size < all(cap), size, all(cap));
    store(x, with_sign(only(v != all(0.0), size), v), left);
}

/* w = x * max_lev / sum |x|, capped; what the cap takes is spread in proportion over the others.
   Divided by the largest first, so that neither a sum nor a factor can overflow. */
static void size_gross(double *restrict x, int64_t n, double cap, double max_lev)
{
    V sum = {0}, nonzero = {0};
    double peak = finite_peak(x, n);
    if (peak == 0.0)
        return;
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES)
        scale_step(&sum, &nonzero, x + i, peak, LANES);
    if (i < n)
        scale_step(&sum, &nonzero, x + i, peak, n - i);
    double factor = fill_factor(x, n, total(sum), total(nonzero), cap, max_lev);
    for (i = 0; i + LANES <= n; i += LANES)
        fill_step(x + i, factor, cap, LANES);
    if (i < n)
        fill_step(x + i, factor, cap, n - i);
}

static void smooth(double *restrict w, double *restrict before, double alpha, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        before[i] = w[i] = alpha * w[i] + (1.0 - alpha) * before[i];
}

/* Target books of dates t0..t1-1: mask, neutralize, size, smooth, in this order.

   signal, member, code point at row t0 (member and code may be null), out at row t0.
   before [n]: the smoothed book of date t0-1 (zeros at the start), the one of t1-1 on return.
   alpha 1 = no smoothing. sums: scratch of 2 x groups. */
BOOK_API void kv_book_weights(const double *signal, const uint8_t *member, const int32_t *code,
                              double *sums, int64_t groups, int64_t neutral, int64_t sizing,
                              double cap, double max_lev, double alpha, double *restrict before,
                              double *out, int64_t n, int64_t t0, int64_t t1)
{
    for (int64_t t = 0; t < t1 - t0; t++) {
        double *restrict w = out + t * n;
        masked(signal + t * n, member ? member + t * n : 0, w, n);
        if (neutral == NEUTRAL_MARKET)
            minus_mean(w, n);
        else if (neutral == NEUTRAL_GROUP)
            minus_group_mean(w, code + t * n, sums, groups, n);
        if (sizing == SIZING_GROSS)
            size_gross(w, n, cap, max_lev);
        else
            size_raw(w, n, cap, max_lev);
        if (alpha < 1.0)
            smooth(w, before, alpha, n);
    }
}

/* ---------------------------------------------------------------- account */

/* The account and the rules it is kept by. */
typedef struct {
    int64_t n;
    double *held;    /* value held after the last trade */
    double *missing; /* consecutive dates without a price while held */
    double *state;   /* equity, ruined, names missing, events written */
    double (*events)[4];
    int itemise; /* whether events are written */
    double borrow_rate, max_stale, delisting;
} Account;

/* One date: the book to trade (null = no trading), returns (NaN = no price), costs in bps. */
typedef struct {
    const double *book, *r, *bps;
    int closing; /* some names have been without a price for too long */
} Date;

/* Nothing that is not finite leaves. */
static double or_zero(double x) { return fabs(x) <= LARGEST ? x : 0.0; }

static void note(const Account *a, int64_t t, int64_t i, double value, int reason)
{
    double *event = a->events[(int64_t)a->state[EVENTS]++];
    event[0] = (double)t;
    event[1] = (double)i;
    event[2] = or_zero(value);
    event[3] = reason;
}

/* Today's return: 0 without a price, `delisting` for the names to close (marked in *closed). */
INLINE V move_of(const Account *a, const Date *d, int64_t i, int64_t left, M *present, M *closed)
{
    V r = load(d->r + i, left);
    *present = finite_in(r);
    *closed = (M){0};
    r = only(*present, r);
    if (d->closing) {
        *closed = load(a->missing + i, left) > all(a->max_stale);
        r = pick(*closed, all(a->delisting), r);
    }
    return r;
}

typedef struct { V earned, gone; M late; } Earned;

/* `aging`: count the dates without a price of what is held on the way, and note what is to close. */
INLINE void earn_step(Earned *e, int aging, const Account *a, const Date *d, int64_t i,
                      int64_t left)
{
    M present, closed;
    V held = load(a->held + i, left), none = {0};
    e->earned += held * move_of(a, d, i, left, &present, &closed);
    M lost = ~present & (held != none);
    e->gone += count(lost);
    if (aging) {
        V missing = only(lost, load(a->missing + i, left) + all(1.0));
        e->late |= missing > all(a->max_stale);
        store(a->missing + i, missing, left);
    }
}

/* Sum of held value x today's return; *gone = number of held names without a price, *late whether
   some of them are now to close, known only with `aging`. */
INLINE double earn(int aging, const Account *a, const Date *d, double *gone, int *late)
{
    Earned e = {0};
    int64_t i = 0;
    for (; i + LANES <= a->n; i += LANES)
        earn_step(&e, aging, a, d, i, LANES);
    if (i < a->n)
        earn_step(&e, aging, a, d, i, a->n - i);
    *gone = total(e.gone);
    *late = any(e.late);
    return total(e.earned);
}

/* Write down what happens to name i today; 1 if it is to close. */
static int tell(const Account *a, double r, int64_t t, int64_t i)
{
    double held = a->held[i];
    if (fabs(r) <= LARGEST) {
        note(a, t, i, held * (1.0 + r), RESUMED);
        return 0;
    }
    if (a->missing[i] == 1.0)
        note(a, t, i, held, STALE);
    if (a->missing[i] <= a->max_stale)
        return 0;
    note(a, t, i, held * (1.0 + a->delisting), CLOSED);
    return 1;
}

/* One more date without a price for the held names that have none, the end of such dates for those
   that have one again. *waiting counts the names held without a price that are not to close.
   True where there is something to tell. */
INLINE M age_step(const Account *a, const double *r, V *waiting, int64_t i, int64_t left)
{
    V before = load(a->missing + i, left), one = all(1.0), none = {0};
    M held = load(a->held + i, left) != none, present = finite_in(load(r + i, left));
    M lost = held & ~present, back = held & present & (before > none);
    V now = pick(lost, before + one, only(~back, before));
    M overdue = now > all(a->max_stale);
    *waiting += count(lost & ~overdue);
    store(a->missing + i, now, left);
    return back | (lost & ((now == one) | overdue));
}

/* Count the dates without a price of all held names and tell of them; returns how many close. */
static int age(const Account *a, const double *r, int64_t t)
{
    int closing = 0;
    V waiting = {0};
    for (int64_t i = 0; i < a->n; i += LANES) {
        int64_t left = a->n - i;
        M news = left < LANES ? age_step(a, r, &waiting, i, left)
                              : age_step(a, r, &waiting, i, LANES);
        for (int64_t k = 0; any(news) && k < LANES; k++)
            if (news[k])
                closing += tell(a, r[i + k], t, i + k);
    }
    a->state[PENDING] = total(waiting);
    return closing;
}

/* What is held earns; a->missing and d->closing are brought up to date on the way. */
static double earn_today(const Account *a, Date *d, int64_t t)
{
    double gone, earned;
    int late;
    if (a->itemise) {
        earned = earn(0, a, d, &gone, &late);
        if (gone > 0.0 || a->state[PENDING] > 0.0)
            d->closing = age(a, d->r, t);
    } else {
        earned = earn(1, a, d, &gone, &late);
        d->closing = late;
    }
    return d->closing ? earn(0, a, d, &gone, &late) : earned;
}

typedef struct { V traded, fee, gross, net, below, names; } TradeSums;
typedef struct { double traded, fee, gross, net, below, names; } Trade;

/* Hold the book x worth where there is a price, nothing of what is closed, else what was held,
   drifted; the difference is traded. */
INLINE void trade_step(TradeSums *s, const Account *a, const Date *d, double worth, int64_t i,
                       int64_t left)
{
    M present, closed;
    V zero = {0}, move = move_of(a, d, i, left, &present, &closed);
    V drifted = load(a->held + i, left) * (all(1.0) + move), value = drifted;
    if (d->book) {
        V share = load(d->book + i, left);
        value = pick(present, only(finite_in(share), share * all(worth)), value);
    }
    value = only(~closed, value);
    V trade = magnitude(value - drifted);
    s->traded += trade;
    s->fee += load(d->bps + i, left) * trade;
    s->gross += magnitude(value);
    s->net += value;
    s->below += only(value < zero, -value);
    s->names += count(value != zero);
    store(a->held + i, value, left);
}

/* Trade at the close, paying bps per unit traded. */
static Trade settle(const Account *a, const Date *d, double worth)
{
    TradeSums s = {0};
    int64_t i = 0;
    for (; i + LANES <= a->n; i += LANES)
        trade_step(&s, a, d, worth, i, LANES);
    if (i < a->n)
        trade_step(&s, a, d, worth, i, a->n - i);
    for (i = 0; d->closing && i < a->n; i++)
        a->missing[i] = a->missing[i] > a->max_stale ? 0.0 : a->missing[i];
    return (Trade){total(s.traded), total(s.fee) / 1e4, total(s.gross),
                   total(s.net),    total(s.below),     total(s.names)};
}

static void ruin(const Account *a)
{
    for (int64_t i = 0; i < a->n; i++)
        a->held[i] = a->missing[i] = 0.0;
    a->state[WORTH] = a->state[PENDING] = 0.0;
    a->state[RUINED] = 1.0;
}

static void one_date(const Account *a, Date d, int64_t t, double *out, int64_t stride)
{
    double before = a->state[WORTH], earned = earn_today(a, &d, t);
    double worth = before + earned;
    int alive = worth > 0.0 && worth <= LARGEST;
    Trade x = {0};
    if (alive)
        x = settle(a, &d, worth);
    double borrow = x.below * a->borrow_rate, equity = worth - x.fee - borrow;
    double basis = alive ? worth : 1.0;
    alive = alive && equity > 0.0;
    if (alive)
        a->state[WORTH] = equity;
    else
        ruin(a);
    out[GROSS * stride] = or_zero(earned / before);
    out[COST * stride] = or_zero(x.fee / before);
    out[BORROW * stride] = or_zero(borrow / before);
    out[NET * stride] = alive ? or_zero(equity / before - 1.0) : -1.0;
    out[TURNOVER * stride] = or_zero(x.traded / basis);
    out[GROSS_EXPOSURE * stride] = alive ? or_zero(x.gross / basis) : 0.0;
    out[NET_EXPOSURE * stride] = alive ? or_zero(x.net / basis) : 0.0;
    out[NAMES * stride] = alive ? x.names : 0.0;
    out[EQUITY * stride] = alive ? equity : 0.0;
}

/* The account over dates t0..t1-1.

   book: books, any number of rows; row [dates]: the row of the book traded at each date's close,
   -1 = no trading. returns [dates x n]: NaN = no price. bps: cost per unit traded, its rows
   bps_stride apart (0 = one row for all dates). borrow_rate: cost per date of a unit held short.
   held, missing [n] and state [4] (equity, ruined, names missing, events) are carried.
   events: room for `room` rows of date, symbol, value, reason; without room none are written.
   out [9 x dates].
   Returns the date it stopped before: t1, or less when the events are full. */
BOOK_API int64_t kv_book_account(const double *book, const int64_t *row, const double *returns,
                                 const double *bps, int64_t bps_stride, double borrow_rate,
                                 double max_stale, double delisting, double *held,
                                 double *missing, double *state, double (*events)[4],
                                 int64_t room, double *out, int64_t dates, int64_t n, int64_t t0,
                                 int64_t t1)
{
    Account a = {n, held, missing, state, events, room > 0, borrow_rate, max_stale, delisting};
    for (int64_t t = t0; t < t1; t++) {
        if (a.itemise && state[EVENTS] + 2.0 * (double)n > (double)room)
            return t;
        if (state[RUINED] != 0.0) {
            for (int k = 0; k <= EQUITY; k++)
                out[k * dates + t] = 0.0;
            continue;
        }
        Date d = {row[t] < 0 ? 0 : book + row[t] * n, returns + t * n, bps + t * bps_stride, 0};
        one_date(&a, d, t, out + t, dates);
    }
    return t1;
}
