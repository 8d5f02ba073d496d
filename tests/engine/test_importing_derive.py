from __future__ import annotations

import datetime as dt
import statistics

import msgspec
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dsl.parse import Names, parse
from engine.errors import DataError, QuestionError
from engine.evaluate.run import evaluate
from engine.importing.dataset import read_info, read_report, write_dataset
from engine.importing.derive import RATES, derivable_columns, with_derived
from engine.importing.model import Imported, ImportOptions, ImportReport
from engine.importing.reading import read_file
from engine.panel import Panel, open_panel
from engine.panel.folder import MANIFEST

MONDAY = dt.date(2020, 1, 6)


def imported(columns, *, price="close", first=MONDAY):
    """An import of lists by column; `date` counts days from `first`, None is missing."""
    frame = pl.DataFrame(columns).with_columns(
        date=pl.Series([first + dt.timedelta(days=day) for day in columns["date"]], dtype=pl.Date)
    )
    frame = frame.sort("symbol", "date")
    texts = [c for c in frame.columns if frame[c].dtype == pl.String and c != "symbol"]
    features = tuple(sorted(set(frame.columns) - {"date", "symbol", *texts}))
    frame = frame.with_columns(pl.col(features).cast(pl.Float64))
    report = ImportReport(
        file="x.csv", rows=len(frame), symbols=frame["symbol"].n_unique(),
        dates=frame["date"].n_unique(), first_date=frame["date"].min(),
        last_date=frame["date"].max(), duplicates_dropped=0, date_column="date",
        symbol_column="symbol", price=price, universe=None, features=features,
        categories=tuple(sorted(texts)), refused=(), warnings=(),
    )  # fmt: skip
    return Imported(
        frame=frame.select("date", "symbol", *features, *sorted(texts)),
        features=features,
        levels={name: tuple(frame[name].drop_nulls().unique().sort()) for name in sorted(texts)},
        price=price,
        universe=None,
        periods_per_year=252,
        report=report,
    )


def derived(columns, *names, **options):
    price = options.pop("default", "close")
    return with_derived(imported(columns, price=price), ImportOptions(derive=names, **options))


def rate(currency, day):
    table = pl.read_parquet(RATES).filter(pl.col("symbol") == currency, pl.col("date") == day)
    return table["c_sek"].item()


def test_returns_run_over_a_hole_as_those_of_the_book_do():
    found = derived(
        {
            "date": [0, 1, 2, 3, 0, 2, 3],
            "symbol": [*"AAAA", *"BBB"],
            "close": [10.0, None, 15.0, 30.0, 4.0, 5.0, 0.0],
        },
        "returns",
    )
    assert found.frame["returns"].to_list() == [0.0, None, 0.5, 1.0, 0.0, 0.25, None]
    assert found.features == ("close", "returns")
    assert found.report.features == found.features
    assert found.report.derived == {
        "returns": "close / lag(close, 1) - 1, after a hole over the last known price"
    }


def test_the_average_price_of_a_day_needs_all_three():
    columns = {
        "date": [0, 1], "symbol": ["A", "A"], "High": [12.0, 9.0], "l": [9.0, None],
        "close": [10.5, 8.0],
    }  # fmt: skip
    found = derived(columns, "vwap")
    assert found.frame["vwap"].to_list() == [10.5, None]
    assert found.report.derived == {"vwap": "(High + l + close) / 3"}


def test_an_average_price_is_not_mixed_from_adjusted_and_other_prices():
    columns = {"date": [0], "symbol": ["A"], "high": [2.0], "low": [1.0], "adj_close": [1.0]}
    with pytest.raises(DataError) as caught:
        derived(columns, "vwap", default="adj_close")
    assert caught.value.message == (
        "vwap cannot be computed from high, low and adj_close: they are in different currencies or"
        " adjusted differently."
    )


def test_an_average_volume_needs_20_dates_and_10_volumes():
    volumes = [None] * 10 + [7.0] * 10 + [9.0] + [None] * 11
    columns = {"date": list(range(32)), "symbol": ["A"] * 32, "close": [1.0] * 32}
    found = derived({**columns, "volume": volumes}, "adv20").frame["adv20"].to_list()
    assert found == [None] * 19 + [7.0] + [79 / 11] * 10 + [72 / 10, None]


