#!/usr/bin/env python3
"""The fonts of the pages: letters of Latin languages, the weights and features the pages use.

usage: python tools/subset_fonts.py        needs fonttools and brotli, and node_modules of ui/

Fontsource's files hold every alternate form of every letter, and in the extended ones the letters
of languages that are written nowhere in the pages: three times the bytes.
"""

from __future__ import annotations

import io
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "ui" / "node_modules" / "@fontsource-variable"
TARGET = ROOT / "ui" / "src" / "fonts"
LATIN = (
    "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,"
    "U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD"
)
EXTENDED = "U+0100-0130,U+0132-0151,U+0154-017F,U+0192,U+0218-021B,U+20A0-20AB,U+20AD-20BF,U+2113"
WEIGHTS = (400, 600)
FEATURES = "kern,mark,mkmk,ccmp,locl,calt,tnum,case,zero"
FILES = {
    f"{family}-{subset}-wght-normal.woff2": (family, letters)
    for family in ("inter", "jetbrains-mono")
    for subset, letters in (("latin", LATIN), ("latin-ext", EXTENDED))
}


def main() -> None:
    """Write the files that `ui/src/routes/fonts.css` names."""
    from fontTools import subset, ttLib  # type: ignore[import-not-found]  # noqa: PLC0415  # for whoever changes them, not for all
    from fontTools.varLib import instancer  # type: ignore[import-not-found]  # noqa: PLC0415

    TARGET.mkdir(exist_ok=True)
    options = subset.Options(layout_features=FEATURES.split(","), flavor="woff2")
    for name, (family, letters) in FILES.items():
        font = ttLib.TTFont(SOURCE / family / "files" / name, recalcTimestamp=False)
        narrow = io.BytesIO()
        instancer.instantiateVariableFont(font, {"wght": WEIGHTS}).save(narrow)
        font = ttLib.TTFont(narrow, recalcTimestamp=False)
        worker = subset.Subsetter(options)
        worker.populate(unicodes=subset.parse_unicodes(letters))
        worker.subset(font)
        subset.save_font(font, str(TARGET / name), options)
        print(f"{name}: {(TARGET / name).stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
