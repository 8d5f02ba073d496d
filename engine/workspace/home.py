"""Which folder the workspace is: named at the start, or chosen once and remembered."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import platformdirs

from engine.errors import ParamError, StoreError
from engine.store.disk import replace_file

DATABASE = "runs.sqlite"
CHOICE = "workspace"


def places(root: Path | None) -> tuple[Path, Path]:
    """The folder of the workspace and its database.

    An explicit folder wins; else KVANT_HOME, the folder the user chose or the platform's folder
    for the data of programs, and the database of QUANT_DB_PATH when that is set.
    """
    if root is not None:
        return root.expanduser().absolute(), root.expanduser().absolute() / DATABASE
    home = os.environ.get("KVANT_HOME")
    named = Path(home).expanduser().absolute() if home else chosen_home()
    folder = named or platformdirs.user_data_path("Kvant", appauthor=False)
    database = os.environ.get("QUANT_DB_PATH")
    return folder, Path(database).expanduser().absolute() if database else folder / DATABASE


def home_fixed(root: Path | None = None) -> bool:
    """Whether --workspace, which is `root`, or KVANT_HOME decides, so that a choice does not."""
    return root is not None or bool(os.environ.get("KVANT_HOME"))


def chosen_home() -> Path | None:
    """The folder the user chose for the workspace, None without a choice that can be read."""
    try:
        path = Path(_choice().read_text(encoding="utf-8").strip())
    except (OSError, ValueError):
        return None
    return path if path.is_absolute() else None


def choose_home(path: Path) -> Path:
    """Remember a folder as the workspace of the next start; its absolute path.

    ParamError unless it is there and can be written to, StoreError when the choice cannot be kept.
    """
    folder = path.expanduser().absolute()
    _check(folder)
    choice = _choice()
    try:
        choice.parent.mkdir(parents=True, exist_ok=True)
        replace_file(choice, f"{folder}\n")
    except OSError as error:
        raise StoreError(
            f"The choice of a folder cannot be kept in {choice.parent} ({error.strerror}). Set"
            " KVANT_HOME to the folder, or start with --workspace."
        ) from error
    return folder


def check_chosen(folder: Path) -> None:
    """StoreError when the folder was chosen and has gone, as one on a disk that is not there."""
    if folder == chosen_home() and not folder.is_dir():
        raise StoreError(
            f"The folder {folder}, which was chosen for the workspace, is not there. Connect its"
            f" disk, start with --workspace FOLDER, or delete {_choice()} to use the usual folder."
        )


def _check(folder: Path) -> None:
    text = str(folder)
    if not text.isprintable() or text != text.strip():
        raise ParamError(
            f"The name {text!a} has characters a workspace cannot have. Choose another folder."
        )
    if not folder.is_dir():
        raise ParamError(f"There is no folder {folder}. Make it first, or choose another one.")
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ParamError(
            f"The folder {folder} cannot be written to ({error.strerror}). Choose another one."
        ) from error


def _choice() -> Path:
    return platformdirs.user_config_path("Kvant", appauthor=False) / CHOICE
