"""What a bred candidate is worth, against the definitions in loops."""

from __future__ import annotations

import math
from itertools import product

import msgspec
import numpy as np
import pytest

from engine.book import Daily
from engine.dsl.complexity import complexity
from engine.dsl.parse import Names, parse
from engine.strategy import pack_daily
from engine.train import TrainConfig
from engine.train.fitness import ARCHIVE, SHARED, Judge, in_sample
from tests.panels import random_panel

PANEL = random_panel(dates=200, symbols=6)
NODES = [
    parse(text, Names.of(PANEL))
    for text in ("cs_zscore(close)", "cs_demean(close)", "cs_zscore(ts_delta(volume, 5))")
]
CONFIG = TrainConfig(method="evolve", parsimony=0.02, novelty=0.7)
CUT = 140


def packed(net, turnover=None, dates=PANEL.dates):
    zero = np.zeros(len(net))
    traded = np.full(len(net), 0.5) if turnover is None else turnover
    return pack_daily(
        Daily(
            dates=dates, gross=net, cost=zero, borrow=zero, net=net, turnover=traded,
            gross_exposure=zero, net_exposure=zero, names=zero, equity=np.cumprod(1 + net),
        )
    )  # fmt: skip


def returns(count, seed=0, dates=200):
    rng = np.random.default_rng(seed)
    common = rng.normal(0, 0.01, dates)
    return [common * rng.uniform(0, 1) + rng.normal(0.0005, 0.01, dates) for _ in range(count)]


def judged(nets, config=CONFIG, library=()):
    judge = Judge(PANEL, config, library)
    members = [judge.member(NODES[i % 3], packed(net)) for i, net in enumerate(nets)]
    judge.ranked(members, members)
    return judge, members


def slow_fitness(nets, config, library=()):
    """The formula of the module, one candidate at a time."""
    cut = [net[:CUT] for net in nets]
    scores = [complexity(NODES[i % 3]).score for i in range(len(nets))]
    plain = [
        net.mean() / net.std(ddof=1) * math.sqrt(252) - config.parsimony * score
        for net, score in zip(cut, scores, strict=True)
    ]
    best = sorted(range(len(nets)), key=lambda i: (-plain[i], i))[:ARCHIVE]
    found = []
    for i, net in enumerate(cut):
        better = [cut[j] for j in best if (-plain[j], j) < (-plain[i], i)]
        alike = [np.corrcoef(net, other)[0, 1] for other in better]
        alike += [np.corrcoef(net, saved[:CUT])[0, 1] for saved in library]
        found.append(plain[i] - config.novelty * max([0.0, *alike]))
    return found


@pytest.mark.parametrize("count", [1, 2, 9, 70])
def test_fitness_is_that_of_the_definition(count):
    nets, library = returns(count, seed=count), returns(2, seed=count)
    judge, members = judged(nets, library=[packed(net) for net in library])
    assert judge._values(members)[:, 0].tolist() == pytest.approx(
        slow_fitness(nets, CONFIG, library), abs=1e-8
    )


def test_only_the_dates_in_sample_count():
    nets = returns(5)
    later = [np.concatenate([net[:CUT], net[CUT:] * 50]) for net in nets]
    assert np.array_equal(judged(nets)[0]._values(judged(nets)[1]), _values(later))
    everything = msgspec.structs.replace(CONFIG, out_of_sample=0.0)
    assert not np.array_equal(_values(nets, everything), _values(later, everything))


def _values(nets, config=CONFIG):
    judge, members = judged(nets, config)
    return judge._values(members)


@pytest.mark.parametrize(
    ("dates", "share", "expected"),
    [(200, 0.3, 140), (200, 0.0, 200), (3, 0.5, 1), (1, 0.5, 1), (750, 0.3, 525)],
)
def test_the_share_of_dates_out_of_sample(dates, share, expected):
    assert in_sample(dates, share) == expected


