"""The page about the language is the registry in words."""

from __future__ import annotations

from tools.make_language_doc import PAGE, main, page


def test_the_page_is_current():
    assert PAGE.read_text(encoding="utf-8") == page(), "run tools/make_language_doc.py"


def test_the_check_notices_a_change(monkeypatch, tmp_path):
    monkeypatch.setattr("tools.make_language_doc.PAGE", tmp_path / "language.md")
    assert main(["--check"]) == 1
    assert main([]) == 0
    assert main(["--check"]) == 0
