"""All commands, and what becomes of an error in one of them."""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from app import log
from app.cli import (
    backtest,
    check,
    data,
    doctor,
    evaluate,
    export,
    home,
    jobs,
    metrics,
    serve,
    strategies,
    train,
    verify,
    window,
)
from app.cli.screen import Screen, plain
from app.version import version
from engine.errors import CancelledError, EngineError, ExprError
from engine.workspace import places

COMMANDS = (
    window, serve, home, data, train, backtest, evaluate, check, metrics, strategies, export,
    verify, jobs, doctor,
)  # fmt: skip
"""Modules with `add(subparsers)`, in the order of the help."""

FAILED, REFUSED, CANCELLED = 1, 2, 130
REFUSALS = {
    "usage", "parameters", "data", "question", "not_found", "expression", "unknown_name",
    "filter",
}  # fmt: skip


_MINUS = re.compile(r"-(?!-|h$)")


class UsageError(EngineError):
    """The command line itself is wrong."""

    code = "usage"


class _Parser(argparse.ArgumentParser):
    """Tells of wrong words by an error instead of leaving the program."""

    def error(self, message: str) -> NoReturn:
        text = message[0].upper() + message[1:]
        raise UsageError(f"{text}. See {self.prog} --help.")


def parser() -> argparse.ArgumentParser:
    """The grammar of the command line."""
    top = _Parser(
        prog="kvant", description="A local quant lab: price files in, honest backtests out."
    )
    top.add_argument("--version", action="version", version=f"kvant {version()}")
    top.set_defaults(command=window.run_alone, workspace=None, json=False, dataset=None)
    add_global(top)
    subparsers = top.add_subparsers(title="commands", metavar="COMMAND", parser_class=_Parser)
    for module in COMMANDS:
        module.add(subparsers)
    for each in _every(subparsers):
        add_global(each)
    return top


def add_global(parser_: argparse.ArgumentParser) -> None:
    """Options that may stand before or after the command."""
    group = parser_.add_argument_group("everywhere")
    group.add_argument(
        "--workspace",
        type=Path,
        default=argparse.SUPPRESS,
        metavar="DIR",
        help="the folder of data sets and results (default: KVANT_HOME or your own data folder)",
    )
    group.add_argument(
        "--json",
        action="store_true",
        default=argparse.SUPPRESS,
        help="print one JSON object and nothing else",
    )


def run(argv: Sequence[str] | None = None) -> int:
    """Run the command of `argv`; its exit code. No exception gets out."""
    words = list(sys.argv[1:] if argv is None else argv)
    screen = Screen(json="--json" in words)
    args = argparse.Namespace(workspace=None)
    try:
        args = parsed(words)
        command: Callable[[argparse.Namespace, Screen], int | None] = args.command
        code = command(args, screen) or 0
        sys.stdout.flush()
    except SystemExit as leaving:  # --help, --version
        return int(leaving.code or 0)
    except BaseException as error:  # noqa: BLE001  # the last stop: a sentence, never a traceback
        return failure(error, screen, args)
    finally:
        log.stop()
    return code


def parsed(words: Sequence[str]) -> argparse.Namespace:
    """The options of a command line; a text may start with a minus, such as "-close"."""
    # argparse takes a word with a space in it for no option
    args = parser().parse_args([f" {word}" if _MINUS.match(word) else word for word in words])
    for name, value in vars(args).items():
        if isinstance(value, str) and value.startswith(" -"):
            setattr(args, name, value[1:])
    return args


def failure(error: BaseException, screen: Screen, args: argparse.Namespace) -> int:
    """Say what went wrong, on both streams if they are wanted; the exit code."""
    if isinstance(error, BrokenPipeError):
        # whoever read the output has gone; Python would complain about it at the end
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    if isinstance(error, ExprError):
        _underline(screen, error, args)
    known = _known(error) or _unforeseen(error, args.workspace)
    if known.code == CancelledError.code:
        return _tell(screen, known, CANCELLED)
    usual = REFUSED if known.code in REFUSALS else FAILED
    return _tell(screen, known, getattr(known, "exit_code", usual))


def _known(error: BaseException) -> EngineError | None:
    """The error as the user is to hear of it, None when nobody foresaw it."""
    match error:
        case EngineError():
            return error
        case KeyboardInterrupt():
            return CancelledError("Cancelled.")
        case MemoryError():
            return EngineError(
                "There is not enough memory. Close other programs, or use fewer dates or symbols."
            )
        case _:
            return None


def _tell(screen: Screen, error: EngineError, code: int) -> int:
    screen.note(error.message)
    if screen.json:
        problem: dict[str, Any] = {"code": error.code, "message": error.message}
        if isinstance(error, ExprError):
            problem |= {
                "start": error.start, "end": error.end, "suggestions": error.suggestions
            }  # fmt: skip
        screen.emit({"error": problem})
    return code


def _underline(screen: Screen, error: ExprError, args: argparse.Namespace) -> None:
    """The expression with marks under the place the error is about."""
    text = getattr(args, "filter" if error.code == "filter" else "expr", None) or ""
    begin = text.rfind("\n", 0, error.start) + 1
    line = text[begin:].partition("\n")[0]
    # of a long line only the surroundings of the place are shown
    first = max(0, error.start - begin - 60)
    shown = plain(line[first : first + 160])
    before = error.start - begin - first
    marks = "^" * max(1, min(error.end - error.start, len(shown) - before))
    screen.note(f"  {shown}\n  {' ' * before}{marks}")


def _unforeseen(error: BaseException, workspace: Path | None) -> EngineError:
    file = log.start(places(workspace)[0] / "logs")
    log.crash(error)
    where = f"Details are in {file}." if file else "No log could be written."
    return EngineError(f"Something nobody foresaw went wrong ({type(error).__name__}). {where}")


def _every(subparsers: Any) -> list[argparse.ArgumentParser]:
    """All parsers below, each once."""
    found: list[argparse.ArgumentParser] = []
    for each in dict.fromkeys(subparsers.choices.values()):
        found.append(each)
        for action in each._actions:  # noqa: SLF001  # argparse has no public way down
            if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
                found += _every(action)
    return found
