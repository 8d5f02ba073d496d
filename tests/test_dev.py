"""The developer's script: what it does to a fresh tree, and what it says when it cannot."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools import dev

ROOT = Path(__file__).resolve().parent.parent
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A small tree in place of this one, where commands are recorded instead of run."""
    (tmp_path / "engine/kernels/c").mkdir(parents=True)
    (tmp_path / "engine/kernels/build.py").write_text("build")
    (tmp_path / "engine/kernels/native.py").write_text("load")
    (tmp_path / "engine/kernels/c/rank.c").write_text("int rank;")
    (tmp_path / "pyproject.toml").write_text("[project]")
    (tmp_path / "requirements.lock").write_text(
        "apsw==1.0 \\\n    --hash=sha256:aa\nuv==2.0 \\\n    --hash=sha256:bb\n"
    )
    places = {
        "ROOT": "", "VENV": ".venv", "BIN": ".venv/bin", "PYTHON": ".venv/bin/python",
        "LOCK": "requirements.lock", "KERNELS": "engine/kernels",
    }  # fmt: skip
    for name, place in places.items():
        monkeypatch.setattr(dev, name, tmp_path / place)
    commands = []

    def call(*command):
        commands.append(" ".join(str(part).replace(f"{tmp_path}/", "") for part in command))
        if "engine.kernels.build" in command:
            (tmp_path / "engine/kernels/lib").mkdir(exist_ok=True)
            (tmp_path / "engine/kernels/lib/kernels.so").touch()
        return 0

    def make_venv(_version):
        commands.append("venv")
        (tmp_path / ".venv/bin").mkdir(parents=True, exist_ok=True)
        (tmp_path / ".venv/bin/python").touch()

    monkeypatch.setattr(dev, "call", call)
    monkeypatch.setattr(dev, "make_venv", make_venv)
    monkeypatch.delenv("DEV_NO_UV", raising=False)
    return SimpleNamespace(root=tmp_path, commands=commands)


UV = ".venv/bin/uv pip install -q --python .venv/bin/python"
PIP = ".venv/bin/python -m pip install -qq"
BUILD = ".venv/bin/python -m engine.kernels.build"


def test_setup_does_every_step_on_a_fresh_tree(tree):
    dev.setup()
    assert tree.commands == [
        "venv",
        f"{PIP} --no-deps --require-hashes -r .venv/uv.lock",
        f"{UV} --require-hashes -r requirements.lock",
        f"{UV} --no-deps --no-build-isolation -e .",
        BUILD,
    ]
    assert (tree.root / ".venv/uv.lock").read_text() == "uv==2.0 \\\n    --hash=sha256:bb\n"


def test_setup_goes_on_with_pip_when_uv_is_unwanted(tree, monkeypatch):
    monkeypatch.setenv("DEV_NO_UV", "1")
    dev.setup()
    assert tree.commands == [
        "venv",
        f"{PIP} --require-hashes -r requirements.lock",
        f"{PIP} --no-deps --no-build-isolation -e .",
        BUILD,
    ]


@pytest.mark.parametrize(
    ("changed", "redone"),
    [
        (None, []),
        ("requirements.lock", ["venv", UV]),
        ("pyproject.toml", ["venv", UV]),
        ("engine/kernels/c/rank.c", [BUILD]),
        ("engine/kernels/build.py", [BUILD]),
        ("engine/kernels/native.py", [BUILD]),
    ],
)
def test_setup_redoes_only_what_changed(tree, changed, redone):
    dev.setup()
    tree.commands.clear()
    if changed:
        with (tree.root / changed).open("a") as file:
            file.write("\n# changed\n")
    dev.setup()
    kinds = [next((kind for kind in redone if line.startswith(kind)), "") for line in tree.commands]
    assert [kind for kind in dict.fromkeys(kinds) if kind] == redone
    assert bool(tree.commands) == bool(redone)


@pytest.mark.parametrize(
    ("lost", "redone"), [(".venv/bin/python", "venv"), ("engine/kernels/lib/kernels.so", BUILD)]
)
def test_setup_repairs_what_was_deleted(tree, lost, redone):
    dev.setup()
    tree.commands.clear()
    (tree.root / lost).unlink()
    dev.setup()
    assert tree.commands[0] == redone


def test_a_failed_step_is_not_taken_for_done(tree, monkeypatch):
    sound = dev.call
    monkeypatch.setattr(dev, "call", lambda *command: 3 if "-r" in command else sound(*command))
    with pytest.raises(SystemExit, match="3"):
        dev.setup()
    monkeypatch.setattr(dev, "call", sound)
    tree.commands.clear()
    dev.setup()
    assert f"{UV} --require-hashes -r requirements.lock" in tree.commands


