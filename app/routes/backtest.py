"""An expression backtested while its author waits."""

from __future__ import annotations

import threading
import time
from typing import Any

from litestar import Request, post
from litestar.params import JSONBody

from app.lab import Lab
from app.routes.given import TheLab, unless_gone
from app.schemas import BacktestAnswer, BacktestRequest, Timing
from engine.dsl.parse import parse
from engine.strategy import run_id


@post("/api/backtest", status_code=200, operation_id="backtest")
async def backtest(
    lab: TheLab, data: JSONBody[BacktestRequest], request: Request[Any, Any, Any]
) -> BacktestAnswer:
    """What the expression came to. It is a row of the trial ledger, saved or not.

    The work is dropped when the client goes away.
    """
    stop = threading.Event()
    return await unless_gone(request, stop, _backtest, lab, data, stop)


def _backtest(lab: Lab, data: BacktestRequest, stop: threading.Event) -> BacktestAnswer:
    begun = time.perf_counter()
    view = lab.view(data.dataset, data.price, data.domain_lags)
    node = parse(data.expr, lab.workspace.names(view.name))
    tested = lab.backtest(view, node, data.params, keep=data.persist, stop=stop)
    outcome = tested.outcome
    assert outcome.metrics is not None
    return BacktestAnswer(
        expr_hash=outcome.expr_hash,
        expr=outcome.expr,
        run_id=run_id(outcome.expr_hash, tested.spec),
        dataset=view.name,
        params=tested.spec.params,
        metrics=outcome.metrics,
        complexity=outcome.complexity,
        complexity_score=outcome.complexity.score,
        tradable=outcome.tradable,
        ruined=outcome.ruined,
        persisted=data.persist,
        curve=tested.curve,
        sheet=tested.sheet,
        events=tested.events,
        warnings=tested.caveats,
        timing=Timing(tested.engine_ms, (time.perf_counter() - begun) * 1e3),
    )


ROUTES = [backtest]
