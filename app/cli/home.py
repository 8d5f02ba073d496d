"""What `kvant` alone answers: where things are, and what to type next."""

from __future__ import annotations

import argparse

from app.cli.data import SOURCE
from app.cli.options import open_workspace
from app.cli.screen import Screen, count
from app.cli.version import version
from engine.workspace import BUNDLED

NEXT = (
    ('kvant check "ts_mean(c_sek, 20) / c_sek - 1"', "what it means"),
    ('kvant backtest "cs_rank(ts_mean(c_sek, 20) / c_sek) - 0.5"', "what it earned"),
    ("kvant train --n 200", "search for more"),
    ("kvant strategies", "what was found"),
    ("kvant import prices.csv", "your own prices"),
    ("kvant --help", "all commands"),
)


def run(args: argparse.Namespace, screen: Screen) -> None:
    """One short screen."""
    with open_workspace(args) as space:
        rows, saved = space.datasets(), space.store.strategies(limit=1).total
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
