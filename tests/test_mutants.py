"""The planted bugs themselves: they can still be planted, and their runner tells the truth."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import nearest
from tools import mutants as runner
from tools.mutants import Copy, Mutant, judge, read_mutants

ROOT = Path(__file__).resolve().parent.parent
MUTANTS = read_mutants()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_can_be_planted(mutant):
    source = (ROOT / mutant.file).read_text(encoding="utf-8")
    assert mutant.planted(source) != source
    assert [node for node in mutant.tests if not names_a_test(node)] == []


def names_a_test(node):
    path, _, function = node.partition("::")
    target = ROOT / path
    if not function:
        return target.exists()
    name = function.rpartition("::")[2].partition("[")[0]
    return target.is_file() and f"def {name}(" in target.read_text(encoding="utf-8")


def test_a_mutant_must_fit_exactly_once():
    mutant = Mutant("a", "f.py", "x", "y", ["t"])
    assert mutant.planted("1 x 2") == "1 y 2"
    for source, count in [("none", 0), ("x x", 2)]:
        with pytest.raises(ValueError, match=f"its old text stands {count} times in f.py"):
            mutant.planted(source)


@pytest.mark.parametrize(
    "text",
    [
        '[[mutant]]\nname = "a"\nfile = "f"\nold = "x"\nnew = "y"',
        '[[mutant]]\nname = "a"\nfile = "f"\nold = ""\nnew = "y"\ntests = ["t"]',
        '[[mutant]]\nname = "a"\nfile = "f"\nold = "x"\nnew = "y"\ntests = ["t"]\n' * 2,
        '[[mutant]]\nname = "a"\nfile = "f"\nold = "x"\nnew = "y"\ntests = ["t"]\nwhy = "z"',
    ],
    ids=["a field is missing", "a field is empty", "a name is used twice", "a field is unknown"],
)
def test_a_malformed_file_is_refused(tmp_path, text):
    (tmp_path / "a.toml").write_text(text)
    with pytest.raises(ValueError, match=r"^a\.toml: a: needs"):
        read_mutants(tmp_path)


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        (0, "survived"),
        (1, "caught"),
        (None, "caught (it hangs)"),
        (-11, "caught (it crashes with signal 11)"),
        (4, "error: pytest could not run the listed tests (exit code 4)"),
    ],
)
def test_verdicts_follow_the_exit_code_of_pytest(code, verdict):
    assert judge(code) == verdict


def test_bugs_are_told_apart_and_undone(tmp_path):
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "doubling.py").write_text("def double(x):\n    return x * 2\n")
    (tree / "test_doubling.py").write_text(
        "from doubling import double\n\n\ndef test_double():\n    assert double(2) == 4\n"
    )
    copy = Copy(tmp_path / "copy", tree)
    bugs = {"x * 2": "x * 3", "x * ": "x + ", "return": "retrun", "gone": "x"}
    verdicts = [
        copy.verdict(Mutant(old, "doubling.py", old, new, ["test_doubling.py"]))
        for old, new in bugs.items()
    ]
    assert [word.partition(" (")[0] for word in verdicts] == [
        "caught",
        "survived",
        "error: pytest could not run the listed tests",
        "error: gone: its old text stands 0 times in doubling.py, not once.",
    ]
    assert (tmp_path / "copy" / "doubling.py").read_bytes() == (tree / "doubling.py").read_bytes()


def test_words_choose_mutants_by_name_or_file():
    everything = read_mutants()
    assert runner.chosen([]) == everything
    assert everything[0] in runner.chosen([everything[0].file])
    assert runner.chosen(["no mutant has this in its name"]) == []


def test_nearest_names_keep_their_own_case():
    assert nearest("ts_mean", ["TS_Mean", "close"]) == ["TS_Mean"]
