"""An expression backtested while its author waits."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

from litestar import Request, post
from litestar.params import JSONBody

from app.lab import Lab
from app.messages import BacktestTask, Tested
from app.routes.given import TheLab
from app.schemas import BacktestAnswer, BacktestRequest, Timing
from engine.dsl.parse import parse
from engine.dsl.tree import to_text
from engine.errors import CancelledError, EngineError
from engine.strategy import refused, run_id

POINTS = 1000
NOT_TRIED = {"engine", "busy", CancelledError.code}
"""Ends of an order that say nothing about the expression."""


@post("/api/backtest", status_code=200, operation_id="backtest")
async def backtest(
    lab: TheLab, data: JSONBody[BacktestRequest], request: Request[Any, Any, Any]
) -> BacktestAnswer:
    """What the expression came to. It is a row of the trial ledger, saved or not.

    The work is dropped when the client goes away.
    """
    stop = threading.Event()
    work = asyncio.create_task(asyncio.to_thread(_backtest, lab, data, stop))
    gone = asyncio.create_task(_disconnected(request))
    try:
        await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            stop.set()
        return await work
    finally:
        stop.set()
        gone.cancel()


async def _disconnected(request: Request[Any, Any, Any]) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _backtest(lab: Lab, data: BacktestRequest, stop: threading.Event) -> BacktestAnswer:
    begun = time.perf_counter()
    view = lab.view(data.dataset, data.price, data.domain_lags)
    node = parse(data.expr, lab.workspace.names(view.name))
    task = BacktestTask(view=view, expr=to_text(node), params=data.params, points=POINTS)
    try:
        tested = lab.engine.ask(task, Tested, stop)
    except EngineError as error:
        if error.code in NOT_TRIED:
            raise
        lab.note_failure(view, data.params, refused(node, error.message))
        raise
    outcome = tested.outcome
    assert outcome.metrics is not None
    lab.store.record(None, view.name, tested.spec, [outcome], source="backtest", keep=data.persist)
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