def test_on_a_day_without_a_rate_the_last_one_counts():
    friday = dt.date(2020, 1, 10)
    columns = {"date": [0, 1, 2], "symbol": ["A"] * 3, "c_usd": [1.0] * 3}
    found = with_derived(
        imported(columns, price="c_usd", first=friday), ImportOptions(derive=("c_sek",))
    )
    assert found.frame["c_sek"].to_list() == [rate("USD", friday)] * 3


CELLS = st.one_of(st.none(), st.integers(0, 10**7).map(float), st.floats(1e-3, 1e9))


@st.composite
def market(draw):
    """Rows of two symbols on 25 to 45 dates, with holes in rows and cells."""
    days = draw(st.integers(25, 45))
    codes = st.sampled_from(["USD", "EUR", "SEK", "GBp", "XYZ", None])
    rows = [
        (day, symbol)
        for symbol in ("A", "B")
        for day in range(days)
        if symbol == "A" or draw(st.integers(0, 3))
    ]
    size = len(rows)
    cells = st.lists(CELLS, min_size=size, max_size=size)
    return {
        "date": [day for day, _ in rows],
        "symbol": [symbol for _, symbol in rows],
        "close": [1.0, *draw(cells)[1:]],
        "high": [3.0, *draw(cells)[1:]],
        "low": [2.0, *draw(cells)[1:]],
        "volume": [*[5.0] * 20, *draw(cells)[20:]],
        "currency": ["SEK", *draw(st.lists(codes, min_size=size, max_size=size))[1:]],
    }


ALL = ("returns", "vwap", "adv20", "c_sek")


@given(market())
@settings(max_examples=20)
def test_an_average_volume_is_bit_for_bit_that_of_the_language(columns):
    found = derived(columns, "adv20")
    panel = panel_of(found)
    expected = evaluate(panel, parse("ts_mean(volume, 20)", Names.of(panel)))
    got = panel.feature("adv20")
    rows = np.zeros(got.shape, dtype=bool)
    rows.reshape(-1)[found.grid.cells] = True
    np.testing.assert_array_equal(got[rows].view(np.int64), expected[rows].view(np.int64))
    assert np.isnan(got[~rows]).all()


def panel_of(found):
    grid = found.grid
    return Panel.from_arrays(
        "p",
        grid.dates,
        grid.symbols,
        {name: grid.matrix(found.frame[name]) for name in found.features},
        price=found.price,
    )


@given(market())
@settings(max_examples=20)
def test_derived_columns_equal_plain_loops(columns):
    found = derived(columns, *ALL, price="close")
    rows = found.frame.rows(named=True)
    days = sorted({row["date"] for row in rows})
    by_key = {(row["symbol"], row["date"]): row for row in rows}
    for row in rows:
        past = [by_key.get((row["symbol"], day)) for day in days if day <= row["date"]]
        plain = {
            "returns": plain_return([each["close"] for each in past if each]),
            "vwap": plain_mean([row["high"], row["low"], row["close"]], 3),
            "adv20": plain_adv([each and each["volume"] for each in past[-20:]]),
            "c_sek": plain_sek(row),
        }
        for name, value in plain.items():
            assert row[name] == (value if value is None else pytest.approx(value, rel=1e-12)), name


def plain_return(prices):
    known = [price for price in prices[:-1] if price is not None and price > 0]
    if prices[-1] is None or not prices[-1] > 0:
        return None
    return prices[-1] / known[-1] - 1 if known else 0.0


def plain_mean(values, least):
    present = [value for value in values if value is not None]
    return statistics.fmean(present) if len(present) >= least else None


def plain_adv(volumes):
    return plain_mean(volumes, 10) if len(volumes) == 20 else None


TABLE = {(row[1], row[0]): row[2] for row in pl.read_parquet(RATES).rows()}


def plain_sek(row):
    code, part = ("GBP", 0.01) if row["currency"] == "GBp" else (row["currency"], 1.0)
    past = [row["date"] - dt.timedelta(days=age) for age in range(8)]
    rates = [1.0] if code == "SEK" else [TABLE[code, day] for day in past if (code, day) in TABLE]
    return None if row["close"] is None or not rates else row["close"] * part * rates[0]


@given(market(), st.integers(21, 44))
@settings(max_examples=20)
def test_derived_columns_know_nothing_of_the_future(columns, cut):
    kept = [place for place, day in enumerate(columns["date"]) if day < cut]
    head = {name: [cells[place] for place in kept] for name, cells in columns.items()}
    whole = derived(columns, *ALL)
    early = whole.frame.filter(pl.col("date") < MONDAY + dt.timedelta(days=cut))
    assert derived(head, *ALL).frame.equals(early)