def test_days_before_the_first_trade_do_not_count():
    (net,) = returns(1)
    late = np.concatenate([np.zeros(60), net[60:]])
    turnover = np.concatenate([np.zeros(60), np.full(140, 0.5)])
    judge = Judge(PANEL, CONFIG, ())
    member = judge.member(NODES[0], packed(late, turnover))
    part = net[60:CUT]
    assert member.sharpe == pytest.approx(part.mean() / part.std(ddof=1) * math.sqrt(252))
    assert member.turnover == 0.5


@pytest.mark.parametrize("bad", ["refused", "flat", "late"])
def test_what_has_no_sharpe_ratio_in_sample_is_last(bad):
    (net, loss) = returns(2)
    series = {
        "refused": None,
        "flat": packed(np.zeros(200)),
        "late": packed(net, np.concatenate([np.zeros(CUT), np.ones(60)])),
    }[bad]
    judge = Judge(PANEL, msgspec.structs.replace(CONFIG, objectives=("turnover",)), ())
    worst = judge.member(NODES[0], series)
    members = [worst, judge.member(NODES[1], packed(net)), judge.member(NODES[2], packed(loss - 1))]
    assert worst.sharpe is None
    assert judge.ranked(members, members)[-1] is worst


def test_a_term_that_is_an_objective_is_not_in_the_fitness():
    nets = returns(6)
    plain = msgspec.structs.replace(CONFIG, parsimony=0.0, novelty=0.0)
    both = msgspec.structs.replace(CONFIG, objectives=("sharpe", "novelty", "complexity"))
    values = _values(nets, both)
    assert values[:, 0].tolist() == _values(nets, plain)[:, 0].tolist()
    assert values[:, 2].tolist() == [-complexity(NODES[i % 3]).score for i in range(6)]
    assert (values[:, 1] <= 0).all()


def test_several_objectives_rank_by_front():
    config = msgspec.structs.replace(CONFIG, parsimony=0, novelty=0, objectives=("drawdown",))
    judge, members = judged(returns(12, seed=4), config)
    ranked = judge.ranked(members, ())
    values = {id(m): v for m, v in zip(members, judge._values(members).tolist(), strict=True)}
    for (i, a), (j, b) in product(enumerate(ranked), repeat=2):
        dominates = all(np.array(values[id(a)]) >= values[id(b)]) and values[id(a)] != values[id(b)]
        assert not (dominates and j < i)


def test_saved_strategies_are_aligned_by_date():
    (net,) = returns(1)
    later = PANEL.dates[50:] + np.timedelta64(0, "D")
    alike = _penalty(net, packed(net[50:], dates=later))
    assert alike == pytest.approx(1.0)
    moved = _penalty(net, packed(net[:150], dates=later))
    assert moved == pytest.approx(max(0.0, np.corrcoef(net[50:CUT], net[: CUT - 50])[0, 1]))
    sooner = PANEL.dates - np.timedelta64(30, "D")
    before = np.concatenate([returns(1, seed=9)[0][:30], net[:170]])
    assert _penalty(net, packed(before, dates=sooner)) == pytest.approx(1.0)
    few = PANEL.dates[CUT - SHARED + 1 :]
    assert _penalty(net, packed(net[CUT - SHARED + 1 :], dates=few)) == 0.0


def _penalty(net, saved):
    judge, members = judged([net], library=[saved])
    return float(judge._likeness(members)[0])


def test_the_opposite_of_a_better_one_is_new():
    (net,) = returns(1)
    judge, members = judged([net, -net, net * 2])
    assert judge._likeness(members).tolist() == pytest.approx([0.0, 0.0, 1.0])


def test_of_equals_the_first_is_before_the_others():
    (net,) = returns(1)
    config = msgspec.structs.replace(CONFIG, novelty=0.0)
    judge = Judge(PANEL, config, ())
    equals = [judge.member(NODES[0], packed(net)) for _ in range(4)]
    assert [member.number for member in judge.ranked(equals[::-1], equals)] == [1, 2, 3, 4]
