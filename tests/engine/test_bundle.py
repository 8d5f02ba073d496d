"""A run as one file: whole, or not; the same run again, or not."""

from __future__ import annotations

import io
import zipfile

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bundle import FORMAT, Manifest, pack, unpack, verify
from engine.dsl.parse import Names, parse
from engine.errors import DataError
from engine.evaluate.run import evaluate
from engine.strategy import assess, run_id, run_spec
from engine.train import TrainParams
from tests.panels import random_panel

PANEL = random_panel(dates=160, symbols=14)
NODE = parse("cs_zscore(ts_delta(close, 3))", Names.of(PANEL))


def made(panel=PANEL, **changes):
    spec = run_spec(panel, TrainParams())
    outcome = assess(panel, NODE, evaluate(panel, NODE), spec.params)
    names = Names.of(panel)
    manifest = Manifest(
        format=FORMAT, expr=outcome.expr, expr_hash=outcome.expr_hash,
        run_id=run_id(outcome.expr_hash, spec), dataset=panel.name, spec=spec,
        metrics=outcome.metrics, periods=panel.periods_per_year, tradable=True, ruined=False,
        created_at="2026-01-01T00:00:00Z", program="test", columns=tuple(sorted(names.features)),
        categories=tuple(sorted(names.categories)), symbols=panel.symbols, parts={},
    )  # fmt: skip
    return pack(msgspec.structs.replace(manifest, **changes), outcome.daily)


def verdicts(data, panel=None):
    return {check.name: check.ok for check in verify(unpack(data), panel)}


def rewritten(data, **parts):
    """The bundle with other parts in the place of some."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        kept = {name: archive.read(name) for name in archive.namelist()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in (kept | parts).items():
            archive.writestr(name, content)
    return out.getvalue()


def test_a_bundle_verifies_without_the_data_and_with_it():
    data = made()
    assert data == made()
    assert verdicts(data) == dict.fromkeys(("parts", "expression", "run", "metrics"), True)
    assert verdicts(data, PANEL)["again"] is True


def test_other_data_give_other_bytes():
    assert verdicts(made(), random_panel(dates=160, symbols=14, seed=9))["again"] is False


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"expr": "cs_zscore(ts_delta(close, 4))"}, "expression"),
        ({"expr": "cs_zscore(nothing)"}, "expression"),
        ({"run_id": "0" * 16}, "run"),
    ],
)
def test_what_was_changed_is_named(changes, wrong):
    found = verdicts(made(**changes))
    assert [name for name, ok in found.items() if not ok] == [wrong]


def test_embellished_metrics_do_not_follow_from_the_series():
    bundle = unpack(made())
    better = msgspec.structs.replace(bundle.manifest.metrics, ann_sharpe=9.0)
    (check,) = [c for c in verify(unpack(made(metrics=better))) if not c.ok]
    assert (check.name, check.text) == (
        "metrics", "do not follow from the daily series: ann_sharpe",
    )  # fmt: skip
    exposed = msgspec.structs.replace(bundle.manifest.metrics, names=99.0)
    assert verdicts(made(metrics=exposed), PANEL) == {
        "parts": True, "expression": True, "run": True, "metrics": True, "again": False,
    }  # fmt: skip


def test_a_part_that_was_changed_or_added_is_named():
    for part in ("README.txt", "daily.parquet", "more.txt"):
        data = rewritten(made(), **{part: b"other"})
        (check,) = [c for c in verify(unpack(data)) if not c.ok]
        assert check.text == f"changed: {part}"
    assert verdicts(rewritten(made(), **{"daily.bin": b"other"}))["metrics"] is False


@pytest.mark.parametrize("data", [b"", b"PK", b"no zip at all", rewritten(made(), **{
    "manifest.json": b"{}"})])  # fmt: skip
def test_what_is_no_bundle_is_refused(data):
    with pytest.raises(DataError, match=r"^This is no bundle of Kvant"):
        unpack(data)


def test_a_newer_format_and_a_bomb_are_refused():
    with pytest.raises(DataError, match="has format 2; this Kvant reads up to 1"):
        unpack(made(format=2))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", bytes(80 << 20))
    with pytest.raises(DataError, match="unpacks to more than 64 MB"):
        unpack(out.getvalue())


@settings(max_examples=60)
@given(place=st.integers(0, 20_000), value=st.integers(1, 255))
def test_any_changed_byte_is_found_or_harmless(place, value):
    data = bytearray(made())
    place %= len(data)
    data[place] ^= value
    try:
        found = verify(unpack(bytes(data)))
    except DataError:
        return
    if all(check.ok for check in found):  # names, times and such of the zip itself
        assert unpack(bytes(data)).parts == unpack(made()).parts
