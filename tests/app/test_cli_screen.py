"""What a person sees: tables that fit the terminal, plain text in a pipe."""

from __future__ import annotations

import contextlib
import io
import os
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from app.cli.screen import Screen
from app.cli.strategies import _COLUMNS, _SPARE

ROOT = Path(__file__).resolve().parents[2]
LONG = "cs_rank(ts_mean(volume, 5) / ts_mean(volume, 60)) * -ts_delta(close, 3) + 0.123456789"
ROW = ["3d9dde6a9ff5", "-0.36", "10.5%", "11.5%", "-16.4%", "0.6%", "11.5", "ecb_fx_sek", LONG]


def shown(width, columns=_COLUMNS, rows=(ROW,), **options):
    """The lines of a table on a terminal of that many columns."""
    screen = Screen()
    file = io.StringIO()
    screen.out = Console(file=file, width=width, force_terminal=True, color_system=None)
    screen.table(columns, rows, **options)
    return [line.rstrip() for line in file.getvalue().splitlines()]


@pytest.mark.parametrize("width", [40, 60, 80, 100, 140, 300])
def test_a_table_fits_and_keeps_hash_sharpe_and_expression(width):
    head, line = shown(width, spare=_SPARE)
    assert max(len(head), len(line)) <= width
    assert head.split()[:2] == ["hash", "Sharpe"]
    assert head.endswith("expression")
    assert line.startswith("3d9dde6a9ff5   -0.36  ")
    text = line[head.index("expression") :]
    assert text == LONG or (text.endswith("...") and LONG.startswith(text[:-3]))
    assert len(text) >= 18


def test_all_columns_are_there_when_there_is_room():
    assert shown(300, spare=_SPARE) == [
        "hash          Sharpe  return    vol  max dd  turnover  complexity    data set  expression",
        "3d9dde6a9ff5   -0.36   10.5%  11.5%  -16.4%      0.6%        11.5  ecb_fx_sek  " + LONG,
    ]


def test_a_pipe_gets_whole_lines_without_codes_or_blanks_at_their_ends(capsys):
    screen = Screen()
    screen.table(("a", "b"), [["1", "x" * 3000], ["22", "y"]])
    screen.pairs([("name", "z" * 500), ("n", "")])
    assert capsys.readouterr().out == f"a   b\n1   {'x' * 3000}\n22  y\nname  {'z' * 500}\nn\n"


def on_a_terminal(columns, words, **environment):
    """Run a command on a pseudo terminal: exit code and all it printed, on both streams."""
    pty, fcntl, termios = (pytest.importorskip(name) for name in ("pty", "fcntl", "termios"))
    handle, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    environment = {**os.environ, "TERM": "xterm", **environment}
    for name in ("COLUMNS", "LINES"):
        environment.pop(name, None)
    command = [sys.executable, str(ROOT / "launcher.py"), *words]
    told = b""
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    ) as process:
        os.close(theirs)
        with contextlib.suppress(OSError):  # what Linux says when the other end is closed
            while part := os.read(handle, 65536):
                told += part
    os.close(handle)
    return process.returncode, told.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("columns", [80, 140])
def test_a_search_on_a_terminal_shows_a_bar_and_a_table_that_fits(folder, columns):
    words = ["train", "--n", "24", "--seed", "6", "--max-depth", "4", "--workspace", str(folder)]
    code, told = on_a_terminal(columns, words, NO_COLOR="1")
    assert code == 0
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", told)
    assert "left best Sharpe" in text
    bars = [part for part in re.split(r"[\r\n]", text) if "best Sharpe" in part]
    assert max(map(len, bars)) <= columns
    table = text[text.index("hash  ") :].split("\n\n")[0].splitlines()
    assert len(table) == 11
    assert max(len(line.rstrip()) for line in table) <= columns
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", told)
