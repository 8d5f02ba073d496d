"""Draws the icon of the program: a rising curve on a dark tile. Needs the standard library only.

usage: python3 tools/make_icon.py [FILE]
"""

from __future__ import annotations

import struct
import sys
import zlib
from itertools import pairwise
from pathlib import Path

ICON = Path(__file__).resolve().parent.parent / "app" / "desktop" / "icon.png"
SIZE, RADIUS = 256, 52
TILE, LINE = (23, 26, 32), (154, 160, 255)
CURVE = ((42, 194), (88, 142), (124, 170), (164, 96), (188, 116), (214, 64))
"""Corners of the curve, x and y from the upper left."""

WIDTH = 20.0
_FINE = 3  # points per pixel and direction, for soft edges


def picture() -> bytes:
    """The icon as a PNG file."""
    rows = (bytes(1) + b"".join(_pixel(x, y) for x in range(SIZE)) for y in range(SIZE))
    header = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 6, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


def _pixel(x: int, y: int) -> bytes:
    """Red, green, blue and opacity, as the mean of the points in the pixel."""
    steps = [(i + 0.5) / _FINE for i in range(_FINE)]
    points = [_colour(x + dx, y + dy) for dy in steps for dx in steps]
    seen = [point for point in points if point is not None]
    if not seen:
        return bytes(4)
    mean = [round(sum(channel) / len(seen)) for channel in zip(*seen, strict=True)]
    return bytes([*mean, round(255 * len(seen) / len(points))])


def _colour(x: float, y: float) -> tuple[int, int, int] | None:
    """The colour of a point; None outside of the tile."""
    inset = max(RADIUS - min(x, SIZE - x), 0.0), max(RADIUS - min(y, SIZE - y), 0.0)
    if inset[0] ** 2 + inset[1] ** 2 > RADIUS**2:
        return None
    if min(_distance(x, y, *a, *b) for a, b in pairwise(CURVE)) < WIDTH / 2:
        return LINE
    return TILE


def _distance(x: float, y: float, ax: float, ay: float, bx: float, by: float) -> float:
    """From a point to a line between two corners."""
    dx, dy = bx - ax, by - ay
    along = max(0.0, min(1.0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)))
    return float(((x - ax - along * dx) ** 2 + (y - ay - along * dy) ** 2) ** 0.5)


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ICON
    target.write_bytes(picture())
