"""Every file of the collection of bad files: what becomes of it, word for word."""

from __future__ import annotations

import pytest

from engine.errors import DataError, QuestionError
from engine.importing import ImportOptions, Refused, read_file

CLEAN = "0d49fa22"  # the first digits of the fingerprint of the control file

GOOD = {
    "00_clean.csv": (60, 3, CLEAN),
    "01_duplicate_rows.csv": (60, 3, CLEAN),
    "03_unsorted.csv": (60, 3, CLEAN),
    "07_swedish_cp1252_headers.csv": (60, 3, None),
    "08_thousands_nbsp.csv": (60, 3, None),
    "09_utf8_bom.csv": (60, 3, CLEAN),
    "12_nan_strings.csv": (60, 3, None),
    "13_zero_negative_prices.csv": (60, 3, None),
    "15_single_row_symbol.csv": (61, 4, None),
    "16_single_row_total.csv": (1, 1, None),
    "17_huge_numbers.csv": (60, 3, None),
    "24_formula_injection.csv": (11, 11, None),
    "25_unicode_symbols.csv": (60, 3, None),
    "27_case_and_trailing_space.csv": (60, 6, None),
    # better than refused: "close price" means close, the names that cannot be used are refused
    "29_bad_column_names.csv": (60, 3, None),
    "31_excel_serial_dates.csv": (60, 3, CLEAN),
    "32_future_and_ancient_dates.csv": (60, 3, None),
    "35_split_unadjusted.csv": (60, 3, None),
    "36_constant_prices.csv": (60, 3, None),
    "39_mac_cr_only.csv": (60, 3, CLEAN),
    "40_no_final_newline.csv": (60, 3, CLEAN),
    "41_tab_separated.csv": (60, 3, CLEAN),
    "45_bool_and_text_features.csv": (60, 3, None),
    "47_gzip_ok.csv.gz": (60, 3, CLEAN),
    "60_ok.parquet": (60, 3, CLEAN),
    "61b_footer_tail_zeroed.parquet": (60, 3, CLEAN),
    "65_nested.parquet": (60, 3, None),
    "67_dict_symbol_ts_ns_tz.parquet": (60, 3, None),
    "69_date_as_string.parquet": (60, 3, None),
    "70_nan_vs_null.parquet": (60, 3, None),
    "71_index_level_pandas.parquet": (60, 3, None),
}

BAD = {
    "04_mixed_date_formats.csv": (
        "The column 'date' of 04_mixed_date_formats.csv writes dates in 4 ways, for example {}."
        " Write them all as 2019-07-31."
    ),
    "05_ambiguous_mdy.csv": (
        "The dates in the column 'date' of 05_ambiguous_mdy.csv can be read day first or month"
        " first, for example '07/01/2019' in line 2; say which with --date-order dmy or"
        " --date-order mdy."
    ),
    "11_utf16be_nobom.csv": (
        "11_utf16be_nobom.csv looks like UTF-16 without a byte order mark, most likely utf-16-be."
        " Say which with --encoding utf-16-be or --encoding utf-16-le, or save it as UTF-8."
    ),
    "19_header_only.csv": "19_header_only.csv has a header and no rows; export it again.",
    "20_no_header.csv": (
        "The first line of 20_no_header.csv is no header: it starts with '2019-07-01'. Add a line"
        " with the names of the columns, such as date,symbol,close, or say that it is data with"
        " --no-header; with --header it is taken as names all the same."
    ),
    "21_ragged.csv": (
        "21_ragged.csv has 8 columns in its header and another number in 2 of its lines: line 26"
        " has 2, line 45 has 9. Correct those lines."
    ),
    "23_unterminated_quote.csv": (
        '23_unterminated_quote.csv has a quote (") in line 32 that is not closed where it should'
        " be (unexpected end of data). Correct that line."
    ),
    "28_dup_columns.csv": (
        "28_dup_columns.csv has more than one column named 'close'. Rename or remove all but one."
    ),
    "33_invalid_dates.csv": (
        "6 cells of the column 'date' of 33_invalid_dates.csv are no dates: '2019-02-30' in line"
        " 3, '2019-13-01' in line 5, '2019-02-30' in line 23. Correct or remove those rows."
    ),
    "37_nul_bytes.csv": (
        "37_nul_bytes.csv has a zero byte in line 9, so it is not a text file. Export it again."
    ),
    "43_wide_format.csv": (
        "43_wide_format.csv looks wide, with one column per symbol (ERIC-B.ST, HM-B.ST,"
        " VOLV-B.ST). Say so with --layout wide (and what its cells are with --value, close unless"
        " said), or turn it into rows of date,symbol,close."
    ),
    "44_percent_currency.csv": (
        "44_percent_currency.csv cannot be used. There is no numeric column that could be the"
        " price. Columns that were refused: 'close': its numbers carry a unit, as in 'SEK 87.48';"
        " write plain numbers; 'ret': its numbers carry a unit, as in '-0.3%'; write plain"
        " numbers."
    ),
    "48_gzip_truncated.csv.gz": (
        "48_gzip_truncated.csv.gz is cut off: the compressed data ends too early. Download it"
        " again."
    ),
    "49_not_gzip.csv.gz": (
        "49_not_gzip.csv.gz is not compressed with gzip; remove .gz from its name."
    ),
    "61_footer_corrupt.parquet": (
        "61_footer_corrupt.parquet cannot be read: parquet: File out of specification: Unexpected"
        " struct field type 15."
    ),
    "62_truncated.parquet": (
        "62_truncated.parquet cannot be read: parquet: File out of specification: The file must"
        " end with PAR1 or PARE."
    ),
    "63_magic_only.parquet": (
        "63_magic_only.parquet cannot be read: parquet: File out of specification: A Parquet file"
        " must contain a header and footer with at least 12 bytes."
    ),
    "64_page_corrupt.parquet": (
        "64_page_corrupt.parquet cannot be read: parquet: File out of specification: zstd error:"
        " Data corruption detected."
    ),
    "66_zero_rows.parquet": "66_zero_rows.parquet has a header and no rows; export it again.",
    "73_many_columns.parquet": (
        "73_many_columns.parquet cannot be used. No column looks like a price (c_sek, close,"
        " adj_close or c_...); say which one earns returns with --price, one of f0000, f0001,"
        " f0002, f0003, f0004, f0005, f0006, f0007, f0008, f0009, f0010, f0011, ...."
    ),
    "74_parquet_in_name_only_dir.txt": (
        "74_parquet_in_name_only_dir.txt has one column only; columns must be divided by a comma,"
        " a semicolon, a tab or a bar."
    ),
}
MIXED = (
    "'2019-07-01' in line 2, '02/07/2019' in line 3, '20190703' in line 4, '04 Jul 2019' in line 5"
)


