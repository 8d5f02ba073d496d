"""A workspace with the bundled data set, and commands that run in it."""

from __future__ import annotations

import json

import pytest

from app import cli
from engine.workspace import Workspace


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One workspace with the bundled data set for all tests of this file."""
    folder = tmp_path_factory.mktemp("cli") / "space"
    with Workspace(folder, write=True) as space:
        space.store.set_setting("dataset", "ecb_fx_sek")
    return folder


@pytest.fixture
def kvant(folder, capsys):
    """Run a command in the workspace: exit code, standard output, standard error."""

    def run(*words: str):
        code = cli.main([*words, "--workspace", str(folder)])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def answer(kvant):
    """Run a command with --json: its answer, after checking that there is nothing else."""

    def run(*words: str, code: int = 0):
        got, out, _ = kvant(*words, "--json")
        assert (got, out.count("\n")) == (code, 1)
        return json.loads(out, parse_constant=pytest.fail)

    return run
