"""Standard columns computed from others and kept as columns of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import get_args

import msgspec
import polars as pl

from engine import kernels as k
from engine.dsl.parse import Names, derivable
from engine.errors import DataError, QuestionError, nearest, shown
from engine.importing.model import Derived, Imported, ImportOptions, ImportReport
from engine.panel import Array, simple_returns
from engine.panel.market import columns_for, kind_of

RATES = Path(__file__).parents[1] / "data" / "ecb_fx_sek.parquet"  # see README.md beside it
MAX_AGE = 7
"""Days after which a rate is too old to be used."""

_DAYS = 20
_PARTS = {"GBX": "GBP", "ZAC": "ZAR", "ILA": "ILS"}
"""Codes that exchanges use for a hundredth of a currency."""

_IN_LETTERS = {"GBp": "GBX", "ZAc": "ZAC"}  # where a small letter makes the hundredth

_CURRENCY_NAMES = {"currency", "ccy", "valuta", "pricecurrency", "tradingcurrency"}


class Columns(msgspec.Struct, frozen=True):
    """What there is to compute from; `currency` is the category with the codes of currencies."""

    features: tuple[str, ...]
    categories: tuple[str, ...] = ()
    price: str | None = None
    currency: str | None = None


class Recipe(msgspec.Struct, frozen=True):
    """How a column is computed: in words, and the values [rows] with a remark about them."""

    formula: str
    compute: Callable[[Imported], tuple[pl.Series, str | None]]


def derivable_columns(
    features: Iterable[str],
    categories: Iterable[str] = (),
    *,
    price: str | None = None,
    currency: str | None = None,
) -> tuple[Derived, ...]:
    """The standard columns that are not there under any name and can be computed."""
    given = Columns(tuple(features), tuple(categories), price, currency)
    names: tuple[Derived, ...] = get_args(Derived)
    return tuple(name for name in names if not _known_as(name, given) and _can(name, given))


def with_derived(imported: Imported, options: ImportOptions) -> Imported:
    """The data with the columns of `options.derive`; `c_sek` becomes the price if none was named.

    DataError when such a column exists or what it is computed from does not; QuestionError when
    the currency of the prices is not known.
    """
    wanted = set(options.derive)
    before, after = sorted(wanted - {"returns"}), sorted(wanted & {"returns"})
    currency = options.rename.get(options.currency or "", options.currency)
    for name in before:
        imported = _with(imported, name, currency)
    if "c_sek" in wanted and options.price is None:
        imported = _with_price(imported, "c_sek")
    for name in after:  # returns are those of the price, which may have become another one
        imported = _with(imported, name, currency)
    return imported


def _known_as(name: str, given: Columns) -> bool:
    return name in given.features or bool(columns_for(name, given.features, given.price))


def _can(name: Derived, given: Columns) -> bool:
    try:
        _RECIPES[name](given)
    except DataError:
        return False
    return True


def _with(imported: Imported, name: Derived, currency: str | None) -> Imported:
    report = imported.report
    if name in imported.frame.columns:
        raise DataError(
            f"{report.file} has a column {name!r} already, which a derived column never replaces."
            f" Rename it or leave it out, or do not ask for {name}."
        )
    own = tuple(each for each in imported.features if each not in report.derived)
    given = Columns(own, tuple(imported.levels), imported.price, currency)
    recipe = _RECIPES[name](given)
    values, remark = recipe.compute(imported)
    if values.null_count() == len(values):
        raise DataError(
            f"{name} of {report.file} would have no values; leave it out. {remark or ''}".strip()
        )
    features = tuple(sorted((*imported.features, name)))
    frame = imported.frame.with_columns(values.alias(name))
    return msgspec.structs.replace(
        imported,
        frame=frame.select("date", "symbol", *features, *imported.levels),
        features=features,
        report=_extended(report, features, {name: recipe.formula}, remark),
    )


def _extended(
    report: ImportReport, features: tuple[str, ...], formula: dict[str, str], remark: str | None
) -> ImportReport:
    return msgspec.structs.replace(
        report,
        features=features,
        derived=report.derived | formula,
        warnings=(*report.warnings, *([remark] if remark else [])),
        notes=derivable(Names(features=frozenset(features), price=report.price)),
    )


def _with_price(imported: Imported, price: str) -> Imported:
    report = msgspec.structs.replace(
        imported.report,
        price=price,
        notes=derivable(Names(features=frozenset(imported.features), price=price)),
    )
    return msgspec.structs.replace(imported, price=price, report=report)


def _returns(given: Columns) -> Recipe:
    price = _price(given)

    def compute(imported: Imported) -> tuple[pl.Series, None]:
        return _cells(imported, simple_returns(_matrix(imported, price))), None

    return Recipe(f"{price} / lag({price}, 1) - 1, after a hole over the last known price", compute)


def _vwap(given: Columns) -> Recipe:
    high = _one(given, "high", given.price)
    low, close = _one(given, "low", high), _one(given, "close", high)
    if len({kind_of(high), kind_of(low), kind_of(close)}) > 1:
        raise DataError(
            f"vwap cannot be computed from {high}, {low} and {close}: they are in different"
            " currencies or adjusted differently."
        )

    def compute(imported: Imported) -> tuple[pl.Series, None]:
        parts = [_matrix(imported, name) for name in (high, low, close)]
        return _cells(imported, k.div(k.add(k.add(parts[0], parts[1]), parts[2]), 3.0)), None

    return Recipe(f"({high} + {low} + {close}) / 3", compute)


def _adv20(given: Columns) -> Recipe:
    volume = _one(given, "volume", given.price)

    def compute(imported: Imported) -> tuple[pl.Series, str | None]:
        mean = k.mean(_matrix(imported, volume), _DAYS, k.min_count(_DAYS, 1))
        few = f"It needs {_DAYS} dates, with a volume on half of them."
        values = _cells(imported, mean)
        return values, few if values.null_count() == len(values) else None

    return Recipe(f"ts_mean({volume}, {_DAYS})", compute)


def _c_sek(given: Columns) -> Recipe:
    price = _price(given)
    column, code = _currency(given, price)

    def compute(imported: Imported) -> tuple[pl.Series, str | None]:
        rows = imported.frame
        codes = pl.lit(code) if column is None else pl.lit(rows[column])
        frame = rows.select("date", price=pl.lit(rows[price]), code=codes)
        rated = _rated(frame)
        values = rated.select(pl.col("price") * pl.col("rate")).to_series()
        finite = pl.select(pl.when(values.is_finite()).then(values)).to_series()
        return finite, _unrated(rated)

    unit = code or f"unit of {column}"
    return Recipe(f"{price} * SEK per {unit} (European Central Bank)", compute)


_RECIPES: Mapping[Derived, Callable[[Columns], Recipe]] = {
    "returns": _returns,
    "vwap": _vwap,
    "adv20": _adv20,
    "c_sek": _c_sek,
}


def _price(given: Columns) -> str:
    if given.price is None:
        raise DataError("There is no price to compute from; say which column is the price.")
    return given.price


def _one(given: Columns, name: str, like: str | None) -> str:
    """The column that is `name`, of several the one of the same kind as `like`."""
    found = columns_for(name, given.features, like)
    if len(found) == 1:
        return found[0]
    what = f"Several columns can be the {name}: {', '.join(found)}." if found else ""
    what = what or f"There is no {name} to compute from."
    raise DataError(f"{what} Rename the right one to {name!r}.")


def _currency(given: Columns, price: str) -> tuple[str | None, str | None]:
    """The category with the currency of each price, or the one currency of them all."""
    if given.currency is not None:
        if given.currency in given.categories:
            return given.currency, None
        near = nearest(given.currency, given.categories)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        raise DataError(f"There is no category {shown(given.currency)} with currencies.{hint}")
    named = {word.upper() for word in re.split(r"[^A-Za-z]+", price)} & _known_codes()
    if len(named) == 1:
        return None, named.pop()
    usual = [name for name in given.categories if _letters(name) in _CURRENCY_NAMES]
    if len(usual) == 1:
        return usual[0], None
    raise QuestionError(
        f"The currency of {price!r} is not known, so that c_sek cannot be computed. Say which"
        " category holds it, or name the column after it, as in c_usd.",
        "currency",
        given.categories,
    )


def _letters(name: str) -> str:
    return re.sub(r"[\s_.-]+", "", name.casefold())


def _known_codes() -> set[str]:
    return {"SEK", *pl.read_parquet(RATES, columns=["symbol"])["symbol"].unique()}


def _rated(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame (date, price, code) with the SEK per unit of each code on its date: `rate`."""
    pairs = frame.select("date", "code").unique().drop_nulls().with_columns(_unit())
    rates = pl.read_parquet(RATES).rename({"symbol": "iso", "c_sek": "sek"}).sort("date")
    found = pairs.sort("date").join_asof(
        rates, on="date", by="iso", strategy="backward", tolerance=f"{MAX_AGE}d",
        check_sortedness=False,
    )  # fmt: skip
    sek = pl.when(pl.col("iso") == "SEK").then(1.0).otherwise(pl.col("sek"))
    table = found.select("date", "code", rate=pl.col("part") * sek)
    return frame.join(table, on=["date", "code"], how="left", maintain_order="left")


