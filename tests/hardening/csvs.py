"""CSV files as people and programs write them, and the many ways in which they go wrong."""

from __future__ import annotations

import codecs
import datetime as dt
from collections.abc import Callable, Sequence
from random import Random

import msgspec

from tests.hardening.mangling import mangle
from tests.hardening.samples import VALUES, Row, table

HEADER = ("date", "symbol", *VALUES, "sector")
DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d.%m.%Y", "%m/%d/%Y", "%d %b %Y", "%Y-%m-%d 00:00:00",
        "%Y-%m-%dT00:00:00Z", "%b %d, %Y")  # fmt: skip
ENCODINGS = ("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252",
             "mac-roman", "utf-32", "latin-1", "utf-7")  # fmt: skip
Lines = list[list[str]]


class Text(msgspec.Struct):
    """A table of cells, and how it is to be written down."""

    cells: Lines
    separator: str = ","
    encoding: str = "utf-8"
    newline: str = "\n"
    quoted: float = 0.0
    above: tuple[str, ...] = ()

    def written(self, rng: Random) -> bytes:
        """The bytes of it; what the encoding has no sign for becomes a question mark."""
        lines = [*self.above, *(self._line(rng, cells) for cells in self.cells)]
        text = self.newline.join(lines) + rng.choice([self.newline, ""])
        return text.encode(self.encoding, "replace")

    def _line(self, rng: Random, cells: Sequence[str]) -> str:
        return self.separator.join(self._cell(rng, cell) for cell in cells)

    def _cell(self, rng: Random, cell: str) -> str:
        plain = not any(mark in cell for mark in (self.separator, '"', "\n", "\r"))
        if plain and rng.random() >= self.quoted:
            return cell
        return '"' + cell.replace('"', '""') + '"'


def sound(rng: Random) -> tuple[Text, tuple[Row, ...]]:
    """A file in one of many spellings, and the rows it means."""
    rows = table(rng)
    comma = rng.random() < 0.3
    groups = rng.choice(["", "", "", "\u00a0", " ", "'", "." if comma else ","])
    day = rng.choices(DAYS, [6, *[1] * (len(DAYS) - 1)])[0]
    void = rng.choice(["", "", "", "NA", "NaN", "null", "-", "#N/A"])

    def number(value: float | None) -> str:
        return void if value is None else spelled(value, groups, comma=comma)

    cells = [list(HEADER)]
    cells += [
        [each[0].strftime(day), each[1], *map(number, each[2:5]), each[5] or ""] for each in rows
    ]
    text = Text(cells, rng.choice(";\t|" if comma or groups == "," else ",,,;\t|"))
    text.quoted = rng.choice([0.0, 0.0, 0.2, 1.0])
    text.newline = rng.choice(["\n", "\n", "\r\n", "\r"])
    text.encoding = rng.choices(ENCODINGS, [6, *[1] * (len(ENCODINGS) - 1)])[0]
    return text, rows


def says_all(text: Text) -> bool:
    """Whether the encoding has a sign for every letter, and names itself or is the usual one."""
    letters = "".join(cell for cells in text.cells for cell in cells)
    try:
        letters.encode(text.encoding)
    except UnicodeEncodeError:
        return False
    return text.encoding in {"utf-8", "utf-8-sig", "utf-16", "cp1252"} or (
        letters.isascii() and text.encoding != "utf-7"
    )


def spelled(value: float, groups: str, *, comma: bool) -> str:
    """A number with its thousands grouped and its decimal mark as wanted, to the last digit."""
    whole, _, rest = repr(value).partition(".")
    if len(whole.lstrip("-")) > 3 and "e" not in rest:
        whole = f"{int(whole):,}".replace(",", groups)
    if rest == "0":
        return whole
    return whole + ("," if comma else ".") + rest


# What goes wrong with cells

