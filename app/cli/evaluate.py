"""Commands about a signal itself: eval, factor."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import polars as pl

from app.cli.files import write_frame
from app.cli.longfile import read_grid
from app.cli.options import (
    add_dataset,
    add_dialect,
    messages,
    no_dialect,
    open_panel,
    open_workspace,
    read_expression,
)
from app.cli.screen import Screen, count, number, percent
from engine.book import BookParams
from engine.dsl.parse import Finding
from engine.dsl.tree import Node, expr_hash, to_text
from engine.errors import EngineError, ParamError
from engine.evaluate.run import evaluate
from engine.panel import Array, Panel
from engine.stats.factor import Factor, factor
from engine.store import Source
from engine.strategy import refused, run_spec, untraded
from engine.workspace import Workspace


def add(subparsers: Any) -> None:
    """The grammar of the commands."""
    parser = subparsers.add_parser("eval", help="the values of an expression, as a file")
    parser.add_argument("expr", metavar="EXPR")
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FILE",
        help="date, symbol, value (.parquet, .csv)",
    )
    add_dialect(parser)
    add_dataset(parser)
    parser.set_defaults(command=run_eval)
    measure = subparsers.add_parser("factor", help="does a signal order the returns after it?")
    measure.add_argument("expr", nargs="?", metavar="EXPR")
    measure.add_argument("--signal", type=Path, metavar="FILE", help="columns date, symbol, signal")
    measure.add_argument("--horizons", default="1,5,10", metavar="DAYS,DAYS", help="default 1,5,10")
    measure.add_argument(
        "--execution-lag", type=int, default=1, metavar="DAYS",
        help="returns begin at the close that many dates later, minus one (default 1)",
    )  # fmt: skip
    add_dialect(measure)
    add_dataset(measure)
    measure.set_defaults(command=run_factor)


def run_eval(args: argparse.Namespace, screen: Screen) -> None:
    """Write the value of an expression on every date and symbol of the grid."""
    with open_workspace(args, write=True) as space:
        panel = open_panel(args, space)
        reading = read_expression(args, panel, screen)
        node = reading.node
        values = _tried(space, panel, node, "eval")
        write_frame(long_frame(panel, values), args.out)
    present = int(np.count_nonzero(~np.isnan(values)))
    if screen.json:
        screen.emit(
            {
                "expr_hash": expr_hash(node), "expr": to_text(node), "dataset": panel.name,
                "rows": values.size, "present": present, "out": str(args.out),
                "notes": messages(reading.notes),
            }
        )  # fmt: skip
    screen.say(f"{args.out}: {count(values.size, 'row')}, {present:,} of them with a value")


def long_frame(panel: Panel, values: Array) -> pl.DataFrame:
    """Date, symbol and value of the whole grid, by date, then symbol; missing is null."""
    dates, symbols = values.shape
    names = pl.Series("symbol", panel.symbols)
    return pl.DataFrame(
        {
            "date": np.repeat(panel.dates, symbols),
            "symbol": names.gather(np.tile(np.arange(symbols), dates)),
            "value": pl.Series(values.ravel()).fill_nan(None),
        }
    )


def run_factor(args: argparse.Namespace, screen: Screen) -> None:
    """Measure a signal as a predictor."""
    if (args.expr is None) == (args.signal is None):
        raise ParamError("Factor statistics take one of an expression and --signal FILE.")
    no_dialect(args)
    horizons = _horizons(args.horizons)
    with open_workspace(args, write=True) as space:
        panel = open_panel(args, space)
        signal, label, notes = _signal(args, space, panel, screen)
        found = factor(signal, panel, horizons, lag=args.execution_lag)
    if screen.json:
        screen.emit(
            {
                "signal": label, "dataset": panel.name, "dates": panel.dates, "factor": found,
                "notes": messages(notes),
            }
        )  # fmt: skip
    screen.say(label)
    show_factor(screen, found)


def _tried(space: Workspace, panel: Panel, node: Node, source: Source) -> Array:
    """The value of an expression; that it was looked at is a row of the trial ledger."""
    outcome = untraded(node)
    try:
        return evaluate(panel, node)
    except EngineError as error:
        outcome = refused(node, error.message)
        raise
    finally:
        spec = run_spec(panel, BookParams())
        space.store.record(None, panel.name, spec, [outcome], source=source, keep=False)


def _horizons(text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() for part in parts):
        raise ParamError(f"--horizons takes whole numbers such as 1,5,10, not {text[:40]!r}.")
    return [int(part) for part in parts]


def _signal(
    args: argparse.Namespace, space: Workspace, panel: Panel, screen: Screen
) -> tuple[Array, str, tuple[Finding, ...]]:
    """The signal, what to call it, and how its text was taken."""
    if args.expr is not None:
        reading = read_expression(args, panel, screen)
        return _tried(space, panel, reading.node, "factor"), to_text(reading.node), reading.notes
    whole = space.panel(panel.name, lockbox_open=True)
    grid = read_grid(args.signal, panel, whole.dates, ("signal", "value"))
    space.store.note_trial(grid.digest, panel.name, run_spec(panel, BookParams()), source="factor")
    return grid.values, " ".join((args.signal.name, *grid.notes)), ()


def summary(found: Factor) -> Any:
    """The statistics without their daily series, as JSON shows them beside a backtest."""
    return _without_series(msgspec.to_builtins(found))


def _without_series(value: Any) -> Any:
    match value:
        case dict():
            return {
                key: _without_series(each)
                for key, each in value.items()
                if not (key == "daily" or key.endswith("_daily"))
            }
        case list():
            return [_without_series(each) for each in value]
    return value


def show_factor(screen: Screen, found: Factor) -> None:
    """Factor statistics as two tables."""
    screen.say("")
    screen.table(
        ["days", "IC", "ICIR", "t", "rank IC", "ICIR", "t", "spread", "t", "dates"],
        [
            [
                str(each.days),
                number(each.ic.mean, 4), number(each.ic.icir, 3), number(each.ic.t),
                number(each.rank_ic.mean, 4), number(each.rank_ic.icir, 3),
                number(each.rank_ic.t),
                percent(each.quantiles.spread, 3), number(each.quantiles.spread_t),
                f"{each.rank_ic.n:,}",
            ]
            for each in found.horizons
        ],
    )  # fmt: skip
    screen.say("")
    screen.table(
        ["days", *(f"Q{i + 1}" for i in range(len(found.horizons[0].quantiles.means))), ""],
        [
            [str(each.days), *(percent(mean, 3) for mean in each.quantiles.means), ""]
            for each in found.horizons
        ],
    )
    screen.say("")
    decay = "  ".join(number(value, 3) for value in found.decay)
    screen.pairs(
        [
            ("rank IC, 1 to 20 days", decay),
            ("rank autocorrelation", number(found.rank_autocorrelation, 3)),
        ]
    )
