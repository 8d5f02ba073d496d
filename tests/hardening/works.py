"""What the long form does to a stretch of numbers, and what it reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import msgspec

from tests.hardening.batches import complaints
from tests.hardening.files import KINDS
from tests.hardening.judging import complaint, milliseconds, smaller
from tests.hardening.readers import Ask, Reader
from tests.hardening.texts import NAMES, text
from tests.hardening.values import compared

SLOW = 10.0
DIALECTS = (None, "alpha101")
EXCUSED = 0.02
"""The largest share of values that may be excused from equality."""


class Report(msgspec.Struct):
    """What a stretch of numbers came to; reports add up."""

    done: int = 0
    understood: int = 0
    slowest: tuple[float, str, str] = (0.0, "", "")
    sources: Counter[str] = msgspec.field(default_factory=Counter)
    present: int = 0
    excused: int = 0
    trees_excused: int = 0
    died: list[str] = msgspec.field(default_factory=list)
    wrong: list[str] = msgspec.field(default_factory=list)

    def add(self, other: Report) -> None:
        """Take in another report."""
        for name in (
            "done",
            "understood",
            "sources",
            "present",
            "excused",
            "trees_excused",
            "died",
            "wrong",
        ):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.slowest = max(self.slowest, other.slowest)


def read_texts(seed: int, numbers: range, *, clock: bool = True) -> Report:
    """The texts of these numbers, every third of them in the dialects too."""
    report = Report()
    for number in numbers:
        source, given = text(seed, number)
        for dialect in DIALECTS if number % 3 == 0 or source == "paper" else DIALECTS[:1]:
            took = milliseconds(given, NAMES, dialect) if clock else 0.0
            if took > SLOW / 4:  # others may have been in the way
                took = milliseconds(given, NAMES, dialect, runs=7)
            said, understood = complaint(given, NAMES, dialect)
            report.slowest = max(report.slowest, (took, source, given))
            report.understood += understood
            report.done += 1
            report.sources[f"{source} {'understood' if understood else 'refused'}"] += 1
            if said is not None:
                shorter = smaller(given, NAMES, dialect)
                report.wrong.append(f"number {number}: {said}\n    {given!r}\n    {shorter!r}")
            if took > SLOW:
                report.wrong.append(f"number {number} takes {took:.1f} ms: {given!r}")
    return report


def read_files(seed: int, numbers: range) -> Report:
    """The files of these numbers, one of each kind, in a process that may die of them."""
    report = Report()
    with Reader() as reader:
        for number in numbers:
            read_one(reader, seed, number, report)
    return report


def read_one(reader: Reader, seed: int, number: int, report: Report) -> None:
    """The file of each kind of this number."""
    for kind in KINDS:
        verdict = reader.judge(Ask(kind, seed, number))
        report.done += 1
        report.sources[f"{kind} {verdict.outcome}"] += 1
        report.slowest = max(report.slowest, (verdict.ms, f"{kind} {number}", ""))
        if verdict.outcome.startswith("died"):
            report.died.append(f"{kind} {number}")
        if verdict.wrong:
            report.wrong.append(f"{kind} {number}: {verdict.wrong[:500]}")


def compare_values(seed: int, numbers: range) -> Report:
    """The trees of these numbers against their meaning."""
    report = Report()
    for number in numbers:
        verdict = compared(seed, number)
        report.done += 1
        report.present += verdict.present
        report.excused += verdict.excused
        report.trees_excused += verdict.excused > 0
        if verdict.complaint:
            report.wrong.append(f"number {number}: {verdict.complaint}")
    return report


def compare_batches(seed: int, numbers: range) -> Report:
    """The trees of these numbers as one batch."""
    return Report(done=len(numbers), wrong=list(complaints(seed + numbers.start, numbers)))


class Work(msgspec.Struct, frozen=True):
    """One of the commands: what it does to a stretch of numbers, how many, and in what portions."""

    do: Callable[[int, range], Report]
    amount: int
    portion: int


WORKS = {
    "texts": Work(read_texts, 1_000_000, 5000),
    "values": Work(compare_values, 5000, 50),
    "batches": Work(compare_batches, 5000, 100),
    "files": Work(read_files, 100_000, 500),
}


def portions(amount: int, size: int) -> Iterator[range]:
    """The numbers up to `amount` in stretches of `size`."""
    return (range(at, min(at + size, amount)) for at in range(0, amount, size))
