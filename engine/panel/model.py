"""One data set as matrices on its dense grid."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from engine.errors import DataError, ParamError
from engine.panel.grid import (
    Array,
    Codes,
    Days,
    T,
    axis,
    checked_shape,
    code_matrix,
    content_hash,
    fingerprint,
    frozen,
    matrix,
    shift,
    simple_returns,
    sum_of_present,
    true_where,
)
from engine.panel.roles import (
    COST_COLUMNS,
    check_lag,
    choose_price,
    choose_universe,
    domain_of,
)

_MEMBERS = "(members)"
"""Stands for the universe of a narrower panel; no file has a column of that name."""

_OF_THE_WHOLE = frozenset({"universe", "fingerprint"})


class Panel(msgspec.Struct, frozen=True, eq=False, kw_only=True, weakref=True):
    """Daily panel on the dense grid of all its dates and all its symbols.

    Matrices are C-contiguous, date-major, read-only; missing is NaN (-1 in category codes).
    `derived` says of each column that was computed at the import how it was.
    A value of row t depends on rows up to t only, so `head` never changes what it keeps.
    """

    name: str
    dates: Days
    symbols: tuple[str, ...]
    features: tuple[str, ...]
    categories: Mapping[str, tuple[str, ...]]
    price: str
    universe_column: str | None
    periods_per_year: float
    lags: Mapping[str, int]
    load: Callable[[str], npt.NDArray[Any]]
    seal: Callable[[], str]
    cache: dict[str, Any]
    derived: Mapping[str, str] = {}

    def __repr__(self) -> str:
        dates, symbols = self.shape
        return f"Panel({self.name!r}, {dates} dates, {symbols} symbols)"

    @property
    def shape(self) -> tuple[int, int]:
        """Dates, symbols."""
        return len(self.dates), len(self.symbols)

    @property
    def fingerprint(self) -> str:
        """64 hex digits of the content of the whole data set, before any cut or lag."""
        return self._cached("fingerprint", self.seal)

    @property
    def identity(self) -> str:
        """The fingerprint, or 64 other hex digits when dates were cut off or lags applied."""
        lags = sorted((name, lag) for name, lag in self.lags.items() if lag)
        whole = len(self.load(self.price)) == len(self.dates)
        if whole and not lags:
            return self.fingerprint
        view = msgspec.json.encode((self.fingerprint, len(self.dates), lags))
        return hashlib.sha256(view).hexdigest()

    def feature(self, name: str) -> Array:
        """Values [dates x symbols] as they were known on each date: publication lag applied."""
        self._check(name, self.features)
        return self._lagged(name, np.nan)

    def codes(self, category: str) -> Codes:
        """Index [dates x symbols] into the levels of the category, -1 where missing; lagged."""
        self._check(category, self.categories)
        return self._lagged(category, -1)

    def prices(self) -> Array:
        """The price column [dates x symbols], never lagged."""
        return self._raw(self.price)

    def returns(self) -> Array:
        """Price over the last known price before it, minus one.

        A price that is missing or not above zero has no return; the first known price returns 0.
        """
        return self._cached("returns", lambda: simple_returns(self.prices()))

    def universe(self) -> npt.NDArray[np.bool_] | None:
        """Membership [dates x symbols], missing means no member; None without such a column."""
        column = self.universe_column
        return (
            None
            if column is None
            else self._cached("universe", lambda: true_where(self._raw(column)))
        )

    def costs(self) -> Array | None:
        """Basis points per unit traded, the sum of the data set's cost columns.

        Missing where all of them are missing; None when there is no such column.
        """
        columns = [name for name in COST_COLUMNS if name in self.features]
        if not columns:
            return None
        return self._cached("costs", lambda: sum_of_present([self._raw(c) for c in columns]))

    def head(self, rows: int) -> Panel:
        """The first `rows` dates only; ParamError unless 1 <= rows <= dates."""
        if not 1 <= rows <= len(self.dates):
            raise ParamError(
                f"A panel of {len(self.dates)} dates cannot be cut to its first {rows};"
                f" choose 1 to {len(self.dates)}."
            )
        return msgspec.structs.replace(self, dates=self.dates[:rows], cache={})

    def with_lags(self, domain_lags: Mapping[str, int]) -> Panel:
        """The same panel with each column of a domain known that many dates later.

        Replaces earlier lags. ParamError for an unknown domain or a lag outside 0..2520.
        """
        columns = (*self.features, *self.categories)
        known = sorted({domain_of(column) for column in columns})
        for domain, lag in domain_lags.items():
            check_lag(domain, lag, known)
        lags = {c: domain_lags[domain_of(c)] for c in columns if domain_of(c) in domain_lags}
        return msgspec.structs.replace(self, lags=lags, cache={})

    def with_price(self, column: str | None) -> Panel:
        """The same panel with another column earning returns; None changes nothing. DataError."""
        if column is None:
            return self
        chosen = choose_price(self.features, column)
        return msgspec.structs.replace(self, price=chosen, cache={})

    def among(self, members: npt.NDArray[np.bool_]) -> Panel:
        """The same panel with a narrower universe: its members that are also in `members`.

        members: [symbols] or [dates x symbols]. DataError for another shape.
        """
        if members.shape not in {self.shape, self.shape[1:]}:
            raise DataError(
                f"The members have shape {members.shape}; the panel has {self.shape[0]} dates and"
                f" {self.shape[1]} symbols."
            )
        before = self.universe()
        mask = np.broadcast_to(members, self.shape) & (True if before is None else before)
        load, whole = self.load, self.seal
        kept = {key: each for key, each in self.cache.items() if key not in _OF_THE_WHOLE}
        return msgspec.structs.replace(
            self,
            universe_column=_MEMBERS,
            load=lambda name: mask if name == _MEMBERS else load(name),
            seal=lambda: hashlib.sha256(f"{whole()} {content_hash(mask)}".encode()).hexdigest(),
            cache=kept,
        )

    @classmethod
    def from_arrays(
        cls,
        name: str,
        dates: npt.ArrayLike,
        symbols: Iterable[str],
        features: Mapping[str, npt.ArrayLike],
        categories: Mapping[str, tuple[npt.ArrayLike, Sequence[str]]] | None = None,
        *,
        price: str | None = None,
        universe: str | None = None,
        periods_per_year: float = 252,
    ) -> Panel:
        """A panel of copies of matrices [dates x symbols], columns in alphabetical order.

        Infinite becomes missing.
        `categories` maps a name to (codes, levels). Without `price` the usual column is taken,
        without `universe` a column of one of the usual names. DataError when shapes disagree,
        dates do not rise or symbols are not in code point order.
        """
        days, names = axis(dates), tuple(symbols)
        shape = checked_shape(days, names)
        values = {key: matrix(key, given, shape) for key, given in sorted(features.items())}
        groups = {
            key: (code_matrix(key, codes, shape, len(levels)), tuple(levels))
            for key, (codes, levels) in sorted((categories or {}).items())
        }
        _check_names(values, groups)
        members = choose_universe(tuple(values), universe)
        roles = (choose_price(tuple(values), price), members, periods_per_year)
        return cls._of(name, days, names, values, groups, roles)

    @classmethod
    def _of(
        cls,
        name: str,
        dates: Days,
        symbols: tuple[str, ...],
        values: Mapping[str, Array],
        groups: Mapping[str, tuple[Codes, tuple[str, ...]]],
        roles: tuple[str, str | None, float],
    ) -> Panel:
        def seal() -> str:
            hashes = {key: content_hash(each) for key, each in values.items()}
            coded = {key: (content_hash(codes), levels) for key, (codes, levels) in groups.items()}
            return fingerprint(dates, symbols, hashes, coded, roles=roles)

        arrays: dict[str, npt.NDArray[Any]] = dict(values)
        arrays.update({key: codes for key, (codes, _) in groups.items()})
        return cls(
            name=name,
            dates=dates,
            symbols=symbols,
            features=tuple(values),
            categories={key: levels for key, (_, levels) in groups.items()},
            price=roles[0],
            universe_column=roles[1],
            periods_per_year=roles[2],
            lags={},
            load=arrays.__getitem__,
            seal=seal,
            cache={},
        )

    def _cached(self, key: str, compute: Callable[[], T]) -> T:
        # Two threads may both compute; the results are equal and the first one stored is kept.
        if key not in self.cache:
            self.cache.setdefault(key, frozen(compute()))
        value: T = self.cache[key]
        return value

    def _raw(self, name: str) -> npt.NDArray[Any]:
        return self.load(name)[: len(self.dates)]

    def _lagged(self, name: str, missing: float) -> npt.NDArray[Any]:
        lag = self.lags.get(name, 0)
        if not lag:
            return self._raw(name)
        return self._cached(f"column {name}", lambda: shift(self._raw(name), lag, missing))

    def _check(self, name: str, known: Iterable[str]) -> None:
        if name not in known:
            raise DataError(
                f"The data set {self.name!r} has no column {name!r};"
                f" it has {', '.join(sorted(known)[:20]) or 'none of this kind'}."
            )


def _check_names(values: Mapping[str, Array], groups: Mapping[str, object]) -> None:
    twice = sorted(values.keys() & groups.keys())
    if twice:
        raise DataError(f"The name {twice[0]!r} is both a feature and a category; rename one.")