@pytest.mark.parametrize("version", [(3, 10, 14), (3, 14, 0), (2, 7, 18)])
def test_an_unfit_python_is_refused_with_the_way_out(version):
    found = ".".join(map(str, version))
    with pytest.raises(SystemExit) as refusal:
        dev.check_python(version)
    assert str(refusal.value) == (
        f"Kvant needs Python 3.11, 3.12 or 3.13; this is Python {found}. "
        "Install one of them and name it: make setup PYTHON=python3.12"
    )


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 9), (3, 13, 3)])
def test_a_fit_python_passes(version):
    assert dev.check_python(version) is None


@pytest.fixture
def bare_debian(monkeypatch):
    """A Debian whose Python cannot make virtual environments; apt-get is recorded, not run."""
    commands = []

    def run(command, **_options):
        commands.append(command)
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(dev.importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setattr(dev.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(dev.subprocess, "run", run)
    monkeypatch.setattr(dev.os, "geteuid", lambda: 0, raising=False)
    return commands


def test_root_on_debian_gets_the_missing_package(bare_debian, capsys):
    dev.get_ensurepip("3.11")
    assert bare_debian == [
        ["/usr/bin/apt-get", "-qq", "update"],
        ["/usr/bin/apt-get", "-qq", "install", "-y", "--no-install-recommends", "python3.11-venv"],
    ]
    assert "installing python3.11-venv with apt-get" in capsys.readouterr().out


def test_others_on_debian_are_told_the_one_command(bare_debian, monkeypatch):
    monkeypatch.setattr(dev.os, "geteuid", lambda: 1000, raising=False)
    with pytest.raises(SystemExit) as refusal:
        dev.get_ensurepip("3.11")
    assert str(refusal.value) == (
        "This Python cannot make a virtual environment yet. Run\n\n"
        "    sudo apt-get install -y python3.11-venv\n\nand then the same command again."
    )
    assert bare_debian == []


@pytest.mark.parametrize(
    ("words", "becomes"),
    [
        (["run"], "launcher.py"),
        (["run", "window", "--browser"], "launcher.py window --browser"),
        (["serve", "--port", "8000"], "launcher.py serve --port 8000"),
        (["ui", "--check"], "tools/ui.py --check"),
    ],
)
def test_a_command_becomes_the_program_it_starts(tree, monkeypatch, words, becomes):
    started = []
    monkeypatch.setattr(dev.os, "chdir", lambda _: None)
    monkeypatch.setattr(dev.os, "execve", lambda _, words, __: started.append(words))
    dev.main(words)
    assert [" ".join(part) for part in started] == [f"{tree.root}/.venv/bin/python {becomes}"]


def run(*words):
    command = [sys.executable, str(ROOT / "tools/dev.py"), *words]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def test_help_names_every_command_and_the_makefile_forwards_each():
    help_page = run("help")
    assert help_page.returncode == 0
    listed = re.findall(r"^  (\w+) {2,}\w", help_page.stdout, re.MULTILINE)
    assert sorted(listed) == sorted(["setup", *dev.COMMANDS])
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    forwarded = re.search(r"^([a-z ]+):\n\t@\$\(PYTHON\) tools/dev.py \$@", makefile, re.MULTILINE)
    assert forwarded
    assert forwarded.group(1).split() == ["help", *listed]


def test_an_unknown_command_is_refused_with_the_list():
    answer = run("tset")
    assert answer.returncode == 2
    assert answer.stderr.startswith("There is no command 'tset'.")
    assert "  test     run the tests" in answer.stderr


def test_clean_removes_what_was_made_and_nothing_else(tree):
    dev.setup()
    made = ("build/demo", "dist", "kvant.egg-info", "engine/__pycache__", ".mypy_cache")
    for folder in (*made, "ui/node_modules/vite", "ui/.svelte-kit", "ui/src"):
        (tree.root / folder).mkdir(parents=True)
    dev.clean([])
    left = sorted(str(path.relative_to(tree.root)) for path in tree.root.rglob("*"))
    assert left == [
        "engine",
        "engine/kernels",
        "engine/kernels/build.py",
        "engine/kernels/c",
        "engine/kernels/c/rank.c",
        "engine/kernels/native.py",
        "pyproject.toml",
        "requirements.lock",
        "ui",
        "ui/src",
    ]


def pins():
    lines = re.findall(
        r"^([\w.-]+)==([^ ]+)[^\n]*\\\n    --hash=sha256:[0-9a-f]{64}", LOCK, re.MULTILINE
    )
    assert len(lines) == len(re.findall(r"^[^ #]", LOCK, re.MULTILINE)), "an entry has no hash"
    return [(canonicalize_name(name), version) for name, version in lines]


def test_every_requirement_is_locked_to_a_version_it_allows():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    locked = pins()
    for requirement in map(Requirement, wanted):
        found = [version for name, version in locked if name == canonicalize_name(requirement.name)]
        assert found, f"{requirement} is not locked; run: make lock"
        assert all(version in requirement.specifier for version in found), requirement


def test_the_lock_names_no_host():
    assert "://" not in LOCK
    assert not re.search(r"^--|^#.*(/|http)(?!dev\.py)\S*\.", LOCK, re.MULTILINE)