def test_kronor_are_the_price_times_the_rate_of_the_day():
    columns = {"date": [0, 1], "symbol": ["A", "A"], "c_usd": [100.0, None]}
    found = derived(columns, "c_sek", default="c_usd")
    assert found.frame["c_sek"].to_list() == [100.0 * rate("USD", MONDAY), None]
    assert (found.price, found.report.price) == ("c_sek", "c_sek")
    assert found.report.derived == {"c_sek": "c_usd * SEK per USD (European Central Bank)"}
    assert found.report.warnings == ()


def test_a_named_price_stays_the_price_and_returns_are_those_of_the_price():
    columns = {"date": [0, 1], "symbol": ["A", "A"], "c_usd": [100.0, 110.0]}
    named = derived(columns, "c_sek", "returns", default="c_usd", price="c_usd")
    assert named.price == "c_usd"
    assert named.frame["returns"][1] == 110.0 / 100.0 - 1
    other = derived(columns, "c_sek", "returns", default="c_usd")
    sek = other.frame["c_sek"]
    assert other.frame["returns"][1] == sek[1] / sek[0] - 1
    assert other.report.derived["returns"].startswith("c_sek / lag(c_sek, 1) - 1")


def test_a_rate_may_be_seven_days_old_and_no_older():
    # No rate of the lira after 2004-12-31, a Friday.
    last = dt.date(2004, 12, 31)
    columns = {"date": [0, 1, 7, 8], "symbol": ["A"] * 4, "c_trl": [1e6] * 4}
    found = derived_from(columns, last, "c_trl")
    known = 1e6 * rate("TRL", last)
    assert found.frame["c_sek"].to_list() == [known, known, known, None]
    (warning,) = found.report.warnings
    assert warning == (
        "c_sek is missing in 1 rows with a price, since there is no rate of their currency that is"
        " at most 7 days old: TRL (1)."
    )


def derived_from(columns, first, price):
    made = imported(columns, price=price, first=first)
    return with_derived(made, ImportOptions(derive=("c_sek",)))


def test_currencies_come_from_a_category_with_pence_and_unknown_ones_counted():
    codes = ["SEK", "usd ", "GBp", "GBX", "gbp", "XYZ", None, "XYZ"]
    columns = {
        "date": [0] * 8, "symbol": [*"ABCDEFGH"], "close": [200.0] * 7 + [None], "money": codes,
    }  # fmt: skip
    found = derived(columns, "c_sek", currency="money")
    pound = rate("GBP", MONDAY)
    pence = 200.0 * (0.01 * pound)
    known = [200.0, 200.0 * rate("USD", MONDAY), pence, pence, 200.0 * pound]
    assert found.frame["c_sek"].to_list() == [*known, None, None, None]
    assert found.report.derived == {
        "c_sek": "close * SEK per unit of money (European Central Bank)"
    }
    (warning,) = found.report.warnings
    assert warning == (
        "c_sek is missing in 2 rows with a price, since there is no rate of their currency that is"
        " at most 7 days old: XYZ (1), none given (1)."
    )


def test_a_currency_nobody_told_of_is_a_question():
    columns = {"date": [0], "symbol": ["A"], "close": [1.0], "money": ["USD"]}
    with pytest.raises(QuestionError) as caught:
        derived(columns, "c_sek")
    assert (caught.value.option, caught.value.choices) == ("currency", ("money",))
    assert caught.value.message == (
        "The currency of 'close' is not known, so that c_sek cannot be computed. Say which category"
        " holds it, or name the column after it, as in c_usd."
    )


def test_an_option_names_columns_as_the_file_does():
    columns = {"date": [0], "symbol": ["A"], "close": [1.0], "money": ["SEK"]}
    found = derived(columns, "c_sek", currency="Geld", rename={"Geld": "money"})
    assert found.frame["c_sek"].to_list() == [1.0]


