"""The strategies command, and the table of strategies that other commands show too."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import Any

from app.cli.options import open_workspace
from app.cli.screen import Screen, number, percent
from engine.store import StrategySummary

_COLUMNS = (
    "hash", "Sharpe", "return", "vol", "max dd", "turnover", "complexity", "data set", "expression",
)  # fmt: skip
_SPARE = ("complexity", "data set", "turnover", "vol", "max dd", "return")


def add(subparsers: Any) -> None:
    """The grammar of the command."""
    parser = subparsers.add_parser("strategies", help="saved strategies, sorted")
    parser.add_argument(
        "--order",
        default="-ann_sharpe",
        metavar="KEYS",
        help="metrics, complexity_score or created_at, separated by commas; - in front descends"
        " (default -ann_sharpe)",
    )
    parser.add_argument("--limit", type=int, default=20, metavar="N")
    parser.add_argument("--offset", type=int, default=0, metavar="N")
    parser.add_argument("--dataset", metavar="NAME", help="only of this data set")
    parser.add_argument("--job", metavar="ID", help="only of this job")
    parser.add_argument("--q", metavar="TEXT", help="only with this text in the expression or hash")
    parser.add_argument(
        "--filter", metavar="CONDITIONS", help="such as 'ann_sharpe > 1 and max_dd > -0.2'"
    )
    parser.set_defaults(command=run)


def run(args: argparse.Namespace, screen: Screen) -> None:
    """List saved strategies."""
    with open_workspace(args) as space:
        if args.dataset is not None:
            space.dataset(args.dataset)
        page = space.store.strategies(
            args.limit, args.offset, args.order, dataset=args.dataset, q=args.q, job_id=args.job,
            filter=args.filter,
        )  # fmt: skip
    if screen.json:
        screen.emit(page)
    if not page.items:
        screen.say("No strategies here yet: kvant train --n 200 searches for some.")
        return
    show_table(screen, page.items)
    if page.next is not None:
        screen.say(
            f"{args.offset + 1:,} to {page.next:,} of {page.total:,}; --offset {page.next} goes on"
        )


def show_table(screen: Screen, items: Iterable[StrategySummary]) -> None:
    """Ranked strategies, one per line."""
    screen.table(_COLUMNS, [_line(item) for item in items], spare=_SPARE)


def _line(item: StrategySummary) -> list[str]:
    metrics = item.metrics
    marks = "".join(
        text
        for text, wanted in ((" not tradable", not item.tradable), (" ruined", item.ruined))
        if wanted
    )
    return [
        item.expr_hash,
        number(metrics.ann_sharpe),
        percent(metrics.ann_return),
        percent(metrics.ann_vol),
        percent(metrics.max_dd),
        percent(metrics.turnover),
        number(item.complexity_score, 1),
        item.dataset,
        f"{f'[{marks.strip()}]  ' if marks else ''}{item.expr}",
    ]
