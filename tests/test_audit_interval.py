from __future__ import annotations

import math

import pytest

from archive.audit.draw import Drawn
from archive.audit.estimate import estimate
from archive.audit.interval import cautious_high, interval, none_found
from archive.audit.measures import MEASURES, TITLES, Counts
from archive.audit.quantiles import beta_below, beta_quantile
from archive.audit.ratio import Ratio, Stratum
from tests.audit_population import KINDS, country, pick, planted, sample, samples
from tests.prove.audit import audit

GREAT = 10**7


def test_quantiles_are_those_of_the_tables() -> None:
    # Clopper and Pearson's interval of 5 among 100
    assert beta_quantile(0.025, 5, 96) == pytest.approx(0.0164319, abs=1e-7)
    assert beta_quantile(0.975, 6, 95) == pytest.approx(0.1128349, abs=1e-7)
    # closed forms: b = 1, a = 1, the arc sine
    assert beta_quantile(0.3, 4, 1) == pytest.approx(0.3**0.25)
    assert beta_quantile(0.975, 1, 300) == pytest.approx(1 - 0.025 ** (1 / 300))
    assert beta_quantile(0.2, 0.5, 0.5) == pytest.approx(math.sin(0.1 * math.pi) ** 2)
    assert beta_below(0.0, 2, 3) == 0.0
    assert beta_below(1.0, 2, 3) == 1.0


def test_none_of_300_means_at_most_one_per_cent() -> None:
    low, high = interval(Ratio([Stratum(GREAT, [(0, 1)] * 300)]))
    assert (low, high) == (0.0, pytest.approx(1 - 0.05 ** (1 / 300), rel=1e-4))
    assert high < 0.01
    assert none_found(300) == pytest.approx(0.009936, abs=1e-6)


