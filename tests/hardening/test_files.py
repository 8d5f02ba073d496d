"""Any file at all: refused with a sentence or read for good, within seconds, and nobody dies."""

from __future__ import annotations

import base64
import zlib
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import msgspec
import polars as pl
import pytest

from app.imports import Importer
from engine.errors import DataError, QuestionError, StoreError
from engine.importing import ImportOptions, read_file
from engine.workspace import Workspace
from tests.hardening import importing, works
from tests.hardening.files import KINDS, SOURCES, File, file
from tests.hardening.importing import Judge
from tests.hardening.readers import Ask, Reader
from tests.hardening.works import Report, portions

SEED, EACH = 5, 3000
CORPUS = Path(__file__).parents[1] / "golden" / "damaged_files.json"


def test_files_are_refused_with_a_sentence_or_read_for_good():
    report = Report()
    with ThreadPoolExecutor(2) as pool:
        for part in pool.map(partial(works.read_files, SEED), portions(EACH, EACH // 2)):
            report.add(part)
    assert report.wrong == []
    assert report.done == 3 * EACH
    assert len(report.died) <= 30, report.died
    for kind in KINDS:
        assert report.sources[f"{kind} read"] > 0.12 * EACH
        assert report.sources[f"{kind} refused"] > 0.3 * EACH


def corpus():
    """The files that once did harm."""
    return msgspec.json.decode(CORPUS.read_bytes(), type=list[Kept])


class Kept(msgspec.Struct, frozen=True):
    """A file, packed and written in letters, and what it did before it was refused or read."""

    name: str
    did: str
    data: str
    outcome: str = "refused"

    @property
    def file(self):
        content = zlib.decompress(base64.b64decode(self.data))
        return File("corpus", self.name, content, ImportOptions())


@pytest.fixture(scope="module")
def reader():
    with Reader() as reader:
        yield reader


@pytest.mark.parametrize("kept", corpus(), ids=lambda kept: kept.did)
def test_a_file_that_once_did_harm_does_none(reader, kept):
    verdict = reader.judge(kept.file)
    assert verdict.wrong is None
    assert (
        verdict.outcome in {kept.outcome, "refused"} if "died" in kept.outcome else {kept.outcome}
    )


@pytest.mark.parametrize("kept", corpus(), ids=lambda kept: kept.did)
def test_the_program_outlives_every_file(tmp_path, space, kept):
    """Also one that ends the process that reads it, which is a refusal like any other."""
    workspace, importer = space
    path = tmp_path / kept.name
    path.write_bytes(kept.file.data)
    before = workspace.datasets()
    if kept.outcome == "read":
        assert importer.import_file(path, "kept")[0].name == "kept"
        return
    with pytest.raises((DataError, StoreError)) as caught:
        importer.import_file(path, "kept")
    said = caught.value.message
    assert said.endswith(".")
    assert len(said) < importing.LONGEST
    assert str(tmp_path) not in said
    assert workspace.datasets() == before
    assert [each.name for each in (workspace.root / "datasets").glob(".*")] == []


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    folder = tmp_path_factory.mktemp("space")
    with Workspace(folder, write=True) as workspace, Importer(workspace) as importer:
        yield workspace, importer


# the tests of the tests


def test_files_are_of_every_source():
    for kind in KINDS:
        made = [file(kind, SEED, number) for number in range(160)]
        assert {each.source for each in made} >= {
            each.__name__.replace("_", " ") for each in SOURCES[kind]
        }
        assert made[:20] == [file(kind, SEED, number) for number in range(20)]


@pytest.fixture
def judge(tmp_path):
    return Judge(tmp_path)


def test_sound_files_are_read(judge):
    for kind in KINDS:
        sound = [each for n in range(200) if (each := file(kind, SEED, n)).source.endswith("sound")]
        outcomes = [judge.judge(each, keep=False).outcome for each in sound]
        assert outcomes.count("read") > 0.5 * len(outcomes)
        assert len(outcomes) > 5


def broken(monkeypatch, change):
    """Let the import do something it must not do."""

    def spoiled(path, options=None):
        return change(read_file(path, options))

    monkeypatch.setattr(importing, "read_file", spoiled)


def sound(kind="parquet"):
    numbers = (file(kind, SEED, number) for number in range(1000))
    return next(each for each in numbers if each.source == f"{kind} sound" and each.rows)


def with_frame(change):
    return lambda read: msgspec.structs.replace(read, frame=change(read.frame))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda _: 1 / 0, "ZeroDivisionError"),
        (with_frame(lambda f: f.reverse()), "the rows are not sorted"),
        (with_frame(lambda f: pl.concat([f, f.tail(1)])), "the rows are not sorted, or a date"),
        (with_frame(lambda f: f.with_columns(eps=float("nan"))), "the feature 'eps' is not finite"),
        (with_frame(lambda f: f.with_columns(pl.col("close") + 1)), "'close' of "),
        (with_frame(lambda f: f.with_columns(symbol=None)), "a date or symbol is missing"),
        (with_frame(lambda f: f.drop("eps")), "the columns are"),
    ],
)
def test_what_is_wrong_with_an_import_is_found(monkeypatch, judge, change, said):
    honest = sound()
    assert judge.judge(honest, look=False, keep=False).wrong is None
    broken(monkeypatch, change)
    assert said in judge.judge(honest, look=False, keep=False).wrong


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (DataError("no"), "the message is no sentence"),
        (QuestionError("x" * 1600 + "/x." + "y" * 50 + "."), "a question without an option"),
        (StoreError("It is full."), "a StoreError"),
    ],
)
def test_what_is_wrong_with_a_refusal_is_found(monkeypatch, judge, error, said):
    def refuse(_):
        raise error

    broken(monkeypatch, refuse)
    assert said in judge.judge(sound(), look=False, keep=False).wrong


def test_a_preview_that_says_another_thing_is_found(monkeypatch, judge):
    broken(monkeypatch, lambda _: (_ for _ in ()).throw(DataError("No such column.")))
    said = judge.judge(sound(), keep=False).wrong
    assert said.startswith("the import says 'No such column.', the preview")


def test_a_cell_that_the_plain_reading_sees_otherwise_is_found(monkeypatch, judge):
    text = File("x", "x.csv", b"date,symbol,close\n2020-01-01,A,1.5\n", sound().options)
    assert judge.judge(text).wrong is None
    broken(monkeypatch, with_frame(lambda f: f.with_columns(pl.col("close") * 10)))
    assert "the column 'close' has 15.0 where the file has '1.5'" in judge.judge(text).wrong


def test_a_process_that_dies_is_started_again(reader):
    reader.judge(Ask("csv", SEED, 0))
    reader._process.kill()
    assert reader.judge(Ask("csv", SEED, 0)).outcome == "died (-9)"
    assert reader.judge(Ask("csv", SEED, 0)).outcome in {"read", "refused", "question"}
