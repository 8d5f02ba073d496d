"""What leaves the program: text that a spreadsheet or a browser would run comes out as text."""

from __future__ import annotations

import csv
import re

import polars as pl
import pytest

from app.cli import report
from app.cli.files import write_frame
from engine.strategy import unpack_daily
from engine.workspace import Workspace

HOSTILE = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "<b>x</b>",
    'a"b',
    "a,b",
    "plain",
)
RISKY = re.compile(r"[=+\-@\t\r]")
NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?")


@pytest.fixture(scope="module")
def hostile(folder, tmp_path_factory):
    """A data set of hostile symbols in the workspace."""
    path = tmp_path_factory.mktemp("hostile") / "x.parquet"
    days = [f"2020-01-{day:02}" for day in range(1, 31)]
    rows = [
        (day, name, 10.0 + (7 * i + 3 * j) % 11, '"><script>alert(1)</script>')
        for j, day in enumerate(days)
        for i, name in enumerate(HOSTILE)
    ]
    names = ["date", "symbol", "close", "sector"]
    pl.DataFrame(rows, names, orient="row").write_parquet(path)
    with Workspace(folder, write=True) as space:
        space.import_file(path, "hostile", "none")
    return "hostile"


def cells(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_the_values_of_an_expression_start_no_formula(kvant, hostile, tmp_path):
    out = tmp_path / "values.csv"
    assert kvant("eval", "ts_delta(close, 1)", "--dataset", hostile, "--out", str(out))[0] == 0
    header, *rows = cells(out)
    assert header == ["date", "symbol", "value"]
    assert {row[1].removeprefix("'") for row in rows} == set(HOSTILE)
    assert [cell for row in rows for cell in row[:2] if RISKY.match(cell)] == []
    values = [row[2] for row in rows if row[2]]
    assert all(map(NUMBER.fullmatch, values))
    assert any(value.startswith("-") for value in values), "negative numbers stay numbers"


def test_daily_series_hold_dates_and_numbers_alone(answer, folder, hostile, tmp_path):
    """So that their export, here and over HTTP, has no text to make harmless."""
    out = tmp_path / "daily.csv"
    words = ("ts_delta(close, 2)", "--dataset", hostile, "--persist", "--out", str(out))
    found = answer("backtest", *words)
    header, *rows = cells(out)
    assert all(map(str.isidentifier, header))
    assert all(NUMBER.fullmatch(cell) for row in rows for cell in row[1:] if cell)
    with Workspace(folder, write=False) as space:
        (run,) = space.store.strategy(found["expr_hash"]).runs
        frame = unpack_daily(space.store.daily(run.run_id))
    assert {kind for name, kind in frame.schema.items() if name != "date"} <= {pl.Float64, pl.Int64}
    assert frame.schema["date"] == pl.Date


def test_a_tear_sheet_shows_text_and_runs_none(kvant, answer, folder, hostile, tmp_path):
    expr = "if_else(symbol_is('<b>x</b>'), close, -close)"
    found = answer("backtest", expr, "--dataset", hostile, "--persist")
    nasty = "<img src=x onerror=alert(1)>"
    with Workspace(folder, write=True) as space:
        space.store.set_note(found["expr_hash"], nasty)
        space.store.set_tags(found["expr_hash"], ["a<b"])
    out = tmp_path / "sheet.html"
    code, _, err = kvant("export", found["expr_hash"], "--format", "html", "--out", str(out))
    assert (code, err.count("Traceback")) == (0, 0)
    page = out.read_text(encoding="utf-8")
    assert "<b>x" not in page
    assert "&lt;b&gt;x" in page
    assert "<img src=x" not in page
    assert "<script>alert" not in page


def test_nothing_else_writes_tables(tmp_path):
    """A new way out must go through what makes cells harmless."""
    sources = report.__file__.rpartition("/cli/")[0]
    found = []
    for path in sorted(tmp_path.__class__(sources).rglob("*.py")):
        found += [path.name for line in path.read_text().splitlines() if "write_csv(" in line]
    assert found == ["files.py", "exports.py"], "exports.py exports the daily series, see above"
    write_frame(pl.DataFrame({"t": ["=1"], "n": [-1.0]}), tmp_path / "x.csv")
    assert cells(tmp_path / "x.csv") == [["t", "n"], ["'=1", "-1.0"]]
