"""A saved run as a file: daily series, tear sheet, or a bundle that proves itself elsewhere."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Literal, TypeVar

import msgspec

from app.reader import Reader
from app.report.model import Report, report_of
from app.report.page import tear_sheet
from app.results import Found, aligned, daily_of
from app.studies import factor_sheet, held, overfitting, stress, validation
from app.version import version
from engine.book import EQUAL_WEIGHT
from engine.bundle import FORMAT, Manifest, pack
from engine.errors import EngineError, NotFoundError
from engine.panel.folder import read_manifest

Format = Literal["csv", "parquet", "html", "kvant"]
FORMATS: tuple[Format, ...] = ("csv", "parquet", "html", "kvant")
MEDIA = {
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "html": "text/html",
    "kvant": "application/zip",
}
HORIZONS = (1, 5, 10, 20)
FOLDS, EMBARGO, POINTS = 5, 5, 400

T = TypeVar("T")


def exported(lab: Reader, it: Found, format_: Format) -> bytes:
    """A run in one of the formats; NotFoundError when a bundle lacks its data set."""
    if format_ == "html":
        return tear_sheet(report(lab, it)).encode()
    if format_ == "kvant":
        return bundle(lab, it)
    frame, out = daily_of(lab, it.run).frame, io.BytesIO()
    if format_ == "csv":
        frame.write_csv(out)
    else:
        frame.write_parquet(out)
    return out.getvalue()


def bundle(lab: Reader, it: Found) -> bytes:
    """A run as a bundle."""
    run, spec = it.run, it.run.spec
    names = read_manifest(lab.workspace.seen_by(spec).folder)
    manifest = Manifest(
        format=FORMAT, expr=it.expr, expr_hash=it.expr_hash, run_id=run.run_id,
        dataset=run.dataset, spec=spec, metrics=run.metrics,
        periods=lab.periods_of(spec.fingerprint), tradable=run.tradable, ruined=run.ruined,
        created_at=run.created_at, program=f"Kvant {version()}", columns=tuple(names.features),
        categories=tuple(names.categories), symbols=tuple(names.symbols), parts={},
    )  # fmt: skip
    return pack(manifest, lab.store.daily(run.run_id))


def report(lab: Reader, it: Found) -> Report:
    """Everything that is known of a run, or can be worked out while its data set is there."""
    daily, periods = daily_of(lab, it.run), lab.periods_of(it.run.spec.fingerprint)
    market = aligned(lab.benchmark(it.run.spec), daily)
    plain = report_of(
        it.detail, it.run, daily.frame, periods=periods, benchmark=market,
        benchmark_name=EQUAL_WEIGHT,
    )  # fmt: skip
    why: dict[str, str] = {}
    luck = _tried("deflated", lambda: overfitting(lab, it), why)
    factor = _tried("factor", lambda: factor_sheet(lab, it, HORIZONS, None, POINTS), why)
    folds = _tried("validation", lambda: validation(lab, it, "walk_forward", FOLDS, EMBARGO), why)
    held_ = _tried("holdings", lambda: held(lab, it, POINTS), why)
    robustness = stress(lab, it).robustness
    if robustness is None:
        why["robustness"] = "Nobody has run the robustness checks of this strategy yet."
    found = msgspec.structs.replace(
        plain, holdings=held_, robustness=robustness, validation=folds, why=why
    )
    if factor is not None:
        found = msgspec.structs.replace(found, factor=factor.factor, exposures=factor.exposures)
    if luck is None:
        return found
    return msgspec.structs.replace(
        found, deflated=luck.deflated, deflated_effective=luck.deflated_effective,
        effective=luck.effective, zero_skill_best=luck.zero_skill_best, interval=luck.interval,
        pbo=luck.pbo, halves=luck.halves, lockbox=luck.lockbox.text,
        openings=luck.lockbox.openings,
    )  # fmt: skip


def _tried(name: str, work: Callable[[], T], why: dict[str, str]) -> T | None:
    """What comes of the work; what stands against it is a sentence of the page."""
    try:
        return work()
    except NotFoundError:
        why[name] = "The data set of this run is not in the workspace any more."
    except EngineError as error:
        why[name] = error.message
    return None
