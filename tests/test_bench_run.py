"""The run of the benchmark: what is done where, watched, reported; no time is judged here."""

from __future__ import annotations

import ctypes
import datetime as dt
import sys

import msgspec
import numpy as np
import polars as pl
import pytest

from bench import __main__ as command
from bench import bandwidth, machine, operators, panel, part, place, plan, report, runner, scaling
from bench.peers import install
from bench.peers.common import timed
from bench.report import Row, Section
from bench.step import Step

ABSENT = dict.fromkeys(("pandas", "bottleneck", "polars_ta", "qlib", "vectorbt"), "not here")


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    """A toy panel in its place, and what its import found."""
    scratch = tmp_path_factory.mktemp("scratch")
    step = Step(part="panel", panel="XS", scratch=str(scratch), quick=True, absent=ABSENT)
    return step, place.part(step)


def planned(*panels, parts=plan.PARTS):
    return [
        (step.part, step.panel, step.main)
        for step in plan.steps(plan.Options(panels, parts), "scratch", {})
    ]


def test_the_main_panel_goes_first_and_what_needs_two_panels_last():
    steps = planned("S", "M", parts=("bandwidth", "kernels", "training", "scaling"))
    assert steps == [
        ("bandwidth", "M", True),
        ("panel", "M", True),
        ("kernels", "M", True),
        ("training", "M", True),
        ("panel", "S", False),
        ("kernels", "S", False),
        ("scaling", "M", True),
    ]


def test_a_part_that_needs_no_panel_draws_none():
    assert planned("M", parts=("bandwidth",)) == [("bandwidth", "M", True)]


def test_a_file_is_a_panel_named_like_it(tmp_path):
    steps = list(plan.steps(plan.Options((str(tmp_path / "mine.parquet"),), ("suite",)), "s", {}))
    assert [(step.part, step.panel) for step in steps] == [("panel", "mine"), ("suite", "mine")]
    assert steps[0].file == str(tmp_path / "mine.parquet")


def test_every_part_has_a_module():
    assert set(part.PARTS) == {*plan.PARTS, "panel"}


def test_goals_are_for_the_main_panel_of_the_goals(monkeypatch):
    row = Row("time", "1 s", "< 2 s", met=True)
    monkeypatch.setattr(place, "part", lambda _: [Section(title="All", rows=(row,))])
    step = Step(part="panel", panel="M", scratch="s")

    def rows(**changes):
        return part.sections(msgspec.structs.replace(step, **changes))[0].rows

    assert rows() == (row,)
    assert rows(panel="S") == (Row("time", "1 s"),)
    assert rows(panel="S", main=False) == ()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--write", "--only", "suite"], "--write is for the whole run"),
        (["--write", "--quick"], "--write is for the whole run"),
        (["--only", "everything"], "everything: the parts are"),
        (["--panel", "nowhere.parquet"], "there is no file nowhere.parquet"),
    ],
)
def test_a_wrong_command_line_is_refused(monkeypatch, capsys, words, said):
    monkeypatch.setattr(sys, "argv", ["bench", *words])
    with pytest.raises(SystemExit) as left:
        command.main()
    assert said in f"{left.value.code} {capsys.readouterr().err}"


def test_a_step_that_fails_says_so_and_is_over(tmp_path):
    found = runner.done(Step(part="suite", panel="M", scratch=str(tmp_path / "nothing")))
    assert found.sections == []
    assert found.failure.startswith("ended with code 1 after")


def test_a_step_that_takes_too_long_is_ended(tmp_path):
    step = Step(part="panel", panel="XS", scratch=str(tmp_path))
    assert runner.done(step, limit_s=0.0).failure.startswith("ended with code")


def test_a_step_gives_its_sections_and_its_own_peak(tmp_path):
    found = runner.done(Step(part="panel", panel="XS", scratch=str(tmp_path)))
    assert (found.failure, [s.title for s in found.sections]) == ("", ["Data"])
    assert found.peak > 20 << 20


def test_operators_of_a_toy_panel_are_compared_with_polars(toy):
    main, differing = operators.part(toy[0])
    assert [line[0] for line in main.details] == list(operators.suite.OPERATORS)
    assert main.title == "Operators, XS (24 x 400)"
    assert main.header == ("operator", "Kvant ms", "of memory bound", "Polars", "Polars as")
    assert differing.details == ()


def test_a_file_gets_the_columns_it_lacks(tmp_path):
    dates = [dt.date(2020, 1, 2), dt.date(2020, 1, 1)]
    columns = {name: [3.0, 2.0] for name in ("open", "high", "low", "close")}
    frame = {"date": dates, "symbol": ["A"] * 2, "sector": ["x"] * 2, "volume": [1, 2], **columns}
    pl.DataFrame(frame).write_parquet(tmp_path / "in.parquet")
    assert panel.write_file(tmp_path / "in.parquet", tmp_path / "out.parquet") == 2
    made = pl.read_parquet(tmp_path / "out.parquet")
    assert made["vwap"].to_list() == [2.0, 3.0]
    assert made["returns"].to_list() == [None, 0.5]


def test_a_file_without_prices_is_refused(tmp_path):
    pl.DataFrame({"date": [], "symbol": []}).write_parquet(tmp_path / "in.parquet")
    with pytest.raises(ValueError, match="has no column sector, open, high, low, close"):
        panel.write_file(tmp_path / "in.parquet", tmp_path / "out.parquet")


