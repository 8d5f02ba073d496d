"""Saved strategies: listed, looked at, noted, exported."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import FromQuery, JSONBody

from app import exports, results
from app.messages import Certified, CertifyTask
from app.routes.given import Flag, Limit, Offset, Points, Text, TheLab, Word
from app.schemas import NoteRequest, Rerun, RerunRequest, Returns, Strategy, TagsRequest, Tearsheet
from engine.lookahead import Certificate
from engine.sheet import EquityCurve
from engine.store import StrategyPage


@get("/api/strategies", sync_to_thread=True, operation_id="strategies")
def strategies(
    lab: TheLab,
    limit: Limit = 50,
    offset: Offset = 0,
    order: FromQuery[str] = "-ann_sharpe",
    q: Text = None,
    filter: Text = None,  # noqa: A002  # the name of the query parameter
    dataset: Text = None,
    job: Text = None,
) -> StrategyPage:
    """A page of saved runs, sorted and filtered in the database."""
    return lab.store.strategies(
        limit, offset, order, dataset=dataset, q=q, job_id=job, filter=filter
    )


@get("/api/strategies/{expr_hash:str}", sync_to_thread=True, operation_id="strategy")
def strategy(lab: TheLab, expr_hash: Word, run: Text = None) -> Strategy:
    """A saved strategy: one of its runs in full, the newest unless told."""
    return results.strategy(lab, expr_hash, run)


@get("/api/strategies/{expr_hash:str}/curve", sync_to_thread=True, operation_id="curve")
def curve(
    lab: TheLab,
    expr_hash: Word,
    points: Points = 500,
    benchmark: Flag = False,  # noqa: FBT002  # a query parameter
    run: Text = None,
) -> EquityCurve:
    """The equity curve of a run, thinned to the points that keep its look."""
    return results.curve(results.found(lab, expr_hash, run), lab, points, benchmark=benchmark)


@get("/api/strategies/{expr_hash:str}/returns", sync_to_thread=True, operation_id="returns")
def returns(
    lab: TheLab,
    expr_hash: Word,
    parts: Flag = False,  # noqa: FBT002  # a query parameter
    run: Text = None,
) -> Returns:
    """Daily net returns of a run, with `parts` what they are made of."""
    return results.returns(results.found(lab, expr_hash, run), lab, parts=parts)


@get("/api/strategies/{expr_hash:str}/tearsheet", sync_to_thread=True, operation_id="tearsheet")
def tearsheet(lab: TheLab, expr_hash: Word, points: Points = 1000, run: Text = None) -> Tearsheet:
    """All series of a run."""
    return results.tearsheet(results.found(lab, expr_hash, run), lab, points)


@get("/api/strategies/{expr_hash:str}/export", sync_to_thread=True, operation_id="export")
def export(
    lab: TheLab,
    expr_hash: Word,
    format: FromQuery[exports.Format] = "csv",  # noqa: A002  # the name of the query parameter
    run: Text = None,
) -> Response[bytes]:
    """A run as a file: its daily series, a tear sheet, or a bundle that proves itself."""
    chosen = results.found(lab, expr_hash, run)
    return Response(
        exports.exported(lab, chosen, format),
        media_type=exports.MEDIA[format],
        headers={"Content-Disposition": f'attachment; filename="{chosen.expr_hash}.{format}"'},
    )


@post("/api/strategies/{expr_hash:str}/tags", status_code=200, sync_to_thread=True,
      operation_id="set_tags")  # fmt: skip
def set_tags(lab: TheLab, expr_hash: Word, data: JSONBody[TagsRequest]) -> Strategy:
    """Give a strategy these tags and no others."""
    lab.store.set_tags(lab.store.strategy(expr_hash).expr_hash, data.tags)
    return results.strategy(lab, expr_hash, None)


@post("/api/strategies/{expr_hash:str}/note", status_code=200, sync_to_thread=True,
      operation_id="set_note")  # fmt: skip
def set_note(lab: TheLab, expr_hash: Word, data: JSONBody[NoteRequest]) -> Strategy:
    """Give a strategy a note."""
    lab.store.set_note(lab.store.strategy(expr_hash).expr_hash, data.note)
    return results.strategy(lab, expr_hash, None)


@post("/api/strategies/{expr_hash:str}/lookahead", status_code=200, sync_to_thread=True,
      operation_id="certify")  # fmt: skip
def certify(lab: TheLab, expr_hash: Word) -> Certificate:
    """Prove that the strategy reads no later date, and keep the certificate."""
    chosen = results.found(lab, expr_hash, None)
    task = CertifyTask(view=lab.view_of(chosen.run.spec), expr=chosen.expr)
    certificate = lab.engine.ask(task, Certified).certificate
    lab.store.save_certificate(certificate)
    return certificate


@post("/api/strategies/{expr_hash:str}/rerun", status_code=200, sync_to_thread=True,
      operation_id="rerun")  # fmt: skip
def rerun(lab: TheLab, expr_hash: Word, data: JSONBody[RerunRequest]) -> Rerun:
    """Repeat a run on the version in use of its data set, and save it beside the old one."""
    return results.rerun(lab, results.found(lab, expr_hash, data.run), data.dataset)


ROUTES = [
    strategies, strategy, curve, returns, tearsheet, export, set_tags, set_note, certify, rerun,
]  # fmt: skip
