"""Commands on a disk that is full: one sentence, exit code 1, nothing lost."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from engine.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
MOUNT, UMOUNT = shutil.which("mount"), shutil.which("umount")
TRAIN = ("train", "--n", "150", "--seed", "2", "--max-depth", "2", "--dataset", "ecb_fx_sek")


@pytest.fixture
def disk(tmp_path):
    """A file system of 40 MB of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", "size=40m", "tmpfs", str(folder)]
    if os.name == "nt" or os.geteuid() != 0 or MOUNT is None:
        pytest.skip("mounting a small disk needs root")
    mounted = subprocess.run([MOUNT, *options], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip(f"no small disk here: {mounted.stderr.decode()}")
    yield folder
    subprocess.run([UMOUNT, "-l", str(folder)], check=True)


def fill(folder: Path, leave: int) -> None:
    """Take all the space of the disk but `leave` bytes."""
    with (folder / "filler").open("wb") as file:
        file.write(bytes(shutil.disk_usage(folder).free - leave))


def prices(folder: Path) -> Path:
    rng = np.random.default_rng(0)
    days = np.datetime64("2000-01-01") + np.arange(1500)
    frame = pl.DataFrame(
        {
            "date": np.repeat(days, 20),
            "symbol": [f"S{i}" for i in range(20)] * 1500,
            "close": 100 + rng.normal(size=30_000),
        }
    )
    frame.write_parquet(folder / "mine.parquet")
    return folder / "mine.parquet"


def test_a_full_disk_is_said_and_lost_is_nothing(tmp_path, disk):
    space, file = disk / "space", prices(tmp_path)

    def kvant(*words: str) -> tuple[int, str]:
        command = [sys.executable, str(ROOT / "launcher.py"), *words, "--workspace", str(space)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert "Traceback" not in done.stderr
        return done.returncode, (done.stderr.splitlines() or [""])[-1]

    full = (
        f"The disk with {space / 'runs.sqlite'} is full. Free some space and try again; everything"
        " saved before is intact."
    )
    assert kvant("datasets") == (0, "")
    fill(disk, 9 << 20)
    assert kvant(*TRAIN) == (1, full)
    with Workspace(space, write=False) as reader:
        (job,) = reader.store.jobs().items
        before = {item.expr_hash for item in reader.store.strategies(limit=500).items}
        assert (job.status, job.message, reader.store.integrity()) == ("failed", full, [])
        assert 0 < len(before) < 150
    fill(disk, 0)
    assert kvant("backtest", "c_sek") == (1, full)
    fill(disk, 500_000)
    assert kvant("import", str(file)) == (
        1,
        (
            f"The data set cannot be written into {space / 'datasets'} (No space left on device)."
            " Check the folder and the space on the disk; nothing of it was kept."
        ),
    )
    code, sentence = kvant("eval", "c_sek", "--out", str(disk / "v.csv"))
    assert (code, sentence) == (
        1,
        (
            f"The file {disk / 'v.csv'} cannot be written (No space left on device). Check the"
            " folder and the space on the disk."
        ),
    )
    assert sorted(path.name for path in disk.iterdir()) == ["filler", "space"]
    assert len(list((space / "datasets").iterdir())) == 1
    (disk / "filler").unlink()
    code, _ = kvant(*TRAIN)
    assert code == 0
    assert kvant("import", str(file))[0] == 0
    with Workspace(space, write=False) as reader:
        (job,) = reader.store.jobs().items
        after = {item.expr_hash for item in reader.store.strategies(limit=500).items}
        assert (job.status, job.processed, reader.store.integrity()) == ("done", 150, [])
        assert before < after
    assert kvant("doctor")[0] == 0
    assert not (space / "runs.sqlite-shm").exists()
    fill(disk, 0)
    assert kvant("strategies") == (1, full)
    assert kvant("strategies") == (0, ""), "the reserve is given up for this"
