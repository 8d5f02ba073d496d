"""Ask quantstats and empyrical themselves; writes conventions.json beside this file.

Run from the root of the repository in a Python that has both, which this project does not need:

    pip install quantstats==0.0.86 empyrical-reloaded==0.7.1
    PYTHONPATH=. python tests/golden/make_conventions.py
"""

from __future__ import annotations

import json
import math
import warnings
from importlib.metadata import version
from pathlib import Path

import empyrical
import pandas as pd
import quantstats.stats as quantstats
from scipy import stats

from tests.engine.return_series import SERIES

QUANTSTATS = """
comp cagr expected_return volatility sharpe smart_sharpe probabilistic_sharpe_ratio sortino
smart_sortino adjusted_sortino probabilistic_sortino_ratio risk_return_ratio skew kurtosis
max_drawdown calmar ulcer_index ulcer_performance_index serenity_index recovery_factor rar exposure
best worst avg_return avg_win avg_loss win_rate consecutive_wins consecutive_losses payoff_ratio
profit_factor profit_ratio omega gain_to_pain_ratio cpc_index kelly_criterion risk_of_ruin
value_at_risk conditional_value_at_risk tail_ratio common_sense_ratio outlier_win_ratio
outlier_loss_ratio
""".split()  # noqa: SIM905  # a list of words
EMPYRICAL = """
cum_returns_final annual_return cagr annual_volatility sharpe_ratio sortino_ratio downside_risk
max_drawdown calmar_ratio omega_ratio stability_of_timeseries tail_ratio value_at_risk
conditional_value_at_risk
""".split()  # noqa: SIM905


def asked(function, returns):
    """The library's number; None for NaN, an infinity or a division by zero."""
    try:
        value = float(function(returns))
    except ZeroDivisionError:
        return None
    return value if math.isfinite(value) else None


def main():
    warnings.simplefilter("ignore")
    found = {}
    for name, values in SERIES.items():
        returns = pd.Series(values, index=pd.bdate_range("2015-01-01", periods=len(values)))
        found[name] = {
            "quantstats": {f: asked(getattr(quantstats, f), returns) for f in QUANTSTATS},
            "empyrical": {f: asked(getattr(empyrical, f), returns) for f in EMPYRICAL}
            | {f: asked(getattr(stats, f), returns) for f in ("skew", "kurtosis")},
        }
    packages = ("quantstats", "empyrical-reloaded", "pandas", "numpy", "scipy")
    golden = {
        "made": "tests/golden/make_conventions.py, series of tests/engine/return_series.py as a"
        " pandas Series over business days from 2015-01-01, every function at its defaults",
        "versions": {name: version(name) for name in packages},
        "series": found,
    }
    path = Path(__file__).with_name("conventions.json")
    path.write_text(json.dumps(golden, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