def test_none_found_with_uneven_weights_says_less() -> None:
    strata = [Stratum(GREAT, [(0, 1)] * 100), Stratum(GREAT // 10, [(0, 1)] * 200)]
    ratio = Ratio(strata)
    assert ratio.alone == pytest.approx((1 + 0.1) ** 2 / (1 / 100 + 0.01 / 200), rel=1e-3)
    assert interval(ratio)[1] > 0.02


def test_none_found_in_uneven_reports_says_less() -> None:
    even = Ratio([Stratum(GREAT, [(0, 10)] * 100)])
    uneven = Ratio([Stratum(GREAT, [(0, 1)] * 90 + [(0, 91)] * 10)])
    assert even.units == uneven.units
    assert interval(even)[1] < 0.03 < 0.2 < interval(uneven)[1]


def test_errors_of_few_reports_say_less_than_of_many() -> None:
    spread = interval(Ratio([Stratum(GREAT, [(1, 10)] * 20 + [(0, 10)] * 80)]))
    heaped = interval(Ratio([Stratum(GREAT, [(10, 10)] * 2 + [(0, 10)] * 98)]))
    assert heaped[0] < spread[0] < 0.02 < spread[1] < heaped[1]


def test_what_is_nearly_always_wrong_is_the_same_from_the_other_side() -> None:
    low, high = interval(Ratio([Stratum(GREAT, [(1, 1)] * 30)]))
    assert (low, high) == (pytest.approx(0.05 ** (1 / 30), rel=1e-4), 1.0)
    often = interval(Ratio([Stratum(GREAT, [(1, 1)] * 27 + [(0, 1)] * 3)]))
    seldom = interval(Ratio([Stratum(GREAT, [(1, 1)] * 3 + [(0, 1)] * 27)]))
    assert often == (pytest.approx(1 - seldom[1]), pytest.approx(1 - seldom[0]))
    assert 0.02 < seldom[0] < 0.1 < seldom[1] < 0.3


def test_one_small_error_says_no_less_than_none() -> None:
    none = interval(Ratio([Stratum(GREAT, [(0, 5)] * 99 + [(0, 60)])]))
    one = interval(Ratio([Stratum(GREAT, [(0, 5)] * 99 + [(1, 60)])]))
    assert none[0] < one[0]
    assert none[1] <= one[1]


def test_the_next_document_is_greater_where_a_few_hold_most_errors() -> None:
    even = Ratio([Stratum(GREAT, [(4, 40)] * 10 + [(0, 40)] * 90)])
    uneven = Ratio([Stratum(GREAT, [(31, 40), *[(1, 40)] * 9] + [(0, 40)] * 90)])
    assert even.estimate == uneven.estimate == pytest.approx(0.01)
    assert (even.effective, uneven.effective) == (pytest.approx(10), pytest.approx(1600 / 970))
    together = pytest.approx(uneven.together**0.5, rel=1e-4)
    assert (uneven.next * uneven.units / (GREAT / 100) - 1) / 39 == together
    assert interval(even)[1] < 0.03 < interval(uneven)[1]


def test_the_cautious_end_allows_for_a_whole_report_that_was_not_drawn() -> None:
    single = Ratio([Stratum(GREAT, [(1, 40)] * 20 + [(0, 40)] * 80)])
    high = interval(single)[1]
    assert high < 0.01 < 0.03 < cautious_high(single, high) < 0.05
    assert cautious_high(single, 0.9) == 0.9
    none = Ratio([Stratum(GREAT, [(0, 1)] * 300)])
    assert cautious_high(none, interval(none)[1]) == interval(none)[1]
    above = Ratio([Stratum(GREAT, [(3, 1)] * 10)])
    assert cautious_high(above, 3.5) == 3.5


def test_a_census_is_the_truth() -> None:
    of = planted(*KINDS["uneven reports"], 0.01, 2_000)
    strata, drawn = pick(country(2_000).documents, 1, 5_000)
    (rate,) = estimate(sample(strata, drawn), of.counts, [of.measure])
    assert rate.low == rate.estimate == rate.high == pytest.approx(of.truth)
    assert rate.errors == round(of.truth * sum(country(2_000).nonzero))


def test_what_was_seen_whole_leaves_the_rest_open() -> None:
    whole, rest = Stratum(4, [(1, 1), (0, 1), (1, 1), (0, 1)]), Stratum(996, [(0, 1)] * 100)
    low, high = interval(Ratio([whole, rest]))
    assert low <= 0.002 < 0.02 < high < 0.035


def test_more_errors_than_units_are_told_as_they_are() -> None:
    ratio = Ratio([Stratum(GREAT, [(3, 1), (2, 1), (4, 2)] * 10)])
    low, high = interval(ratio)
    assert ratio.estimate == pytest.approx(2.25)
    assert 1 < low < 2.25 < high < 4


def drawn(key: str, stratum: str, report: bool = True) -> Drawn:
    return Drawn("r" if report else "", key, "", stratum, 1.0)


def test_each_measure_counts_its_own() -> None:
    counts = {
        "a": Counts(printed=200, nonzero=20, wrong=2, missing=4, year_wrong=1),
        "b": Counts(printed=100, nonzero=20, invented=6, agency_wrong=1, scope_wrong=1),
        "c": Counts(missed=1),
        "d": Counts(),
    }
    documents = (
        drawn("a", "html/2021/few"),
        drawn("b", "html/2021/few"),
        drawn("c", "unread/all", report=False),
        drawn("d", "unread/all", report=False),
    )
    whole = sample({"html/2021/few": (2, 2), "unread/all": (2, 2)}, documents)
    rates = {each.measure: each for each in estimate(whole, counts)}
    told = {name: (each.errors, each.of, each.estimate) for name, each in rates.items()}
    assert told == {
        "wrong_reports": (1, 2, 0.5),
        "invented_reports": (1, 2, 0.5),
        "missing_reports": (1, 2, 0.5),
        "wrong_per_nonzero": (2, 40, 0.05),
        "invented_per_nonzero": (6, 40, 0.15),
        "missing_per_nonzero": (4, 40, 0.1),
        "wrong_per_printed": (2, 300, pytest.approx(1 / 150)),
        "invented_per_printed": (6, 300, 0.02),
        "missing_per_printed": (4, 300, pytest.approx(4 / 300)),
        "agency_wrong": (1, 2, 0.5),
        "year_wrong": (1, 2, 0.5),
        "scope_wrong": (1, 2, 0.5),
        "missed": (1, 2, 0.5),
    }
    assert list(rates) == [measure.name for measure in MEASURES] == list(TITLES)
    assert len(set(TITLES.values())) == len(TITLES)
    with pytest.raises(KeyError):
        estimate(whole, {"a": counts["a"]})


def test_a_rate_without_units_is_not_told() -> None:
    nothing = sample({"html/2021/zero": (9, 1)}, (drawn("z", "html/2021/zero"),))
    told = {each.measure for each in estimate(nothing, {"z": Counts(printed=200)})}
    assert "wrong_per_printed" in told
    assert not told & {"wrong_per_nonzero", "missed"}


@pytest.mark.parametrize("kind", ["single cells", "whole reports", "rare all-zero reports"])
def test_the_interval_holds_the_planted_rate(kind: str) -> None:
    told = audit(list(samples(country(2_000), 100, 50)), planted(*KINDS[kind], 0.05, 2_000))
    assert told.coverage >= 0.9  # `make prove ONLY=audit` is the proof
    assert told.estimates / told.audits == pytest.approx(told.truth, rel=0.15)
    assert told.widths / told.audits < 5 * told.truth
