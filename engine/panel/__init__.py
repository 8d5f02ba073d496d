"""One data set as matrices [dates x symbols], in memory or mapped from its folder."""

from __future__ import annotations

from engine.panel.folder import open_panel
from engine.panel.grid import Array, Codes, Days, fingerprint, simple_returns
from engine.panel.model import Panel
from engine.panel.roles import choose_price, choose_universe, domain_of

__all__ = [
    "Array",
    "Codes",
    "Days",
    "Panel",
    "choose_price",
    "choose_universe",
    "domain_of",
    "fingerprint",
    "open_panel",
    "simple_returns",
]
