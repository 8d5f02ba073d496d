"""Charts as inline SVG; colours come from the style of the page, so that they suit its scheme."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from app.report.axes import Frame, Scale, day_label, horizontal, tick_words, vertical
from app.report.markup import Html, tag
from app.report.words import number, percent
from engine.stats.performance import Array
from engine.stats.series import Days, Histogram, downsample

WIDE = Frame(920, 270)
LOW = Frame(920, 150)
HALF = Frame(450, 200)
POINTS = 700


class Line(NamedTuple):
    """A series of a chart; `look` is the class of its colour."""

    label: str
    values: Array
    look: str


class Mark(NamedTuple):
    """A date worth a vertical line."""

    date: dt.date
    label: str


def line_chart(
    title: str,
    dates: Days,
    lines: Sequence[Line],
    *,
    share: bool = False,
    frame: Frame = WIDE,
    log: bool = False,
    zero: bool = False,
    filled: bool = False,
    marks: Sequence[Mark] = (),
) -> Html:
    """Lines over dates, shares in per cent; NaN is a hole.

    zero: the scale contains 0. filled: the area between the first line and 0 as well.
    """
    if len(dates) < 2:
        return tag("p", "Two dates make a line; there are fewer.", class_="note")
    x = horizontal(dates, frame)
    y = vertical(np.concatenate([line.values for line in lines]), frame, log=log, zero=zero)
    place = x.at(dates.astype("datetime64[D]").astype(np.float64))
    shapes = [_area(place, y, lines[0])] if filled else []
    shapes += [_line(place, y, line) for line in lines]
    axes = _grid(frame, y, share=share), _dates(frame, x), _marks(frame, x, marks)
    chart = _picture(title, frame, *axes, shapes)
    return tag("figure", _caption(title, lines), chart)


def thinned(dates: Days, lead: Array) -> np.ndarray:
    """Rows that keep the look of a curve."""
    return downsample(lead, POINTS) if len(lead) else np.arange(len(dates))


def bar_chart(
    title: str,
    labels: Sequence[str],
    values: Sequence[float | None],
    *,
    share: bool = False,
    frame: Frame = HALF,
) -> Html:
    """A bar per value, coloured by its sign; none where it is missing."""
    y = vertical(np.array([np.nan if v is None else v for v in values]), frame, zero=True)
    step = (frame.inner_right - frame.left) / max(len(values), 1)
    bars = [
        _bar(
            frame.left + (i + 0.15) * step,
            step * 0.7,
            y,
            value,
            f"{label}: {_told(value, share=share)}",
        )
        for i, (label, value) in enumerate(zip(labels, values, strict=True))
        if value is not None
    ]
    every = max(1, -(-len(labels) * 34 // (frame.inner_right - frame.left)))
    names = [
        _word(frame.left + (i + 0.5) * step, frame.height - 8, label, "middle")
        for i, label in enumerate(labels)
        if i % every == 0
    ]
    return tag(
        "figure", _caption(title), _picture(title, frame, _grid(frame, y, share=share), bars, names)
    )


def histogram_chart(title: str, found: Histogram, *, frame: Frame = WIDE) -> Html:
    """Bars of daily returns between the edges, in the colour of their sign, and the median."""
    counts = np.array(found.counts, dtype=np.float64)
    y = vertical(counts, frame, zero=True)
    x = Scale(found.edges[0], found.edges[-1], frame.left, frame.inner_right, ())
    bars = [
        _bar(
            x.one(low) + 0.5, max(x.one(high) - x.one(low) - 1, 0.5), y, count,
            f"{percent(low, 2)} to {percent(high, 2)}: {count}", "neg" if low < 0 else "pos",
        )
        for low, high, count in zip(found.edges, found.edges[1:], found.counts, strict=False)
        if count
    ]  # fmt: skip
    some = found.edges[:: max(1, len(found.edges) // 8)]
    names = [
        _word(x.one(edge), frame.height - 8, words, "middle")
        for edge, words in zip(some, tick_words(some, share=True), strict=True)
    ]
    shapes = (_grid(frame, y, share=False), bars, names, _median(frame, x, found.median))
    return tag("figure", _caption(title), _picture(title, frame, *shapes))


def _median(frame: Frame, x: Scale, value: float | None) -> list[Html]:
    if value is None:
        return []
    at = x.one(value)
    return [_vertical(frame, at), _beside(frame, at, f"median {percent(value, 2)}")]


def scatter_chart(
    title: str, points: Sequence[tuple[float, float]], words: tuple[str, str]
) -> Html:
    """Points with a name for each axis, and the diagonal on which both are equal."""
    both = np.array(points, dtype=np.float64).reshape(-1, 2)
    frame = Frame(450, 260, left=44, bottom=40)
    y = vertical(both.ravel(), frame, zero=True)
    x = y._replace(start=frame.left, end=frame.inner_right)
    dots = [
        tag("circle", cx=f"{a:.1f}", cy=f"{b:.1f}", r="2.2", class_="dot")
        for a, b in zip(x.at(both[:, 0]), y.at(both[:, 1]), strict=True)
    ]
    names = [
        _word(x.one(tick), frame.inner_bottom + 14, told, "middle")
        for tick, told in zip(x.ticks, tick_words(x.ticks, share=False), strict=True)
    ]
    line = f"M{x.start} {y.start}L{x.end} {y.end}"
    below = _word((frame.left + frame.inner_right) / 2, frame.height - 6, words[0], "middle")
    shapes = (_grid(frame, y, share=False), tag("path", d=line, class_="mark"), dots, names, below,
              _word(frame.left + 4, frame.top + 8, words[1]))  # fmt: skip
    return tag("figure", _caption(title), _picture(title, frame, *shapes))


def _picture(title: str, frame: Frame, *parts: object) -> Html:
    return tag(
        "svg", parts, viewBox=f"0 0 {frame.width} {frame.height}", role="img", aria_label=title
    )


def _caption(title: str, lines: Sequence[Line] = ()) -> Html:
    keys = [tag("span", line.label, class_=f"key {line.look}") for line in lines]
    return tag("figcaption", tag("b", title), keys if len(keys) > 1 else None)


def _told(value: float, *, share: bool) -> str:
    return percent(value, 2) if share else number(value, 3)


def _grid(frame: Frame, y: Scale, *, share: bool) -> list[Html]:
    places = [(tick, y.one(tick)) for tick in y.ticks]
    told = tick_words(y.ticks, share=share)
    rules = [
        tag("path", d=f"M{frame.left} {at:.1f}H{frame.inner_right}",
            class_="axis" if tick == 0 else "rule")
        for tick, at in places
    ]  # fmt: skip
    words = [_word(frame.left - 6, at + 4, each, "end")
             for (_, at), each in zip(places, told, strict=True)]  # fmt: skip
    return rules + words


def _dates(frame: Frame, x: Scale) -> list[Html]:
    words = [
        _word(x.one(day), frame.height - 8, day_label(day, x.high - x.low), "middle")
        for day in x.ticks
        if frame.left + 10 < x.one(day) < frame.inner_right - 10
    ]
    return [tag("path", d=f"M{frame.left} {frame.inner_bottom}H{frame.inner_right}", class_="axis"),
            *words]  # fmt: skip


def _marks(frame: Frame, x: Scale, marks: Sequence[Mark]) -> list[Html]:
    shapes = []
    for mark in marks:
        day = (mark.date - dt.date(1970, 1, 1)).days
        if x.low <= day <= x.high:
            at = x.one(day)
            shapes += [_vertical(frame, at), _beside(frame, at, mark.label)]
    return shapes


def _vertical(frame: Frame, at: float) -> Html:
    return tag("path", d=f"M{at:.1f} {frame.top}V{frame.inner_bottom}", class_="mark")


def _beside(frame: Frame, at: float, words: str) -> Html:
    """Words at the top of a vertical line, on the side that has room."""
    left = at > frame.left + 0.7 * (frame.inner_right - frame.left)
    return _word(at - 4 if left else at + 4, frame.top + 10, words, "end" if left else None)


def _word(x: float, y: float, words: str, anchor: str | None = None) -> Html:
    return tag("text", words, x=f"{x:.1f}", y=f"{y:.1f}", text_anchor=anchor)


def _line(place: Array, y: Scale, line: Line) -> Html:
    return tag("path", d=" ".join(_strokes(place, y.at(line.values))), class_=f"line {line.look}")


def _strokes(x: Array, y: Array) -> list[str]:
    """A piece of path for each run of known values; one alone is a dot."""
    known = np.flatnonzero(np.isfinite(y))
    runs = np.split(known, np.flatnonzero(np.diff(known) > 1) + 1) if len(known) else []
    return ["M" + "L".join(f"{x[i]:.1f} {y[i]:.1f}" for i in run) + "h0.1" * (len(run) == 1)
            for run in runs]  # fmt: skip


def _area(place: Array, y: Scale, line: Line) -> Html:
    at = np.nan_to_num(y.at(line.values), nan=y.one(0.0))
    edge = "L".join(f"{a:.1f} {b:.1f}" for a, b in zip(place, at, strict=True))
    floor = f"{y.one(0.0):.1f}"
    return tag("path", d=f"M{place[0]:.1f} {floor}L{edge}V{floor}Z", class_=f"area {line.look}")


def _bar(
    x: float, width: float, y: Scale, value: float, told: str, look: str | None = None
) -> Html:
    zero, at = y.one(0.0), y.one(value)
    return tag(
        "rect", tag("title", told), x=f"{x:.1f}", width=f"{width:.1f}", y=f"{min(zero, at):.1f}",
        height=f"{max(abs(zero - at), 0.5):.1f}",
        class_=look or ("neg" if value < 0 else "pos"),
    )  # fmt: skip
