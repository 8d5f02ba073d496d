"""The files of the repository: complete, portable, and saying the same everywhere."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from tools import dev

ROOT = Path(__file__).resolve().parent.parent
PAGES = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"]
DECISIONS = sorted((ROOT / "docs/decisions").glob("*.md"))
MAX_BYTES = 3_500_000

# Written with brackets so that this file does not find itself.
FOREIGN = re.compile(
    r"pythonhoste[d]|npmj[s]\.|//pyp[i]\.|//de[b]\.|files\.pytho[n]|/wor[k]/|/tmp/bas[h]|/roo[t]/"
    r"|/hom[e]/(?!you/)\w"
)


@pytest.fixture(scope="module")
def files():
    """Every file that git tracks or would track."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("this tree is no git checkout")
    words = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    git = ["git", "-c", f"safe.directory={ROOT}", *words]
    listed = subprocess.run(git, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def test_no_file_names_a_registry_or_a_machine(files):
    found = {
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in files
        if (match := FOREIGN.search(path.read_bytes().decode("utf-8", "replace")))
    }
    assert found == set()


@pytest.mark.parametrize(
    "text",
    [
        "https://files.pyth" + "onhosted.org/x.whl",
        "https://registry.npm" + "js.org/x",
        "deb http:/" + "/deb.example.org",
        "/wor" + "k/main",
        "/home" + "/ann/kvant",
    ],
)
def test_a_registry_or_a_machine_is_found(text):
    assert FOREIGN.search(text)


def test_no_file_is_too_large(files):
    large = [path.name for path in files if path.stat().st_size > MAX_BYTES]
    assert large == []


def test_nothing_made_is_tracked(files):
    made = (".venv", "build", "dist", "node_modules", "__pycache__")
    assert [path for path in files if set(path.relative_to(ROOT).parts) & set(made)] == []


def test_the_version_is_the_newest_of_the_changelog():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## (\d+\.\d+\.\d+)\b", changelog, re.MULTILINE)
    assert newest
    assert newest.group(1) == project["version"]


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_the_pages_exist(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    named = re.findall(r"(?:^|`)make (\w+)|tools[/\\]dev\.py (\w+)", text, re.MULTILINE)
    commands = {name for pair in named for name in pair if name}
    assert commands <= {"help", "setup", *dev.COMMANDS}


@pytest.mark.parametrize("page", [*PAGES, *(f"docs/decisions/{path.name}" for path in DECISIONS)])
def test_the_links_of_the_pages_lead_somewhere(page):
    path = ROOT / page
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (path.parent / link).exists()] == []


def test_every_file_the_pages_name_exists():
    for page in PAGES:
        text = (ROOT / page).read_text(encoding="utf-8")
        named = re.findall(r"`((?:engine|app|tests|tools|docs)/[\w./]+)`", text)
        assert [name for name in named if not (ROOT / name).exists()] == [], page


@pytest.mark.parametrize("package", ["engine", "app"])
def test_the_architecture_names_every_room(package):
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    section = text.partition(f"## Rooms of the {package}")[2].partition("\n## ")[0]
    rooms = {
        path.stem
        for path in (ROOT / package).iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").exists()) and path.stem != "__init__"
    }
    assert set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE)) == rooms


def test_decisions_are_numbered_and_say_why():
    numbers = [int(path.name[:4]) for path in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))
    for path in DECISIONS:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {int(path.name[:4])}. "), path.name
        assert re.findall(r"^## (.+)", text, re.MULTILINE) == [
            "Context",
            "Decision",
            "Consequences",
        ]
