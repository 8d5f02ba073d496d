"""How metrics are worded, and the tear sheet: one page that needs nothing but itself."""

from __future__ import annotations

from html import escape

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

from app.cli.screen import number, percent
from engine.stats.performance import CONVENTIONS, Metrics
from engine.store import Run, StrategyDetail

Array = npt.NDArray[np.float64]

SHARES = frozenset(
    {
        "total_return",
        "ann_return",
        "ann_vol",
        "max_dd",
        "var_95",
        "cvar_95",
        "hit_rate",
        "best_day",
        "worst_day",
        "turnover",
        "cost_drag",
        "ulcer",
        "gross_exposure",
        "net_exposure",
    }
)
"""Metrics that are shown in percent."""

LABELS = {
    "ann_return": "return per year",
    "ann_vol": "volatility per year",
    "ann_sharpe": "Sharpe ratio",
    "sortino": "Sortino ratio",
    "max_dd": "maximum drawdown",
    "calmar": "Calmar ratio",
    "hit_rate": "days up",
    "turnover": "turnover per day",
    "cost_drag": "costs per year",
    "break_even_bps": "break-even cost, bps",
    "gross_exposure": "gross exposure",
    "net_exposure": "net exposure",
    "names": "names held",
    "n": "days measured",
}
_WIDTH, _HEIGHT, _POINTS = 900, 260, 900
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem;
  color: #1a1c1e; background: #fff; }
h1 { font-size: 1.2rem; } code { overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
td, th { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #e3e5e8;
  vertical-align: top; }
td.value { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
svg { width: 100%; height: auto; } .muted, small { color: #5c6570; }
.line { fill: none; stroke: #1f5fbf; stroke-width: 1.5; } .fall { fill: #c2453a; opacity: .75; }
.axis { stroke: #b9c0c8; stroke-width: 1; } text { font-size: 12px; fill: #5c6570; }
"""


def headline(metrics: Metrics) -> list[tuple[str, str]]:
    """The metrics a reader asks for first."""
    return [(LABELS[name], shown(metrics, name)) for name in LABELS]


def shown(metrics: Metrics, name: str) -> str:
    """One metric as a text."""
    value: float | None = getattr(metrics, name)
    if name == "n":
        return number(value, 0)
    return percent(value, 2) if name in SHARES else number(value)


def tear_sheet(detail: StrategyDetail, run: Run, daily: pl.DataFrame) -> str:
    """A run as one HTML page: metrics with their conventions, equity and drawdown."""
    dates = daily["date"].to_list()
    equity = daily["equity"].to_numpy()
    fall = equity / np.maximum(np.maximum.accumulate(equity), 1) - 1
    span = f"{dates[0]} to {dates[-1]}"
    facts = (detail.expr_hash, run.dataset, span, f"complexity {detail.complexity_score:.1f}")
    about = " &middot; ".join(map(escape, facts))
    parts = "\n".join(
        (
            f"<h1><code>{escape(detail.expr)}</code></h1>",
            f"<p class='muted'>{about}</p>",
            _caution(run),
            "<h2>Equity, starting at 1</h2>",
            _chart(equity, dates, filled=False),
            "<h2>Drawdown</h2>",
            _chart(fall, dates, filled=True),
            "<h2>Metrics</h2>",
            _metrics_table(run.metrics),
            "<h2>How it was traded</h2>",
            _params_table(run),
            "<p class='muted'>Made by Kvant. Past returns of a backtest promise nothing.</p>",
        )
    )
    return (
        "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>"
        f"<title>{escape(detail.expr_hash)}</title><style>{_STYLE}</style></head>"
        f"<body>\n{parts}\n</body></html>\n"
    )


def _caution(run: Run) -> str:
    texts = []
    if not run.tradable:
        texts.append("Not tradable: the execution lag of 0 looks ahead.")
    if run.ruined:
        texts.append("Ruined: the account lost everything.")
    return "".join(f"<p><strong>{text}</strong></p>" for text in texts)


def _metrics_table(metrics: Metrics) -> str:
    rows = "\n".join(
        f"<tr><td>{escape(LABELS.get(name, name.replace('_', ' ')))}</td>"
        f"<td class='value'>{escape(shown(metrics, name))}</td>"
        f"<td><small>{escape(CONVENTIONS.get(name, ''))}</small></td></tr>"
        for name in Metrics.__struct_fields__
    )
    return f"<table><tr><th>metric</th><th></th><th>convention</th></tr>\n{rows}</table>"


def _params_table(run: Run) -> str:
    values = {
        **msgspec.to_builtins(run.spec.params),
        "price": run.spec.price,
        "lags": run.spec.lags or "none",
        "last date looked at": run.spec.last_date,
        "data set fingerprint": run.spec.fingerprint,
        "engine version": run.spec.engine_version,
        "run": run.run_id,
        "saved": run.created_at,
    }
    rows = "\n".join(
        f"<tr><td>{escape(name)}</td><td>{escape(str(value))}</td></tr>"
        for name, value in values.items()
    )
    return f"<table>{rows}</table>"


def _chart(values: Array, dates: list[object], *, filled: bool) -> str:
    """A line, or the area between it and 0, as inline SVG."""
    x, y = _thinned(values)
    low, high = float(min(y.min(), 0 if filled else y.min())), float(max(y.max(), y.min() + 1e-9))
    left = 10 + x / max(len(values) - 1, 1) * (_WIDTH - 80)
    top = 10 + (high - y) / max(high - low, 1e-9) * (_HEIGHT - 40)
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(left, top, strict=True))
    zero = 10 + (high - 0) / max(high - low, 1e-9) * (_HEIGHT - 40)
    shape = (
        f"<polygon class='fall' points='10,{zero:.1f} {points} {left[-1]:.1f},{zero:.1f}'/>"
        if filled
        else f"<polyline class='line' points='{points}'/>"
    )
    label = "{:.0%}" if filled else "{:.2f}"
    edge = _WIDTH - 66
    return (
        f"<svg viewBox='0 0 {_WIDTH} {_HEIGHT}' role='img'>"
        f"<line class='axis' x1='10' x2='{edge - 4}' y1='{_HEIGHT - 30}' y2='{_HEIGHT - 30}'/>"
        f"{shape}"
        f"<text x='{edge}' y='18'>{label.format(high)}</text>"
        f"<text x='{edge}' y='{_HEIGHT - 32}'>{label.format(low)}</text>"
        f"<text x='10' y='{_HEIGHT - 12}'>{dates[0]}</text>"
        f"<text x='{edge - 4}' y='{_HEIGHT - 12}' text-anchor='end'>{dates[-1]}</text></svg>"
    )


def _thinned(values: Array) -> tuple[Array, Array]:
    """At most two points per pixel column, its lowest and its highest, and both ends."""
    n = len(values)
    if n <= 2 * _POINTS:
        return np.arange(n, dtype=np.float64), values
    keep = {0, n - 1}
    for block in np.array_split(np.arange(n), _POINTS):
        part = values[block]
        keep |= {int(block[part.argmin()]), int(block[part.argmax()])}
    index = np.array(sorted(keep))
    return index.astype(np.float64), values[index]
