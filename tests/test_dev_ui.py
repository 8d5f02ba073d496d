"""The build of the user interface: what it installs, builds, compares, and how it says no."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import ui

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A small tree in place of this one, where npm copies instead of building."""
    for folder in ("ui/src", "ui/node_modules", "build_spec", "build"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "ui/package.json").write_text("{}")
    (tmp_path / "ui/package-lock.json").write_text("locked")
    (tmp_path / "ui/src/page.svelte").write_text("page")
    (tmp_path / "ui/src/schema.d.ts").write_text("types of v1")
    (tmp_path / ui.SPEC).write_text("v1")
    (tmp_path / "node").write_text("node")
    places = {"ROOT": "", "UI": "ui", "DIST": "ui_dist", "CHECK": "build/ui_check"}
    for name, place in places.items():
        monkeypatch.setattr(ui, name, tmp_path / place)
    monkeypatch.setattr(ui, "node", lambda: str(tmp_path / "node"))
    ran = []

    def npm(folder, *words):
        ran.append(f"{folder.relative_to(tmp_path)}: {' '.join(words)}")
        spec = (folder.parent / ui.SPEC).read_text()
        match words[0], words[2:3]:
            case "ci", _:
                (folder / "node_modules" / "vite").write_text("vite")
            case "run", ("gen:api",):
                (folder / "src/schema.d.ts").write_text(f"types of {spec}")
            case "run", ("build",):
                shutil.copytree(folder / "src", folder.parent / "ui_dist", dirs_exist_ok=True)

    monkeypatch.setattr(ui, "npm", npm)
    return tmp_path, ran


CI = "ui: ci --ignore-scripts --no-audit --no-fund"
API = "ui: run --silent gen:api"
BUILD = "ui: run --silent build -- --logLevel error"


def test_packages_are_installed_when_they_changed_and_only_then(tree):
    root, ran = tree
    ui.main([])
    ui.main([])
    assert ran == [CI, API, BUILD, API, BUILD]
    for changed in ("package-lock.json", "package.json", ".npmrc"):
        ran.clear()
        (root / "ui" / changed).write_text(changed)
        ui.main([])
        assert ran[0] == CI, changed


def test_what_was_deleted_is_installed_again(tree):
    root, ran = tree
    ui.main([])
    shutil.rmtree(root / "ui/node_modules")
    (root / "ui/node_modules").mkdir()
    ran.clear()
    ui.main([])
    assert ran == [CI, API, BUILD]


def test_what_is_committed_is_what_its_sources_make(tree, capsys):
    root, ran = tree
    ui.main([])
    ran.clear()
    ui.main(["--check"])
    assert ran == [f"build/ui_check/{API}", f"build/ui_check/{BUILD}"]
    assert capsys.readouterr().out.endswith("what its sources make: 2 files, 0 kB\n")
    assert (root / "build/ui_check/ui/node_modules/vite").read_text() == "vite"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("ui_dist/page.svelte", "other"), "ui_dist/page.svelte is not what its sources make."),
        (("ui_dist/old.js", "old"), "ui_dist/old.js is left over: nothing makes it."),
        (("ui_dist/page.svelte", None), "ui_dist/page.svelte is missing."),
        (("build_spec/openapi.json", "v2"), "ui/src/schema.d.ts is not what its sources make."),
        (("ui/src/page.svelte", "new"), "ui_dist/page.svelte is not what its sources make."),
    ],
)
def test_a_difference_is_named(tree, capsys, change, told):
    root, _ = tree
    ui.main([])
    name, content = change
    if content is None:
        (root / name).unlink()
    else:
        (root / name).write_text(content)
    with pytest.raises(SystemExit, match="1"):
        ui.main(["--check"])
    assert capsys.readouterr().err == f"{told} Run: python3 tools/dev.py ui\n"


def test_a_link_in_the_bundle_is_refused(tree):
    root, _ = tree
    (root / "ui_dist").mkdir()
    (root / "ui_dist/passwd").symlink_to("/etc/passwd")
    with pytest.raises(SystemExit, match="passwd is a link"):
        ui.main([])


def test_without_a_user_interface_it_says_so(tmp_path):
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools/ui.py", tmp_path / "tools/ui.py")
    command = [sys.executable, str(tmp_path / "tools/ui.py")]
    answer = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (answer.returncode, answer.stderr) == (
        2, "There is no ui/ in this tree, so there is nothing to build.\n"
    )  # fmt: skip


def test_other_words_are_refused_with_the_usage(tree):
    with pytest.raises(SystemExit, match=r"usage: python3 tools/dev\.py ui"):
        ui.main(["--chek"])
    assert tree[1] == []


def test_the_locked_node_runs_and_its_npm_is_there():
    told = subprocess.run([ui.node(), "--version"], check=True, capture_output=True, text=True)
    assert told.stdout.startswith("v24.")
    assert Path(ui._npm("")[-1]).exists()


def test_an_old_npm_of_the_machine_is_left_alone(tmp_path, monkeypatch):
    old = tmp_path / "npm"
    old.write_text("#!/bin/sh\necho 9.2.0\n")
    old.chmod(0o755)
    monkeypatch.setattr(ui.shutil, "which", lambda _: str(old))
    assert ui._npm("")[0] == ui.node()
    old.write_text("#!/bin/sh\necho 11.0.0\n")
    assert ui._npm("") == [str(old)]
