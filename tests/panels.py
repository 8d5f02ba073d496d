"""Small random panels with holes, ties, late starters and early leavers."""

from __future__ import annotations

import numpy as np

from engine.panel import Panel


def random_panel(
    *, dates: int, symbols: int, seed: int = 0, universe: bool = False, holes: float = 0.05
) -> Panel:
    """Columns close, volume, the category sector and, if asked for, universe."""
    rng = np.random.default_rng(seed)
    shape = (dates, symbols)
    close = np.round(50 * np.exp(np.cumsum(rng.normal(0, 0.02, shape), axis=0)), 2)
    volume = np.round(rng.lognormal(8, 1, shape))
    close[rng.random(shape) < holes] = np.nan
    for column in range(0, symbols, 4):
        close[: rng.integers(0, dates // 3 + 1), column] = np.nan
    for column in range(1, symbols, 5):
        close[dates - rng.integers(0, dates // 4 + 1) :, column] = np.nan
    volume[np.isnan(close)] = np.nan
    features = {"close": close, "volume": volume}
    if universe:
        features["universe"] = (rng.random(shape) < 0.7).astype(float)
    sector = np.tile(rng.integers(-1, 3, symbols), (dates, 1))
    return Panel.from_arrays(
        "random",
        np.datetime64("2020-01-01") + np.arange(dates),
        [f"S{i:02d}" for i in range(symbols)],
        features,
        {"sector": (sector, ("a", "b", "c"))},
        price="close",
    )
