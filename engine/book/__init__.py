"""From a signal or given weights to daily returns."""

from __future__ import annotations

from engine.book.account import (
    Backtest,
    Daily,
    SignalRows,
    StaleEvent,
    backtest_signal,
    backtest_weights,
)
from engine.book.params import BookParams, check_params

__all__ = [
    "Backtest",
    "BookParams",
    "Daily",
    "SignalRows",
    "StaleEvent",
    "backtest_signal",
    "backtest_weights",
    "check_params",
]
