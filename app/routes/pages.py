"""The page: the files of the built bundle, and its one document for every other address."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from functools import cache
from pathlib import Path

import msgspec
from litestar import Response, get
from litestar.exceptions import NotFoundException

from app.lab import Lab
from app.routes.given import TheLab, Word
from app.routes.settings import chosen

BUNDLE = Path(__file__).parents[2] / "ui_dist"
KINDS = {
    ".css": "text/css",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".js": "text/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
"""By suffix; what the system believes of a suffix (Windows: anything) is not asked."""

_MARK = b'data-theme="system"'
_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
_FOR_EVER = "public, max-age=31536000, immutable"


class Asset(msgspec.Struct, frozen=True):
    """A file of the bundle."""

    body: bytes
    kind: str
    cache: str


@cache
def bundle(folder: Path = BUNDLE) -> dict[str, Asset]:
    """All files of the bundle by their path; what is not in here cannot be asked for."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.suffix in KINDS:
            name = path.relative_to(folder).as_posix()
            kept = _FOR_EVER if "/immutable/" in name else "no-cache"
            found[name] = Asset(path.read_bytes(), KINDS[path.suffix], kept)
    return found


def inline_scripts() -> tuple[str, ...]:
    """The digests of the scripts that stand in the document, as its security policy names them."""
    document = bundle().get("index.html")
    found = _INLINE.findall(document.body) if document else []
    return tuple(b64encode(hashlib.sha256(text).digest()).decode() for text in found)


@get(["/", "/{path:path}"], include_in_schema=False, sync_to_thread=False)
def page(lab: TheLab, path: Word = "") -> Response[bytes]:
    """A file of the bundle, or the document that finds its own way."""
    name = path.strip("/")
    if name == "api" or (name.startswith(("api/", "_app/")) and name not in bundle()):
        raise NotFoundException("There is nothing at this address.")
    asset = bundle().get(name)
    if asset is None or name == "index.html":
        return _document(lab)
    return Response(asset.body, media_type=asset.kind, headers={"Cache-Control": asset.cache})


def _document(lab: Lab) -> Response[bytes]:
    asset = bundle().get("index.html")
    if asset is None:
        raise NotFoundException("The page is not built; run: python3 tools/dev.py ui")
    theme = f'data-theme="{chosen(lab).theme}"'.encode()
    return Response(
        asset.body.replace(_MARK, theme, 1), media_type="text/html",
        headers={"Cache-Control": "no-cache"},
    )  # fmt: skip


ROUTES = [page]
