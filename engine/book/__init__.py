"""From a signal or given weights to daily returns."""

from __future__ import annotations

from engine.book.account import (
    Backtest,
    Daily,
    SignalRows,
    StaleEvent,
    backtest_signal,
    backtest_weights,
    target_weights,
)
from engine.book.benchmark import EQUAL_WEIGHT, equal_weight
from engine.book.params import BookParams, check_params

__all__ = [
    "EQUAL_WEIGHT",
    "Backtest",
    "BookParams",
    "Daily",
    "SignalRows",
    "StaleEvent",
    "backtest_signal",
    "backtest_weights",
    "check_params",
    "equal_weight",
    "target_weights",
]
