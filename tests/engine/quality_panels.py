"""A market without faults, and the same market with one of each fault."""

from __future__ import annotations

import numpy as np

from engine.panel import Panel
from engine.quality import Quality, inspect

FIRST = np.datetime64("2015-01-02")


class Market:
    """Arrays [dates x symbols] of a generated market; tests spoil them before `panel`.

    A market and sector factors, fat tails, restless months, volume that follows the moves,
    holidays, late starters and early leavers. pe changes on the days of the reports, mom is the
    return of the last twenty dates, macro_rate is published in the middle of each month.
    """

    def __init__(self, seed: int = 0, *, dates: int = 700, symbols: int = 30) -> None:
        rng = np.random.default_rng(seed)
        self.rng = rng
        days = FIRST + np.arange(2 * dates)
        days = days[np.is_busday(days)]
        self.dates = days[~np.isin(days.astype("datetime64[D]").view(int) % 41, (7,))][:dates]
        self.symbols = [f"{chr(65 + j % 26)}{chr(65 + j // 26)}X" for j in range(symbols)]
        self.symbols.sort()
        shape = dates, symbols
        calm = np.exp(np.repeat(rng.normal(0, 0.3, dates // 20 + 1), 20)[:dates])[:, None]
        own = np.clip(rng.standard_t(5, shape), -8, 8) * rng.uniform(0.008, 0.02, symbols) * calm
        sectors = np.arange(symbols) % 4
        shared = rng.normal(0, 0.008, (dates, 1)) + rng.normal(0, 0.005, (dates, 4))[:, sectors]
        close = rng.uniform(20, 200, symbols) * np.exp(np.cumsum(own + shared, axis=0))
        opened = np.vstack((close[:1], close[:-1])) * np.exp(rng.normal(0, 0.004, shape))
        busy = np.exp(rng.normal(0, 0.25, shape)) * (1 + np.abs(own) / np.abs(own).mean(axis=0))
        self.features = {
            "open": opened,
            "high": np.maximum(opened, close) * np.exp(rng.exponential(0.004, shape)),
            "low": np.minimum(opened, close) * np.exp(-rng.exponential(0.004, shape)),
            "close": close,
            "volume": np.round(1e6 * rng.lognormal(0, 1, symbols) * busy),
            "pe": self._reported(rng, shape),
            "mom": self._momentum(close),
            "macro_rate": self._published(rng, shape),
        }
        self.sectors = np.tile(sectors, (dates, 1)).astype(np.int32)
        self._lives(rng)

    def _reported(self, rng, shape):
        dates, symbols = shape
        values = np.empty(shape)
        for j in range(symbols):
            quarter = (np.arange(dates) + rng.integers(0, 60)) // 63
            values[:, j] = rng.lognormal(3, 0.3, quarter[-1] + 1)[quarter]
        return values

    def _momentum(self, close):
        values = np.full(close.shape, np.nan)
        values[20:] = close[20:] / close[:-20] - 1
        return values

    def _published(self, rng, shape):
        known = (self.dates - 14).astype("datetime64[M]").astype(int)
        levels = np.cumsum(rng.normal(0, 0.1, known[-1] - known[0] + 1))
        return np.repeat(levels[known - known[0]][:, None], shape[1], axis=1)

    def _lives(self, rng):
        dates = len(self.dates)
        for j in range(0, len(self.symbols), 7):
            self.erase(slice(0, int(rng.integers(1, dates // 3))), j)
        for j in range(3, len(self.symbols), 7):
            self.erase(slice(dates - int(rng.integers(30, dates // 3)), dates), j)

    def erase(self, rows, column):
        """Remove whole rows of a symbol."""
        for values in self.features.values():
            values[rows, column] = np.nan
        self.sectors[rows, column] = -1

    def scale(self, rows, column, factor):
        """Multiply the prices of some rows."""
        for name in ("open", "high", "low", "close"):
            self.features[name][rows, column] *= factor

    def panel(self) -> Panel:
        return Panel.from_arrays(
            "market",
            self.dates,
            self.symbols,
            {name: np.round(values, 6) for name, values in self.features.items()},
            {"sector": (self.sectors, ("a", "b", "c", "d"))},
            price="close",
        )

    def inspect(self, **options: int) -> Quality:
        return inspect(self.panel(), open_rows=options.pop("open_rows", 560), **options)


def kinds(quality: Quality, *severities: str) -> list[str]:
    """The kinds of the findings, of these severities."""
    wanted = severities or ("error", "warning", "info")
    return [finding.kind for finding in quality.findings if finding.severity in wanted]
