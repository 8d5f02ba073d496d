"""The page about the metrics is their definitions in words."""

from __future__ import annotations

import numpy as np
import pytest

from engine.stats.conventions import CHOICES, profile
from tools.make_metrics_doc import PAGE, escaped, main, page


def test_the_page_is_current():
    assert PAGE.read_text(encoding="utf-8") == page(), "run tools/make_metrics_doc.py"


def test_the_check_notices_a_change(monkeypatch, tmp_path):
    monkeypatch.setattr("tools.make_metrics_doc.PAGE", tmp_path / "metrics.md")
    assert main(["--check"]) == 1
    assert main([]) == 0
    assert main(["--check"]) == 0


@pytest.mark.parametrize("convention", CHOICES)
def test_every_figure_has_a_row(convention):
    text = PAGE.read_text(encoding="utf-8")
    for each in profile(np.zeros(0), convention).figures:
        row = f"| `{each.name}` | {each.unit} | {escaped(each.formula)} | {escaped(each.note)} |"
        assert row in text
