"""Commands about data sets: import with all its answers, preview, quality, folders."""

from __future__ import annotations

import polars as pl
import pytest

DAYS = pl.date_range(pl.date(2024, 1, 1), pl.date(2024, 2, 28), eager=True)


@pytest.fixture
def odd(tmp_path):
    """A semicolon file whose columns and dates have to be explained."""
    path = tmp_path / "odd.csv"
    rows = [
        f"{day:%d/%m/%Y};{symbol};{100 + i},25;3"
        for i, day in enumerate(DAYS[:12])
        for symbol in "AB"
    ]
    path.write_text("when;what;last;spam\n" + "\n".join(rows) + "\n")
    return path


ANSWERS = (
    "--date", "when", "--symbol", "what", "--price", "last", "--date-order", "dmy",
    "--rename", "last=close", "--ignore", "spam",
)  # fmt: skip


def test_a_preview_says_what_is_to_be_answered_and_writes_nothing(answer, odd):
    before = answer("datasets")
    first = answer("import", "--preview", str(odd))["previews"][0]
    assert first["question"]["option"] == "date"
    second = answer("import", "--preview", str(odd), *ANSWERS[:6])["previews"][0]
    assert second["question"]["option"] == "date_order"
    third = answer("import", "--preview", str(odd), *ANSWERS)["previews"][0]
    assert (third.get("question"), third["report"]["features"]) == (None, ["close"])
    assert answer("datasets") == before


def test_a_preview_is_a_table_for_people(kvant, odd):
    code, out, _ = kvant("import", "--preview", str(odd), *ANSWERS[:6])
    assert code == 0
    assert "when" in out
    assert "price" in out
    assert "Question: The dates in the column 'when' of odd.csv" in out


def test_an_answered_file_is_imported(answer, odd):
    report = answer("import", str(odd), "--name", "answered", *ANSWERS)["datasets"][0]["report"]
    assert (report["price"], report["features"], report["rows"]) == ("close", ["close"], 24)
    assert [each["column"] for each in report["refused"]] == ["spam"]


def test_a_question_is_refused_by_the_command_line_with_the_option_that_answers(kvant, odd):
    code, _, err = kvant("import", str(odd), *ANSWERS[:6])
    assert code == 2
    assert "--date-order dmy or --date-order mdy" in err


def test_a_wide_file_and_derived_columns(answer, tmp_path):
    wide = pl.DataFrame({"date": DAYS, **{s: [float(i + n) for i in range(len(DAYS))]
                                          for n, s in enumerate(("X", "Y", "Z"), 50)}})  # fmt: skip
    path = tmp_path / "wide.csv"
    wide.write_csv(path)
    words = ("--layout", "wide", "--value", "px", "--price", "px", "--derive", "returns")
    report = answer("import", str(path), *words)["datasets"][0]["report"]
    assert (report["symbols"], report["price"]) == (3, "px")
    assert report["features"] == ["px", "returns"]
    assert list(report["derived"]) == ["returns"]


def test_a_second_import_is_a_version(answer, odd):
    words = ("import", str(odd), "--name", "again", *ANSWERS)
    first = answer(*words)["datasets"][0]
    odd.write_text(odd.read_text().replace("100,25", "101,25"))
    second = answer(*words)["datasets"][0]
    assert (first["version"], second["version"]) == (1, 2)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--rename", "x"), "--rename takes OLD=NEW, such as px=close, not 'x'."),
        (("--rename", "=y"), "--rename takes OLD=NEW, such as px=close, not '=y'."),
        (("--derive", "magic"), "--derive takes returns, vwap, adv20, c_sek, not 'magic'."),
        (("other.csv", "--name", "two"), "--name names one data set;"),
        (("--separator", "x"), "--separator"),
    ],
)
def test_wrong_words_are_explained(kvant, odd, words, message):
    code, _, err = kvant("import", str(odd), *words)
    assert code == 2
    assert message in err


def test_quality_is_told_on_the_screen_and_as_json(answer, kvant, odd):
    answer("import", str(odd), "--name", "judged", *ANSWERS)
    told = answer("quality", "judged")
    assert (told["dataset"], told["quality"]["dates"]) == ("judged", 10)
    code, out, _ = kvant("quality", "judged")
    assert (code, out.startswith("judged, version 1: 20 rows, 2 symbols, 10 dates")) == (0, True)
    code, _, err = kvant("quality", "nothing")
    assert (code, "There is no data set 'nothing'." in err) == (2, True)


def test_without_a_file_the_folders_of_the_environment_are_imported(
    answer, kvant, tmp_path, monkeypatch
):
    code, _, err = kvant("import")
    assert (code, "QUANT_RAW_ROOT" in err) == (2, True)
    raw = tmp_path / "raw"
    raw.mkdir()
    for name in ("one", "two"):
        pl.DataFrame(
            {
                "date": DAYS[:9],
                "symbol": ["A"] * 9,
                "close": [1.0 + len(name) + i for i in range(9)],
            }
        ).write_csv(raw / f"{name}.csv")
    (raw / "notes.doc").write_text("not prices")
    monkeypatch.setenv("QUANT_RAW_ROOT", str(raw))
    made = answer("import", "--lockbox", "none")["datasets"]
    assert sorted(each["name"] for each in made) == ["one", "two"]
