"""What may come of a file: a refusal with a sentence, or rows; preview and import alike."""

from __future__ import annotations

import tempfile
import time
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import polars as pl

from engine.errors import DataError, EngineError, ParamError, QuestionError
from engine.importing import Imported, ImportReport, Preview, preview_file, read_file
from engine.workspace import keep_file
from tests.hardening.files import File
from tests.hardening.plainly import difference
from tests.hardening.samples import VALUES, Row, frame

LONGEST = 2000
_PREVIEWS = msgspec.msgpack.Decoder(Preview)
_TEXTS = ("CSV", "TSV", "Text")


class Verdict(msgspec.Struct):
    """What came of a file: "read", "question", "refused"; how long it took; what is wrong."""

    outcome: str
    ms: float
    wrong: str | None = None


class Judge:
    """Reads files in a folder it may do anything in."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def judge(self, file: File, *, look: bool = True, keep: bool = True) -> Verdict:
        """Read a file; with `look` preview it too, with `keep` write and inspect the data set."""
        path = self._folder / file.name
        path.write_bytes(file.data)
        start = time.perf_counter()
        read = _outcome(lambda: read_file(path, file.options))
        took = (time.perf_counter() - start) * 1e3
        seen = _outcome(lambda: preview_file(path, file.options)) if look else None
        wrong = _complaint(file, read, seen, str(path.parent))
        if keep and not wrong and isinstance(read, Imported):
            wrong = self._kept(path, file)
        return Verdict(_word(read), took, wrong)

    def _kept(self, path: Path, file: File) -> str | None:
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            kept = _outcome(lambda: keep_file(Path(folder), path, "20%", file.options))
        if isinstance(kept, EngineError):
            return None if "lockbox" in kept.message else f"is not kept: {kept.message}"
        return f"is not kept: {kept}" if isinstance(kept, str) else None


def _outcome(work) -> Imported | Preview | EngineError | str:
    """What a piece of work returns or refuses; a text for what it must never do."""
    try:
        return work()
    except EngineError as error:
        return error
    except BaseException as error:  # noqa: BLE001  # Polars panics are no Exceptions
        return f"{type(error).__name__}: {error}"


def _word(read: object) -> str:
    kinds = {QuestionError: "question", DataError: "refused", ParamError: "refused"}
    return "read" if isinstance(read, Imported) else kinds.get(type(read), "crashed")


def _complaint(file: File, read: object, seen: object, folder: str) -> str | None:
    said = [_improper(each, folder) for each in (read, seen)]
    if any(said):
        return said[0] or said[1]
    if isinstance(read, EngineError):
        return None if seen is None else _disagreement(read, seen)
    assert isinstance(read, Imported)
    if isinstance(seen, EngineError) or (isinstance(seen, Preview) and seen.report != read.report):
        return f"is read, but the preview says {seen}"
    return _invalid(read) or _unwritable(read) or _unequal(file, seen, read)


def _improper(outcome: object, folder: str) -> str | None:
    """What is wrong with an outcome as such."""
    if isinstance(outcome, EngineError):
        return _sentence(outcome, folder)
    if isinstance(outcome, Preview):
        return _previewed(outcome, folder)
    return outcome if isinstance(outcome, str) else None


def _sentence(error: EngineError, folder: str) -> str | None:
    message, asked = error.message, isinstance(error, QuestionError)
    faults = {
        f"a {type(error).__name__}: {message}": not isinstance(error, (DataError, ParamError)),
        f"a question without an option: {message}": asked and not getattr(error, "option", ""),
        f"the message is no sentence: {message!r}": not message.endswith((".", "?", "!"))
        or not message.isprintable()
        or "Traceback" in message,
        f"the message has {len(message)} characters: {message[:300]!r}": len(message) > LONGEST,
        f"the message has a path of the machine: {message!r}": folder in message,
    }
    return next((fault for fault, applies in faults.items() if applies), None)


def _previewed(seen: Preview, folder: str) -> str | None:
    """What is wrong with a preview as such: it must be written down, and not be endless."""
    packed = msgspec.msgpack.encode(seen)
    if _PREVIEWS.decode(packed) != seen:
        return "the preview reads back as another one"
    if folder.encode() in packed:
        return "the preview has a path of the machine"
    if sum(each is not None for each in (seen.report, seen.question, seen.problem)) != 1:
        return "the preview is not one of report, question and problem"
    if any(len(row) != len(seen.columns) for row in seen.sample):
        return "the sample has other columns than the preview"
    return None


def _disagreement(read: EngineError, seen: object) -> str | None:
    if isinstance(seen, EngineError):
        return None if seen.message == read.message else f"{read.message} / {seen.message}"
    assert isinstance(seen, Preview)
    asked = seen.question
    if isinstance(read, QuestionError):
        same = asked is not None and (asked.message, asked.option) == (read.message, read.option)
    else:
        same = seen.problem == read.message
    return (
        None if same else f"the import says {read.message!r}, the preview {asked or seen.problem}"
    )


def _invalid(read: Imported) -> str | None:
    """What is wrong with rows as such."""
    rows = read.frame
    want = ["date", "symbol", *read.features, *read.levels]
    if rows.columns != want or sorted(read.features) != list(read.features):
        return f"the columns are {rows.columns}"
    if rows.select("date", "symbol").null_count().sum_horizontal().item():
        return "a date or symbol is missing"
    keys = list(zip(rows["symbol"].to_list(), rows["date"].to_list(), strict=True))
    if any(one >= other for one, other in pairwise(keys)):
        return "the rows are not sorted, or a date and symbol stand twice"
    wrong = (_unfit(rows[name]) for name in read.features)
    levels = (
        f"the levels of {name!r} are {texts}"
        for name, texts in read.levels.items()
        if sorted(set(rows[name].drop_nulls())) != list(texts)
    )
    return next(filter(None, (*wrong, *levels)), None)


def _unfit(values: pl.Series) -> str | None:
    if values.dtype != pl.Float64 or not values.drop_nulls().is_finite().all():
        return f"the feature {values.name!r} is not finite or null"
    if values.null_count() == len(values):
        return f"the feature {values.name!r} has no values"
    return None


def _unwritable(read: Imported) -> str | None:
    if len(read.fingerprint) != 64 or not np.isfinite(read.periods_per_year):
        return "it has no identity"
    text = msgspec.json.encode(read.report)
    if msgspec.json.decode(text, type=ImportReport) != read.report:
        return "the report reads back as another one"
    said = [text for text in (*read.report.warnings, *read.report.notes) if len(text) > LONGEST]
    return f"a remark has {len(said[0])} characters" if said else None


def _unequal(file: File, seen: object, read: Imported) -> str | None:
    """What is wrong with the values, where they are known."""
    if file.rows is not None:
        return _unlike_rows(file, file.rows, read)
    if not isinstance(seen, Preview) or not seen.format.startswith(_TEXTS):
        return None
    plain = seen.layout == "long" and not file.options.derive and not file.options.rename
    return difference(file.data, seen, read) if plain else None


def _unlike_rows(file: File, rows: tuple[Row, ...], read: Imported) -> str | None:
    want = frame(rows).sort("symbol", "date")
    spoiled = file.spoiled
    touched = {rows[place][:2] for place in spoiled.rows} if spoiled else set()
    for key in ("date", "symbol"):
        if not read.frame[key].equals(want[key]):
            return f"the column {key!r} is {read.frame[key].to_list()}"
    keys = list(zip(want["date"], want["symbol"], strict=True))
    for name in (*VALUES, "sector"):
        got = read.frame[name].to_list() if name in read.frame.columns else None
        if got is None and (name in {each.column for each in read.report.refused}):
            continue
        for key, value, other in zip(keys, want[name], got or [None] * len(keys), strict=True):
            if value != other and not (spoiled and name == spoiled.column and key in touched):
                return f"{name!r} of {key} is {other!r}, not {value!r}"
    return None
