"""The machine and its state: processor, memory, load, versions; memory of a process."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

MB = 1 << 20


def peak_memory(pid: int | str = "self") -> int:
    """Largest resident size a process ever had, bytes; 0 when it is gone or cannot be asked."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return _own_peak() if pid == "self" else 0
    try:
        lines = status.read_text().splitlines()
    except OSError:
        return 0
    found = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
    return int(found[0]) * 1024 if found else 0


def command(pid: int) -> bytes:
    """The command line of a process; empty when it is gone or cannot be asked."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def children(pid: int | str = "self") -> list[int]:
    """Process ids of the children of a process (Linux; elsewhere none)."""
    try:
        tasks = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return []
    return [int(word) for text in tasks for word in text.split()]


def descendants(pid: int) -> list[int]:
    """Children of a process, theirs, and so on."""
    found = children(pid)
    return [*found, *(deeper for child in found for deeper in descendants(child))]


def _own_peak() -> int:
    try:
        import resource  # noqa: PLC0415  # not on Windows
    except ImportError:
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def foreign() -> float:
    """Processor seconds that other programs have used so far; NaN where nobody counts."""
    try:
        spent = [int(word) for word in Path("/proc/stat").read_text().split()[1:9]]
    except OSError:
        return float("nan")
    idle = spent[3] + spent[4]
    ours = sum(map(_ticks, children()))
    return (sum(spent) - idle - ours) / os.sysconf("SC_CLK_TCK") - sum(os.times()[:4])


def _ticks(pid: int) -> int:
    """Processor time of a process and of those it has waited for."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(map(int, fields[11:15]))


def load() -> float:
    """Processes that wanted to run, average of the last minute; NaN where nobody counts."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")


def processor() -> str:
    """Model, cores, instruction sets that matter here."""
    try:
        info = Path("/proc/cpuinfo").read_text()
    except OSError:
        return f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores"
    fields = dict(line.split(":", 1) for line in info.splitlines() if ":" in line)
    values = {name.strip(): value.strip() for name, value in fields.items()}
    flags = values.get("flags", "").split()
    known = [name for name in ("avx2", "avx512f") if name in flags]
    model = values.get("model name", platform.machine())
    return f"{model}, {os.cpu_count()} cores ({', '.join(known) or 'no AVX2'})"


def cache(level: int) -> int:
    """Bytes of the data cache of level 2 or 3; a usual size where the system does not say."""
    for index in Path("/sys/devices/system/cpu/cpu0/cache").glob("index*"):
        try:
            found, kind, size = (
                (index / name).read_text().strip() for name in ("level", "type", "size")
            )
        except OSError:
            continue
        if int(found) == level and kind != "Instruction":
            return int(size.removesuffix("K")) << 10
    return {2: 1 << 20, 3: 32 << 20}[level]


def memory() -> float:
    """Physical memory in GiB."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / (1 << 30)


def versions(python: Path | None, packages: tuple[str, ...]) -> dict[str, str]:
    """Versions of the packages that `python` (None: this one) can import."""
    if python is None:
        found = {name: _version(name) for name in packages}
    else:
        code = "import sys; from bench.machine import versions; "
        code += "print(*[f'{k}={v}' for k, v in versions(None, tuple(sys.argv[1:])).items()])"
        root = Path(__file__).resolve().parent.parent
        said = _said([str(python), "-c", code, *packages], root)
        found = dict(word.split("=", 1) for word in said.split())
    return {name: version for name, version in found.items() if version}


def _said(words: Sequence[str], folder: Path) -> str:
    done = subprocess.run(  # noqa: S603  # our own command
        words, capture_output=True, text=True, cwd=folder, check=True
    )
    return done.stdout


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""
