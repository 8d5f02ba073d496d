"""One expression at a time: the book, the metrics, and the whole answer."""

from __future__ import annotations

import time

import numpy as np

from bench import suite
from bench.kernels import timed
from bench.ours import names, open_dataset
from bench.report import Row, Section, below
from bench.step import Step
from engine.book import BookParams, backtest_signal
from engine.dsl.canonical import to_text
from engine.dsl.parse import parse
from engine.evaluate.run import evaluate
from engine.panel import Panel
from engine.stats.performance import performance
from engine.strategy import assess, traded_returns
from engine.train import TrainConfig, draw

GOAL_BOOK_MS, GOAL_ANSWER_MS = 4.0, 25.0
RUNS = 50


def part(step: Step) -> list[Section]:
    """One panel's rows."""
    return [section(open_dataset(step.folder))]


def section(panel: Panel) -> Section:
    """Rows for book with metrics, and for an expression from text to metrics."""
    book, itemised, metrics = _book(panel)
    p50, p99, slowest = _answers(panel)
    both = book + metrics
    return Section(
        title="One expression",
        rows=(
            below(
                "book and metrics of one signal",
                both,
                GOAL_BOOK_MS,
                f"{both:.2f} ms",
                f"< {GOAL_BOOK_MS:.0f} ms",
            ),
            below(
                f"ad-hoc backtest, engine, median of {RUNS} expressions",
                p50,
                GOAL_ANSWER_MS,
                f"{p50:.1f} ms",
                f"< {GOAL_ANSWER_MS:.0f} ms",
            ),
            Row("ad-hoc backtest, engine, 99th percentile", f"{p99:.1f} ms"),
        ),
        remarks=(
            f"Book {book:.2f} ms ({itemised:.2f} ms with its events), metrics {metrics:.2f} ms.",
            (
                "An ad-hoc backtest: parsing, evaluation with nothing cached, book, metrics, packed"
                f" daily series, on one thread; the slowest of the {RUNS} is `{slowest}`."
            ),
        ),
    )


def _book(panel: Panel) -> tuple[float, float, float]:
    """Milliseconds of the book as in a search, with its events, and of the metrics."""
    text = "cs_zscore(-ts_delta(close, 5) / ts_std(close, 20)) / 100"
    signal = evaluate(panel, parse(text, names(panel)))
    params = BookParams()
    run = backtest_signal(panel, signal, params)
    returns = traded_returns(run)
    year = panel.periods_per_year
    book = timed(lambda: backtest_signal(panel, signal, params, itemise=False), 15)
    itemised = timed(lambda: backtest_signal(panel, signal, params), 15)
    metrics = timed(lambda: performance(returns, year, daily=run.daily, first=run.first_trade), 15)
    return 1e3 * book, 1e3 * itemised, 1e3 * metrics


def _answers(panel: Panel) -> tuple[float, float, str]:
    """Milliseconds, median and 99th percentile, and the slowest text."""
    known, params = names(panel), BookParams()
    drawn = draw(panel, TrainConfig(n=RUNS - len(suite.FORMULAS), seed=7)).nodes
    texts = [*suite.FORMULAS.values(), *map(to_text, drawn)]
    warm = parse(texts[0], known)
    assess(panel, warm, evaluate(panel, warm), params)  # the engine process of the product is warm
    times = []
    for text in texts:
        start = time.perf_counter()
        node = parse(text, known)
        assess(panel, node, evaluate(panel, node), params)
        times.append(1e3 * (time.perf_counter() - start))
    slowest = texts[int(np.argmax(times))]
    return float(np.quantile(times, 0.5)), float(np.quantile(times, 0.99)), slowest
