"""What is measured on which panel, in which order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from bench.panel import MAIN, SIZES
from bench.runner import ROOT
from bench.step import Step

REAL = "sp500"
REAL_FILE = Path("shared/data/panels/sp500_5y.parquet")
"""Beside the repository; where it is not, the panel is left out."""

EVERYWHERE = ("kernels", "operators", "suite")
"""Parts that are done on each panel; the others on the main one."""

MAIN_ONLY = ("expression", "vectorbt", "training", "service", "start", "stages")
PARTS = ("bandwidth", *EVERYWHERE, *MAIN_ONLY, "scaling")
WITHOUT_KERNELS = {REAL}
"""Panels whose kernels are those of another panel of about that size."""


class Options(msgspec.Struct, frozen=True):
    """What the command line asks for; a panel is a name or a file."""

    panels: tuple[str, ...]
    parts: tuple[str, ...] = PARTS
    quick: bool = False

    @property
    def whole(self) -> bool:
        """Whether nothing is left out by choice."""
        drawn = set(SIZES) - {"XS"}
        return not self.quick and set(self.parts) == set(PARTS) and drawn <= set(self.panels)


def usual_panels() -> tuple[str, ...]:
    """All drawn panels, and the real one where it is."""
    return (MAIN, "S", *((REAL,) if real_file().exists() else ()), "L")


def real_file() -> Path:
    """Where the real panel is looked for."""
    return ROOT.parent / REAL_FILE


def steps(options: Options, scratch: Path, absent: dict[str, str]) -> Iterator[Step]:
    """The main panel first, with all that is done on it alone; what needs two panels last."""
    main, *others = _names(options.panels)

    def step(part: str, panel: str = main) -> Step:
        return Step(
            part=part,
            panel=panel,
            scratch=str(scratch),
            main=panel == main,
            quick=options.quick,
            file=_file(options.panels, panel),
            absent=absent,
        )

    if "bandwidth" in options.parts:
        yield step("bandwidth")
    if _needs_panel(options.parts):
        yield step("panel")
    yield from (step(part) for part in (*EVERYWHERE, *MAIN_ONLY) if part in options.parts)
    for panel in others:
        yield step("panel", panel)
        for part in EVERYWHERE:
            if part in options.parts and not (part == "kernels" and panel in WITHOUT_KERNELS):
                yield step(part, panel)
    if "scaling" in options.parts:
        yield step("scaling")


def _needs_panel(parts: tuple[str, ...]) -> bool:
    return bool(set(parts) - {"bandwidth", "start"})


def _names(panels: tuple[str, ...]) -> list[str]:
    """Names to call the panels by; the main one first, if it is among them."""
    names = [panel if panel in {*SIZES, REAL} else Path(panel).stem for panel in panels]
    return sorted(names, key=lambda name: name != MAIN)


def _file(panels: tuple[str, ...], name: str) -> str:
    """The file of a panel that is not drawn."""
    if name in SIZES:
        return ""
    found = [panel for panel in panels if panel != REAL and Path(panel).stem == name]
    return str(Path(found[0]).resolve()) if found else str(real_file())
