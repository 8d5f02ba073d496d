"""The ways people write a day, and what each says."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Literal

Order = Literal["dmy", "mdy"]
_ZONE = r"(?:Z|UTC|[+-]\d{2}:?\d{2}|[+-]\d{2})"
_CLOCK = rf"\d{{1,2}}:\d{{2}}(?::\d{{2}}(?:[.,]\d+)?)?\s*(?:[AaPp][Mm])?\s*{_ZONE}?"
_TIME = rf"(?:[T ]\s*{_CLOCK})?"
_LETTERS = r"[^\W\d_]+"
_YEAR_FIRST = re.compile(rf"(\d{{3,4}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){_TIME}", re.ASCII)
_COMPACT = re.compile(rf"(\d{{4}})(\d\d)(\d\d){_TIME}", re.ASCII)
_YEAR_LAST = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}){_TIME}", re.ASCII)
_DAY_NAME = re.compile(rf"([0-9]{{1,2}})[ .-]+({_LETTERS})\.?[ ,-]+([0-9]{{4}}){_TIME}")
_NAME_DAY = re.compile(
    rf"({_LETTERS})\.?[ -]+([0-9]{{1,2}})(?:st|nd|rd|th)?[ ,-]+([0-9]{{4}}){_TIME}"
)
_SERIAL = re.compile(r"(\d{5})(?:\.0+)?", re.ASCII)
_SHORT = re.compile(rf"\d{{1,2}}([-/. ])(?:\d{{1,2}}|[^\W\d_]{{3,9}}\.?)\1\d{{1,2}}{_TIME}")
_EPOCH = re.compile(r"-?\d{9,10}|-?\d{12,13}|-?\d{15,16}|-?\d{18,19}", re.ASCII)
YEAR_ONE = re.compile(r"\d-\d\d-\d\d", re.ASCII)
"""How some programs write a year below 10; only beside years of four digits it is one."""

_EXCEL_EPOCH = dt.date(1899, 12, 30)
_EXCEL_RANGE = range(30_000, 80_000)  # 1982 to 2119; days since 1970 would be below it
_NAMES = (
    "jan january januari", "feb february februari", "mar march mars", "apr april", "may maj",
    "jun june juni", "jul july juli", "aug august augusti", "sep sept september",
    "oct okt october oktober", "nov november", "dec december",
)  # fmt: skip
_MONTHS = {name: month for month, names in enumerate(_NAMES, 1) for name in names.split()}


def shape_of(text: str) -> str | None:
    """The way a text writes a day, whether or not there is such a day; None when it is none."""
    return next((shape for shape, form in _FORMS.items() if form.fullmatch(text.strip())), None)


def day_of(text: str, shape: str, order: Order = "dmy") -> dt.date | None:
    """The day of a text of that shape, None when it is of another or there is no such day."""
    match = _FORMS[shape].fullmatch(text.strip())
    if match is None:
        return _year_one(text.strip()) if shape == "year first" else None
    if shape == "year last":
        day, month = (match[1], match[3]) if order == "dmy" else (match[3], match[1])
        return _date(match[4], month, day)
    return _READERS[shape](match)


def _date(year: str, month: str | int, day: str) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None


def _year_one(text: str) -> dt.date | None:
    return _date(*text.split("-")) if YEAR_ONE.fullmatch(text) else None


def _year_first(match: re.Match[str]) -> dt.date | None:
    return _date(match[1], match[3], match[4])


def _compact(match: re.Match[str]) -> dt.date | None:
    return _date(match[1], match[2], match[3])


def _day_name(match: re.Match[str]) -> dt.date | None:
    return _date(match[3], _MONTHS.get(match[2].lower(), 0), match[1])


def _name_day(match: re.Match[str]) -> dt.date | None:
    return _date(match[3], _MONTHS.get(match[1].lower(), 0), match[2])


def _serial(match: re.Match[str]) -> dt.date | None:
    days = int(match[1])
    return _EXCEL_EPOCH + dt.timedelta(days=days) if days in _EXCEL_RANGE else None


_FORMS = {
    "year first": _YEAR_FIRST,
    "digits only": _COMPACT,
    "year last": _YEAR_LAST,
    "short year": _SHORT,
    "month by name": _DAY_NAME,
    "month by name first": _NAME_DAY,
    "day number": _SERIAL,
    "time number": _EPOCH,
}
_READERS: Mapping[str, Callable[[re.Match[str]], dt.date | None]] = {
    "year first": _year_first,
    "digits only": _compact,
    "month by name": _day_name,
    "month by name first": _name_day,
    "day number": _serial,
}
