"""The check command."""

from __future__ import annotations

import argparse
from typing import Any

import msgspec

from app.cli.options import add_dataset, open_panel, open_workspace
from app.cli.screen import Screen, count, number
from engine.dsl.complexity import complexity
from engine.dsl.parse import Names, parse
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
    add_dataset(parser)
    parser.set_defaults(command=run)


def run(args: argparse.Namespace, screen: Screen) -> int:
    """Take an expression apart; exit code 1 when the look-ahead certificate fails."""
    if not 1 <= args.cuts <= MAX_CUTS:
        raise ParamError(f"--cuts is {args.cuts}; choose 1 to {MAX_CUTS:,}.")
    with open_workspace(args) as space:
        panel = open_panel(args, space)
        node = parse(args.expr, Names.of(panel))
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
            }
        )
    _show(screen, node, proof)
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
        ]
    )


def _verdict(proof: Certificate) -> str:
    if proof.passed:
        return (
            f"none: {count(proof.cuts, 'cut')} of the data, each with the future removed and with"
            " noise in its place, changed no earlier value"
        )
    return f"FOUND: the value of {proof.first_difference} changes with later data ({proof.how})"
