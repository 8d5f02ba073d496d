"""Daily series of many runs as one table of dates x runs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.messages.research import Table
from engine.errors import DataError
from engine.store import Store
from engine.strategy import unpack_net


def table_of(store: Store, run_ids: Sequence[str], kind: str = "<f8") -> Table:
    """Daily net returns of runs on all their dates; 0 on a date that is none of a run."""
    series = [unpack_net(data) for data in store.dailies(run_ids)]
    if not series:
        return Table(b"", b"", 0, kind)
    dates = np.unique(np.concatenate([days for days, _ in series]))
    values = np.zeros((len(dates), len(series)), dtype=kind)
    for column, (days, net) in enumerate(series):
        values[np.searchsorted(dates, days), column] = net
    return Table.of(dates, values, kind)


def common_table(store: Store, run_ids: Sequence[str]) -> Table:
    """Daily net returns of runs on the dates they have in common; DataError without any."""
    series = [unpack_net(data) for data in store.dailies(run_ids)]
    dates = series[0][0]
    for days, _ in series[1:]:
        dates = np.intersect1d(dates, days)
    if not len(dates):
        raise DataError("These strategies have no date in common. Compare others.")
    columns = [net[np.searchsorted(days, dates)] for days, net in series]
    return Table.of(dates, np.stack(columns, axis=1))