@pytest.fixture(scope="module")
def dirty(shared_data):
    return shared_data / "dirty"


@pytest.mark.parametrize("file", GOOD)
def test_a_usable_file_is_read_whole(dirty, file):
    rows, symbols, seal = GOOD[file]
    imported = read_file(dirty / file)
    assert (imported.report.rows, imported.report.symbols) == (rows, symbols)
    assert seal is None or imported.fingerprint.startswith(seal)


@pytest.mark.parametrize("file", BAD)
def test_an_unusable_file_is_refused_with_a_remedy(dirty, file):
    with pytest.raises(DataError) as caught:
        read_file(dirty / file)
    assert caught.value.message == BAD[file].replace("{}", MIXED)


def test_every_file_of_the_collection_has_its_expectation(dirty):
    names = {path.name for path in dirty.iterdir() if path.suffix != ".json"}
    assert names == GOOD.keys() | BAD.keys()


# What the file leaves open can be answered, and is then read whole.
ANSWERS = {
    "05_ambiguous_mdy.csv": ("date_order", {"date_order": "mdy"}, (30, 3)),
    "11_utf16be_nobom.csv": ("encoding", {"encoding": "utf-16-be"}, (60, 3)),
    "20_no_header.csv": (
        "header",
        {"header": False, "date": "column 1", "symbol": "column 2", "price": "column 8"},
        (60, 3),
    ),
    "43_wide_format.csv": ("layout", {"layout": "wide", "value": "c_sek"}, (60, 3)),
    "73_many_columns.parquet": ("price", {"price": "f0007"}, None),
}


@pytest.mark.parametrize("file", ANSWERS)
def test_what_a_file_leaves_open_is_a_question_with_an_answer(dirty, file):
    option, answers, shape = ANSWERS[file]
    with pytest.raises(QuestionError) as caught:
        read_file(dirty / file)
    assert caught.value.option == option
    report = read_file(dirty / file, ImportOptions(**answers)).report
    assert shape is None or (report.rows, report.symbols) == shape


def test_every_other_refusal_is_no_question(dirty):
    asked = set()
    for file in BAD:
        try:
            read_file(dirty / file)
        except QuestionError:
            asked.add(file)
        except DataError:
            pass
    assert asked == ANSWERS.keys()


def test_the_answers_give_the_same_panel_as_the_clean_file(dirty):
    control = read_file(dirty / "00_clean.csv")
    wide = read_file(dirty / "43_wide_format.csv", ImportOptions(layout="wide", value="c_sek"))
    both = control.frame.select("date", "symbol", "c_sek")
    assert wide.frame.equals(both)
    utf16 = read_file(dirty / "11_utf16be_nobom.csv", ImportOptions(encoding="utf-16-be"))
    assert utf16.fingerprint == control.fingerprint


