"""The verify command."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import msgspec

from app.cli.options import open_workspace
from app.cli.screen import Screen, number
from app.reader import InProcess, Reader
from app.results import found
from engine import kernels
from engine.bundle import MAX_BYTES, SUFFIX, unpack, verify
from engine.dsl.parse import Names, reread
from engine.errors import DataError, NotFoundError
from engine.evaluate.run import evaluate
from engine.importing.opening import read_bytes
from engine.stats.performance import Metrics
from engine.store import Run
from engine.strategy import ENGINE_VERSION, assess


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """A saved run next to the same run made again; `metrics` lists those that differ.

    `saved_by` and `now` are engine version and kernels.
    """

    expr_hash: str
    run_id: str
    dataset: str
    same: bool
    same_daily: bool
    bytes: int
    metrics: dict[str, tuple[float | None, float | None]]
    saved_by: tuple[int, str]
    now: tuple[int, str]


def add(subparsers: Any) -> None:
    """The grammar of the command."""
    parser = subparsers.add_parser(
        "verify", help="run a saved strategy again and compare the bytes; or check a bundle"
    )
    parser.add_argument("hash", metavar="HASH|FILE", help="a strategy, or an exported .kvant file")
    parser.add_argument("--run", metavar="ID", help="which of its runs (default: the newest)")
    parser.set_defaults(command=run)


def run(args: argparse.Namespace, screen: Screen) -> int:
    """Make a saved run again, or check a bundle; exit code 1 when anything differs."""
    if args.hash.endswith(SUFFIX):
        return _bundle(args, screen)
    with open_workspace(args) as space:
        it = found(Reader(space, InProcess()), args.hash, args.run)
        detail, chosen = it.detail, it.run
        saved = space.store.daily(chosen.run_id)
        panel = space.panel_of(chosen.spec)
        node = reread(detail.expr, Names.of(panel))
        outcome = assess(panel, node, evaluate(panel, node), chosen.spec.params)
    assert outcome.metrics is not None
    assert outcome.daily is not None
    differing = _differing(chosen, outcome.metrics)
    made = Comparison(
        expr_hash=detail.expr_hash, run_id=chosen.run_id, dataset=chosen.dataset,
        same=outcome.daily == saved and not differing, same_daily=outcome.daily == saved,
        bytes=len(saved), metrics=differing,
        saved_by=(chosen.spec.engine_version, chosen.spec.kernels),
        now=(ENGINE_VERSION, kernels.BACKEND),
    )  # fmt: skip
    if screen.json:
        screen.emit(made)
    _show(screen, made)
    return 0 if made.same else 1


def _bundle(args: argparse.Namespace, screen: Screen) -> int:
    """Check a bundle; with the run itself where its data set is in the workspace."""
    path = Path(args.hash)
    if not path.is_file():
        raise DataError(f"There is no file {path}. Check the name and the folder.")
    bundle = unpack(read_bytes(path, MAX_BYTES))
    it = bundle.manifest
    with open_workspace(args) as space:
        try:
            panel = space.panel_of(it.spec)
        except NotFoundError:
            panel = None
        checks = verify(bundle, panel)
    same = all(check.ok for check in checks)
    if screen.json:
        screen.emit(
            {
                "expr_hash": it.expr_hash, "run_id": it.run_id, "dataset": it.dataset,
                "fingerprint": it.spec.fingerprint, "same": same, "made_again": panel is not None,
                "checks": checks,
            }
        )  # fmt: skip
    screen.say(f"{it.expr_hash}  {it.expr}")
    screen.say(f"on {it.dataset}, by {it.program}, {it.created_at}")
    for check in checks:
        screen.say(f"  {'ok   ' if check.ok else 'WRONG'}  {check.name}: {check.text}")
    if panel is None:
        screen.say(
            f"The data set {it.spec.fingerprint[:16]} is not in this workspace: the run itself was"
            " not made again. Import its file to do that."
        )
    return 0 if same else 1


def _differing(saved: Run, again: Metrics) -> dict[str, tuple[float | None, float | None]]:
    pairs = {name: (getattr(saved.metrics, name), getattr(again, name))
             for name in Metrics.__struct_fields__}  # fmt: skip
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _show(screen: Screen, found: Comparison) -> None:
    if found.same:
        screen.say(
            f"{found.expr_hash}: the same. All {found.bytes:,} bytes of the daily series and all"
            f" metrics of run {found.run_id} came out again."
        )
        return
    screen.say(f"{found.expr_hash}: DIFFERENT from what run {found.run_id} saved.")
    if found.saved_by != found.now:
        screen.say(
            "It was saved by engine version {} with {} kernels;".format(*found.saved_by)
            + " this is version {} with {} kernels.".format(*found.now)
        )
    screen.say(f"daily series: {'the same' if found.same_daily else 'different'}")
    rows = [[name, number(a, 12), number(b, 12), ""] for name, (a, b) in found.metrics.items()]
    screen.table(["metric", "saved", "now", ""], rows)
