"""How far a saved strategy can be trusted, and strategies seen together."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from litestar import delete, get, post
from litestar.params import FromQuery, JSONBody, QueryParameter

from app import compare, results, studies
from app.routes.given import Points, Text, TheLab, Word
from app.schemas import RerunRequest, Strategy
from app.schemas.research import (
    CompareRequest,
    Comparison,
    DayPositions,
    FactorSheet,
    Overfitting,
    Profiles,
    SimilarPage,
    Stress,
    Verified,
)
from engine.errors import ParamError
from engine.research.explain import Explained, Holdings
from engine.stats.validation import Method, Validation

HORIZONS = "1,5,10,20"


@get("/api/strategies/{expr_hash:str}/overfitting", sync_to_thread=True,
     operation_id="overfitting")  # fmt: skip
def overfitting(lab: TheLab, expr_hash: Word, run: Text = None) -> Overfitting:
    """How much of the Sharpe ratio of a run is luck."""
    return studies.overfitting(lab, results.found(lab, expr_hash, run))


@get("/api/strategies/{expr_hash:str}/validation", sync_to_thread=True,
     operation_id="validation")  # fmt: skip
def validation(
    lab: TheLab,
    expr_hash: Word,
    method: FromQuery[Method] = "walk_forward",
    folds: Annotated[int, QueryParameter(ge=2, le=20)] = 5,
    embargo: Annotated[int, QueryParameter(ge=0, le=500)] = 5,
    run: Text = None,
) -> Validation:
    """A run in folds: walk-forward, or purged and embargoed cross-validation."""
    return studies.validation(lab, results.found(lab, expr_hash, run), method, folds, embargo)


@get("/api/strategies/{expr_hash:str}/factor", sync_to_thread=True, operation_id="factor")
def factor(
    lab: TheLab,
    expr_hash: Word,
    horizons: FromQuery[str] = HORIZONS,
    category: Text = None,
    points: Points = 400,
    run: Text = None,
) -> FactorSheet:
    """The signal of a run as a predictor of later returns, and what simple factors explain."""
    it = results.found(lab, expr_hash, run)
    return studies.factor_sheet(lab, it, _horizons(horizons), category, points)


@get("/api/strategies/{expr_hash:str}/robustness", sync_to_thread=True, operation_id="robustness")
def robustness(lab: TheLab, expr_hash: Word, run: Text = None) -> Stress:
    """The robustness table of a run, as it was worked out last."""
    return studies.stress(lab, results.found(lab, expr_hash, run))


@post("/api/strategies/{expr_hash:str}/robustness", status_code=200, sync_to_thread=True,
      operation_id="make_robustness")  # fmt: skip
def make_robustness(lab: TheLab, expr_hash: Word, data: JSONBody[RerunRequest]) -> Stress:
    """Work out the robustness table of a run; neighbours become rows of the trial ledger."""
    return studies.make_stress(lab, results.found(lab, expr_hash, data.run))


@get("/api/strategies/{expr_hash:str}/explain", sync_to_thread=True, operation_id="explain")
def explain(lab: TheLab, expr_hash: Word, date: FromQuery[dt.date], run: Text = None) -> Explained:
    """One day of a run, name by name; the parts add up to the day's return."""
    return studies.explained(lab, results.found(lab, expr_hash, run), date)


@get("/api/strategies/{expr_hash:str}/positions", sync_to_thread=True, operation_id="positions_of")
def positions_of(
    lab: TheLab, expr_hash: Word, date: FromQuery[dt.date], run: Text = None
) -> DayPositions:
    """What a run held after the close of a date."""
    return studies.positions(lab, results.found(lab, expr_hash, run), date)


@get("/api/strategies/{expr_hash:str}/holdings", sync_to_thread=True, operation_id="holdings")
def holdings(lab: TheLab, expr_hash: Word, points: Points = 500, run: Text = None) -> Holdings:
    """What a run held."""
    return studies.held(lab, results.found(lab, expr_hash, run), points)


@get("/api/strategies/{expr_hash:str}/conventions", sync_to_thread=True,
     operation_id="conventions_of")  # fmt: skip
def conventions_of(lab: TheLab, expr_hash: Word, run: Text = None) -> Profiles:
    """The metrics of a run in the words of each convention."""
    return studies.profiles(lab, results.found(lab, expr_hash, run))


@get("/api/strategies/{expr_hash:str}/similar", sync_to_thread=True, operation_id="similar")
def similar(
    lab: TheLab,
    expr_hash: Word,
    limit: Annotated[int, QueryParameter(ge=1, le=100)] = 20,
    run: Text = None,
) -> SimilarPage:
    """The saved runs on the same data whose daily returns correlate most with a run's."""
    return studies.similar(lab, results.found(lab, expr_hash, run), limit)


@post("/api/strategies/{expr_hash:str}/verify", status_code=200, sync_to_thread=True,
      operation_id="verify")  # fmt: skip
def verify(lab: TheLab, expr_hash: Word, data: JSONBody[RerunRequest]) -> Verified:
    """Make a run again and compare the bytes."""
    return studies.verified(lab, results.found(lab, expr_hash, data.run))


@delete("/api/strategies/{expr_hash:str}", status_code=204, sync_to_thread=True,
        operation_id="hide_strategy")  # fmt: skip
def hide_strategy(lab: TheLab, expr_hash: Word) -> None:
    """Take a strategy out of the lists; it can be put back, and its trials stay in the ledger."""
    lab.store.hide(lab.store.strategy(expr_hash).expr_hash)


@post("/api/strategies/{expr_hash:str}/restore", status_code=200, sync_to_thread=True,
      operation_id="restore_strategy")  # fmt: skip
def restore_strategy(lab: TheLab, expr_hash: Word) -> Strategy:
    """Put a strategy back into the lists."""
    lab.store.unhide(lab.store.strategy(expr_hash).expr_hash)
    return results.strategy(lab, expr_hash, None)


@post("/api/compare", status_code=200, sync_to_thread=True, operation_id="compare_strategies")
def compare_strategies(lab: TheLab, data: JSONBody[CompareRequest]) -> Comparison:
    """Strategies on their common dates: curves, correlation, marginal value, blends."""
    return compare.compare(lab, data)


def _horizons(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",")]
    if not 1 <= len(parts) <= 10 or not all(part.isdecimal() and len(part) < 5 for part in parts):
        raise ParamError(f"The horizons are {text[:40]!r}; write up to ten numbers such as 1,5,10.")
    return tuple(int(part) for part in parts)


ROUTES = [
    overfitting, validation, factor, robustness, make_robustness, explain, positions_of, holdings,
    conventions_of, similar, verify, hide_strategy, restore_strategy, compare_strategies,
]  # fmt: skip
