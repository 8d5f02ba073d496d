from __future__ import annotations

import os
from pathlib import Path

import platformdirs
import pytest

from engine.errors import ParamError, StoreError
from engine.workspace import (
    Workspace,
    choose_home,
    chosen_home,
    home_fixed,
    places,
)
from engine.workspace.home import CHOICE


@pytest.fixture(autouse=True)
def config(tmp_path, monkeypatch):
    """The folder of the choice, far from the user's own."""
    folder = tmp_path / "config" / "Kvant"
    monkeypatch.setattr(platformdirs, "user_config_path", lambda *_, **__: folder)
    monkeypatch.setattr(platformdirs, "user_data_path", lambda *_, **__: tmp_path / "data")
    for name in ("KVANT_HOME", "QUANT_DB_PATH"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "my lab"
    path.mkdir()
    return path


def test_the_first_that_names_a_folder_wins(tmp_path, folder, monkeypatch):
    assert places(None) == (tmp_path / "data", tmp_path / "data" / "runs.sqlite")
    assert not home_fixed()
    choose_home(folder)
    assert places(None) == (folder, folder / "runs.sqlite")
    assert not home_fixed()
    home, database = tmp_path / "home", tmp_path / "db" / "mine.sqlite"
    monkeypatch.setenv("KVANT_HOME", str(home))
    assert places(None) == (home, home / "runs.sqlite")
    assert home_fixed()
    monkeypatch.setenv("QUANT_DB_PATH", str(database))
    assert places(None) == (home, database)
    assert places(tmp_path / "x") == (tmp_path / "x", tmp_path / "x" / "runs.sqlite")
    monkeypatch.delenv("KVANT_HOME")
    assert places(None) == (folder, database)
    assert (home_fixed(), home_fixed(tmp_path / "x")) == (False, True)


def test_a_choice_is_remembered_whole(tmp_path, folder, config, monkeypatch):
    assert chosen_home() is None
    assert choose_home(folder) == chosen_home() == folder
    other = tmp_path / "åäö"
    other.mkdir()
    monkeypatch.chdir(tmp_path)
    assert choose_home(Path("åäö")) == chosen_home() == other
    assert [path.name for path in config.iterdir()] == [CHOICE]
    assert (config / CHOICE).read_text(encoding="utf-8") == f"{other}\n"
    assert list(folder.iterdir()) == list(other.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"\n", b"relative/folder\n", b"\xff\xfe\x00"])
def test_a_choice_that_cannot_be_read_is_none(tmp_path, config, content):
    config.mkdir(parents=True)
    (config / CHOICE).write_bytes(content)
    assert chosen_home() is None
    assert places(None)[0] == tmp_path / "data"


def test_what_is_no_folder_is_refused(tmp_path, folder):
    choose_home(folder)
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "gone", tmp_path / "file", tmp_path / "file" / "x"):
        with pytest.raises(ParamError) as caught:
            choose_home(path)
        assert caught.value.message == (
            f"There is no folder {path}. Make it first, or choose another one."
        )
    for name in ("two\nlines", "blank "):
        (tmp_path / name).mkdir()
        with pytest.raises(ParamError, match="has characters a workspace cannot have"):
            choose_home(tmp_path / name)
    assert chosen_home() == folder


def test_a_folder_that_cannot_be_written_to_is_refused(folder, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    with pytest.raises(ParamError) as caught:
        choose_home(folder)
    assert caught.value.message == (
        f"The folder {folder} cannot be written to (Permission denied). Choose another one."
    )


def test_a_choice_that_cannot_be_kept_says_what_to_do(folder, config):
    config.parent.mkdir(exist_ok=True)
    config.write_text("")
    with pytest.raises(StoreError) as caught:
        choose_home(folder)
    assert caught.value.message == (
        f"The choice of a folder cannot be kept in {config} (File exists). Set KVANT_HOME to the"
        " folder, or start with --workspace."
    )


def test_a_choice_is_whole_or_the_one_before(tmp_path, folder, config, monkeypatch):
    choose_home(folder)
    other = tmp_path / "other"
    other.mkdir()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(StoreError, match="No space left on device"):
        choose_home(other)
    assert chosen_home() == folder
    assert [path.name for path in config.iterdir()] == [CHOICE]


def test_a_chosen_folder_that_is_gone_is_not_made_anew(tmp_path, folder, config, monkeypatch):
    choose_home(folder)
    folder.rmdir()
    for write in (True, False):
        with pytest.raises(StoreError) as caught:
            Workspace(write=write)
        assert caught.value.message == (
            f"The folder {folder}, which was chosen for the workspace, is not there. Connect its"
            f" disk, start with --workspace FOLDER, or delete {config / CHOICE} to use the usual"
            " folder."
        )
    assert not folder.exists()
    monkeypatch.setenv("KVANT_HOME", os.fspath(tmp_path / "home"))
    with pytest.raises(StoreError, match="There is no Kvant database"):
        Workspace(write=False)
