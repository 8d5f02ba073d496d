"""One tool in a process of its own, told what to do line by line.

    python -m bench.contender NAME FOLDER      requests on stdin, answers on stdout, both JSON lines

Every tool gets the same matrices before the clock starts, and memory is counted per tool.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

from bench import machine

ROOT = Path(__file__).resolve().parent.parent

TOOLS = {
    "kvant": "bench.ours:Ours",
    "polars": "bench.peers.polars_forms:PolarsForms",
    "pandas": "bench.peers.pandas_long:PandasLong",
    "bottleneck": "bench.peers.numpy_bottleneck:NumpyBottleneck",
    "polars_ta": "bench.peers.polars_ta_staged:PolarsTaStaged",
    "qlib": "bench.peers.qlib_series:QlibSeries",
    "vectorbt": "bench.peers.vectorbt_orders:VectorbtOrders",
}


class Contender:
    """The process of one tool; a context manager."""

    def __init__(self, name: str, folder: Path, python: Path) -> None:
        threads = {"POLARS_MAX_THREADS": "2", "OMP_NUM_THREADS": "2", "PYTHONWARNINGS": "ignore"}
        self.name = name
        self._process = subprocess.Popen(  # noqa: S603  # our own command
            [python, "-m", "bench.contender", name, folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, **threads, "PYTHONPATH": str(ROOT)},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def ask(self, what: str, **arguments: Any) -> Any:
        """Have the tool do something; RuntimeError when it died."""
        assert self._process.stdin
        assert self._process.stdout
        try:
            self._process.stdin.write(json.dumps({"what": what, **arguments}) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # the empty answer below says it
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self.name} ended with code {self._process.wait()} in {what}.")
        return json.loads(answer)


def main() -> None:
    """Serve one tool until stdin closes."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # libraries may print, answers stay apart
    module, kind = TOOLS[sys.argv[1]].split(":")
    tool = getattr(importlib.import_module(module), kind)(Path(sys.argv[2]))
    loaded = machine.peak_memory()
    for line in sys.stdin:
        request = json.loads(line)
        answer = _answer(tool, loaded, **request)
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _answer(tool: Any, loaded: int, what: str, **arguments: Any) -> Any:
    if what == "memory":
        return {"loaded": loaded, "peak": machine.peak_memory()}
    return getattr(tool, what)(**arguments)


if __name__ == "__main__":
    main()
