"""A saved run as one file that proves itself elsewhere.

A bundle is a zip of four parts:

    manifest.json   expression, spec, metrics, versions, column names, SHA-256 of the other parts
    daily.bin       the daily series as they are kept, bit for bit
    daily.parquet   the same series for other programs
    README.txt      what this is and how to verify it

Without the data set a bundle shows that it is whole: parts, expression, identity of the run, and
every metric that follows from its daily series. With it, the run is made again and compared.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib

import msgspec
import polars as pl

from engine.dsl.parse import Names, reread
from engine.dsl.tree import expr_hash
from engine.errors import DataError, EngineError
from engine.evaluate.run import evaluate
from engine.panel import Panel
from engine.stats.performance import Metrics, performance
from engine.strategy import ENGINE_VERSION, RunSpec, assess, run_id, unpack_daily

SUFFIX = ".kvant"
FORMAT = 1
MAX_BYTES = 64 << 20
"""A run of 40,000 dates takes about one MB."""

_TIME = (1980, 1, 1, 0, 0, 0)  # the same run gives the same bytes whenever it is packed
_OF_TRADING = frozenset(
    {"gross_exposure", "net_exposure", "names", "cost_drag", "break_even_bps", "turnover",
     "holding_period", "fitness", "margin"}
)  # fmt: skip
_README = """A strategy, its run and its daily returns, made by Kvant.

manifest.json    expression, parameters, metrics, fingerprints, versions
daily.parquet    date, gross, cost, borrow, net, turnover, equity
daily.bin        the same, bit for bit as they were computed

    kvant verify THIS_FILE

checks that nothing was changed. Where the data set with the fingerprint named in manifest.json is
in the workspace, it also makes the run again and compares every byte.
"""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a bundle says of itself; parts: SHA-256 of the other files by name.

    columns, categories, symbols: of the data set, so that the expression can be read without it.
    """

    format: int
    expr: str
    expr_hash: str
    run_id: str
    dataset: str
    spec: RunSpec
    metrics: Metrics
    periods: float
    tradable: bool
    ruined: bool
    created_at: str
    program: str
    columns: tuple[str, ...]
    categories: tuple[str, ...]
    symbols: tuple[str, ...]
    parts: dict[str, str]


class Bundle(msgspec.Struct, frozen=True, kw_only=True):
    """A bundle that was read; `daily` is what `pack_daily` made."""

    manifest: Manifest
    daily: bytes
    parts: dict[str, bytes]


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at."""

    name: str
    ok: bool
    text: str


def pack(manifest: Manifest, daily: bytes) -> bytes:
    """The bundle as bytes; `parts` of the manifest is filled in. Equal runs give equal bytes."""
    frame = io.BytesIO()
    unpack_daily(daily).write_parquet(frame)
    parts = {"daily.bin": daily, "daily.parquet": frame.getvalue(), "README.txt": _README.encode()}
    sealed = msgspec.structs.replace(
        manifest, parts={name: _digest(data) for name, data in parts.items()}
    )
    text = msgspec.json.format(msgspec.json.encode(sealed), indent=1)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {"manifest.json": text, **parts}.items():
            archive.writestr(zipfile.ZipInfo(name, _TIME), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def unpack(data: bytes) -> Bundle:
    """Read a bundle; DataError when it is none, or of a newer format."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(info.file_size for info in archive.infolist()) > MAX_BYTES:
                raise DataError(f"The bundle unpacks to more than {MAX_BYTES >> 20} MB: refused.")
            parts = {name: archive.read(name) for name in archive.namelist()}
        manifest = msgspec.json.decode(parts.pop("manifest.json"), type=Manifest)
        daily = parts["daily.bin"]
    except (zipfile.BadZipFile, KeyError, msgspec.DecodeError, NotImplementedError, OSError,
            EOFError, RuntimeError, ValueError, zlib.error) as error:  # fmt: skip
        if isinstance(error, DataError):
            raise
        raise DataError(
            "This is no bundle of Kvant, or a damaged one. Export the strategy again."
        ) from error
    if manifest.format > FORMAT:
        raise DataError(
            f"The bundle has format {manifest.format}; this Kvant reads up to {FORMAT}. Update it."
        )
    return Bundle(manifest=manifest, daily=daily, parts=parts)


def verify(bundle: Bundle, panel: Panel | None = None) -> tuple[Check, ...]:
    """Everything that can be checked; with `panel`, the data as the run saw it, the run itself."""
    checks = [_parts(bundle), _expression(bundle), _identity(bundle), _metrics(bundle)]
    if panel is not None:
        checks.append(_again(bundle, panel))
    return tuple(checks)


def _parts(bundle: Bundle) -> Check:
    told = bundle.manifest.parts
    wrong = sorted(
        name
        for name in told.keys() | bundle.parts.keys()
        if name not in bundle.parts or _digest(bundle.parts[name]) != told.get(name)
    )
    text = f"changed: {', '.join(wrong)}" if wrong else f"{len(told)} parts as they were written"
    return Check(name="parts", ok=not wrong, text=text)


def _expression(bundle: Bundle) -> Check:
    it = bundle.manifest
    try:
        found = expr_hash(reread(it.expr, _names(it)))
    except EngineError as error:
        return Check(name="expression", ok=False, text=error.message)
    ok = found == it.expr_hash
    return Check(name="expression", ok=ok, text=f"its hash is {found}")


def _names(it: Manifest) -> Names:
    return Names(
        features=frozenset(it.columns),
        categories=frozenset(it.categories),
        symbols=frozenset(it.symbols),
        price=it.spec.price,
    )


def _identity(bundle: Bundle) -> Check:
    found = run_id(bundle.manifest.expr_hash, bundle.manifest.spec)
    ok = found == bundle.manifest.run_id
    return Check(name="run", ok=ok, text=f"expression and spec make run {found}")


def _metrics(bundle: Bundle) -> Check:
    """Metrics of the net returns; those of positions need the run made again."""
    try:
        frame = unpack_daily(bundle.daily)
    except (msgspec.DecodeError, ValueError, pl.exceptions.PolarsError, OSError) as error:
        return Check(name="metrics", ok=False, text=f"the daily series cannot be read ({error})")
    trades = frame["turnover"].to_numpy().nonzero()[0]
    net = frame["net"].to_numpy()[int(trades[0]) if len(trades) else len(frame) :]
    found = performance(net, bundle.manifest.periods)
    names = [name for name in Metrics.__struct_fields__ if name not in _OF_TRADING]
    wrong = [n for n in names if getattr(found, n) != getattr(bundle.manifest.metrics, n)]
    text = (
        f"do not follow from the daily series: {', '.join(wrong)}"
        if wrong
        else f"{len(names)} of them follow from the daily series"
    )
    return Check(name="metrics", ok=not wrong, text=text)


def _again(bundle: Bundle, panel: Panel) -> Check:
    it = bundle.manifest
    node = reread(it.expr, Names.of(panel))
    outcome = assess(panel, node, evaluate(panel, node), it.spec.params)
    ok = outcome.daily == bundle.daily and outcome.metrics == it.metrics
    by = f"engine version {it.spec.engine_version} ({it.spec.kernels}), now {ENGINE_VERSION}"
    text = (
        f"made again: all {len(bundle.daily):,} bytes and all metrics are the same"
        if ok
        else f"made again, it is DIFFERENT; it was made by {by}"
    )
    return Check(name="again", ok=ok, text=text)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
