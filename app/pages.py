"""The page: the files of the built bundle from memory, one document for every other address."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from functools import cache
from pathlib import Path

import msgspec

BUNDLE = Path(__file__).parents[1] / "ui_dist"
KINDS = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
"""By suffix; what the system believes of a suffix (Windows: anything) is not asked."""

_MARK = b'data-theme="system"'
_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
_FOR_EVER = "public, max-age=31536000, immutable"
_DOCUMENT = "index.html"


class Asset(msgspec.Struct, frozen=True):
    """A file of the bundle, as it is sent."""

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
    document = bundle().get(_DOCUMENT)
    found = _INLINE.findall(document.body) if document else []
    return tuple(b64encode(hashlib.sha256(text).digest()).decode() for text in found)


def page(path: str, theme: str) -> Asset | None:
    """What stands at an address that is not the API's: a file, the document, or nothing.

    The document finds its own way from every address; it is told the theme before it paints.
    """
    name = path.strip("/")
    asset = bundle().get(name)
    if asset is not None and name != _DOCUMENT:
        return asset
    document = bundle().get(_DOCUMENT)
    if document is None or name.startswith("_app/"):
        return None
    marked = document.body.replace(_MARK, f'data-theme="{theme}"'.encode(), 1)
    return msgspec.structs.replace(document, body=marked)
