"""The interface: the routes, and one shape for every refusal."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Litestar, Request, Response, Router
from litestar.di import Provide
from litestar.exceptions import HTTPException, NotFoundException, ValidationException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from app import log
from app.guard import MAX_BODY, Refusal
from app.lab import Lab
from app.problem import Problem
from app.routes import ROUTES
from app.version import version
from engine.errors import EngineError, ExprError

STATUS = {"not_found": 404, "queue_full": 409, "conflict": 409, "no_window": 409, "busy": 409}
"""By the code of an EngineError; every other is 422, but for those of ours (503)."""

OURS = {"engine": 503, "store": 503, "cancelled": 409}
_PLAIN = {
    "Not Found": "There is nothing at this address.",
    "Method Not Allowed": "This address does not answer to that method.",
}
_NO_QUERY = {"lab", "data", "request", "key"}
"""Arguments of routes that come from elsewhere: from us, the body, a header."""

_CODES = {400: "malformed", 404: "not_found", 405: "method", 413: "too_large"}


def application(lab: Lab) -> Litestar:
    """The routes, without the gate."""
    return Litestar(
        ROUTES,
        dependencies={"lab": Provide(lambda: lab, sync_to_thread=False)},
        before_request=_no_unknown_query,
        exception_handlers={
            EngineError: _engine_error,
            HTTPException: _http_error,
            Refusal: _refusal,
            msgspec.MsgspecError: _malformed,
            RecursionError: _malformed,
            UnicodeDecodeError: _malformed,
            Exception: _unforeseen,
        },
        openapi_config=OpenAPIConfig(
            title="Kvant", version=version(), render_plugins=[JsonRenderPlugin()],
            openapi_router=Router(
                "/api/schema", route_handlers=[], include_in_schema=False, before_request=_document
            ),
        ),
        request_max_body_size=MAX_BODY,
        debug=False,
        logging_config=None,
    )  # fmt: skip


def _document(request: Request[Any, Any, Any]) -> None:
    """Refuse what the framework answers with a page of its own."""
    if not request.scope["path"].endswith("/openapi.json"):
        raise NotFoundException
    _no_unknown_query(request)


def _no_unknown_query(request: Request[Any, Any, Any]) -> None:
    """Refuse a query parameter nobody reads: a misspelt filter must not be ignored."""
    known = request.route_handler.parsed_fn_signature.parameters.keys()
    unknown = sorted(request.query_params.keys() - (known - _NO_QUERY - request.path_params.keys()))
    if unknown:
        raise ValidationException(f"There is no query parameter {unknown[0][:80]!r} here.")


def _problem(
    status: int, problem: Problem, headers: dict[str, str] | None = None
) -> Response[Problem]:
    return Response(
        problem, status_code=status, media_type="application/json", headers=headers or {}
    )


def _engine_error(_: Request[Any, Any, Any], error: EngineError) -> Response[Problem]:
    problem = Problem(code=error.code, message=error.message)
    if isinstance(error, ExprError):
        problem = msgspec.structs.replace(
            problem, start=error.start, end=error.end, suggestions=error.suggestions
        )
    status = STATUS.get(error.code) or OURS.get(error.code, 422)
    headers = {"Retry-After": "5"} if error.code == "queue_full" else None
    return _problem(status, problem, headers)


def _http_error(_: Request[Any, Any, Any], error: HTTPException) -> Response[Problem]:
    status = error.status_code
    extra = error.extra if isinstance(error.extra, list) else []
    told = "; ".join(f"{e.get('key')}: {e.get('message')}" for e in extra if isinstance(e, dict))
    message = _PLAIN.get(error.detail) or told or error.detail
    return _problem(
        status, Problem(code=_CODES.get(status, "refused"), message=message), error.headers
    )


def _refusal(_: Request[Any, Any, Any], error: Refusal) -> Response[Problem]:
    return _problem(error.status, error.problem)


def _malformed(_: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    known = isinstance(error, msgspec.MsgspecError)
    text = str(error) if known else "The body is not JSON that can be read."
    return _problem(400, Problem(code="malformed", message=text))


def _unforeseen(_: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    log.crash(error)
    text = "Something nobody foresaw went wrong; the log of the workspace has the details."
    return _problem(500, Problem(code="crash", message=text))