REFUSED = [
    (
        {"close": [1.0], "vwap": [2.0], "high": [1.0], "low": [1.0]}, "vwap", {},
        ("x.csv has a column 'vwap' already, which a derived column never replaces. Rename it or"
        " leave it out, or do not ask for vwap."),
    ),
    (
        {"close": [1.0], "low": [2.0]}, "vwap", {},
        "There is no high to compute from. Rename the right one to 'high'.",
    ),
    (
        {"close": [1.0], "vol": [2.0], "v": [1.0]}, "adv20", {},
        "Several columns can be the volume: v, vol. Rename the right one to 'volume'.",
    ),
    (
        {"close": [1.0], "volume": [2.0]}, "adv20", {},
        ("adv20 of x.csv would have no values; leave it out. It needs 20 dates, with a volume on"
        " half of them."),
    ),
    (
        {"close": [1.0], "money": ["USD"]}, "c_sek", {"currency": "mony"},
        "There is no category 'mony' with currencies. Did you mean money?",
    ),
    (
        {"close": [1.0], "ccy": ["XYZ"]}, "c_sek", {},
        ("c_sek of x.csv would have no values; leave it out. c_sek is missing in 1 rows with a"
        " price, since there is no rate of their currency that is at most 7 days old: XYZ (1)."),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("columns", "name", "options", "message"), REFUSED)
def test_what_cannot_be_derived_says_why(columns, name, options, message):
    with pytest.raises(DataError) as caught:
        derived({"date": [0], "symbol": ["A"], **columns}, name, **options)
    assert caught.value.message == message


OFFERED = [
    (("close",), (), {"price": "close"}, ("returns",)),
    (("close", "ret"), (), {"price": "close"}, ()),
    (("close", "high", "low", "volume"), (), {"price": "close"}, ("returns", "vwap", "adv20")),
    (("c_usd", "h_usd", "l_usd"), (), {"price": "c_usd"}, ("returns", "vwap", "c_sek")),
    (("c_usd", "c_sek"), (), {"price": "c_sek"}, ("returns",)),
    (("close",), ("Currency",), {"price": "close"}, ("returns", "c_sek")),
    (("close",), ("money",), {"price": "close", "currency": "money"}, ("returns", "c_sek")),
    (("close_adj",), ("money",), {"price": "close_adj"}, ("returns",)),
    (("volume",), (), {}, ("adv20",)),
]


@pytest.mark.parametrize(("features", "categories", "roles", "names"), OFFERED)
def test_what_can_be_derived_is_offered(features, categories, roles, names):
    assert derivable_columns(features, categories, **roles) == names


def test_nothing_is_derived_unasked():
    made = imported({"date": [0], "symbol": ["A"], "close": [1.0]})
    assert with_derived(made, ImportOptions()) is made


def test_a_data_set_keeps_how_its_columns_were_computed(tmp_path):
    columns = {"date": [0, 1], "symbol": ["A", "A"], "c_usd": [1.0, 2.0]}
    found = derived(columns, "returns", "c_sek", default="c_usd")
    folder = tmp_path / "ds"
    write_dataset(folder, found)
    panel = open_panel(folder, name="x")
    assert panel.derived == found.report.derived == read_report(folder).derived
    assert panel.head(1).derived == panel.derived
    assert (panel.price, read_info(folder).features) == ("c_sek", ("c_sek", "c_usd", "returns"))


def test_a_folder_from_before_derived_columns_still_opens(tmp_path):
    folder = tmp_path / "ds"
    write_dataset(folder, imported({"date": [0], "symbol": ["A"], "close": [1.0]}))
    manifest = msgspec.json.decode((folder / MANIFEST).read_bytes())
    assert manifest.pop("derived") == {}
    (folder / MANIFEST).write_bytes(msgspec.json.encode(manifest))
    assert open_panel(folder, name="x").derived == {}


def test_kronor_of_a_real_panel_are_those_it_came_with(shared_data, tmp_path):
    table = pl.read_parquet(shared_data / "panels" / "sp500_5y.parquet").filter(
        pl.col("symbol").is_in(["AAPL", "MSFT", "XOM"])
    )
    path = tmp_path / "prices.parquet"
    table.drop("c_sek", "usdsek").rename({"close": "c_usd"}).write_parquet(path)
    found = read_file(path, ImportOptions(derive=("c_sek", "adv20", "returns")))
    both = found.frame.join(table.select("date", "symbol", known="c_sek"), on=["date", "symbol"])
    known = both["known"].to_numpy()
    np.testing.assert_allclose(both["c_sek"].to_numpy(), known, rtol=1e-6)
    assert (found.price, found.report.warnings) == ("c_sek", ())
