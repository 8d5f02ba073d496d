"""Deflated Sharpe ratios of all saved runs, as one column."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.stats.overfit import deflated_column
from engine.stats.performance import PERIODS_PER_YEAR
from engine.store.database import Database
from engine.store.mirror import Column, Mirror, Values, numbers, texts

FINGERPRINT = Column("fingerprint", texts)
SHARPE = Column("sharpe", numbers)
MOMENTS = tuple(Column(name, numbers) for name in ("ann_sharpe", "n", "skew", "kurtosis"))
_PERIODS = "SELECT fingerprint, json_extract(report_json, '$.periods_per_year') FROM datasets"

Codes = npt.NDArray[np.int64]


class Deflation:
    """The column, which changes with every trial: whoever tries more deflates all he has."""

    def __init__(self, db: Database, runs: Mirror, trials: Mirror) -> None:
        self._db = db
        self._runs = runs
        self._trials = trials
        self._state = (-1, -1)
        self._values: Values = np.empty(0)

    def values(self) -> Values:
        """Probabilities (DSR) in the order of the runs, NaN where there is none."""
        with self._db.lock:
            runs = self._runs.catch_up((FINGERPRINT, *MOMENTS))
            trials = self._trials.catch_up((FINGERPRINT, SHARPE))
            if self._state != (len(runs), len(trials)):
                self._values = self._compute()
                self._state = (len(runs), len(trials))
            return self._values

    def _compute(self) -> Values:
        index: dict[str, int] = {}
        of_runs = _codes(self._runs.read(FINGERPRINT), index)
        of_trials = _codes(self._trials.read(FINGERPRINT), index)
        tried = np.bincount(of_trials, minlength=len(index))
        dispersion = _dispersion(of_trials, self._trials.read(SHARPE), len(index))
        periods = np.full(len(index), PERIODS_PER_YEAR)
        for fingerprint, value in self._db.rows(_PERIODS):
            if fingerprint in index and value:
                periods[index[fingerprint]] = value
        sharpe, n, skew, kurtosis = (self._runs.read(column) for column in MOMENTS)
        return deflated_column(
            sharpe, n, skew, kurtosis, tried[of_runs], dispersion[of_runs], periods[of_runs]
        )


def _codes(fingerprints: Values, index: dict[str, int]) -> Codes:
    found = (index.setdefault(each, len(index)) for each in fingerprints)
    return np.fromiter(found, dtype=np.int64, count=len(fingerprints))


def _dispersion(codes: Codes, sharpes: Values, groups: int) -> Values:
    """Standard deviation (n - 1) of the Sharpe ratios of each group; NaN for fewer than two."""
    found = np.full(groups, np.nan)
    for group in range(groups):
        known = sharpes[(codes == group) & ~np.isnan(sharpes)]
        if len(known) > 1:
            found[group] = known.std(ddof=1)
    return found
