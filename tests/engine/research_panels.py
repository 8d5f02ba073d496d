"""A market that can be earned on: a hint of the coming returns, sectors, missing prices."""

from __future__ import annotations

import numpy as np

from engine.dsl.parse import parse
from engine.dsl.tree import Names, Node
from engine.panel import Panel

HINT = "cs_zscore(ts_mean(hint, 5))"


def hinted_panel(
    seed=0, dates=90, names=12, *, noise=0.03, ends=True, keep=slice(None), **columns
) -> Panel:
    """hint: the mean return of the next three dates in noise. Two names lose their price."""
    rng = np.random.default_rng(seed)
    moves = rng.normal(0, 0.02, (dates + 3, names))
    hint = (moves[1:-2] + moves[2:-1] + moves[3:]) / 3 + rng.normal(0, noise, (dates, names))
    price = np.exp(np.cumsum(moves[:dates], axis=0))
    if ends:
        price[dates // 2 :, 1] = np.nan
        price[2 * dates // 3 :, 4] = np.nan
        price[10:13, 2] = np.nan
    sectors = np.tile((np.arange(names) % 4) ** 2 % 3, (dates, 1)).astype(np.int32)
    features = {"close": price, "hint": hint, **columns}
    return Panel.from_arrays(
        "hinted",
        np.datetime64("2024-01-01") + np.arange(dates),
        np.array([f"S{i:02d}" for i in range(names)])[keep].tolist(),
        {name: values[:, keep] for name, values in features.items()},
        {"sector": (sectors[:, keep], ["mines", "banks", "ships"])},
    )


def expression(panel: Panel, text: str = HINT) -> Node:
    """The tree of `text` on the panel."""
    return parse(text, Names.of(panel))
