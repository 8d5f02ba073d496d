"""From a signal or given weights to daily returns."""

from __future__ import annotations

from engine.book.account import (
    Backtest,
    Daily,
    StaleEvent,
    backtest_signal,
    backtest_weights,
    target_books,
    target_weights,
)
from engine.book.benchmark import EQUAL_WEIGHT, equal_weight
from engine.book.opening import SignalRows, calendar
from engine.book.params import BookParams, check_params, span_of
from engine.book.parts import Day, Steps, day_of, days_of

__all__ = [
    "EQUAL_WEIGHT",
    "Backtest",
    "BookParams",
    "Daily",
    "Day",
    "SignalRows",
    "StaleEvent",
    "Steps",
    "backtest_signal",
    "backtest_weights",
    "calendar",
    "check_params",
    "day_of",
    "days_of",
    "equal_weight",
    "span_of",
    "target_books",
    "target_weights",
]
