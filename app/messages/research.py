"""Questions about how far saved results can be trusted, and their answers."""

from __future__ import annotations

import datetime as dt

import msgspec
import numpy as np

from app.messages.view import View
from engine.book import BookParams
from engine.research.blend import Netted
from engine.research.explain import Explained, Holdings
from engine.research.robustness import Robustness
from engine.stats.clusters import EffectiveTrials
from engine.stats.exposure import Exposures
from engine.stats.factor import Factor
from engine.stats.pbo import Pbo
from engine.stats.performance import Array
from engine.stats.portfolio import Portfolio
from engine.stats.validation import Method, Validation
from engine.strategy import Outcome


class Table(msgspec.Struct, frozen=True):
    """Daily net returns [dates x series] as raw bytes: days since 1970 and the values, by row.

    `kind` is the NumPy type of the values.
    """

    days: bytes
    values: bytes
    width: int
    kind: str = "<f8"

    @classmethod
    def of(cls, dates: np.ndarray, values: np.ndarray, kind: str = "<f8") -> Table:
        """The table of `values` [dates x series]."""
        days = dates.astype("datetime64[D]").astype("<i8")
        return cls(days.tobytes(), values.astype(kind).tobytes(), values.shape[1], kind)

    @property
    def dates(self) -> np.ndarray:
        """Its dates."""
        return np.frombuffer(self.days, "<i8").astype("datetime64[D]")

    @property
    def returns(self) -> Array:
        """Its values as float64."""
        flat = np.frombuffer(self.values, self.kind).astype(np.float64)
        return flat.reshape(-1, self.width)


class RunTask(msgspec.Struct, frozen=True, kw_only=True):
    """A question about one run: the data as it saw them, the expression, the parameters."""

    view: View
    expr: str
    params: BookParams


class FactorTask(RunTask, frozen=True, kw_only=True, tag="factor"):
    """The signal as a predictor over `horizons`; series thinned to `points`."""

    horizons: tuple[int, ...]
    category: str | None
    points: int


class RobustTask(RunTask, frozen=True, kw_only=True, tag="robust"):
    """The robustness table."""


class ExplainTask(RunTask, frozen=True, kw_only=True, tag="explain"):
    """One day, name by name."""

    date: dt.date


class HoldingsTask(RunTask, frozen=True, kw_only=True, tag="holdings"):
    """What was held."""

    points: int


class RepeatTask(RunTask, frozen=True, kw_only=True, tag="repeat"):
    """The run made again, to be compared with what was saved."""


class EffectiveTask(msgspec.Struct, frozen=True, kw_only=True, tag="effective"):
    """The effective number of `trials` trials, of which `table` has the series of some."""

    table: Table
    trials: int


class PboTask(msgspec.Struct, frozen=True, kw_only=True, tag="pbo"):
    """PBO of the candidates of a search."""

    table: Table
    periods: float
    seed: int


class ValidationTask(msgspec.Struct, frozen=True, kw_only=True, tag="validation"):
    """Validation of one candidate, or of the choice among several."""

    table: Table
    method: Method
    folds: int
    purge: int
    embargo: int
    periods: float


class TogetherTask(msgspec.Struct, frozen=True, kw_only=True, tag="together"):
    """Several strategies on their common dates."""

    table: Table
    weights: tuple[float, ...] | None
    periods: float


class NettedTask(msgspec.Struct, frozen=True, kw_only=True, tag="netted"):
    """Several strategies traded as one book."""

    view: View
    exprs: tuple[str, ...]
    params: tuple[BookParams, ...]
    weights: tuple[float, ...]


class Measured(msgspec.Struct, frozen=True, kw_only=True, tag="measured"):
    """A signal as a predictor; the thinned series as in `FactorSheet`."""

    factor: Factor
    exposures: Exposures
    dates: tuple[dt.date, ...]
    cumulative_ic: tuple[float, ...]
    cumulative_spread: tuple[float, ...]
    cumulative_quantiles: tuple[tuple[float, ...], ...]


class Stressed(msgspec.Struct, frozen=True, tag="stressed"):
    """A robustness table, and the neighbours that were tried for it."""

    robustness: Robustness
    tried: tuple[Outcome, ...]


class Explanation(msgspec.Struct, frozen=True, tag="explanation"):
    """One day."""

    explained: Explained


class Held(msgspec.Struct, frozen=True, tag="held"):
    """What was held."""

    holdings: Holdings


class Repeated(msgspec.Struct, frozen=True, tag="repeated"):
    """What came out again, and by which engine version and kernels."""

    outcome: Outcome
    engine_version: int
    kernels: str


class Counted(msgspec.Struct, frozen=True, tag="counted"):
    """The effective number of trials."""

    effective: EffectiveTrials


class Judged(msgspec.Struct, frozen=True, tag="judged"):
    """PBO."""

    pbo: Pbo


class Validated(msgspec.Struct, frozen=True, tag="validated"):
    """A validation."""

    validation: Validation


class Together(msgspec.Struct, frozen=True, tag="together"):
    """Strategies seen together."""

    portfolio: Portfolio


class OneBook(msgspec.Struct, frozen=True, tag="one_book"):
    """Strategies traded as one book."""

    netted: Netted


Research = (
    FactorTask
    | RobustTask
    | ExplainTask
    | HoldingsTask
    | RepeatTask
    | EffectiveTask
    | PboTask
    | ValidationTask
    | TogetherTask
    | NettedTask
)
Finding = (
    Measured
    | Stressed
    | Explanation
    | Held
    | Repeated
    | Counted
    | Judged
    | Validated
    | Together
    | OneBook
)