def test_what_is_slow_is_timed_by_its_first_run(monkeypatch):
    calls = []
    assert timed(lambda: calls.append(1), 3)[1].keys() == {"wall", "cpu"}
    assert len(calls) == 4
    monkeypatch.setattr("bench.peers.common.SLOW_S", -1.0)
    timed(lambda: calls.append(1), 3)
    assert len(calls) == 5


def test_the_probe_copies_and_adds(tmp_path):
    library = bandwidth._compiled(tmp_path)
    a, b, c = np.zeros(1000), np.arange(1000.0), np.ones(1000)
    arrays = [x.ctypes.data_as(ctypes.c_void_p) for x in (a, b, c)]
    n, times = ctypes.c_size_t(1000), ctypes.c_long(2)
    library.stream_triad(*arrays, n, times)
    np.testing.assert_array_equal(a, b + 3)
    library.stream_copy(*arrays[:2], n, times)
    np.testing.assert_array_equal(a, b)
    assert all(speed > 0 for speed in bandwidth._speeds(library, 1 << 16, 1 << 16, 1))


def test_bandwidth_is_told_by_working_set():
    section = bandwidth.section({1 << 19: (4.0,) * 4, 1 << 24: (3.0,) * 4, 1 << 28: (1, 2, 3, 4)})
    assert section.rows[0].measured == "1.0 GB/s, 3.0 GB/s"
    assert section.details[0] == ("second cache", "512 KiB", "4.0", "4.0", "4.0", "4.0")
    assert section.details[2] == ("memory", "256 MiB", "1.0", "2.0", "3.0", "4.0")


def searched(n, steady, *, dates=100, symbols=10, rate=30.0, peak=1 << 30):
    seen = {"wall": 1.0, "rate": rate, "steady": steady, "engine_peak": peak}
    return scaling.Run(dates, symbols, n, seen)


def test_a_search_is_linear_when_a_cell_of_a_candidate_costs_the_same():
    by_count = [searched(50, float("nan")), searched(200, 1e-3), searched(1000, 1.2e-3)]
    large = searched(300, 1e-3, dates=1000, rate=20.0)
    section = scaling.section(by_count, [searched(200, 0.5e-3, dates=25)], large)
    assert [(row.measured, row.goal, row.met) for row in section.rows] == [
        ("1.20x", "<= 1.25x", True),
        ("0.50x", "<= 1.25x", True),
        ("20.0/s", ">= 25/s", False),
        ("1,024 MiB", "< 2.5 GiB", True),
    ]
    assert section.details[1] == ("10 x 100", "50", "1.0", "30", "-", "-", "1024")


def test_an_absent_peer_has_a_reason(monkeypatch, tmp_path):
    monkeypatch.setattr(install, "ROOT", tmp_path)
    one = install.Environment("peers", "requirements.txt", ("nobody",))
    assert install._reason(one, "nobody") == "not installed; python -m bench --setup does it"
    one.place.mkdir(parents=True)
    (one.place / install.FAILURE).write_text("no such version")
    assert install._reason(one, "nobody") == "could not be installed: no such version"


def test_a_reason_names_no_address():
    said = install._last_line("Looking\nnothing at https://index.example/simple/x/ today\n")
    assert said == "nothing at (an address) today"


def test_the_requirements_pin_every_package():
    for environment in install.ENVIRONMENTS:
        lines = environment.file.read_text(encoding="utf-8").splitlines()
        assert [line for line in lines if "==" not in line and line[0] != "#"] == []
        assert len(environment.packages()) >= 3


def test_a_cache_has_a_size():
    assert 0 < machine.cache(2) <= machine.cache(3)


@pytest.mark.parametrize(
    ("ratio", "text"),
    [(0.123, "0.12x"), (0.96, "1.0x"), (9.94, "9.9x"), (12.3, "12x"), (4567.8, "4,568x")],
)
def test_a_ratio_has_as_many_digits_as_it_is_worth(ratio, text):
    assert report.times(ratio) == text


def test_a_goal_is_met_or_short():
    rows = (
        report.below("time", 1.0, 2.0, "1 s", "<= 2 s"),
        report.above("ratio", 1.0, 2.0, "1x", ">= 2x"),
        report.Row("size", "3 MB"),
    )
    text = report.markdown([report.Section(title="All", rows=rows)], ["Somewhere."])
    assert text == (
        "- Somewhere.\n\n"
        "| what  | measured |   goal |       |\n"
        "| ----- | -------: | -----: | ----: |\n"
        "| time  |      1 s | <= 2 s |   met |\n"
        "| ratio |       1x |  >= 2x | short |\n"
        "| size  |     3 MB |        |       |\n\n"
        "Short of its goal: ratio.\n"
    )


def test_only_the_generated_part_of_the_page_is_replaced(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"Before\n{report.BEGIN}\nold\n{report.END}\nAfter\n")
    report.write("new\n", page)
    assert page.read_text() == f"Before\n{report.BEGIN}\nnew\n{report.END}\nAfter\n"


def test_the_page_of_the_docs_has_its_markers():
    text = report.PAGE.read_text(encoding="utf-8")
    assert (text.count(report.BEGIN), text.count(report.END)) == (1, 1)


def test_the_page_gives_a_reason_for_every_figure_short_of_its_goal():
    measured, explained = report.PAGE.read_text(encoding="utf-8").split(report.END)
    lines = [line.strip("| ") for line in measured.splitlines()]
    short = {line.split("|")[0].strip() for line in lines if line.endswith("| short")}
    words = " ".join(explained.split())
    assert {what for what in short if f"**{what}**" not in words} == set()
