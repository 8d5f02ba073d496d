"""The backtest command."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from app import log
from app.cli.evaluate import show_factor, summary
from app.cli.files import write_frame
from app.cli.longfile import read_grid
from app.cli.options import (
    add_book,
    add_dataset,
    add_dialect,
    book_params,
    messages,
    no_dialect,
    open_panel,
    open_workspace,
    read_expression,
)
from app.cli.report import headline
from app.cli.screen import Screen, count
from engine.book import Backtest, BookParams, backtest_signal, backtest_weights, check_params
from engine.dsl.complexity import complexity
from engine.dsl.parse import Reading
from engine.dsl.tree import Node, expr_hash, to_text
from engine.errors import EngineError, ParamError
from engine.evaluate.run import evaluate
from engine.panel import Array, Panel
from engine.stats.factor import Factor, factor
from engine.stats.performance import Metrics, performance
from engine.store import Source
from engine.strategy import (
    Outcome,
    RunSpec,
    caveats,
    describe,
    refused,
    run_id,
    run_spec,
    traded_returns,
)
from engine.workspace import Workspace


def add(subparsers: Any) -> None:
    """The grammar of the command."""
    parser = subparsers.add_parser(
        "backtest", help="trade an expression, a signal or given weights, and measure it"
    )
    parser.add_argument("expr", nargs="?", metavar="EXPR")
    parser.add_argument("--signal", type=Path, metavar="FILE", help="columns date, symbol, signal")
    parser.add_argument(
        "--weights", type=Path, metavar="FILE", help="columns date, symbol, weight: the target book"
    )
    parser.add_argument(
        "--factor", action="store_true", help="also show how the signal orders later returns"
    )
    parser.add_argument("--persist", action="store_true", help="save the run as a strategy")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="write the daily series (.parquet or .csv)"
    )
    add_dialect(parser)
    add_dataset(parser, lockbox=True)
    add_book(parser)
    parser.set_defaults(command=run)


_OF_A_SIGNAL = ("cap", "max_lev", "sizing", "neutralize", "smooth_ema", "rebalance")
"""Parameters that make a book out of a signal."""


class Tried(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What was backtested and what came of it."""

    digest: str
    label: str
    node: Node | None
    backtest: Backtest
    metrics: Metrics
    notes: tuple[str, ...] = ()
    signal: Array | None = None


def run(args: argparse.Namespace, screen: Screen) -> None:
    """Backtest one thing; it is a row of the trial ledger, whatever comes of it."""
    _check(args)
    params = book_params(args)
    with open_workspace(args, write=True) as space:
        panel = open_panel(args, space)
        check_params(params, panel)
        reading = read_expression(args, panel, screen) if args.expr is not None else None
        asked = _Asked(space, panel, params, keep=args.persist, opens=args.lockbox == "open")
        tried = _expression(reading, asked) if reading else _file(args, asked)
        found = _factor(tried, panel, params) if args.factor or screen.json else None
        opened = space.store.openings(panel.name) if asked.opens else 0
        log.info("backtest", expr_hash=tried.digest, dataset=panel.name, lockbox_openings=opened)
    warnings = [*tried.notes, *_warnings(tried.backtest, panel, opened)]
    if args.out is not None:
        write_frame(daily_frame(tried.backtest), args.out)
    if screen.json:
        notes = messages(reading.notes) if reading else []
        screen.emit(_answer(tried, panel, params, warnings) | _measured(found) | {"notes": notes})
    _show(screen, tried, panel, warnings, persisted=args.persist)
    if found is not None:
        show_factor(screen, found)


def daily_frame(backtest: Backtest) -> pl.DataFrame:
    """Date, gross, cost, borrow, net, turnover and equity of every date of a run."""
    daily = backtest.daily
    series = ("gross", "cost", "borrow", "net", "turnover", "equity")
    return pl.DataFrame({"date": daily.dates, **{name: getattr(daily, name) for name in series}})


def _check(args: argparse.Namespace) -> None:
    no_dialect(args)
    given = [name for name in ("expr", "signal", "weights") if getattr(args, name) is not None]
    if len(given) != 1:
        raise ParamError("A backtest takes one of an expression, --signal FILE and --weights FILE.")
    unused = [name for name in _OF_A_SIGNAL if getattr(args, name) is not None]
    if args.weights and unused:
        option = f"--{unused[0].replace('_', '-')}"
        raise ParamError(
            f"--weights gives the book itself, which {option} does not change. Leave it out."
        )
    if args.factor and args.weights:
        raise ParamError("--factor measures a signal; --weights gives a book.")
    if args.persist and args.expr is None:
        raise ParamError("--persist saves expressions; a file can be backtested again as it is.")


