"""quantstats 0.0.86: its figures of single days, in the conventions of `quantstats`."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np

from engine.stats.peers.definition import Definition, deviation, over, power
from engine.stats.performance import Array

_TAIL = 1 - 0.95
_Z = NormalDist().inv_cdf(_TAIL)
_SHORTFALL = NormalDist().pdf(_Z) / _TAIL


def exposure(r: Array, _periods: float) -> float:
    """Share of the days with a return other than 0, rounded up to a whole per cent."""
    return math.ceil(np.count_nonzero(r) / len(r) * 100) / 100


def _gains(r: Array) -> float:
    return float(r[r > 0].sum())


def _losses(r: Array) -> float:
    return -float(r[r < 0].sum())


def _omega(r: Array, _periods: float) -> float:
    return over(_gains(r), _losses(r)) if len(r) > 1 else math.nan


def _mean(r: Array) -> float:
    return float(r.mean()) if len(r) else math.nan


def _average(r: Array, _periods: float) -> float:
    return _mean(r[r != 0])


def _average_win(r: Array, _periods: float) -> float:
    return _mean(r[r > 0])


def _average_loss(r: Array, _periods: float) -> float:
    return _mean(r[r < 0])


def _payoff(r: Array, _periods: float) -> float:
    return over(_mean(r[r > 0]), abs(_mean(r[r < 0])))


def _win_rate(r: Array, _periods: float) -> float:
    moved = int(np.count_nonzero(r))
    return int(np.count_nonzero(r > 0)) / moved if moved else 0.0


def _profit_factor(r: Array, _periods: float) -> float:
    gains = _gains(r)
    return over(gains, _losses(r)) if gains else 0.0


def _profit_ratio(r: Array, _periods: float) -> float:
    wins, losses = r[r >= 0], r[r < 0]
    if not len(wins):
        return 0.0
    return over(_mean(wins) / len(wins), over(abs(_mean(losses)), len(losses)))


def _cpc(r: Array, periods: float) -> float:
    return _profit_factor(r, periods) * _win_rate(r, periods) * _payoff(r, periods)


def _kelly(r: Array, periods: float) -> float:
    wins, payoff = _win_rate(r, periods), _payoff(r, periods)
    return over(payoff * wins - (1 - wins), payoff)


def _ruin(r: Array, periods: float) -> float:
    wins = _win_rate(r, periods)
    return power((1 - wins) / (1 + wins), len(r))


def _var(r: Array, _periods: float) -> float:
    sd = deviation(r)
    return float(r.mean()) + _Z * sd if sd > 0 else math.nan


def cvar(r: Array, _periods: float) -> float:
    """Mean of the worst 5 % of a normal distribution with the mean and deviation of r."""
    sd = deviation(r)
    return float(r.mean()) - (sd * _SHORTFALL if sd > 0 else 0.0)


def _quantile(r: Array, share: float) -> float:
    return float(np.percentile(r, share * 100))


def _tail_ratio(r: Array, _periods: float) -> float:
    return abs(over(_quantile(r, 0.95), _quantile(r, _TAIL)))


def _common_sense(r: Array, periods: float) -> float:
    return _profit_factor(r, periods) * _tail_ratio(r, periods)


def _outlier_win(r: Array, _periods: float) -> float:
    return over(_quantile(r, 0.99), _mean(r[r >= 0]))


def _outlier_loss(r: Array, _periods: float) -> float:
    return over(_quantile(r, 0.01), _mean(r[r < 0]))


def _gain_to_pain(r: Array, _periods: float) -> float:
    return over(float(r.sum()), _losses(r))


def _longest(flags: Array) -> int:
    """Length of the longest run of ones."""
    edges = np.flatnonzero(np.diff(flags, prepend=0, append=0))
    return int((edges[1::2] - edges[::2]).max()) if len(edges) else 0


def _wins_in_a_row(r: Array, _periods: float) -> float:
    return _longest((r > 0).astype(np.float64))


def _losses_in_a_row(r: Array, _periods: float) -> float:
    return _longest((r < 0).astype(np.float64))


# fmt: off
DAYS = (
    Definition("exposure", None, "share", exposure,
        "Days with r other than 0 over n, rounded up to a whole per cent."),
    Definition("best", "best_day", "share", lambda r, _: float(r.max()),
        "Largest daily return."),
    Definition("worst", "worst_day", "share", lambda r, _: float(r.min()),
        "Smallest daily return."),
    Definition("avg_return", None, "share", _average,
        "Mean of the daily returns other than 0."),
    Definition("avg_win", None, "share", _average_win,
        "Mean of the daily returns above 0."),
    Definition("avg_loss", None, "share", _average_loss,
        "Mean of the daily returns below 0."),
    Definition("win_rate", "hit_rate", "share", _win_rate,
        "Days with r > 0 over days with r other than 0.",
        "0 where no day moved; the default has no value there."),
    Definition("consecutive_wins", None, "days", _wins_in_a_row,
        "Longest run of days with r > 0."),
    Definition("consecutive_losses", None, "days", _losses_in_a_row,
        "Longest run of days with r < 0."),
    Definition("payoff_ratio", None, "ratio", _payoff,
        "Mean of the gains over the size of the mean of the losses: avg_win / |avg_loss|."),
    Definition("profit_factor", "profit_factor", "ratio", _profit_factor,
        "Sum of the gains over the size of the sum of the losses.",
        "0 where no day moved; the default has no value there."),
    Definition("profit_ratio", None, "ratio", _profit_ratio,
        "(mean of r >= 0 over their number) / (size of the mean of r < 0 over their number)."),
    Definition("omega", "omega", "ratio", _omega,
        "Sum of the gains over the size of the sum of the losses, threshold 0, two days or more."),
    Definition("gain_to_pain_ratio", None, "ratio", _gain_to_pain,
        "Sum of all returns over the size of the sum of the losses, by day."),
    Definition("cpc_index", None, "ratio", _cpc,
        "profit_factor x win_rate x payoff_ratio."),
    Definition("kelly_criterion", None, "share", _kelly,
        "(payoff_ratio x win_rate - (1 - win_rate)) / payoff_ratio."),
    Definition("risk_of_ruin", None, "share", _ruin,
        "((1 - win_rate) / (1 + win_rate))^n."),
    Definition("value_at_risk", "var_95", "share", _var,
        "5th percentile of a normal distribution: mean(r) - 1.645 sd(r), sd with n - 1.",
        "Assumes a normal distribution; the default reads the percentile off the returns."),
    Definition("conditional_value_at_risk", "cvar_95", "share", cvar,
        "Mean beyond the 5th percentile of a normal distribution: mean(r) - 2.063 sd(r).",
        "Assumes a normal distribution; the default averages the worst returns there were."),
    Definition("tail_ratio", "tail_ratio", "ratio", _tail_ratio,
        "Size of the 95th percentile of r over that of the 5th: |p95 / p5|."),
    Definition("common_sense_ratio", None, "ratio", _common_sense,
        "profit_factor x tail_ratio."),
    Definition("outlier_win_ratio", None, "ratio", _outlier_win,
        "99th percentile of r over the mean of r >= 0."),
    Definition("outlier_loss_ratio", None, "ratio", _outlier_loss,
        "1st percentile of r over the mean of r < 0."),
)
# fmt: on
