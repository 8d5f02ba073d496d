"""The dialect of the 101 Formulaic Alphas: the paper's texts become trees of our operators."""

from __future__ import annotations

import json
import math
from functools import cache
from random import Random

import numpy as np
import pytest

from engine import kernels as k
from engine.dsl.ops import OPS
from engine.dsl.parse import DIALECTS, Names, derivable, parse, read
from engine.dsl.tree import to_text
from engine.errors import ExprError, ParamError
from engine.evaluate.run import evaluate
from engine.lookahead import certificate
from engine.panel import Panel
from engine.panel.market import STANDARD, columns_for, standard_name
from tests import paper
from tests.engine.dsl_panels import attempt

DATES, SYMBOLS = 300, 12
LEVELS = ("a", "b", "c")


@cache
def market(seed=1, symbols=SYMBOLS):
    """Columns of a price file and its groups: eighths of a unit, with holes and ties."""
    rng = np.random.default_rng(seed)
    shape = DATES, symbols
    close = np.round(320 * np.exp(np.cumsum(rng.normal(0, 0.02, shape), axis=0))) / 8
    first = np.round(close * np.exp(rng.normal(0, 0.01, shape)) * 8) / 8
    columns = {
        "open": first,
        "high": np.maximum(first, close) + rng.integers(0, 6, shape) / 8,
        "low": np.minimum(first, close) - rng.integers(0, 6, shape) / 8,
        "close": close,
        "volume": 100 * np.round(rng.lognormal(4, 0.7, shape)),
        "cap": 100 * np.round(close * rng.lognormal(3, 1, symbols)),
    }
    empty = rng.random(shape) < 0.02
    for values in columns.values():
        values[empty | (rng.random(shape) < 0.01)] = np.nan
    codes = np.tile(np.arange(symbols) % 3, (DATES, 1))
    codes[:, -1] = -1
    codes[DATES // 3 :, 0] = 2
    return columns, codes


def panel_of(columns, codes, price="close", rename=str):
    """The columns as a data set, under other names."""
    return Panel.from_arrays(
        "market",
        np.datetime64("2020-01-01") + np.arange(len(codes)),
        [f"S{i:02d}" for i in range(codes.shape[1])],
        {rename(name): values for name, values in columns.items()},
        {"sector": (codes, LEVELS)},
        price=rename(price),
    )


def with_derived(columns):
    """The columns as the paper has them, with vwap and returns."""
    last = np.full(columns["close"].shape[1], np.nan)
    returns = []
    for row in columns["close"]:
        returns.append(row / last - 1)
        last = np.where(np.isnan(row), last, row)
    average = (columns["high"] + columns["low"] + columns["close"]) / 3
    return {**columns, "vwap": average, "returns": np.array(returns)}


def labels_of(codes):
    return [[None if code < 0 else LEVELS[code] for code in row] for row in codes]


def same(got, want):
    return np.isclose(got, want, rtol=1e-9, atol=1e-9, equal_nan=True)


def rounded_as_ours(kernel):
    """Our kernel in the place of the paper's function: it sums in another order."""

    def function(x, y, days):
        d = math.floor(days)
        pair = np.ascontiguousarray(x), np.ascontiguousarray(y)
        return kernel(*pair, d, k.min_count(d, 2))

    return function


def neutralized_as_ours(x, groups):
    codes = [[-1 if label is None else LEVELS.index(label) for label in row] for row in groups]
    return k.g_demean(np.ascontiguousarray(x), np.array(codes, dtype=np.int32))


OUR_SUMS = {
    "correlation": rounded_as_ours(k.corr),
    "covariance": rounded_as_ours(k.cov),
    "indneutralize": neutralized_as_ours,
}


def check(text, seed=1, symbols=SYMBOLS):
    """Equal values, and the same ones missing.

    The last digits of a correlation decide which of several equal ones is the largest, or whether
    a difference is nothing: a few cells may differ, and none does when both round alike.
    """
    columns, codes = market(seed, symbols)
    panel, paper_of = panel_of(columns, codes), (text, with_derived(columns), labels_of(codes))
    got = evaluate(panel, parse(text, Names.of(panel), "alpha101"))
    alike = same(got, paper.evaluate(*paper_of))
    assert alike.mean() > 0.9, text
    assert alike.all() or same(got, paper.evaluate(*paper_of, OUR_SUMS)).all(), text


OWN = [
    "rank(close) - 0.25",
    "(-1 * Rank(delta(Log(volume), 3)))",
    "correlation(rank(open), rank(volume), 7.9)",
    "correlation(close, volume, 2)",
    "covariance(high, low, 12.3)",
    "Ts_Rank(volume / adv15, 6.5)",
    "ts_argmax(close, 9.99) - Ts_ArgMin(low, 4)",
    "Ts_ArgMax(SignedPower(((returns < 0) ? stddev(returns, 9) : close), 2.), 4)",
    "(0.02 < returns) || (returns == 0) ? 1 : (volume < adv30 && open < close) ? 2 : -1 * 3",
    "min(vwap - close, 6) + max(delta(close, 1), 3.7)",
    "min(open, close) * max(rank(high), Ts_Rank(low, 5))",
    "max(0, vwap - close)",
    "scale(decay_linear(close - vwap, 5.5)) + scale(cap * returns)",
    "IndNeutralize(vwap, IndClass.sector) / IndNeutralize(cap, IndClass.subindustry)",
    "indneutralize(rank(close), IndClass.industry)^2",
    "product(1 + rank(returns), 4.2)",
    "rank(open)^rank(close) * -1",
    "SignedPower(close - open, rank(volume))",
    "SignedPower(close - delay(close, 5), 0.5) + sum(returns, 30)",
    "sign(delta(close, 2)) * abs(high - low) / ((high - low) + .001)",
    "ts_min(low, 5) - ts_max(high, 5) / delay(close, 0.5)",
]
"""Formulas in the shapes of the paper, none of them in it."""


@pytest.mark.parametrize("text", OWN)
def test_a_formula_is_worth_what_the_paper_says(text):
    check(text)


def texts(shared_data):
    return json.loads((shared_data / "alpha101_formulas.json").read_text(encoding="utf-8"))


def test_every_alpha_is_worth_what_the_paper_says(shared_data):
    found = texts(shared_data)
    assert len(found) == 101
    for text in found.values():
        check(text)


@pytest.mark.heavy
@pytest.mark.parametrize("seed", range(2, 7))
def test_every_alpha_on_other_panels(shared_data, seed, pytestconfig):
    if "heavy" not in pytestconfig.getoption("-m"):
        pytest.skip("run by command: pytest -m heavy")
    for text in texts(shared_data).values():
        check(text, seed, symbols=18)


def test_columns_of_the_data_set_come_before_what_can_be_made_of_others():
    columns, codes = market()
    known = with_derived(columns)
    known["vwap"] = known["vwap"] + 1
    panel = panel_of(known, codes)
    for name in ("vwap", "returns", "cap"):
        reading = read(name, Names.of(panel), "alpha101")
        assert (to_text(reading.node), reading.notes) == (f'feat("{name}")', ())
        assert evaluate(panel, reading.node).tobytes() == panel.feature(name).tobytes()


SWEDISH = {
    "open": "o_sek", "high": "h_sek", "low": "l_sek", "close": "c_sek", "volume": "v", "cap": "mcap"
}  # fmt: skip
YAHOO = {name: name.title() for name in SWEDISH} | {"close": "Adj Close", "cap": "Market Cap"}


@pytest.mark.parametrize("names", [SWEDISH, YAHOO], ids=["swedish", "yahoo"])
def test_a_formula_does_not_care_what_the_columns_are_called(names):
    columns, codes = market()
    ours = panel_of(columns, codes)
    other = panel_of(columns, codes, rename=names.get)
    for text in ("rank(vwap - close) + returns * adv20", "high / low + Ts_Rank(cap + open, 7)"):
        mine = evaluate(ours, parse(text, Names.of(ours), "alpha101"))
        theirs = evaluate(other, parse(text, Names.of(other), "alpha101"))
        assert same(mine, theirs).all()


def test_returns_are_those_of_the_engine():
    columns, codes = market()
    prices = columns["close"].copy()
    prices[20:40, 3] = np.nan
    prices[50, 4], prices[51, 5], prices[:60, 6] = 0, -1, np.nan
    panel = panel_of({**columns, "close": prices}, codes)
    got = evaluate(panel, parse("returns", Names.of(panel), "alpha101"))
    want = panel.returns().copy()
    known = np.nan_to_num(prices) > 0
    want[known & (np.cumsum(known, axis=0) == 1)] = np.nan  # there is no price to compare with
    assert np.array_equal(got, want, equal_nan=True)


def test_returns_are_from_close_to_close_whatever_price_earns_them():
    names = Names(frozenset({"close", "c_sek"}), price="c_sek")
    reading = read("returns", names, "alpha101")
    assert to_text(reading.node).startswith('feat("close") / (feat("close") > 0)')
    assert said(reading) == ["'returns' is close / (the last close known before) - 1."]


BARS = Names(
    frozenset({"o_sek", "h_sek", "l_sek", "c_sek", "v"}), frozenset({"gics"}), price="c_sek"
)


def said(reading):
    return [note.message for note in reading.notes]


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("feat('c_sek') / lag(v, 1)", []),
        ("1 + 2", []),
        ("open", [("'open' is the column 'o_sek'.", "open")]),
        ("close", [("'close' is the column 'c_sek', the price that earns returns.", "close")]),
        ("open + Open / open", [("'open' is the column 'o_sek'.", "open"),
                                ("'Open' is the column 'o_sek'.", "Open")]),
        ("rank(vwap)", [("'vwap' is (h_sek + l_sek + c_sek) / 3.", "vwap")]),
        ("adv20", [("'adv20' is ts_mean(v, 20), in shares.", "adv20")]),
        ("delay(v, 2.5) + delay(v, 3.5)",
         [("Windows that are no whole numbers of days were rounded down.", "2.5")]),
        ("min(v, 5.5)", [("min(x, 5.5) is ts_min(x, 5), the smallest of 5 days.", "min(v, 5.5)")]),
        ("max(v, 2)", [("max(x, 2) is ts_max(x, 2), the largest of 2 days.", "max(v, 2)")]),
        ("indneutralize(v, IndClass.industry)",
         [("'IndClass.industry' is the category 'gics', the only one.", "IndClass.industry")]),
    ],
)  # fmt: skip
def test_what_was_taken_for_what_is_said(text, notes):
    found = read(text, BARS, "alpha101").notes
    assert [(note.message, text[note.start : note.end]) for note in found] == notes


