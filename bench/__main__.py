"""The benchmark: one command, one run, every number against its goal.

    python -m bench --setup        installs the peers, in environments of their own under build/
    python -m bench                measures and prints tables; about twelve minutes
    python -m bench --write        also puts them into docs/performance.md
    python -m bench --quick        no pandas, qlib or vectorbt; fewer candidates and repetitions

    python -m bench --only kernels,suite      some parts
    python -m bench --panel M,S               some panels: S, M, L, sp500, XS (a toy) or a file

Goals are for 2 cores and panel M. Run it on a machine that does nothing else: what others took of
it is part of the report. Each part is a process of its own; one that fails is named in the report
and does not stop the others.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from bench import plan, report
from bench.panel import SIZES
from bench.peers import install
from bench.runner import Done, done
from bench.summary import conditions, sections

SLOW_PEERS = ("pandas", "qlib", "vectorbt")


def main() -> None:
    """Run what the command line asks for; exit code 1 when something could not be measured."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # nobody's Kvant compiles itself anew each time
    arguments = _arguments()
    if arguments.setup:
        sys.exit(not install.install())
    options = plan.Options(arguments.panel, arguments.only, arguments.quick)
    if arguments.write and not options.whole:
        sys.exit("--write is for the whole run: leave out --only, --panel and --quick.")
    start, known = time.monotonic(), conditions(options)
    finished, absent = measure(options)
    text = report.markdown(sections(finished, absent), [*known, _took(start, finished)])
    print(text)
    if arguments.write:
        report.write(text)
    sys.exit(any(each.failure for each in finished))


def measure(options: plan.Options) -> tuple[list[Done], dict[str, str]]:
    """Every step, in one run; and the peers that are absent, with the reason."""
    absent = install.missing()
    if options.quick:
        absent |= dict.fromkeys(SLOW_PEERS, "left out by --quick")
    with tempfile.TemporaryDirectory(prefix="kvant-bench-", ignore_cleanup_errors=True) as scratch:
        return [done(step) for step in plan.steps(options, Path(scratch), absent)], absent


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for name in ("setup", "quick", "write"):
        parser.add_argument(f"--{name}", action="store_true")
    parser.add_argument("--only", type=_parts, default=plan.PARTS, metavar="PART,...")
    parser.add_argument("--panel", type=_panels, default=plan.usual_panels(), metavar="NAME,...")
    return parser.parse_args()


def _parts(text: str) -> tuple[str, ...]:
    parts = tuple(text.split(","))
    if unknown := set(parts) - set(plan.PARTS):
        raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: the parts are {plan.PARTS}.")
    return parts


def _panels(text: str) -> tuple[str, ...]:
    panels = tuple(dict.fromkeys(text.split(",")))
    for panel in panels:
        path = plan.real_file() if panel == plan.REAL else Path(panel)
        if panel not in SIZES and not path.is_file():
            raise argparse.ArgumentTypeError(f"{panel}: there is no file {path}.")
    return panels


def _took(start: float, finished: list[Done]) -> str:
    shares = ", ".join(f"{each.name} {each.foreign:.0%}" for each in finished)
    took = time.monotonic() - start
    return f"The run took {took:.0f} s. Others used of one core during {shares}."


if __name__ == "__main__":
    main()
