"""The long form of some tests: any number of texts, trees or files, from any seed.

usage: .venv/bin/python -m tests.hardening texts|values|batches|files [--amount N] [--seed S]
                                           [--jobs 2]

  texts    through the parser: 1,000,000 (minutes), none of which may take 10 ms
  values   against the plain meaning and three shorter panels each: 5,000 trees
  batches  through plan, cache, tiles and threads, in any way the bytes of each alone: 5,000 trees
  files    sound and damaged ones through preview and import: 100,000 of each of three kinds

A text, tree or file is a function of the seed and its number. The exit code is 1 when something is
wrong. What went wrong with a text is said with a shorter one; that belongs into
tests/golden/corpus.json, and a file into tests/golden/damaged_files.json: the ordinary tests read
both again.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from tests.hardening.works import EXCUSED, WORKS, Report, portions


def harden(name: str, amount: int, seed: int, jobs: int) -> Report:
    """All numbers up to `amount`, on `jobs` processes."""
    work, total, start = WORKS[name], Report(), time.monotonic()
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        running = [pool.submit(work.do, seed, part) for part in portions(amount, work.portion)]
        for future in running:
            total.add(future.result())
            if sys.stderr.isatty():
                sys.stderr.write(f"\r{total.done:,} done")
    sys.stderr.write(f"\n{time.monotonic() - start:.0f} s\n")
    return total


def lines(name: str, report: Report) -> Iterator[str]:
    """What was done, in a few lines."""
    yield f"{name}: {report.done:,} done, {len(report.wrong)} wrong"
    if name == "texts":
        took, source, slowest = report.slowest
        yield f"understood: {report.understood:,}"
        yield f"slowest: {took:.2f} ms ({source}) {slowest[:200]!r}"
        yield from (f"  {count:9,} {source}" for source, count in sorted(report.sources.items()))
    if name == "files":
        yield f"slowest: {report.slowest[0]:.0f} ms ({report.slowest[1]})"
        yield f"ended the process that read them: {len(report.died)} {report.died[:20]}"
        yield from (f"  {count:9,} {source}" for source, count in sorted(report.sources.items()))
    if name == "values":
        share = report.excused / max(1, report.present)
        yield f"{report.present:,} values, {report.excused:,} excused ({share:.2%})"
        yield f"in {report.trees_excused:,} trees"
    yield from (f"- {each}" for each in report.wrong[:50])


def main(arguments: Sequence[str]) -> int:
    """Run one of the works; 1 when something is wrong."""
    parser = argparse.ArgumentParser(
        prog="tests.hardening",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("work", choices=WORKS)
    parser.add_argument("--amount", type=int, metavar="N", help="how many; by default as above")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="processes (2)")
    options = parser.parse_args(arguments)
    amount = WORKS[options.work].amount if options.amount is None else options.amount
    report = harden(options.work, amount, options.seed, options.jobs)
    if report.excused > EXCUSED * report.present:
        report.wrong.append("More values are excused than may be.")
    print("\n".join(lines(options.work, report)))  # noqa: T201  # a command
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
