"""The benchmark's panels: a file, or seeded random prices with holes, ties and late names."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import polars as pl

FEATURES = ("open", "high", "low", "close", "volume", "vwap", "returns")
SECTORS = 11
SIZES = {"S": (6500, 32), "M": (2500, 500), "L": (2500, 3000), "XS": (400, 24)}
"""Dates and symbols; XS is a toy to try the command with."""

MAIN = "M"
"""The panel of the goals."""

COLUMNS = ("date", "symbol", "sector", "open", "high", "low", "close", "volume")
"""What a file must have; vwap and returns are made of them where they are missing."""
FIRST_DAY = np.datetime64("2000-01-03")


class Drawn(msgspec.Struct, frozen=True, eq=False):
    """Matrices [dates x symbols] of the features, NaN = missing, and the sector of each symbol."""

    dates: np.ndarray
    symbols: tuple[str, ...]
    features: dict[str, np.ndarray]
    sectors: np.ndarray


def draw(dates: int = 2500, symbols: int = 500, seed: int = 7) -> Drawn:
    """A daily panel: 40 % of the symbols listed late, 25 % delisted, 1 % holes, prices in cents."""
    rng = np.random.default_rng(seed)
    shape = (dates, symbols)
    prices = _prices(rng, shape)
    present = _presence(rng, shape)
    features = {name: np.where(present, values, np.nan) for name, values in prices.items()}
    close = features["close"]
    returns = np.full(shape, np.nan)
    returns[1:] = close[1:] / close[:-1] - 1
    features["returns"] = returns
    return Drawn(
        dates=_business_days(dates),
        symbols=tuple(f"SYM{i:04d}" for i in range(symbols)),
        features=features,
        sectors=rng.integers(0, SECTORS, symbols),
    )


def write_table(drawn: Drawn, path: Path) -> int:
    """Write the present rows as a long Parquet file; returns their number."""
    rows, columns = np.nonzero(~np.isnan(drawn.features["close"].T))[::-1]
    sectors = np.array([f"sector {i:02d}" for i in range(SECTORS)])
    frame = pl.DataFrame(
        {
            "date": drawn.dates[rows],
            "symbol": np.array(drawn.symbols)[columns],
            "sector": sectors[drawn.sectors[columns]],
            **{name: values[rows, columns] for name, values in drawn.features.items()},
        }
    )
    frame.with_columns(pl.col(FEATURES).fill_nan(None)).write_parquet(path, compression="zstd")
    return len(frame)


def write_file(source: Path, path: Path) -> int:
    """Write the rows of a Parquet file in the form of `write_table`; returns their number.

    ValueError when it lacks a column.
    """
    frame = pl.read_parquet(source)
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        raise ValueError(f"{source.name} has no column {', '.join(missing)}: it needs {COLUMNS}.")
    made = {
        "vwap": (pl.col("high") + pl.col("low") + pl.col("close")) / 3,
        "returns": pl.col("close") / pl.col("close").shift(1).over("symbol") - 1,
    }
    frame = frame.sort("symbol", "date").with_columns(
        pl.col("volume").cast(pl.Float64),
        *(value.alias(name) for name, value in made.items() if name not in frame.columns),
    )
    frame.select("date", "symbol", "sector", *FEATURES).write_parquet(path, compression="zstd")
    return len(frame)


def _prices(rng: np.random.Generator, shape: tuple[int, int]) -> dict[str, np.ndarray]:
    """Random walks with a common factor, rounded to cents so that ranks meet ties."""
    dates, symbols = shape
    volatility = rng.uniform(0.01, 0.035, symbols)
    market = rng.normal(0, 0.008, dates)[:, None] * rng.uniform(0.4, 1.4, symbols)
    moves = rng.standard_normal(shape) * volatility + market
    first = np.exp(rng.uniform(np.log(5), np.log(500), symbols))
    drift = 0.5 * np.cumsum(np.ones((dates, 1)) * volatility**2, 0)
    close = first * np.exp(np.cumsum(moves, 0) - drift)
    before = np.vstack([close[:1], close[:-1]])
    open_ = before * np.exp(rng.standard_normal(shape) * volatility * 0.3)
    above = np.exp(np.abs(rng.standard_normal(shape)) * volatility * 0.4)
    below = np.exp(-np.abs(rng.standard_normal(shape)) * volatility * 0.4)
    high, low = np.maximum(open_, close) * above, np.minimum(open_, close) * below
    level = rng.uniform(10, 15, symbols) + 0.5 * rng.standard_normal(shape)
    close, open_ = (np.maximum(np.round(x, 2), 0.01) for x in (close, open_))
    high = np.maximum(np.round(high, 2), np.maximum(open_, close))
    low = np.maximum(np.minimum(np.round(low, 2), np.minimum(open_, close)), 0.01)
    return {
        "open": open_,
        "high": high,
        "low": low,
        "close": close,
        "volume": np.round(np.exp(level + 10 * np.abs(moves))),
        "vwap": (high + low + close) / 3,
    }


def _presence(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    dates, symbols = shape
    late = rng.integers(0, int(dates * 0.6), symbols)
    listed = np.where(rng.random(symbols) < 0.6, 0, late)
    early = rng.integers(int(dates * 0.5), dates, symbols)
    delisted = np.where(rng.random(symbols) < 0.75, dates, early)
    delisted = np.maximum(delisted, listed + 300)
    day = np.arange(dates)[:, None]
    present: np.ndarray = (day >= listed) & (day < delisted) & (rng.random(shape) > 0.01)
    return present


def _business_days(count: int) -> np.ndarray:
    days = np.arange(FIRST_DAY, FIRST_DAY + 2 * count + 20)
    return days[np.is_busday(days)][:count]