def test_a_note_is_about_the_first_place_it_holds_for():
    reading = read("v + vwap + vwap", BARS, "alpha101")
    assert [(note.start, note.end) for note in reading.notes] == [(4, 8)]


def test_adv_of_the_data_set_is_taken_as_it_is():
    names = Names(frozenset({"adv20", "volume"}))
    reading = read("adv20 / adv5", names, "alpha101")
    assert to_text(reading.node) == 'feat("adv20") / ts_mean(feat("volume"), 5)'
    assert said(reading)[0] == "'adv20' is the column of that name, as it is."


def test_a_named_step_comes_before_any_column():
    node = parse("vwap = (h_sek + l_sek) / 2; rank(vwap)", BARS, "alpha101")
    assert node == parse("cs_rank((h_sek + l_sek) / 2, percent=1)", BARS)


NO_DAYS = "must be a whole number from 1 to 2520."
REFUSED = {
    "cap * 2": (
        (
            "The data set has no column for 'cap', the market value of the company. Rename the one"
            " that has it, or import a file with one."
        ),
        "cap",
    ),
    "indneutralize(v, x)": ("There is no category 'x'.", "x"),
    "delay(v, 2) + IndClass.sector": (
        "'IndClass.sector' is a category: only the group operators can read it.",
        "IndClass.sector",
    ),
    "sum(v, 0.5)": (f"d of ts_sum {NO_DAYS}", "0.5"),
    "delay(v, -0.5)": ("d of lag must be a whole number from 0 to 2520.", "-0.5"),
    "min(v, 0)": (
        (
            f"In this dialect min(x, 0) is ts_min(x, 0), and d of ts_min {NO_DAYS}"
            " To compare with a number write min(0, x)."
        ),
        "0",
    ),
    "max(v, -1)": (
        (
            f"In this dialect max(x, -1) is ts_max(x, -1), and d of ts_max {NO_DAYS}"
            " To compare with a number write max(-1, x)."
        ),
        "-1",
    ),
    "adv0 + v": (f"'adv0' cannot be read: d of ts_mean {NO_DAYS}", "adv0"),
    "adv9999": (f"'adv9999' cannot be read: d of ts_mean {NO_DAYS}", "adv9999"),
    "Sum(v)": ("ts_sum needs d: write ts_sum(x, d).", "Sum(v)"),
    "1 + ts_argmax(v, 5, 1)": (
        "This is one argument too many: write ts_arg_max(x, d).",
        "1",
    ),
    "1 / Stdev(v, 2)": (
        "There is no operator 'Stdev'. Did you mean stddev or ts_std_dev?",
        "Stdev",
    ),
    "Delta + 1": ("'Delta' is an operator: write ts_delta(x, d).", "Delta"),
    "x.y.z": ("There is no column 'x.y.z'.", "x.y.z"),
    "v $ 2": ("'$' does not belong here.", "$"),
}