class _Asked(msgspec.Struct, frozen=True, eq=False):
    """Where a backtest is written down, and whether it looks at the locked dates."""

    space: Workspace
    panel: Panel
    params: BookParams
    keep: bool
    opens: bool

    @property
    def spec(self) -> RunSpec:
        """Of the run."""
        return run_spec(self.panel, self.params)

    @property
    def source(self) -> Source:
        """What the ledger calls it."""
        return "lockbox" if self.opens else "backtest"

    def look(self, digest: str) -> None:
        """Write an opening of the lockbox down, before anything is computed."""
        if self.opens:
            self.space.store.open_lockbox(digest, self.panel.name)

    def record(self, outcome: Outcome) -> None:
        """Write a trial down, and the run if it is to be kept."""
        self.space.store.record(
            None, self.panel.name, self.spec, [outcome], source=self.source, keep=self.keep
        )


def _expression(reading: Reading, asked: _Asked) -> Tried:
    node, panel, params = reading.node, asked.panel, asked.params
    asked.look(expr_hash(node))
    try:
        signal = evaluate(panel, node)
        backtest = backtest_signal(panel, signal, params)
        outcome = describe(panel, node, backtest)
    except EngineError as error:
        asked.record(refused(node, error.message))
        raise
    asked.record(outcome)
    assert outcome.metrics is not None
    return Tried(
        digest=outcome.expr_hash, label=outcome.expr, node=node, backtest=backtest,
        metrics=outcome.metrics, signal=signal,
    )  # fmt: skip


def _file(args: argparse.Namespace, asked: _Asked) -> Tried:
    path: Path = args.signal or args.weights
    columns = ("signal", "value") if args.signal else ("weight", "w")
    space, panel, params = asked.space, asked.panel, asked.params
    dates = space.panel(panel.name, lockbox_open=True).dates
    grid = read_grid(path, panel, dates, columns)
    asked.look(grid.digest)
    if args.signal:
        backtest = backtest_signal(panel, grid.values, params)
    else:
        backtest = backtest_weights(panel, grid.values, grid.dated, params)
    metrics = performance(
        traded_returns(backtest), panel.periods_per_year, daily=backtest.daily,
        first=backtest.first_trade,
    )  # fmt: skip
    space.store.note_trial(
        grid.digest, panel.name, asked.spec, source=asked.source, sharpe=metrics.ann_sharpe
    )
    return Tried(
        digest=grid.digest, label=path.name, node=None, backtest=backtest, metrics=metrics,
        notes=grid.notes, signal=grid.values if args.signal else None,
    )  # fmt: skip


def _factor(tried: Tried, panel: Panel, params: BookParams) -> Factor | None:
    """The signal as a predictor; None when there is none, as with given weights."""
    if tried.signal is None:
        return None
    return factor(tried.signal, panel, lag=params.execution_lag)


def _measured(found: Factor | None) -> dict[str, object]:
    return {"factor": None if found is None else summary(found)}


def _warnings(backtest: Backtest, panel: Panel, opened: int) -> list[str]:
    found = [*caveats(backtest)]
    if opened:
        found.append(
            f"The lockbox of {panel.name} was open; that makes {count(opened, 'opening')}. What has"
            " been looked at is no longer unseen."
        )
    return found


def _answer(
    tried: Tried, panel: Panel, params: BookParams, warnings: list[str]
) -> dict[str, object]:
    daily, node = tried.backtest.daily, tried.node
    return {
        "expr_hash": tried.digest,
        "expr": to_text(node) if node is not None else None,
        "file": None if node is not None else tried.label,
        "dataset": panel.name,
        "run_id": run_id(expr_hash(node), run_spec(panel, params)) if node is not None else None,
        "params": params,
        "metrics": tried.metrics,
        "complexity": complexity(node) if node is not None else None,
        "tradable": tried.backtest.tradable,
        "ruined": tried.backtest.ruined,
        "dates": daily.dates,
        "equity": daily.equity,
        "returns": daily.net,
        "events": tried.backtest.events,
        "warnings": warnings,
    }


def _show(
    screen: Screen, tried: Tried, panel: Panel, warnings: list[str], *, persisted: bool
) -> None:
    daily = tried.backtest.daily
    saved = "  saved" if persisted else ""
    screen.say(f"{tried.label}\n")
    screen.pairs(
        [
            ("hash", f"{tried.digest}{saved}"),
            ("data set", f"{panel.name}, {daily.dates[0]} to {daily.dates[-1]}"),
            *headline(tried.metrics),
        ]
    )
    for text in warnings:
        screen.say(f"! {text}")
