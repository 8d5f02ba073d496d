"""A report with every part, and with hostile words wherever a user may have written them."""

from __future__ import annotations

import datetime as dt

import msgspec
import numpy as np
import polars as pl

from app.report import report_of
from engine.book import BookParams
from engine.dsl.complexity import Complexity
from engine.lookahead import Certificate
from engine.research.explain import Holding, Holdings
from engine.research.robustness import GroupVerdict, Robustness, Variant
from engine.stats.bootstrap import Interval
from engine.stats.clusters import EffectiveTrials
from engine.stats.exposure import Exposure, Exposures
from engine.stats.factor import Breakdown, Coefficient, Factor, Horizon, Quantiles
from engine.stats.overfit import Deflated
from engine.stats.pbo import Pbo, Split
from engine.stats.performance import Metrics, performance
from engine.stats.validation import Figures, Fold, Halves, Span, Validation
from engine.store import Run, StrategyDetail
from engine.strategy import RunSpec

NASTY = "</td><script>alert(1)</script><img src=x onerror=alert(2)>\"'&\u202e\x00"
DAY = dt.date(2021, 6, 1)
COST, TURNOVER = 0.0001, 0.2


def frame_of(net, first=dt.date(2019, 1, 1), turnover=TURNOVER):
    """The daily frame of net returns on consecutive days."""
    net = np.asarray(net, dtype=np.float64)
    n = len(net)
    with np.errstate(over="ignore"):
        equity = np.cumprod(1 + net)
    return pl.DataFrame(
        {
            "date": [first + dt.timedelta(days=i) for i in range(n)],
            "gross": net + COST,
            "cost": np.full(n, COST),
            "borrow": np.zeros(n),
            "net": net,
            "turnover": np.full(n, turnover),
            "equity": equity,
        }
    )


def made(net, *, word="plain", benchmark=None, turnover=TURNOVER, **changes):
    """A report of net returns with none of the optional parts; `word` stands for the user's."""
    metrics = performance(np.asarray(net)) if turnover else Metrics()
    if turnover:
        metrics = msgspec.structs.replace(
            metrics, turnover=turnover, holding_period=1 / turnover, cost_drag=COST * 252,
            break_even_bps=3.5, gross_exposure=0.98, net_exposure=0.01, names=42.0, fitness=0.7,
            margin=0.0004,
        )  # fmt: skip
    spec = RunSpec(
        fingerprint=word, price=word, last_date=DAY, lags={word: 1},
        params=BookParams(neutralize=word), kernels=word,
    )  # fmt: skip
    run = Run(
        run_id="0123456789abcdef", dataset=word, spec=spec, metrics=metrics,
        created_at="2024-02-29T12:00:00Z", **{"tradable": True, "ruined": False, **changes},
    )  # fmt: skip
    detail = StrategyDetail(
        expr_hash="abc123def456", expr=f"feat({word!r})", complexity=Complexity(*[1] * 11),
        complexity_score=5.25, created_at="2024-02-28T12:00:00Z", runs=(run,), tags=(word,),
        note=word,
    )  # fmt: skip
    name = word if benchmark is not None else None
    return report_of(
        detail, run, frame_of(net, turnover=turnover), benchmark=benchmark, benchmark_name=name
    )


def full(net, word="plain"):
    """A report with every part."""
    benchmark = np.random.default_rng(5).normal(0.0002, 0.008, len(net))
    report = made(net, word=word, benchmark=benchmark, tradable=False, ruined=True)
    proof = Certificate(
        expr_hash="x", passed=False, cuts=20, seed=0, first_difference=DAY, how=word
    )
    return msgspec.structs.replace(
        report,
        detail=msgspec.structs.replace(report.detail, lookahead=proof),
        **parts(word),
        lockbox=f"The lockbox is {word}.",
        openings=3,
    )


