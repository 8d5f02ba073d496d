"""The shape of the code: who may import whom, and what no module may contain."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(
    [*(ROOT / "engine").rglob("*.py"), *(ROOT / "app").rglob("*.py"), *ROOT.glob("*.py")]
)
TEXTS = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in MODULES}
CODE = {name: text for name, text in TEXTS.items() if text.strip()}

FORBIDDEN_CALLS = {"eval", "exec", "os.system", "os.popen"}
FORBIDDEN_IMPORTS = {"pickle", "marshal", "shelve", "dill", "cloudpickle"}
EMPTY_OPENINGS = ("this ", "module ", "contains ", "provides ", "implements ", "defines ", "holds ")
MAX_FILE, MAX_FUNCTION = 300, 40


def test_the_layers_hold(capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    status = lint_imports(config_filename="pyproject.toml", no_cache=True)
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


def dangers(source):
    """What a module contains that no module may: (line, what) pairs."""
    return [(node.lineno, found) for node in ast.walk(ast.parse(source)) for found in danger(node)]


def danger(node):
    match node:
        case ast.Call():
            yield from call_dangers(node)
        case ast.Import():
            yield from (name.name for name in node.names if top(name.name) in FORBIDDEN_IMPORTS)
        case ast.ImportFrom(module=str(module)) if top(module) in FORBIDDEN_IMPORTS:
            yield module
        case ast.Constant(value=str(text)) if "0.0.0.0" in text:  # noqa: S104  # what we look for
            yield "an address that every machine can reach"
        case ast.Name(id="TYPE_CHECKING"):
            yield "TYPE_CHECKING: msgspec reads annotations at run time"


def top(module):
    return module.partition(".")[0]


def call_dangers(call):
    function = ast.unparse(call.func)
    flags = {word.arg: getattr(word.value, "value", None) for word in call.keywords}
    if function in FORBIDDEN_CALLS:
        yield function
    if flags.get("shell") is True:
        yield "shell=True"
    if flags.get("allow_pickle") is True:
        yield "allow_pickle=True"
    if function in {"json.dump", "json.dumps"} and flags.get("allow_nan") is not False:
        yield "json that writes NaN, which is no JSON"


@pytest.mark.parametrize("name", CODE)
def test_no_module_contains_what_is_forbidden(name):
    assert dangers(CODE[name]) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("x = eval('1')", "eval"),
        ("exec(text)", "exec"),
        ("import os\nos.system('ls')", "os.system"),
        ("from pickle import loads", "pickle"),
        ("import pickle as p", "pickle"),
        ("run(['ls'], shell=True)", "shell=True"),
        ("np.load(path, allow_pickle=True)", "allow_pickle=True"),
        ("bind('0.0.0.0')", "an address that every machine can reach"),
        ("json.dumps(x)", "json that writes NaN, which is no JSON"),
        ("json.dumps(x, allow_nan=True)", "json that writes NaN, which is no JSON"),
        ("if TYPE_CHECKING: pass", "TYPE_CHECKING: msgspec reads annotations at run time"),
    ],
)
def test_what_is_forbidden_is_found(source, found):
    assert [what for _, what in dangers(source)] == [found]


@pytest.mark.parametrize(
    "source", ["np.load(path)", "json.dumps(x, allow_nan=False)", "evaluate()"]
)
def test_what_is_sound_is_left_alone(source):
    assert dangers(source) == []


def opening(source):
    """What is wrong with the first line of a module's docstring; None when nothing is."""
    docstring = ast.get_docstring(ast.parse(source))
    if docstring is None:
        return "there is no module docstring"
    first = docstring.partition("\n")[0]
    if first.lower().startswith(EMPTY_OPENINGS):
        return f"{first!r} is no noun phrase"
    return None if first.endswith((".", ":")) else f"{first!r} does not end with a full stop"


@pytest.mark.parametrize("name", CODE)
def test_a_module_says_what_it_holds(name):
    assert opening(CODE[name]) is None


def test_an_empty_opening_is_found():
    assert opening("x = 1") == "there is no module docstring"
    assert opening('"""This module does it."""') == "'This module does it.' is no noun phrase"
    assert opening('"""Daily books"""') == "'Daily books' does not end with a full stop"
    assert opening('"""Daily books."""') is None


def is_long_by_nature(name):
    """Operators stand in one file per axis, and a kernel and its twin read side by side."""
    return name.startswith(("engine/dsl/ops", "engine/kernels/"))


@pytest.mark.parametrize("name", [name for name in CODE if not is_long_by_nature(name)])
def test_a_file_can_be_read_in_one_sitting(name):
    assert len(CODE[name].splitlines()) <= MAX_FILE


def long_functions(source):
    """The functions whose bodies, docstrings aside, are longer than they may be."""
    functions = (
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return [node.name for node in functions if length(node) > MAX_FUNCTION]


def length(function):
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return function.end_lineno - body[0].lineno + 1 if body else 0


@pytest.mark.parametrize("name", CODE)
def test_functions_are_small(name):
    assert long_functions(CODE[name]) == []


def test_a_long_function_is_found():
    assert long_functions("def f():\n" + "    x = 1\n" * 40) == []
    assert long_functions("def f():\n" + "    x = 1\n" * 41) == ["f"]
