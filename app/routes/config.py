"""What an expression can be made of."""

from __future__ import annotations

from typing import Literal

from litestar import get, post
from litestar.params import JSONBody

from app.routes.given import Text, TheLab
from app.schemas import (
    Check,
    CheckRequest,
    Convention,
    ConventionPage,
    Diagnostic,
    Features,
    Primitive,
    PrimitivePage,
)
from engine.dsl.complexity import complexity
from engine.dsl.ops import OPS, Op, Param
from engine.dsl.ops.registry import window
from engine.dsl.parse import Finding, read
from engine.dsl.tree import columns, expr_hash, lookback, to_text
from engine.errors import ExprError
from engine.stats.performance import CONVENTIONS

_MISSING = {
    "row": "Missing where an argument is missing.",
    "time": "Missing where today's value or the earlier one is.",
    "cross": "Missing symbols are left out of the comparison and stay missing.",
    "group": "Missing symbols, and those without a group, are left out and stay missing.",
}
_WINDOW = "Needs a full window of dates, at least half of them present{}."


@get("/api/config/features", sync_to_thread=True, operation_id="features")
def features(lab: TheLab, dataset: Text = None) -> Features:
    """The columns of a data set, over the dates before its lockbox."""
    name = lab.workspace.dataset(dataset).name
    infos = lab.catalog(name)
    return Features(dataset=name, items=infos, total=len(infos))


@get("/api/config/primitives", sync_to_thread=False, operation_id="primitives")
def primitives() -> PrimitivePage:
    """The operators, in alphabetical order."""
    items = tuple(_primitive(OPS[name]) for name in sorted(OPS))
    return PrimitivePage(items=items, total=len(items))


@get("/api/config/metrics", sync_to_thread=False, operation_id="conventions")
def conventions() -> ConventionPage:
    """What each metric means."""
    items = tuple(Convention(name, text) for name, text in CONVENTIONS.items())
    return ConventionPage(items=items, total=len(items))


@post("/api/config/check", status_code=200, sync_to_thread=True, operation_id="check")
def check(lab: TheLab, data: JSONBody[CheckRequest]) -> Check:
    """How the engine reads an expression, or where it cannot."""
    names = lab.workspace.names(data.dataset)
    try:
        reading = read(data.expr, names, data.dialect)
    except ExprError as error:
        found = Diagnostic(
            start=error.start, end=error.end, severity="error", message=error.message,
            suggestions=error.suggestions,
        )  # fmt: skip
        return Check(ok=False, diagnostics=(found,))
    node = reading.node
    parts, days = complexity(node), lookback(node)
    return Check(
        ok=True,
        canonical=to_text(node),
        expr_hash=expr_hash(node),
        complexity=parts,
        complexity_score=parts.score,
        lookback=days,
        all_history=days is None,
        features=tuple(columns(node)),
        diagnostics=(
            *(_diagnostic(each, "warning") for each in reading.warnings),
            *(_diagnostic(each, "info") for each in reading.notes),
        ),
    )


def _diagnostic(found: Finding, severity: Literal["warning", "info"]) -> Diagnostic:
    return Diagnostic(start=found.start, end=found.end, severity=severity, message=found.message)


def _primitive(op: Op) -> Primitive:
    return Primitive(
        name=op.name,
        aliases=op.aliases,
        axis=op.axis.value,
        signature=op.usage,
        help=op.doc,
        params=op.params,
        options=op.options,
        open=op.open,
        keywords=dict(op.keywords),
        lookback=_lookback(op),
        missing=_missing(op),
        cost=op.cost,
        infix=op.infix[0] if op.infix else None,
        examples=op.examples,
        weight=op.weight,
    )


def _missing(op: Op) -> str:
    """What the operator does with missing values."""
    least = f" and never fewer than {op.minimum}" if op.minimum > 1 else ""
    usual = _WINDOW.format(least) if op.lookback is window else _MISSING[op.axis.value]
    return op.missing or usual


def _lookback(op: Op) -> str:
    """How far back the operator reads, told from its typical arguments."""
    literals = [p for p in op.params if p.kind in {"int", "number"}]
    values = [_some_value(p) for p in literals]
    days = op.lookback(
        *(int(v) if p.kind == "int" else v for p, v in zip(literals, values, strict=True))
    )
    if days is None:
        return "all earlier dates"
    if not days:
        return "the same date only"
    windows = [p.name for p in literals if p.days]
    verb = "spans" if len(windows) == 1 else "span"
    return f"the dates that {' and '.join(windows)} {verb}" if windows else f"{days} earlier dates"


def _some_value(param: Param) -> float:
    """A value of the kind people give, and no window so short that it reads no earlier date."""
    if param.days:
        return max(2.0, param.low or 0.0)
    return param.typical[0] if param.typical else param.default or param.low or 1


ROUTES = [features, primitives, conventions, check]