def parts(word):
    """All optional parts."""
    figures = Figures(
        n=200, ann_return=0.1, ann_vol=0.2, ann_sharpe=0.51, max_dd=-0.3, hit_rate=0.5
    )
    deflated = Deflated(
        probability=0.612, expected_best=1.85, trials=1234, dispersion=0.77, psr=0.983,
        min_trl_days=432.1,
    )  # fmt: skip
    held = Holding(
        symbol=word,
        group=word,
        mean_weight=0.03,
        largest_weight=-0.06,
        days=321,
        contribution=0.124,
    )
    span = Span(dt.date(2019, 1, 1), dt.date(2019, 12, 31))
    fold = Fold(
        number=1, train=(span,), test=Span(DAY, DAY), left_out=2, chosen=6, in_sample=figures,
        out_of_sample=figures,
    )  # fmt: skip
    days = [dt.date(2019, 1, 1), dt.date(2019, 7, 1), dt.date(2020, 1, 1)]
    return {
        "holdings": Holdings(
            dates=days, gross_exposure=[0.0, 1.0, 0.9], net_exposure=[0.0, 0.1, -0.1],
            names=[0.0, 40.0, 41.0], turnover=[0.0, 0.1, 0.2], cost=[0.0, 0.001, 0.0],
            largest_share=[None, 0.05, 0.06], best=(held,), worst=(held,), names_traded=77,
            coverage=0.91,
        ),
        "factor": factor(word),
        "exposures": Exposures(
            n=700, alpha=0.031, alpha_t=1.4, r2=0.42, residual_sharpe=0.66,
            factors=tuple(
                Exposure(factor=f, beta=0.5, t=2.5, ann_sharpe=0.3, correlation=None)
                for f in ("market", "momentum", word)
            ),
        ),
        "robustness": Robustness(
            ann_sharpe=0.9, ann_return=0.1, max_dd=-0.2, turnover=0.2, break_even_bps=7.7,
            variants=(
                Variant(group="neighbours", label=word, expr=word, ann_sharpe=0.5, kept=0.56,
                        verdict="weakens"),
                Variant(group="universe", label="half", verdict="unknown", error=word),
            ),
            groups=(GroupVerdict(group="neighbours", verdict="weakens", text=word),),
            verdict="weakens", engine_version=3,
        ),
        "deflated": deflated,
        "deflated_effective": msgspec.structs.replace(deflated, probability=0.743),
        "effective": EffectiveTrials(
            trials=1234, measured=1000, clusters=88, effective=322.0, alike=0.7,
            mean_correlation=None,
        ),
        "zero_skill_best": 1.33,
        "interval": Interval(
            low=-0.12, high=1.95, median=0.9, share_below_zero=0.07, level=0.9, block=12.5,
            draws=2000, seed=1,
        ),
        "pbo": Pbo(
            pbo=0.41, low=0.2, high=0.63, draws=200, strategies=50, dates=700, blocks=10,
            splits=252, logit_mean=0.1, logit_median=0.2, prob_oos_loss=0.35, slope=-0.1,
            intercept=0.2, points=(Split(1.0, 0.5), Split(2.0, -1.0)),
        ),
        "halves": Halves(share=0.3, boundary=DAY, in_sample=figures, out_of_sample=figures),
        "validation": Validation(
            method="purged", count=1, purge=1, embargo=0, candidates=50, folds=(fold,),
            in_sample=1.9, out_of_sample=figures, degradation=0.27, switches=0, dates=[DAY],
            equity=[1.0],
        ),
    }  # fmt: skip


def factor(word):
    """A signal as a forecast."""
    coefficient = Coefficient(mean=0.031, sd=0.1, icir=0.31, t=3.4, n=600, daily=[])
    quantiles = Quantiles(
        means=[-0.001, 0.0, None, 0.001, 0.002], turnover=[0.1, 0.2, 0.3, 0.2, 0.1], spread=0.003,
        spread_t=2.2, monotonicity=0.9, daily=[], spread_daily=[],
    )  # fmt: skip
    part = Breakdown(name=word, mean=0.02, icir=0.2, t=1.1, n=250, names=120.0)
    return Factor(
        lag=1,
        horizons=[Horizon(days=5, ic=coefficient, rank_ic=coefficient, quantiles=quantiles)],
        decay=[0.03 - i / 1000 for i in range(19)] + [None],
        rank_autocorrelation=0.87,
        rank_autocorrelation_daily=[],
        years=(msgspec.structs.replace(part, name="2019"),),
        category=word,
        groups=(part,),
    )
