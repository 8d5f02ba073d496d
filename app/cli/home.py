"""The status command: where things are, and what to type next."""

from __future__ import annotations

import argparse
from typing import Any

from app.cli.data import SOURCE
from app.cli.options import open_workspace
from app.cli.screen import Screen, count
from app.version import version
from engine.workspace import BUNDLED

NEXT = (
    ('kvant check "ts_mean(c_sek, 20) / c_sek - 1"', "what it means"),
    ('kvant backtest "cs_rank(ts_mean(c_sek, 20) / c_sek) - 0.5"', "what it earned"),
    ("kvant train --n 200", "search for more"),
    ("kvant strategies", "what was found"),
    ("kvant import prices.csv", "your own prices"),
    ("kvant", "the window"),
    ("kvant --help", "all commands"),
)


def add(subparsers: Any) -> None:
    """The grammar of the command."""
    parser = subparsers.add_parser("status", help="where things are, and what to type next")
    parser.set_defaults(command=run)


def run(args: argparse.Namespace, screen: Screen) -> None:
    """One short screen."""
    with open_workspace(args) as space:
        rows, saved = space.datasets(), sum(space.store.counts_by_dataset().values())
        root = space.root
    if screen.json:
        names = [row.name for row in rows]
        screen.emit(
            {"version": version(), "workspace": str(root), "datasets": names, "strategies": saved}
        )
    screen.say(f"Kvant {version()}")
    screen.pairs(
        [
            ("workspace", str(root)),
            *(("data set", _line(row.name, row.symbols, row.dates, row.last_date)) for row in rows),
            ("strategies", f"{saved:,} saved"),
        ]
    )
    screen.say("")
    screen.pairs(NEXT)


def _line(name: str, symbols: int, dates: int, last: str) -> str:
    source = f"  ({SOURCE})" if name == BUNDLED else ""
    return f"{name}: {count(symbols, 'symbol')}, {count(dates, 'date')} to {last}{source}"
