"""build_spec/openapi.json: the whole API as one document, from which the page's types are made.

The events of the sockets are in it too, which OpenAPI itself has no place for.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, cast

import msgspec

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from app.events import JobEvent  # noqa: E402  # the path comes first
from app.lab import Lab  # noqa: E402
from app.main import application  # noqa: E402
from app.problem import Problem  # noqa: E402

TARGET = ROOT / "build_spec" / "openapi.json"
_PLACE = "#/components/schemas/{name}"


def document() -> dict[str, Any]:
    """The document: what the routes say, and what goes over the sockets."""
    found: dict[str, Any] = application(cast("Lab", None)).openapi_schema.to_schema()
    _, parts = msgspec.json.schema_components([JobEvent, Problem], ref_template=_PLACE)
    schemas = found["components"]["schemas"]
    schemas |= parts
    schemas["JobEvent"] = {
        "oneOf": [{"$ref": _PLACE.format(name=kind.__name__)} for kind in JobEvent.__args__],
        "discriminator": {
            "propertyName": "type",
            "mapping": {
                str(kind.__struct_config__.tag): _PLACE.format(name=kind.__name__)
                for kind in JobEvent.__args__
            },
        },
    }
    return found


def text() -> str:
    """The document as it is kept."""
    return (
        msgspec.json.format(msgspec.json.encode(document(), order="sorted"), indent=1).decode()
        + "\n"
    )


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(text(), encoding="utf-8")
