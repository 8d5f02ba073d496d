"""An import that ends in the middle: the data set is the old or the new one, and never half."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import numpy as np
import polars as pl
import pytest

from app import cli
from engine.importing import dataset, verify_dataset
from engine.workspace import Workspace
from tests.app.test_cli_full_disk import disk, fill  # noqa: F401  # a fixture
from tests.app.test_cli_killed import children
from tests.hardening.test_files import corpus

ROOT = Path(__file__).resolve().parents[2]
EXPR = "ts_mean(close, 5)"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")


def prices(path: Path, seed: int, days: int = 400, symbols: int = 40) -> Path:
    rng = np.random.default_rng(seed)
    dates = np.datetime64("2015-01-01") + np.arange(days)
    walks = 100 * np.exp(rng.normal(0, 0.01, (days, symbols)).cumsum(axis=0))
    names = [f"S{i:02}" for i in range(symbols)]
    frame = {"date": np.repeat(dates, symbols), "symbol": names * days, "close": walks.ravel()}
    pl.DataFrame(frame).write_csv(path)
    return path


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A workspace with one version of a data set and a saved result of it, and the next file."""
    folder = tmp_path_factory.mktemp("template")
    old, new = prices(folder / "old.csv", 1), prices(folder / "new.csv", 2)
    space = folder / "space"
    assert cli.main(["import", str(old), "--name", "mine", "--workspace", str(space)]) == 0
    words = ["backtest", EXPR, "--dataset", "mine", "--persist", "--workspace", str(space)]
    assert cli.main(words) == 0
    return space, new


@pytest.fixture(scope="module")
def whole(template, tmp_path_factory):
    """Fingerprints of the two versions, and how many moments an import has."""
    space = shutil.copytree(template[0], tmp_path_factory.mktemp("whole") / "space")
    moments = int(killed(space, template[1], -1).stdout)
    with Workspace(space, write=False) as reader:
        new, old = (row.fingerprint for row in reader.store.versions("mine"))
    return old, new, moments