@pytest.mark.parametrize("text", REFUSED)
def test_an_error_is_about_the_text_of_the_user(text):
    message, at = REFUSED[text]
    with pytest.raises(ExprError) as caught:
        parse(text, BARS, "alpha101")
    error = caught.value
    assert error.message == message
    assert text[error.start : error.end] == at
    assert error.start == text.rindex(at)


def refusal(text, features, categories=(), price=None):
    with pytest.raises(ExprError) as caught:
        parse(text, Names(frozenset(features), frozenset(categories), price=price), "alpha101")
    return caught.value.message


def test_two_columns_that_are_equally_good_are_both_named():
    assert refusal("open", {"o_sek", "o_usd"}) == (
        "'open' could be the columns 'o_sek' and 'o_usd', which are named equally well."
        ' Write the one you mean: feat("o_sek").'
    )
    assert "'High' and 'high_'" in refusal("vwap", {"High", "high_", "low", "close"})
    assert "'Sector' and 'sector_'" in refusal(
        "indneutralize(x, sector)", {"x"}, {"Sector", "sector_"}
    )


def test_what_is_missing_is_said_with_what_there_is():
    assert refusal("vwap", {"high", "low", "x"}) == (
        "The data set has no column for 'close', the last price of the day. Rename the one that has"
        " it, or import a file with one."
    )
    assert refusal("indneutralize(x, IndClass.sector)", {"x"}, {"land", "branch"}) == (
        "'IndClass.sector' stands for the category 'sector', which is not there. The categories are"
        " 'branch' and 'land': write one of them."
    )
    assert refusal("indneutralize(x, sector)", {"x"}) == (
        "'sector' stands for the category 'sector', and the data set has no category at all. Import"
        " a file with one, or name its column with --categories."
    )