WARNINGS = {
    "00_clean.csv": (),
    "07_swedish_cp1252_headers.csv": (
        ("07_swedish_cp1252_headers.csv is not UTF-8; it was read as cp1252 (Windows, Western"
        " European), as in 'värdepapper' in line 1. If that is wrong, say what it is with"
        " --encoding."),
    ),
    "13_zero_negative_prices.csv": (
        "The price 'c_sek' is not above zero: 2 zero and 1 negative prices earn no return.",
    ),
    "24_formula_injection.csv": (
        "Symbols with invisible characters or outer spaces: 1, as in '\\t=1+1'.",
    ),
    "25_unicode_symbols.csv": (
        "Symbols with invisible characters or outer spaces: 1, as in 'H\\u200bM'.",
    ),
    "27_case_and_trailing_space.csv": (
        "The symbols 'ERIC-B.ST ' and 'eric-b.st' look alike; they are kept as 2 symbols.",
        "The symbols 'HM-B.ST ' and 'hm-b.st' look alike; they are kept as 2 symbols.",
        "The symbols 'VOLV-B.ST ' and 'volv-b.st' look alike; they are kept as 2 symbols.",
        ("Symbols with invisible characters or outer spaces: 3, as in 'ERIC-B.ST ', 'HM-B.ST ',"
        " 'VOLV-B.ST '."),
        ("Dates missing inside the history of a symbol: 54 over 6 of 6 symbols, most for ERIC-B.ST "
        " (9)."),
    ),
    "31_excel_serial_dates.csv": (
        ("The dates in 'date' are day numbers; they were read as Excel writes them, from"
        " 2019-07-01 to 2019-07-26."),
    ),
    "32_future_and_ancient_dates.csv": (
        "Dates that are unlikely: 3, the first 0001-01-01; check the date column.",
        ("Dates missing inside the history of a symbol: 3 over 1 of 3 symbols, most for ERIC-B.ST"
        " (3)."),
    ),
    "35_split_unadjusted.csv": (
        ("The price 'c_sek' has single moves of -80 % or worse, +400 % or better: 1, the first"
        " for VOLV-B.ST; check for splits that are not adjusted. The quality report shows where."),
    ),
    "36_constant_prices.csv": (
        "Symbols whose price 'c_sek' never moves: 3, the first ERIC-B.ST.",
    ),
    "70_nan_vs_null.parquet": ("2 infinite values of 'c_sek' were read as missing.",),
}  # fmt: skip


@pytest.mark.parametrize("file", WARNINGS)
def test_what_is_odd_but_usable_is_a_warning(dirty, file):
    assert read_file(dirty / file).report.warnings == WARNINGS[file]


def test_exact_duplicates_are_dropped_and_counted(dirty):
    assert read_file(dirty / "01_duplicate_rows.csv").report.duplicates_dropped == 5


def test_spellings_of_missing_are_missing_and_leave_a_number_column(dirty):
    frame = read_file(dirty / "12_nan_strings.csv").frame
    assert (frame["close"].null_count(), frame["close"].is_finite().sum()) == (12, 48)


def test_numbers_keep_their_size(dirty):
    swedish = read_file(dirty / "07_swedish_cp1252_headers.csv").frame
    grouped = read_file(dirty / "08_thousands_nbsp.csv").frame
    huge = read_file(dirty / "17_huge_numbers.csv").frame
    assert swedish["close"][0] == 87.48
    assert grouped["close"][0] == 8748.0
    assert huge["volume"][:3].to_list() == [2.0**63, 2.0**63, 1e30]
    assert huge["close"][3:5].to_list() == [1e308, 5e-324]


def test_a_midnight_in_a_zone_keeps_its_day(dirty):
    control = read_file(dirty / "00_clean.csv").frame
    zoned = read_file(dirty / "67_dict_symbol_ts_ns_tz.parquet").frame
    assert zoned.select("date", "symbol").equals(control.select("date", "symbol"))


def test_columns_that_cannot_be_features_are_listed(dirty):
    nested = read_file(dirty / "65_nested.parquet").report
    pandas = read_file(dirty / "71_index_level_pandas.parquet").report
    assert (nested.features, nested.refused) == (
        ("c_sek",),
        (
            Refused("ohlc", "it holds a Struct in each row, not one value"),
            Refused("tags", "it holds a List in each row, not one value"),
            Refused("kv", "it holds a Map in each row, not one value"),
        ),
    )
    assert pandas.refused == (
        Refused("__index_level_0__", "it is the row number pandas left in the file"),
    )


def test_truths_are_features_and_few_texts_are_categories(dirty):
    imported = read_file(dirty / "45_bool_and_text_features.csv")
    assert imported.features == ("c_sek", "flag")
    assert imported.levels == {"rating": ("BUY", "HOLD", "SELL")}
    assert set(imported.frame["flag"]) == {0.0, 1.0}


def test_1500_columns_and_odd_names_are_read_once_the_price_is_named(dirty):
    many = read_file(dirty / "73_many_columns.parquet", ImportOptions(price="f0007"))
    odd = read_file(dirty / "29_bad_column_names.csv", ImportOptions(price="close price"))
    assert (len(many.features), many.price) == (1500, "f0007")
    assert (odd.features, odd.price) == (("close price", "select"), "close price")


@pytest.mark.parametrize(("order", "first"), [("dmy", "2019-01-07"), ("mdy", "2019-07-01")])
def test_ambiguous_dates_are_read_as_told(dirty, order, first):
    imported = read_file(dirty / "05_ambiguous_mdy.csv", ImportOptions(date_order=order))
    assert str(imported.report.first_date) == first