def killed(space: Path, file: Path, moment: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.kill9.importing", space, file, "mine", str(moment)]
    return subprocess.run(
        [str(word) for word in command], cwd=ROOT, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip


def version(space: Path, old: str, new: str) -> int:
    """The version that is left, after a look at everything that must be whole."""
    with Workspace(space, write=True) as owner:
        versions = [row.fingerprint for row in owner.store.versions("mine")]
        assert versions in ([old], [new, old])
        assert owner.store.integrity() == []
        for row in owner.datasets():
            verify_dataset(owner.folder(row))
            assert owner.panel(row.name).fingerprint == row.fingerprint
        assert list((space / "datasets").glob(f"{dataset._TEMPORARY}*")) == []
        (strategy,) = owner.store.strategies(limit=10).items
    assert cli.main(["verify", strategy.expr_hash, "--workspace", str(space)]) == 0
    return len(versions)


def test_an_import_killed_at_any_moment_leaves_old_or_new(template, whole, tmp_path, capsys):
    old, new, moments = whole
    assert moments > 25
    left = []
    for moment in [*range(1, moments + 1, max(1, moments // 11)), moments]:
        space = shutil.copytree(template[0], tmp_path / f"space{moment}")
        ended = killed(space, template[1], moment)
        assert ended.returncode == -signal.SIGKILL
        left.append(version(space, old, new))
        shutil.rmtree(space)
    assert left == sorted(left)
    assert set(left) == {1, 2}
    capsys.readouterr()


def start(space: Path, file: Path) -> subprocess.Popen[str]:
    command = [sys.executable, str(ROOT / "launcher.py"), "import", str(file), "--name", "mine"]
    return subprocess.Popen(
        [*command, "--workspace", str(space)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def duration(template, tmp_path_factory):
    """Seconds from the start of an import to its end."""
    space = shutil.copytree(template[0], tmp_path_factory.mktemp("duration") / "space")
    begun = time.monotonic()
    with start(space, template[1]) as process:
        assert process.wait(60) == 0
    return time.monotonic() - begun


def wait_for_reader(process: subprocess.Popen[str]) -> None:
    patience = time.monotonic() + 30
    while not children(process.pid) and process.poll() is None and time.monotonic() < patience:
        time.sleep(0.01)


@pytest.mark.parametrize("did", ["makes the reader of workbooks panic", "asks for 2**61 bytes"])
def test_a_file_that_ends_its_reader_is_one_sentence_on_the_terminal(template, tmp_path, did):
    """Libraries print their panics; nobody who imports a file wants to read them."""
    kept = next(each for each in corpus() if each.did.startswith(did))
    path = tmp_path / kept.name
    path.write_bytes(kept.file.data)
    space = shutil.copytree(template[0], tmp_path / "space")
    with start(space, path) as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (2, "")
    assert err.startswith(kept.name)
    assert err.count("\n") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="finds the engine process in /proc")
def test_a_program_killed_while_it_imports_leaves_old_or_new(
    template, whole, tmp_path, duration, capsys
):
    """The whole of it: the program and the process that reads."""
    rng = Random(1)
    for number in range(5):
        space = shutil.copytree(template[0], tmp_path / f"space{number}")
        with start(space, template[1]) as process:
            wait_for_reader(process)
            time.sleep(rng.uniform(0, 0.7 * duration))
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate(timeout=30)
        assert version(space, *whole[:2]) in {1, 2}
    capsys.readouterr()


@pytest.mark.skipif(sys.platform != "linux", reason="finds the engine process in /proc")
def test_a_program_outlives_the_process_that_reads(template, whole, tmp_path, duration, capsys):
    rng = Random(2)
    for number in range(4):
        space = shutil.copytree(template[0], tmp_path / f"space{number}")
        with start(space, template[1]) as process:
            wait_for_reader(process)
            time.sleep(rng.uniform(0, 0.6 * duration))
            for child in children(process.pid):
                os.kill(child, signal.SIGKILL)
            _, err = process.communicate(timeout=60)
        assert "Traceback" not in err
        left = version(space, *whole[:2])
        assert (process.returncode, left) in {(0, 2), (2, 1)}
        if process.returncode:
            assert "new.csv ended the process that read it (exit code -9)" in err
    capsys.readouterr()


@pytest.mark.parametrize("leave", [0, 20_000, 120_000, 260_000])
def test_an_import_onto_a_full_disk_leaves_the_old_version(template, whole, disk, leave):  # noqa: F811
    space = shutil.copytree(template[0], disk / "space")
    fill(disk, leave)
    with start(space, template[1]) as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, "")
    assert "Traceback" not in err
    assert err.strip().splitlines()[-1].endswith(("nothing of it was kept.", "is intact."))
    (disk / "filler").unlink()
    assert version(space, *whole[:2]) == 1
    with start(space, template[1]) as process:
        assert process.wait(60) == 0
    assert version(space, *whole[:2]) == 2


def test_files_and_folder_are_on_the_disk_before_they_have_their_name(
    template, tmp_path, monkeypatch
):
    """After a power cut a name must not stand for less than what was written."""
    said: list[tuple[str, str]] = []
    fsync, rename = os.fsync, Path.rename

    def told_sync(handle):
        said.append(("sync", str(Path(f"/proc/self/fd/{handle}").readlink())))
        fsync(handle)

    def told_rename(path, target):
        said.append(("rename", str(path)))
        return rename(path, target)

    if not Path("/proc/self/fd").is_dir():
        pytest.skip("finds the names of open files in /proc")
    monkeypatch.setattr(os, "fsync", told_sync)
    monkeypatch.setattr(Path, "rename", told_rename)
    space = shutil.copytree(template[0], tmp_path / "space")
    with Workspace(space, write=True) as owner:
        said.clear()
        owner.import_file(template[1], "mine")
        folder = owner.folder(owner.dataset("mine"))
    at = next(i for i, (what, _) in enumerate(said) if what == "rename")
    temporary = Path(said[at][1])
    before = [Path(name) for what, name in said[:at] if what == "sync"]
    assert {path.name for path in before if path.parent == temporary} == {
        path.name for path in folder.iterdir()
    }
    assert before[-1] == temporary
    assert ("sync", str(folder.parent)) in said[at:]
