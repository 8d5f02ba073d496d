"""What the columns of a data set are for, guessed from their names unless told."""

from __future__ import annotations

from collections.abc import Sequence

from engine.errors import DataError, ParamError, nearest

COST_COLUMNS = ("commission_bps", "half_spread_bps", "impact_bps")
UNIVERSE_COLUMNS = ("universe", "in_universe", "member")
MAX_LAG = 2520


def domain_of(column: str) -> str:
    """The text before the first "_" when longer than one letter, else "price"."""
    prefix, mark, _ = column.partition("_")
    return prefix if mark and len(prefix) > 1 else "price"


def choose_price(features: Sequence[str], wanted: str | None = None) -> str:
    """The column that earns returns: the wanted one, c_sek, close, adj_close or the first c_*."""
    if wanted is not None:
        if wanted in features:
            return wanted
        near = nearest(wanted, features)
        rest = f". Did you mean {' or '.join(near)}?" if near else ""
        rest = rest or f"; choose one of {_some(features)}."
        raise DataError(f"There is no numeric column {wanted!r} to use as the price{rest}")
    if not features:
        raise DataError("There is no numeric column that could be the price.")
    usual = [name for name in ("c_sek", "close", "adj_close") if name in features]
    usual += [name for name in features if name.startswith("c_")]
    if not usual:
        raise DataError(
            "No column looks like a price (c_sek, close, adj_close or c_...);"
            f" say which one earns returns with --price, one of {_some(features)}."
        )
    return usual[0]


def choose_universe(features: Sequence[str], wanted: str | None = None) -> str | None:
    """The membership column: the wanted one, else universe, in_universe or member, else none."""
    if wanted is None:
        return next((name for name in UNIVERSE_COLUMNS if name in features), None)
    if wanted not in features:
        raise DataError(
            f"There is no boolean or 0/1 column {wanted!r} to use as the universe;"
            f" choose one of {_some(features)}."
        )
    return wanted


def check_lag(domain: str, lag: int, known: Sequence[str]) -> None:
    """ParamError unless the domain is known and the lag is 0 to 2520 dates."""
    if domain not in known:
        raise ParamError(
            f"A lag is set for the domain {domain!r}, and no column belongs to it;"
            f" the domains are {', '.join(known)}."
        )
    if not 0 <= lag <= MAX_LAG:
        raise ParamError(f"The lag of the domain {domain!r} is {lag}; choose 0 to {MAX_LAG} dates.")


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:12]) + (", ..." if len(names) > 12 else "") if names else "none"
