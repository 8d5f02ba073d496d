"""The catalog against SQL over the file it describes."""

from __future__ import annotations

import duckdb
import pytest

from engine.catalog import catalog
from engine.importing import BUNDLED, read_file, write_dataset
from engine.panel import open_panel

QUERY = """
SELECT count(x), count(DISTINCT x), avg(x), stddev_samp(x), var_samp(x), min(x), max(x),
       quantile_cont(x, [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]),
       min(date) FILTER (x IS NOT NULL), max(date) FILTER (x IS NOT NULL)
FROM (SELECT date, c_sek AS x FROM read_parquet(?))
"""

STALE = """
SELECT avg(CAST(x = before AS INTEGER))
FROM (SELECT c_sek AS x, lag(c_sek) OVER (PARTITION BY symbol ORDER BY date) AS before
      FROM read_parquet(?) WHERE c_sek IS NOT NULL)
WHERE before IS NOT NULL
"""


def test_statistics_equal_those_of_sql_over_the_canonical_file(tmp_path):
    folder = tmp_path / "data"
    write_dataset(folder, read_file(BUNDLED))
    panel = open_panel(folder, name="fx")
    (info,) = catalog(panel)
    connection = duckdb.connect(config={"threads": 1})
    count, distinct, *numbers, quantiles, first, last = connection.execute(
        QUERY, [str(folder / "panel.parquet")]
    ).fetchall()[0]
    dates, symbols = panel.shape
    assert info.coverage_overall == pytest.approx(count / (dates * symbols), rel=1e-12)
    assert (info.distinct, info.first_date, info.last_date) == (distinct, first, last)
    found = [info.mean, info.sd, info.variance, info.min, info.max]
    assert found == pytest.approx(numbers, rel=1e-10)
    assert list(info.quantiles.values()) == pytest.approx(quantiles, rel=1e-12)
    stale = connection.execute(STALE, [str(folder / "panel.parquet")]).fetchall()[0][0]
    assert info.stale_share == pytest.approx(stale, rel=1e-12)
