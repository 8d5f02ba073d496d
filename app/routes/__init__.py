"""The HTTP face: one module per area, each with its `ROUTES`."""

from __future__ import annotations

from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec

from app.problem import Problem
from app.routes import (
    backtest,
    broker,
    config,
    datasets,
    desktop,
    health,
    imports,
    jobs,
    ledger,
    research,
    settings,
    strategies,
    stream,
)

ROUTES = [
    *health.ROUTES,
    *strategies.ROUTES,
    *research.ROUTES,
    *ledger.ROUTES,
    *backtest.ROUTES,
    *jobs.ROUTES,
    *stream.ROUTES,
    *config.ROUTES,
    *datasets.ROUTES,
    *imports.ROUTES,
    *settings.ROUTES,
    *broker.ROUTES,
    *desktop.ROUTES,
]

_REFUSALS = {
    400: "The request is malformed.",
    401: "The token is missing or wrong.",
    403: "Another origin asks.",
    404: "There is no such thing.",
    409: "It cannot be done now.",
    413: "The body is too large.",
    422: "The engine refuses: expression, parameters or data.",
    429: "Too many requests at once.",
    503: "The engine process or the store failed.",
}
for _route in ROUTES:
    if isinstance(_route, HTTPRouteHandler):
        _route.responses = {
            status: ResponseSpec(Problem, generate_examples=False, description=text)
            for status, text in _REFUSALS.items()
        }
