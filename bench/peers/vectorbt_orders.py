"""The book of target weights in vectorbt: one shared account, orders in percent of its value."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pandas as pd
import vectorbt as vbt

CASH = 1e6
"""vectorbt leaves out orders below 1e-8 shares: with 1 to invest that would be some."""


class VectorbtOrders:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def book(self, fee: float) -> dict[str, float]:
        """Seconds for the orders and the equity curve, which is left in vectorbt.npy."""
        prices = pd.DataFrame(np.load(self._folder / "dense.npy"))
        weights = pd.DataFrame(np.load(self._folder / "weights.npy"))
        wall, cpu = time.perf_counter(), time.process_time()
        portfolio = vbt.Portfolio.from_orders(
            close=prices,
            size=weights,
            size_type="targetpercent",
            fees=fee,
            init_cash=CASH,
            group_by=True,
            cash_sharing=True,
            freq="D",
        )
        equity = portfolio.value().to_numpy() / CASH
        spent = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
        np.save(self._folder / "vectorbt.npy", equity)
        return spent
