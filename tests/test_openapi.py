"""The document of the API is that of the routes, and says all of it."""

from __future__ import annotations

import json

from litestar.handlers import HTTPRouteHandler

from app.events import JobEvent
from app.routes import ROUTES
from tools import make_openapi


def test_the_document_is_that_of_the_routes():
    assert make_openapi.TARGET.read_text(encoding="utf-8") == make_openapi.text(), (
        "run: .venv/bin/python tools/make_openapi.py, then python3 tools/dev.py ui"
    )


def test_every_route_and_every_event_is_in_it():
    told = json.loads(make_openapi.TARGET.read_text(encoding="utf-8"))
    operations = [operation for path in told["paths"].values() for operation in path.values()]
    routes = [route for route in ROUTES if isinstance(route, HTTPRouteHandler)]
    assert {operation["operationId"] for operation in operations} == {
        route.operation_id for route in routes if route.include_in_schema is not False
    }
    for kind in JobEvent.__args__:
        assert kind.__name__ in told["components"]["schemas"]
    for operation in operations:
        refused = operation["responses"]["422"]["content"]["application/json"]["schema"]
        assert refused == {"$ref": "#/components/schemas/Problem"}