NUMBERS = (
    "1e999", "-1e999", "inf", "NaN", "1_000", "0x10", "1,234", "1.234", "1,23,456", "1.2.3", "--1",
    "+-1", "١٢", "½", "1e", "e5", ".", ",", "1e-400", "9" * 400, "0." + "1" * 400, "1 000",
    "1\u202f000,5", "(12.5)", "(12", "12-", "$12", "12 kr", "12 %", "#DIV/0!", "TRUE", "true",
    "\u22125", "1'000", "1'00", "5e-324", "1.7976931348623159e308", "=1+1", "@SUM(1)", "00012",
    "1,", ",5", "1;5", "\u20131", "1E+5", "-0",
)  # fmt: skip
DATES = (
    "2020-02-30", "0000-00-00", "20200101", "2020-1-1", "01/02/2020", "13/01/2020", "1/13/2020",
    "43831", "1577836800", "1577836800000", "2020-01-01T25:00", "9999-12-31", "0001-01-01",
    "10000-01-01", "-1", "2020-01-01 23:59:59+14:00", "31.12.1999", "Jan 1, 2020", "1 maj 2020",
    "20/1/1", "", " ", "NaT", "null", "2020-W01-1", "\uff12\uff10\uff12\uff10-01-01",
    "2020\u201101\u201101",
    "2020-01-01\x00", "1e5", "2020-01-01-01", "2020.01.01", "5-1-2020", "999-1-1", "43831.0",
    "2020-01-01T00:00:00.123456789Z", "31 feb 2020",
)  # fmt: skip
TEXTS = (
    "", " ", "\u200b", "\u202eLPAA", "\ufeffAAPL", "AAPL ", " AAPL", "aapl", "=cmd|' /C calc'!A0",
    "+1", "-1", "@x", "<script>alert(1)</script>", "'; DROP TABLE x;--", "../../etc/passwd",
    "C:\\con", "%00", "\x07", "\x1b[31m", "a\nb", 'a"b', "a,b", "a;b", "a\tb", "😀", "e\u0301", "é",
    "x" * 10_000, "nan", "NA", "null", "None", "\\N", "0", "https://x.se", "${jndi:ldap://x}",
    "{{7*7}}", "\u2028", "\u0085", "\x0b", "\x0c", "\x1a", "\x7f", "\ud7ff",
)  # fmt: skip
NAMES = (
    "", " ", "date", "symbol", "close", "Date", "DATE ", "\ufeffdate", "price", "close'",
    "column 1", "x" * 200, "a\nb", 'a"b', "a\\b", "=1", "\x00", "__index_level_0__", "unnamed: 0",
    "adv20", "returns", "commission_bps", "in_universe", "2020-01-01", "1.5", "ticker", "Datum",
    "Värdepapper", "open", "high", "low", "volume",
)  # fmt: skip
Harm = Callable[[Random, Text], None]


def _cell_of(rng: Random, text: Text) -> tuple[list[str], int]:
    """A line below the header and a place in it."""
    line = rng.choice(text.cells[1:] or [[""]])
    return line, rng.randrange(len(line) or 1)


def _odd_cell(rng: Random, text: Text) -> None:
    line, place = _cell_of(rng, text)
    usual = DATES if place == 0 else TEXTS if place in {1, 5} else NUMBERS
    line[place : place + 1] = [rng.choice(usual if rng.random() < 0.8 else (*DATES, *TEXTS))]


def _odd_column(rng: Random, text: Text) -> None:
    """One spelling in all cells of a column."""
    _, place = _cell_of(rng, text)
    some = rng.sample(rng.choice([NUMBERS, DATES, TEXTS]), rng.choice([1, 1, 2]))
    for line in text.cells[1:]:
        line[place : place + 1] = [rng.choice(some)]


def _odd_name(rng: Random, text: Text) -> None:
    place = rng.randrange(len(text.cells[0]) or 1)
    text.cells[0][place : place + 1] = [rng.choice(NAMES)]


