"""Requests drawn from the description of the interface: no answer is an error of ours."""

from __future__ import annotations

from collections import Counter

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from engine.errors import DataError
from tests.app.wire import Watched, watched

EXPR = 'ts_mean(feat("c_sek"), 5)'
CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]
FILES = {"GET /api/strategies/{expr_hash}/export"}
"""Their kind is that of the query, which the description has no words for."""

QUIET = settings(
    database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    with watched(tmp_path_factory.mktemp("fuzz") / "space") as server:
        job = server.train(n=5, seed=3, workers=1)
        best = server.get("/api/strategies", limit=1)["items"][0]
        server.known = {"job_id": job["job_id"], "expr_hash": best["expr_hash"]}
        yield server


@pytest.fixture
def server(shared) -> Watched:
    yield shared
    assert shared.troubles() == []


def operations(server: Watched):
    """Every operation in every mode in which requests can be drawn for it."""
    described = schemathesis.openapi.from_dict(server.get("/api/schema/openapi.json"))
    for found in described.get_all_operations():
        operation = found.ok()
        yield operation, GenerationMode.POSITIVE
        if list(operation.query) or list(operation.body):  # else nothing can be wrong about it
            yield operation, GenerationMode.NEGATIVE


def drawn(server: Watched, each: int) -> tuple[Counter, list[str]]:
    """Statuses of `each` requests to every operation and mode, and what was wrong with answers."""
    statuses: Counter = Counter()
    wrong: list[str] = []
    with requests.Session() as session:
        session.trust_env = False
        session.headers = server.headers
        for operation, mode in operations(server):

            @seed(0)
            @settings(QUIET, max_examples=each)
            @given(case=operation.as_strategy(generation_mode=mode), known=st.booleans())
            def ask(case, known):
                answer = asked(server, session, case, known=known)
                statuses[answer.status_code] += 1
                kind = [] if case.operation.label in FILES else [content_type_conformance]
                try:
                    case.validate_response(answer, checks=[*CHECKS, *kind])
                except Failure as failure:
                    wrong.append(f"{case.as_curl_command()}: {failure}")
                except BaseExceptionGroup as failures:
                    wrong.append(f"{case.as_curl_command()}: {failures.exceptions}")

            ask()
    return statuses, wrong


def asked(server: Watched, session: requests.Session, case, *, known: bool):
    """The answer to a case, with `known` about a thing that is there."""
    if known:
        case.path_parameters |= {
            name: server.known[name] for name in case.path_parameters if name in server.known
        }
        if isinstance(case.body, dict) and "expr" in case.body:
            case.body["expr"] = EXPR
    return case.call(base_url=server.url, session=session)


def test_no_request_breaks_anything(server):
    statuses, wrong = drawn(server, 3)
    assert not wrong, "\n".join(wrong)
    assert statuses.total() >= 150
    assert {200, 201, 204, 400, 404, 409, 422} <= set(statuses)


@pytest.mark.heavy
def test_no_request_of_a_thousand_breaks_anything(server, pytestconfig):
    if "heavy" not in pytestconfig.getoption("-m"):
        pytest.skip("run by command: pytest -m heavy")
    statuses, wrong = drawn(server, 22)
    assert not wrong, "\n".join(wrong)
    assert statuses.total() >= 1000


# --- files

PART = b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
FILE = b'; filename="%s"'
NAMES = [
    b"", b".", b"..", b"/", b"../../x.csv", b"..\\..\\x.csv", b"C:\\x.csv", b"a\0.csv", b"CON",
    b"a\n.csv", b"\xff.csv", b"x" * 300 + b".csv", "\U0001f600".encode() * 120 + b".csv", b"a",
    b"x.csv::$DATA", b"~", b"$HOME.csv", b"s3://x/y.csv", b"x[1].parquet", b"*.parquet",
]  # fmt: skip
FIELDS = [(b"name", b"../x"), (b"name", b"\0"), (b"name", b"\xff"), (b"lockbox", b"-1%"),
          (b"lockbox", b"\0"), (b"lockbox", b"9" * 400), (b"file", b"x"),
          (b"zzz", b"x")]  # fmt: skip
FORMS = [
    b"", b"--x", b"--x--", b"--x\r\n\r\n--x--\r\n", b"--y\r\n", b"--x\r\n" * 3000, b"\r\n" * 3000,
    PART % (b"file", b"", b"1") + b"--x--\r\n",
    PART % (b"file", b"\r\nContent-Type: text/csv; charset=foo", b"1") + b"--x--",
    PART % (b"file", b"\r\nContent-Type: application/json", b"{{") + b"--x--",
    b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n",
    b"--x\r\nContent-Disposition: ;;;=\r\n\r\n1\r\n--x--\r\n",
    b"--x\r\nX: " + b"a" * 100_000 + b"\r\n\r\n1\r\n--x--\r\n",
]  # fmt: skip


def test_no_upload_breaks_anything(server, monkeypatch):
    uploads = server.lab.workspace.root / "uploads"
    seen = []

    def import_file(asked):
        path = server.lab.intake.file(asked.handle)
        assert path.resolve().parent.parent == uploads.resolve()
        assert path.read_bytes() in {b"no table", b"1"}
        seen.append((path.name, asked.name, asked.lockbox))
        raise DataError("It is no table.")

    monkeypatch.setattr(server.lab.intake, "import_file", import_file)
    files = [PART % (b"file", FILE % name, b"no table") + b"--x--\r\n" for name in NAMES]
    fields = [PART % (name, b"", value) + PART % (b"file", FILE % b"a.csv", b"no table") + b"--x--"
              for name, value in FIELDS]  # fmt: skip
    forms = [(form, "; boundary=x") for form in [*files, *fields, *FORMS]]
    for form, boundary in [*forms, (files[0], ""), (files[0], "; =;;"), (files[0], "; boundary=")]:
        kind = f"multipart/form-data{boundary}"
        answer = server.wire.post("/api/datasets/import", form, kind)
        assert answer.refusal in {(400, "malformed"), (422, "data")}, (form[:200], answer)
    assert len(seen) > len(NAMES)
    assert [*uploads.rglob("*")] == []
