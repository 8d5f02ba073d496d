"""The check command."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

import msgspec

from app.cli.options import (
    add_dataset,
    add_dialect,
    messages,
    open_panel,
    open_workspace,
    read_expression,
)
from app.cli.screen import Screen, count, number, percent
from engine.dsl.complexity import complexity
from engine.dsl.tree import Node, columns, expr_hash, is_constant, lookback, looks_across, to_text
from engine.errors import ParamError
from engine.lookahead import Certificate, certificate

MAX_CUTS = 10_000


def add(subparsers: Any) -> None:
    """The grammar of the command."""
    parser = subparsers.add_parser(
        "check", help="what an expression means, and whether it could see the future"
    )
    parser.add_argument("expr", metavar="EXPR")
    parser.add_argument("--cuts", type=int, default=20, metavar="N", help="cuts of the certificate")
    add_dialect(parser)
    add_dataset(parser)
    parser.set_defaults(command=run)


def run(args: argparse.Namespace, screen: Screen) -> int:
    """Take an expression apart; exit code 1 when the look-ahead certificate fails."""
    if not 1 <= args.cuts <= MAX_CUTS:
        raise ParamError(f"--cuts is {args.cuts}; choose 1 to {MAX_CUTS:,}.")
    with open_workspace(args) as space:
        panel = open_panel(args, space)
        reading = read_expression(args, panel, screen)
        node = reading.node
        proof = certificate(panel, node, cuts=args.cuts)
    if screen.json:
        screen.emit(
            {
                "expr": to_text(node),
                "expr_hash": expr_hash(node),
                "type": kind(node),
                "complexity": complexity(node),
                "lookback": lookback(node),
                "features": columns(node),
                "dataset": panel.name,
                "certificate": proof,
                "notes": messages(reading.notes),
                "warnings": messages(reading.warnings),
            }
        )
    _show(screen, node, proof)
    for warning in reading.warnings:
        screen.say(f"! {warning.message}")
    return 0 if proof.passed else 1


def kind(node: Node) -> str:
    """Where the values of an expression come from."""
    if is_constant(node):
        return "constant"
    return "cross-sectional" if looks_across(node) else "per symbol"


def _show(screen: Screen, node: Node, proof: Certificate) -> None:
    parts = msgspec.structs.asdict(complexity(node))
    score = parts.pop("score")
    days = lookback(node)
    screen.say(f"{to_text(node)}\n")
    screen.pairs(
        [
            ("hash", expr_hash(node)),
            ("type", kind(node)),
            ("reads", ", ".join(columns(node)) or "nothing"),
            ("looks back", "over all history" if days is None else count(days, "date")),
            ("complexity", number(score, 1)),
            *((f"  {name.replace('_', ' ')}", f"{value:g}") for name, value in parts.items()),
            ("look-ahead", _verdict(proof)),
            *(("warm-up", text) for text in _warm_up(proof)),
        ]
    )


def _verdict(proof: Certificate) -> str:
    if proof.passed:
        return (
            f"none: {count(proof.cuts, 'cut')} of the data, each with the future removed and with"
            f" noise in its place, changed no earlier value; operators tried alone: {proof.steps}"
        )
    culprit = f"; {proof.operator} reads later dates" if proof.operator else ""
    found = f"the value of {proof.first_difference} changes with later data ({proof.how})"
    return f"FOUND: {found}{culprit}"


def _warm_up(proof: Certificate) -> Iterator[str]:
    """What a state carried from the first date on means for values on data that start later."""
    if not proof.starts:
        return
    if proof.warm_up is not None:
        yield f"{count(proof.warm_up, 'date')}, then all is the same to 1e-9 wherever data start"
        return
    worst = max(proof.starts, key=lambda start: start.difference)
    yield (
        "never over: on data that start"
        f" {count(worst.dropped, 'date')} later the last values differ by up to"
        f" {percent(worst.difference)}"
    )