@pytest.mark.parametrize(
    ("name", "columns", "price", "found"),
    [
        ("close", {"close", "Close", "c_sek"}, "c_sek", ("close",)),
        ("close", {"Close", "c_sek"}, "c_sek", ("Close",)),
        ("close", {"c_usd", "c_sek"}, "c_sek", ("c_sek",)),
        ("close", {"c_usd", "c_sek"}, None, ("c_sek", "c_usd")),
        ("close", {"nav", "x"}, "nav", ("nav",)),
        ("close", {"x"}, None, ()),
        ("open", {"nav", "x"}, "nav", ()),
        ("open", {"o_usd", "o_sek"}, "c_sek", ("o_sek",)),
        ("open", {"adj_open", "open_price"}, "adj_close", ("adj_open",)),
        ("open", {"adj_open", "open_price"}, "close", ("open_price",)),
        ("volume", {"Vol."}, None, ("Vol.",)),
        ("cap", {"MarketCap"}, None, ("MarketCap",)),
    ],
)
def test_the_best_column_stands_for_a_standard_one(name, columns, price, found):
    assert columns_for(name, columns, price) == found


def test_standard_names_are_told_apart():
    for name, standard in STANDARD.items():
        for spelling in (name, name.upper(), *standard.spellings):
            assert standard_name(spelling) == name
    assert standard_name("l_ratio") is None
    assert standard_name("c_usd_adj") == "close"