def _unit() -> tuple[pl.Expr, pl.Expr]:
    """The currency of a code (`iso`), and the part of it that the code stands for (`part`)."""
    given = pl.col("code").str.strip_chars()
    code = given.replace_strict(_IN_LETTERS, default=given.str.to_uppercase())
    part = pl.when(code.is_in(list(_PARTS))).then(0.01).otherwise(1.0)
    return code.replace(_PARTS).alias("iso"), part.alias("part")


def _unrated(rated: pl.DataFrame) -> str | None:
    """How many prices have no rate, by code; None when all have one."""
    lost = rated.filter(pl.col("price").is_not_null() & pl.col("rate").is_null())
    if lost.is_empty():
        return None
    counts = (
        lost.group_by("code")
        .len()
        .sort("len", "code", descending=[True, False], nulls_last=True)
        .rows()
    )
    listed = ", ".join(f"{code or 'none given'} ({count:,})" for code, count in counts[:5])
    more = ", ..." if len(counts) > 5 else ""
    return (
        f"c_sek is missing in {len(lost):,} rows with a price, since there is no rate of their"
        f" currency that is at most {MAX_AGE} days old: {listed}{more}."
    )


def _matrix(imported: Imported, name: str) -> Array:
    return imported.grid.matrix(imported.frame[name])


def _cells(imported: Imported, matrix: Array) -> pl.Series:
    """The rows of the data as they stand in a matrix, null where it has NaN."""
    cells = matrix.reshape(-1)[imported.grid.cells]
    return pl.Series(cells).fill_nan(None)
