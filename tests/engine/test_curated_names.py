"""Names in a curated folder: taken literally or refused, and counted without opening a file."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest

from engine.curated import Area, RawFile, is_curated, raw_files, read_curated, survey
from tests.engine.curated_tree import SHORT as PRICES
from tests.engine.curated_tree import day, put, reasons


@pytest.fixture
def root(tmp_path):
    """A folder with the prices of one symbol."""
    put(tmp_path, "bars_eod/ticker=A/year=2020/p.parquet", PRICES)
    return tmp_path


@pytest.mark.parametrize(
    "symbol",
    [
        "..%2Fx", "*", "[AB]?", "s3:", "https:%2F%2Fhost%2Fx", "'; DROP TABLE prices; --", 'a"b',
        "=cmd|' %2FC calc'!A0", "x'||(SELECT 1)||'", "%24{jndi}", "ö å",
    ],
)  # fmt: skip
def test_names_are_taken_literally(root, symbol):
    put(root, f"bars_eod/ticker={symbol}/p[1]*.parquet", PRICES)
    put(root, f"fundamentals/ticker={symbol}/p.parquet", [{"date": day(0), "x'; --": 1.0}])
    put(root, f"exogener/series={symbol}/p.parquet", [{"date": day(0), "value": 2.0}])
    imported = read_curated(root)
    literal = symbol.replace("%2F", "/").replace("%24", "$")
    assert imported.grid.symbols == tuple(sorted(["A", literal]))
    assert f"macro_{literal}" in imported.features
    assert "fundamentals_x'; --" in imported.features


@pytest.mark.parametrize(
    ("folder", "reason"),
    [
        ("ticker=", "it names no ticker"),
        ("ticker=%20", "it names no ticker"),
        ("ticker=__HIVE_DEFAULT_PARTITION__", "it names no ticker"),
        ("ticker=a%00b", "control characters"),
        ("ticker=%FF", "control characters or is not UTF-8"),
        ("old", "it is no folder of the layout; those are named ticker=..."),
        (".git", "it is hidden"),
        ("ticker=B/year=20", "its year is not a number of four digits"),
        ("ticker=B/ticker=C", "it repeats ticker="),
        ("ticker=B/a=1/b=1/c=1/d=1/e=1", "more than 5 folders deep"),
    ],
)
def test_folders_that_mean_nothing_are_refused(root, folder, reason):
    put(root, f"bars_eod/{folder}/p.parquet", PRICES)
    found = reasons(root)
    assert list(found) == [f"bars_eod/{folder}/"]
    assert reason in found[f"bars_eod/{folder}/"]


def test_names_that_are_no_text_can_still_be_reported(root):
    folder = os.fsencode(root) + b"/bars_eod/ticker=\xff\xfe"
    os.mkdir(folder)  # noqa: PTH102 - a name in bytes
    found = reasons(root)
    assert list(found) == ["bars_eod/ticker=\\udcff\\udcfe/"]


def test_links_and_pipes_are_neither_followed_nor_waited_for(root, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    secret = put(outside, "p.parquet", [{"date": day(0), "c_sek": 666.0}])
    for symbol in "BCD":
        (root / f"bars_eod/ticker={symbol}").mkdir()
    (root / "bars_eod/ticker=B/p.parquet").symlink_to(secret)
    (root / "bars_eod/ticker=C/gone.parquet").symlink_to(outside / "gone")
    os.mkfifo(root / "bars_eod/ticker=D/p.parquet")
    (root / "bars_eod/ticker=E").symlink_to(outside)
    (root / "fundamentals").symlink_to(outside)
    assert reasons(root) == {
        "bars_eod/ticker=B/p.parquet": "it is a link; links are not followed",
        "bars_eod/ticker=C/gone.parquet": "it is a link; links are not followed",
        "bars_eod/ticker=D/p.parquet": "it is not a regular file",
        "bars_eod/ticker=E": "it is a link; links are not followed",
        "fundamentals": "it is a link; links are not followed",
    }


def test_whatever_lies_beside_the_areas_is_named(root):
    put(root, "prices/p.parquet", PRICES)
    (root / "README").write_text("mine")
    (root / ".DS_Store").write_text("")
    assert sorted(reasons(root)) == ["README", "prices"]


def test_a_survey_counts_names_and_opens_nothing(root):
    assert is_curated(root)
    assert not is_curated(root / "bars_eod")
    os.mkfifo(root / "bars_eod/ticker=A/pipe.parquet")
    put(root, "exogener/series=CPI/p.csv", [{"date": day(0), "value": 1.0}])
    found = survey(root)
    assert found.problem is None
    assert found.areas == (
        Area(
            name="bars_eod",
            files=2,
            used=1,
            problem="Not used: 1, of which 1 because it is not a regular file.",
        ),
        Area(name="exogener", files=1, used=1),
    )
    assert "has no prices" in (survey(root / "exogener").problem or "")
    assert "is not a folder" in (survey(root / "gone").problem or "")


def test_raw_files_are_listed_with_what_is_wrong(tmp_path):
    (tmp_path / "prices.csv").write_text("date,symbol,close\n")
    os.utime(tmp_path / "prices.csv", (0, 86_400))
    (tmp_path / "notes.md").write_text("x")
    (tmp_path / "empty.csv").touch()
    (tmp_path / ".hidden.csv").write_text("x")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link.csv").symlink_to(tmp_path / "prices.csv")
    os.mkfifo(tmp_path / "pipe.csv")
    found = {file.name: file for file in raw_files(tmp_path)}
    moment = dt.datetime(1970, 1, 2, tzinfo=dt.UTC)
    assert found["prices.csv"] == RawFile(name="prices.csv", bytes=18, modified_at=moment)
    problems = {name: file.problem for name, file in found.items() if file.problem}
    assert {name: text.split(";")[0].split(" than")[0] for name, text in problems.items()} == {
        ".hidden.csv": "It is hidden or temporary.",
        "empty.csv": "It is empty.",
        "folder": "It is a folder",
        "link.csv": "It is a link",
        "notes.md": "It is of another kind",
        "pipe.csv": "It is not a regular file.",
    }
    assert raw_files(Path("gone")) == ()
