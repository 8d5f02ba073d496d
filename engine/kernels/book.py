"""The book kernels behind one face: C when its library is there, else NumPy."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np

from engine.kernels import native, pool, twin_book
from engine.kernels.pool import Array
from engine.kernels.twin_book import Bools, Codes, Rows

__all__ = ["BY_GROUP", "COLUMNS", "NEUTRAL", "SIZING", "Books", "Ledger", "Sizing", "Trades"]

NEUTRAL = {None: 0, "market": twin_book.NEUTRAL_MARKET}
BY_GROUP = twin_book.NEUTRAL_GROUP
SIZING = {"raw": 0, "gross": twin_book.SIZING_GROSS}
COLUMNS = (
    "gross",
    "cost",
    "borrow",
    "net",
    "turnover",
    "gross_exposure",
    "net_exposure",
    "names",
    "equity",
)
_ROOM_PER_SYMBOL = 4
_TILE_BYTES = 1 << 19

_P, _I, _D = ctypes.c_void_p, ctypes.c_int64, ctypes.c_double
_SIGNATURES: dict[str, tuple[Any, list[Any]]] = {
    "kv_book_weights": (
        None,
        [_P, _P, _P, _P, _I, _I, _I, _D, _D, _D, _P, _P, _I, _I, _I],
    ),
    "kv_book_account": (
        _I,
        [_P, _P, _P, _P, _I, _D, _D, _D, _P, _P, _P, _P, _I, _P, _I, _I, _I, _I],
    ),
}


def prepared(library: ctypes.CDLL | None) -> ctypes.CDLL | None:
    """`library` with the signatures of the book kernels declared."""
    for name, (result, arguments) in _SIGNATURES.items() if library is not None else ():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


_library = prepared(native.loaded())


class Sizing(msgspec.Struct, frozen=True, kw_only=True):
    """How a signal becomes a book: kernel codes for neutralization and sizing, and the limits.

    `alpha` is the weight of today's book in the smoothed one; 1 = no smoothing.
    """

    neutral: int = 0
    sizing: int = 0
    cap: float
    max_lev: float
    alpha: float = 1.0
    groups: int = 0


class Books:
    """The target books of a signal, a tile of dates at a time, in one buffer.

    signal [dates x symbols]: an array, or anything whose rows `signal[a:b]` are one. member and
    codes: of the same shape or None; all C-contiguous.
    """

    def __init__(
        self, signal: Any, member: Bools | None, codes: Codes | None, rule: Sizing
    ) -> None:
        dates, n = signal.shape
        self._signal, self._member, self._codes, self._rule = signal, member, codes, rule
        self._before = np.zeros(n)
        self.height = min(dates, max(32, min(1024, _TILE_BYTES // (8 * n))))
        self.buffer = pool.empty((self.height, n))

    def tiles(self, first: int, stop: int) -> Iterator[tuple[int, int]]:
        """Row ranges a..b-1 of at most `height`, their books in the first rows of `buffer`.

        A smoothed book depends on all books before it that were made.
        """
        for a in range(first, stop, self.height):
            b = min(a + self.height, stop)
            self._make(a, b)
            yield a, b

    def _make(self, a: int, b: int) -> None:
        signal, out = self._signal[a:b], self.buffer[: b - a]
        member = None if self._member is None else self._member[a:b]
        codes = None if self._codes is None else self._codes[a:b]
        r = self._rule
        rule = (r.groups, r.neutral, r.sizing, r.cap, r.max_lev, r.alpha)
        if _library is None:
            twin_book.weights(signal, member, codes, *rule, self._before, out)
            return
        sums = np.empty(2 * r.groups)
        _library.kv_book_weights(
            signal.ctypes.data, _address(member), _address(codes), sums.ctypes.data, *rule,
            self._before.ctypes.data, out.ctypes.data, signal.shape[1], 0, b - a,
        )  # fmt: skip


class Trades(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """What one date does to each name, in the account's own unit: its equity is 1 at the start.

    equity: E(t-1). worth: P(t). held: Q(t-1). present: whether there is a price. move: r(t), 0
    without one, the delisting return of a name to be closed. drifted: Q(t-1) (1 + r(t)). target:
    what trading makes of it. bps: cost per unit traded. waited: dates a held name has been without
    a price, today included; when it is back, those before today.
    """

    equity: float
    worth: float
    held: Array
    present: Bools
    move: Array
    drifted: Array
    target: Array
    bps: Array
    waited: Array


class Ledger:
    """A share-and-cash account over all dates of a run; equity starts at 1, nothing is held.

    returns [dates x symbols]: NaN = no price that day. bps [1 | dates x symbols]: cost per unit
    traded. borrow_rate: cost of a unit held short, per date. max_stale: dates a held name may go
    without a price; then it is closed at its last price x (1 + delisting).
    out [9 x dates]: the series of `COLUMNS`. events [k x 4]: date, symbol, value, reason; none
    without `itemise`.
    """

    def __init__(
        self,
        returns: Array,
        bps: Array,
        *,
        borrow_rate: float,
        max_stale: int,
        delisting: float,
        itemise: bool = True,
    ) -> None:
        dates, n = returns.shape
        self._returns, self._bps = returns, bps
        self.borrow_rate = borrow_rate
        self._rates = (borrow_rate, float(max_stale), delisting)
        self._vectors = np.zeros((2, n))
        self._state = np.array([1.0, 0.0, 0.0, 0.0])
        self._room = np.empty((_ROOM_PER_SYMBOL * n * itemise, 4))
        self._events: list[Array] = []
        self.out = np.empty((len(COLUMNS), dates))

    @property
    def ruined(self) -> bool:
        """Whether the equity reached zero."""
        return bool(self._state[twin_book.RUINED])

    @property
    def held(self) -> Array:
        """The value held in each symbol [symbols] after the last date accounted for: a view."""
        held: Array = self._vectors[0]
        return held

    @property
    def events(self) -> Array:
        """What happened to held names without a price, in order."""
        return np.concatenate([*self._events, np.empty((0, 4))])

    def run(self, book: Array, row: Rows, t0: int, t1: int) -> None:
        """Account for dates t0..t1-1, which follow those already accounted for.

        row [dates]: the row of `book` traded at the close of each date, -1 = no trading.
        """
        while t0 < t1:
            t0 = self._advance(book, row, t0, t1)
            self._events.append(self._room[: int(self._state[twin_book.EVENTS])].copy())
            self._state[twin_book.EVENTS] = 0.0

    def trades(self, book: Array, row: Rows, t: int) -> Trades:
        """What date t, the next to be accounted for, is about to do; the account stays as it is.

        book and row as in `run`.
        """
        (held, missing), state = self._vectors.copy(), self._state.copy()
        w, r = book[row[t]] if row[t] >= 0 else None, self._returns[t]
        present = np.abs(r) <= twin_book.LARGEST
        waited = np.where((held != 0.0) & ~present, missing + 1.0, missing)
        nowhere = np.empty((0, 4))
        move, drifted, target, earned = twin_book.aim(
            t, w, r, *self._rates[1:], held, missing, state, nowhere
        )
        equity = float(state[twin_book.WORTH])
        return Trades(
            equity=equity,
            worth=equity + earned,
            held=held,
            present=present,
            move=move,
            drifted=drifted,
            target=target,
            bps=self._bps[t % len(self._bps)],
            waited=waited,
        )

    def _advance(self, book: Array, row: Rows, t0: int, t1: int) -> int:
        held, missing = self._vectors
        if _library is None:
            return twin_book.account(
                book, row, self._returns, self._bps, *self._rates, held, missing, self._state,
                self._room, self.out, t0, t1,
            )  # fmt: skip
        dates, n = self._returns.shape
        stride = 0 if len(self._bps) == 1 else n
        stopped: int = _library.kv_book_account(
            book.ctypes.data, row.ctypes.data, self._returns.ctypes.data, self._bps.ctypes.data,
            stride, *self._rates, held.ctypes.data, missing.ctypes.data,
            self._state.ctypes.data, self._room.ctypes.data, len(self._room),
            self.out.ctypes.data, dates, n, t0, t1,
        )  # fmt: skip
        return stopped


def _address(array: Bools | Codes | None) -> int | None:
    return None if array is None else array.ctypes.data
