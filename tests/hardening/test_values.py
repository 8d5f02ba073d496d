"""Values of any tree: what the plain meaning says, whatever comes later and however computed."""

from __future__ import annotations

import numpy as np
import pytest

from engine import kernels as k
from engine.dsl.ops import OPS
from engine.dsl.parse import parse, reread
from engine.dsl.tree import Call, to_text, walk
from tests.array_eval import to_lists
from tests.hardening import values, works
from tests.hardening.batches import FEW, WAYS, complaints
from tests.hardening.trees import tree
from tests.hardening.values import DAYS, NAMES, SYMBOLS, compared, given

SEED = 3


def test_trees_mean_what_their_parts_mean_and_see_no_later_date():
    report = works.compare_values(SEED, range(260))
    assert report.wrong == []
    assert report.present > 3000
    assert report.excused < works.EXCUSED * report.present


def test_trees_are_of_every_operator_and_can_be_written():
    drawn = [tree(SEED, number, NAMES) for number in range(1200)]
    seen = {call.name for node in drawn for call in walk(node) if isinstance(call, Call)}
    kept = {name for name, op in OPS.items() if not op.short}
    assert kept - seen == set()
    assert [node for node in drawn if reread(to_text(node), NAMES) != node] == []


@pytest.mark.parametrize("seed", [0, 1])
def test_no_way_of_computing_changes_a_byte(seed):
    assert list(complaints(seed, range(90), FEW)) == []


def test_the_ways_are_many():
    assert len(WAYS) == len(set(WAYS)) == 28
    assert {way.workers for way in WAYS} == {1, 2}


def spoiled(monkeypatch, spoil):
    """Values that are wrong in one cell that is there."""
    honest = values.Given.computed

    def computed(self, node):
        out = honest(self, node)
        at = np.argwhere(~np.isnan(out))
        if len(at):
            out[tuple(at[-1])] = spoil(out[tuple(at[-1])])
        return out

    monkeypatch.setattr(values.Given, "computed", computed)


@pytest.mark.parametrize("spoil", [lambda v: v * (1 + 1e-11) + 1e-11, lambda v: np.nan * v])
def test_a_wrong_cell_is_not_excused(monkeypatch, spoil):
    """Except where noise may do that, in a few trees."""
    spoiled(monkeypatch, spoil)
    verdicts = [compared(SEED, number) for number in range(14)]
    tried = [verdict for verdict in verdicts if verdict.present]
    caught = [verdict for verdict in tried if verdict.complaint]
    assert len(tried) > 6
    assert len(caught) > 0.8 * len(tried)


def test_a_value_that_moves_with_the_future_is_found(monkeypatch):
    honest = values.Given.computed
    node, panel = parse("ts_delta(f2, 1)", NAMES), given(4)
    assert not any(values._moved(node, panel, panel.computed(node), cut) for cut in (5, 20, 27))
    monkeypatch.setattr(values.Given, "computed", lambda self, node: honest(self, node)[::-1])
    assert all(values._moved(node, panel, panel.computed(node), cut) for cut in (5, 20, 27))


def test_a_difference_of_equal_values_is_excused():
    """The kernels and the plain meaning may each find zero, or the last bit of what was taken."""
    node = parse("sign(f0 - ts_mean(f0, 3) * 1.0000000000000002)", NAMES)
    panel = given(4)
    want = panel.meant(node)
    flipped = [(d, s, -v, v) for d, day in enumerate(want) for s, v in enumerate(day) if v]
    assert values._inexcusable(node, panel, flipped) != []
    still = parse("sign(f1 * 3 - f1 - f1 - f1)", NAMES)
    cells = [(d, s, 1.0, v) for d, day in enumerate(panel.meant(still)) for s, v in enumerate(day)
             if v is not None]  # fmt: skip
    assert values._inexcusable(still, panel, cells) == []


def test_an_average_of_one_day_is_the_day():
    """Also where the day before was large enough to leave no digit of it."""
    x = np.array([[1e12, 3.0], [1e-6, np.nan], [0.1, 5.0]])
    assert to_lists(k.ema(x, 1.0)) == to_lists(x)
    rising = parse("rsi(f0, 1)", NAMES).op.compute(np.array([[-1e12], [-1e-6], [1e-6]]), 1)
    assert to_lists(rising) == [[None], [100.0], [100.0]]


def test_a_panel_has_every_kind_of_hole():
    grids = [grid for seed in range(20) for grid in given(seed).features.values()]
    empty = [grid for grid in grids if all(day[0] is None for day in grid)]
    assert empty
    assert {len(grid) for grid in grids} == {DAYS}
    assert {len(day) for grid in grids for day in grid} == {SYMBOLS}


def test_numbers_are_portioned_without_a_gap():
    assert list(works.portions(10, 4)) == [range(4), range(4, 8), range(8, 10)]
