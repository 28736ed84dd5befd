from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.audit.draw import Sample, draw, pick
from archive.audit.frame import unread_documents
from archive.audit.strata import AT_LEAST, DENSITY, plan
from archive.errors import SelectionRefused
from archive.manifest import reading
from archive.root import DataRoot
from tests.audit_population import country, samples


@pytest.fixture(scope="module")
def release(demo: tuple[Path, str]) -> Iterator[tuple[Any, dict[str, Any]]]:
    folder = DataRoot(demo[0]).current
    with reading(folder / "nianbao.db") as db:
        yield db, json.loads((folder / "manifest.json").read_text("utf-8"))


def test_a_large_sample_is_every_report_and_every_unread_document(release: Any) -> None:
    db, manifest = release
    whole = draw(db, manifest, 3, 10_000)
    reports = {row[0] for row in db.execute("SELECT version_id FROM reports WHERE status = 'read'")}
    assert {each.version_id for each in whole.drawn if each.report_id} == reports
    held = {row[0] for row in db.execute("SELECT version_id FROM reports WHERE status <> 'read'")}
    others = [each for each in whole.drawn if not each.report_id]
    assert {each.version_id for each in others if each.version_id} == held != set()
    bodies = {row[0] for row in db.execute("SELECT sha256 FROM unread")}
    assert {each.sha256 for each in others if not each.version_id} == bodies != set()
    assert all(each.stratum.startswith("unread/") for each in others)
    assert {each.weight for each in whole.drawn} == {1.0}
    assert (whole.release, whole.registry) == (manifest["release"], manifest["registry"])
    assert (whole.content_hash, whole.reader) == (manifest["content_hash"], manifest["reader"])


def test_a_drawn_report_names_the_body_at_its_address(release: Any) -> None:
    db, manifest = release
    for each in draw(db, manifest, 3, 10_000).drawn:
        if each.version_id:
            found = db.execute(
                "SELECT 1 FROM sources s JOIN versions v ON v.version_id = s.version_id"
                " WHERE s.version_id = ? AND s.sha256 = ? AND s.url = v.url",
                (each.version_id, each.sha256),
            )
            assert found.fetchone(), each


def test_the_same_seed_draws_the_same_and_another_does_not(release: Any) -> None:
    db, manifest = release
    first, again, other = (draw(db, manifest, seed, 40) for seed in (8, 8, 9))
    assert first == again
    assert {each.key for each in first.drawn} != {each.key for each in other.drawn}
    assert sum(bool(each.report_id) for each in first.drawn) == 40


def test_a_body_that_a_report_was_read_from_is_no_unread_document(release: Any) -> None:
    db, _ = release
    with closing(type(db)(":memory:")) as copy:
        db.backup(copy)
        (known,) = copy.execute("SELECT sha256 FROM sources LIMIT 1").fetchone()
        before = len(unread_documents(copy))
        copy.execute(
            "INSERT INTO unread VALUES ('http://a.example.org/', ?, 'p', NULL, 'no_year', '')",
            (known,),
        )
        copy.execute(
            "INSERT INTO unread VALUES ('http://b.example.org/', 'f00d', 'p', NULL, 'no_year', '')"
        )
        assert len(unread_documents(copy)) == before + 1


def test_a_sample_of_nothing_is_refused(release: Any) -> None:
    db, manifest = release
    with pytest.raises(SelectionRefused, match="draw two at least"):
        draw(db, manifest, 1, 1)
    with closing(type(db)(":memory:")) as empty:
        db.backup(empty)
        empty.execute("DELETE FROM _reports")
        with pytest.raises(SelectionRefused, match="no read report"):
            draw(empty, manifest, 1, 10)


def test_the_order_is_the_one_that_is_documented() -> None:
    of = country(2_000)
    strata, drawn = pick(of.documents, 77, 60)
    planned = plan(Counter(each.traits for each in of.documents), 60)
    for name, (population, number) in strata.items():
        keys = [d.key for d in of.documents if planned.strata[d.traits] == name]
        assert len(keys) == population
        keys.sort(key=lambda key: hashlib.sha256(f"77 {key}".encode()).hexdigest())
        assert [d.key for d in drawn if d.stratum == name] == keys[:number]


def test_reports_with_more_numbers_are_drawn_more_densely() -> None:
    strata, _ = pick(country(2_000).documents, 1, 200)
    dense = {name: number / population for name, (population, number) in strata.items()}
    shares = [dense[f"html/2021/{each}"] for each in ("zero", "few", "some", "many")]
    assert shares == sorted(shares)
    assert shares[2] / shares[0] == pytest.approx(5, rel=0.3)


TRAITS = st.tuples(
    st.sampled_from(["html", "pdf", "docx"]),
    st.sampled_from(["2019", "2021", "legacy"]),
    st.sampled_from(sorted(DENSITY)),
)
UNREAD = st.tuples(st.just("unread"), st.sampled_from(["needs_ocr", "soft_404", "no_year"]))
COUNTS = st.integers(1, 400)


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(
        st.dictionaries(TRAITS, COUNTS, min_size=1), st.dictionaries(UNREAD, COUNTS, min_size=1)
    ),
    st.integers(2, 3_000),
)
def test_every_document_has_a_stratum_that_is_drawn_from(
    populations: dict[tuple[str, ...], int], size: int
) -> None:
    planned = plan(populations, size)
    whole = sum(populations.values())
    assert set(planned.strata) == set(populations)
    assert sum(population for population, _ in planned.sizes.values()) == whole
    assert sum(number for _, number in planned.sizes.values()) == min(size, whole)
    for population, number in planned.sizes.values():
        assert min(AT_LEAST, population, size) <= number <= population
    assert {name.startswith("unread/") for name in planned.sizes} == {
        traits[0] == "unread" for traits in populations
    }


def test_weighted_samples_have_no_bias() -> None:
    of = country(2_000)
    numbers = dict(zip((d.key for d in of.documents), of.nonzero, strict=True))
    drawn: list[Sample] = list(samples(of, 60, 80))
    for each in drawn:
        assert sum(d.weight for d in each.drawn) == pytest.approx(len(of))
    totals = [sum(d.weight * numbers[d.key] for d in each.drawn) for each in drawn]
    mean = sum(totals) / len(totals)
    spread = (sum((t - mean) ** 2 for t in totals) / len(totals) / len(totals)) ** 0.5
    assert abs(mean - sum(of.nonzero)) < 3 * spread < 0.05 * mean
    plain = sum(numbers[d.key] for each in drawn for d in each.drawn) * len(of) / 60 / len(drawn)
    assert plain > 1.5 * mean  # without weights it would be far off