def _ragged(rng: Random, text: Text) -> None:
    line = rng.choice(text.cells)
    line[len(line) - 1 :] = rng.choice([[], ["", ""], [*line[-1:], "1"]])


def _again(rng: Random, text: Text) -> None:
    line = list(rng.choice(text.cells[1:] or text.cells))
    if rng.random() < 0.5 and len(line) > 2:
        line[2] = rng.choice(["99", ""])
    text.cells.insert(rng.randint(1, len(text.cells)), line)


def _no_header(rng: Random, text: Text) -> None:
    text.cells[: rng.choice([1, 1, 2])] = []


def _header_again(rng: Random, text: Text) -> None:
    text.cells.insert(rng.randint(0, len(text.cells)), list(HEADER))


def _above(rng: Random, text: Text) -> None:
    text.above = tuple(
        rng.choice(["# made by x", "", "Prices", "#", "sep=;", "a,b", '"open', "x" * 5000])
        for _ in range(rng.choice([1, 1, 2, 5, 50]))
    )


def _encoding(rng: Random, text: Text) -> None:
    text.encoding = rng.choice(ENCODINGS)


def _separators(rng: Random, text: Text) -> None:
    text.separator = rng.choice([",", ";", "\t", "|", " ", ":", ",,", "\x00", "", "\x1f"])


def _newlines(rng: Random, text: Text) -> None:
    text.newline = rng.choice(
        ["\n\n", "\r", "\r\n", "\n\r", "\r\r\n", "\u2028", "\x0b", " ", "\n \n"]
    )


def _wide(rng: Random, text: Text) -> None:
    """Very many columns."""
    count = rng.choice([100, 100, 300, 1000, 12_000])
    for place, line in enumerate(text.cells[:3]):
        line += [f"c{i}" if place == 0 else "1.5" for i in range(count)]
    del text.cells[3:]


def _long(rng: Random, text: Text) -> None:
    """A very long cell."""
    line, place = _cell_of(rng, text)
    line[place : place + 1] = [rng.choice('1x ",.') * rng.choice([1000, 70_000, 300_000])]


def _empty(rng: Random, text: Text) -> None:
    """Columns or lines without values."""
    if rng.random() < 0.5:
        _, place = _cell_of(rng, text)
        for line in text.cells[1:]:
            line[place : place + 1] = [""]
    else:
        at = rng.randint(0, len(text.cells))
        text.cells.insert(at, rng.choice([[""], [""] * 6, [" "] * 6]))


def _less(rng: Random, text: Text) -> None:
    """No rows, or a column gone."""
    if rng.random() < 0.3:
        del text.cells[rng.choice([0, 1, 2]) :]
        return
    place = rng.randrange(6)
    for line in text.cells:
        del line[place : place + 1]


def _turned(_: Random, text: Text) -> None:
    text.cells = [list(line) for line in zip(*text.cells, strict=False)]


HARMS: dict[Harm, float] = {
    _odd_cell: 8, _odd_column: 4, _odd_name: 3, _ragged: 2, _again: 2, _no_header: 1,
    _header_again: 1, _above: 2, _encoding: 2, _separators: 1.5, _newlines: 1, _wide: 0.15,
    _long: 0.3, _empty: 1.5, _less: 1, _turned: 0.5,
}  # fmt: skip


def harmed(rng: Random) -> bytes:
    """A file with something wrong in its cells or its form, and now and then in its bytes."""
    text, _ = sound(rng)
    for harm in rng.choices(list(HARMS), list(HARMS.values()), k=rng.choice([1, 1, 1, 2, 4])):
        harm(rng, text)
        text.cells = text.cells or [[]]
    data = text.written(rng)
    return mangle(rng, data) if rng.random() < 0.2 else data


def dated(text: str) -> dt.date | None:
    """The day of a text by the plainest reading of it."""
    for form in DAYS:
        try:
            return dt.datetime.strptime(text, form).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
    return None


BOMS = {codecs.BOM_UTF8, codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE}