def test_what_a_file_offers_is_said():
    begin = "Formulas in the dialect alpha101 can be read on it:"
    assert derivable(BARS) == (
        f"{begin} 'vwap' is (h_sek + l_sek + c_sek) / 3.",
        f"{begin} 'returns' is c_sek / (the last c_sek known before) - 1.",
    )
    assert derivable(Names(frozenset({"c_sek"}), price="c_sek")) == ()
    full = frozenset({"high", "low", "close", "VWAP", "ret"})
    assert derivable(Names(full, price="close")) == ()
    assert derivable(Names(frozenset({"high", "High", "low", "Low", "close"}))) != ()
    assert derivable(Names(frozenset({"h_sek", "h_usd", "low", "close"}))) == ()


def test_our_own_language_knows_nothing_of_the_dialect():
    names = Names(frozenset({"x"}), frozenset({"sector"}))
    for text in ("Rank(x)", "ts_sum(x, 2.5)", "group_mean(x, IndClass.sector)", "vwap", "adv20"):
        with pytest.raises(ExprError):
            parse(text, names)
    assert (
        to_text(parse("rank(x) + min(x, 5)", names)) == 'cs_rank(feat("x"), 0) + min(feat("x"), 5)'
    )


def test_options_that_are_given_stay():
    text = "Rank(v, percent=0) + correlation(v, c_sek, 5, least=4)"
    assert parse(text, BARS, "alpha101") == parse(text.replace("Rank", "rank"), BARS)


def test_an_unknown_dialect_is_refused():
    with pytest.raises(ParamError) as caught:
        parse("x", BARS, "qlib")
    assert caught.value.message == "There is no dialect 'qlib'; choose 'alpha101', or none."
    assert set(DIALECTS) == {"alpha101"}


@pytest.mark.parametrize("text", OWN)
def test_the_text_in_our_own_language_means_the_same(text):
    columns, codes = market()
    names = Names.of(panel_of(columns, codes))
    node = parse(text, names, "alpha101")
    assert parse(to_text(node), names) == node


@pytest.mark.parametrize("text", OWN[5::4])
def test_no_formula_sees_a_later_date(text):
    columns, codes = market()
    panel = panel_of(columns, codes)
    assert certificate(panel, parse(text, Names.of(panel), "alpha101"), cuts=5).passed


def test_no_text_raises_anything_but_an_expression_error():
    rng, names = Random(5), Names.of(panel_of(*market()))
    pieces = [*"()^*,.?:< 234567", " 2.", "IndClass.sector", "adv", "vwap", "Rank(", "min("]
    understood = 0
    for _ in range(1500):
        text = list(rng.choice(OWN))
        for _ in range(rng.randint(1, 2)):
            at = rng.randrange(len(text))
            text[at : at + rng.randint(0, 1)] = [rng.choice(pieces)]
        given = "".join(text)
        node, error = attempt(given, names, "alpha101")
        if error:
            assert 0 <= error.start <= error.end <= len(given), given
            assert error.message.endswith((".", "?")), given
            continue
        understood += 1
        assert parse(to_text(node), names) == node
    assert understood > 50


def test_the_tables_are_about_operators_that_exist():
    for dialect in DIALECTS.values():
        assert {*dialect.functions.values(), *dialect.signatures, *dialect.forms} <= OPS.keys()
        assert dialect.columns.known <= STANDARD.keys()
        assert set(dialect.columns.groups.values()) <= STANDARD.keys()
