"""The serve command: Kvant for scripts, and for a browser elsewhere on the screen."""

from __future__ import annotations

import argparse
from typing import Any

from app.cli.screen import Screen
from app.cli.service import Service, add_port, keep_serving


def add(subparsers: Any) -> None:
    """The grammar of the command."""
    parser = subparsers.add_parser(
        "serve",
        help="serve the page and the API without a window",
        description="Prints where, as one line of JSON, and serves until it is interrupted."
        " QUANT_API_KEY, when set, is the token.",
    )
    add_port(parser)
    parser.set_defaults(command=run)


def run(args: argparse.Namespace, screen: Screen) -> None:
    """Serve until a signal comes."""
    service = Service(args.workspace, args.port)
    keep_serving(service, lambda: screen.emit({"url": service.address, "port": service.port}))
