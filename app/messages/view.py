"""A data set as an order sees it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from engine.panel import Panel, open_panel


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A data set as an order sees it: its folder, cut to `rows` dates, with price and lags."""

    folder: str
    name: str
    rows: int
    price: str | None = None
    lags: dict[str, int] = {}

    def panel(self, *, verify: bool = True) -> Panel:
        """The data set as the order sees it; DataError, with `verify` for any byte that changed."""
        whole = open_panel(Path(self.folder), name=self.name, verify=verify)
        return whole.head(self.rows).with_price(self.price).with_lags(self.lags)
