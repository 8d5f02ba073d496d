"""Columns that say nearly the same: the same up to sign, scale and a little noise."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from engine.catalog.judging import never_moves
from engine.catalog.model import FeatureInfo, Likeness
from engine.panel import Array, Panel

MOST = 20
"""So many near-duplicates of a column are named, the nearest first."""

_ALL_AT_ONCE = 1 << 31  # columns x columns x cells: about a second
_ONE_BY_ONE = 1 << 26  # columns x cells of all groups: about a second
_BLOCK = 1 << 18  # numbers of one block, which stays in the cache of the processor
_MARGIN = 0.05  # a sample may show less than all cells do
_FLAT = 1e-9  # sum of squared deviations below this share of the sum of squares: no variance

Places = npt.NDArray[np.intp]


class Scale(msgspec.Struct, frozen=True):
    """A column, what is subtracted from its values and what they are then divided by."""

    column: str
    mean: float
    sd: float


def near_duplicates(
    panel: Panel, infos: Sequence[FeatureInfo], least: float
) -> dict[str, tuple[Likeness, ...]]:
    """Of each feature those whose correlation with it is beyond +-least, the nearest first.

    It is over the cells present in both, which must be at least 3 and half of those of the sparser
    column; one that hardly varies there has none. Of very many columns a sample of the cells finds
    the pairs, and all cells, or an even sample where the pairs are thousands too, decide.
    """
    scales = [scale for info in infos if (scale := _scale(info))]
    cells = panel.shape[0] * panel.shape[1]
    if len(scales) ** 2 * cells <= _ALL_AT_ONCE:
        found = _among(panel, scales, None, least)
    else:
        found = _sampled(panel, scales, cells, least)
    return {
        scales[one].column: tuple(Likeness(scales[other].column, corr) for other, corr in alike)
        for one, alike in found
        if alike
    }


def _scale(info: FeatureInfo) -> Scale | None:
    """None for a column that does not vary, or whose variance is no float64."""
    if info.mean is None or not info.sd or never_moves(info):
        return None
    return Scale(info.name, info.mean, info.sd)


Alike = list[tuple[int, float]]
"""Numbers of columns and their correlations with another one, the nearest first."""


def _sampled(
    panel: Panel, scales: Sequence[Scale], cells: int, least: float
) -> Iterator[tuple[int, Alike]]:
    rng = np.random.default_rng(0)  # a regular step could meet the same symbols again and again
    places = np.unique(rng.integers(0, cells, max(_ALL_AT_ONCE // len(scales) ** 2, 64)))
    likely = [
        (one, [other for other, _ in alike])
        for one, alike in _among(panel, scales, places, max(least - _MARGIN, 0.0))
        if alike
    ]
    step = math.ceil(sum(1 + len(others) for _, others in likely) * cells / _ONE_BY_ONE)
    decide = None if step <= 1 else np.unique(rng.integers(0, cells, cells // step))
    for one, others in likely:
        group = [one, *others]
        _, alike = next(_among(panel, [scales[each] for each in group], decide, least))
        yield one, [(group[place], corr) for place, corr in alike]


def _among(
    panel: Panel, scales: Sequence[Scale], places: Places | None, least: float
) -> Iterator[tuple[int, Alike]]:
    """Of each column those like it over the cells at `places`, without them over all."""
    if len(scales) < 2:
        return
    sums = _Sums.of(_blocks(panel, scales, places), len(scales))
    counts = np.diag(sums.n)
    enough = sums.n >= np.maximum(np.minimum.outer(counts, counts) / 2, 3)
    corr = np.where(enough, sums.correlations(), np.nan)
    np.fill_diagonal(corr, np.nan)
    for one, row in enumerate(corr):
        others = np.flatnonzero(np.abs(row) > least)
        nearest = others[np.argsort(-np.abs(row[others]), kind="stable")][:MOST]
        yield one, [(other, float(row[other])) for other in nearest.tolist()]


class _Sums(msgspec.Struct, frozen=True, eq=False):
    """Sums over the cells present in both of two columns [columns x columns].

    n: how many; x: of the first; xx: of its squares; xy: of the products.
    """

    n: Array
    x: Array
    xx: Array
    xy: Array

    @classmethod
    def of(cls, blocks: Iterable[Array], columns: int) -> _Sums:
        """The sums of blocks [columns x some cells], NaN where missing."""
        sums = cls(*(np.zeros((columns, columns)) for _ in range(4)))
        for block in blocks:
            there = ~np.isnan(block)
            values, present = np.where(there, block, 0.0), there.astype(np.float64)
            sums.n[:] += present @ present.T
            sums.x[:] += values @ present.T
            sums.xx[:] += (values * values) @ present.T
            sums.xy[:] += values @ values.T
        return sums

    def correlations(self) -> Array:
        """Within +-1, without the noise of the last digits; NaN where a column hardly varies."""
        n = np.maximum(self.n, 1)
        squares = self.xx - self.x * self.x / n
        vary = (squares > _FLAT * self.xx) & (squares > _FLAT * self.xx).T
        with np.errstate(invalid="ignore", divide="ignore"):
            corr = (self.xy - self.x * self.x.T / n) / np.sqrt(squares * squares.T)
        return np.where(vary, np.clip(np.round(corr, 9), -1, 1), np.nan)


def _blocks(panel: Panel, scales: Sequence[Scale], places: Places | None) -> Iterator[Array]:
    """Standardised values [columns x some cells], NaN where missing."""
    flat = [panel.feature(scale.column).reshape(-1) for scale in scales]
    if places is not None:
        flat = [column[places] for column in flat]
    means = np.array([[scale.mean] for scale in scales])
    sds = np.array([[scale.sd] for scale in scales])
    width = max(_BLOCK // len(scales), 64)
    for start in range(0, len(flat[0]), width):
        yield (np.stack([column[start : start + width] for column in flat]) - means) / sds
