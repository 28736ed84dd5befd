"""Decisions by hand: read strictly, in force with the next build, and nothing cited is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archive.agencies import Agency, Names, Resolver
from archive.curation import FOLDER, load
from archive.decisions import NONE
from archive.errors import CurationRefused
from archive.places import regions
from archive.problems import problems
from archive.root import DataRoot
from tests.portal.reports import make_report
from tests.stored import ENTRY, Got, Run, article, build, db, keep, report_of

DECISION = """
[[agency]]
name = "示例市某某分局"
portal = "*"
region = "990100"
kind = "public_security"
unit = "mou"
reason = "示例市机构编制文件第3号"
source = "https://www.example.org/3"
date = 2026-11-22
"""
SUCCESSOR = """
[[successor]]
agency = "990100-finance"
successor = "990100-audit"
reason = "并入"
source = "https://www.example.org/4"
date = 2026-11-22
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "curation"
    made.mkdir()
    return made


def write(folder: Path, text: str) -> Path:
    (folder / "agencies.toml").write_text(text, "utf-8")
    return folder


# -- reading ----------------------------------------------------------------------------


def test_the_project_s_own_decisions_load() -> None:
    found = load()  # looks the regions up
    assert found.names
    assert all(each.reason and each.source and each.date for each in found.names.values())
    assert (FOLDER / "README.md").is_file()


def test_a_folder_without_decisions_decides_nothing(folder: Path) -> None:
    assert load(folder) == NONE
    assert load(write(folder, ""), fiction=True) == NONE
    with pytest.raises(CurationRefused, match="is no folder; give the one"):
        load(folder / "absent")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[agency]\n", "is no TOML"),
        (f"a = {'[' * 3000}", "is no TOML"),
        (f"a = {'9' * 5000}", "is no TOML"),
        (DECISION.replace('"990100"', '"９９０１００"'), "its region is not as it must be"),
        (DECISION.replace("2026-11-22", '"20261122"'), "“20261122” is no day"),
        (DECISION.replace("示例市机构编制文件第3号", "   "), "“reason” is missing"),
        (DECISION.replace("示例市机构", "\u202e示例"), "“reason” has characters that nobody sees"),
        (DECISION.replace("2026-11-22", f'"{"x" * 999}"'), "“x{60}…” is no day"),
        ("[[agent]]\nname = 'x'\n", r"\[agent\] is nothing that is known here"),
        ("[agency]\nname = 'x'\n", r"write \[\[agency\]\]"),
        (DECISION.replace("name =", "nome ="), "“nome” is no field"),
        (DECISION.replace('reason = "示例市机构编制文件第3号"\n', ""), "“reason” is missing"),
        (DECISION.replace("示例市机构编制文件第3号", ""), "“reason” is missing"),
        (DECISION.replace('source = "https://www.example.org/3"\n', ""), "“source” is missing"),
        (DECISION.replace("2026-11-22", '"soon"'), "“soon” is no day"),
        (DECISION.replace("date = 2026-11-22\n", ""), "“date” is missing"),
        (DECISION.replace('"990100"', "990100"), "“region” is missing or no text"),
        (DECISION.replace('"990100"', '"99"'), "its region is not as it must be; write six"),
        (DECISION.replace("public_security", "police"), "a kind of archive/agencies/kinds.toml"),
        (DECISION.replace('"public_security"', '""'), "nothing, for a name that stays unresolved"),
        (DECISION.replace('"mou"', '"某"'), "its unit is not as it must be"),
        (DECISION.replace('"*"', '"某 站"'), "its portal is not as it must be"),
        (DECISION + 'relation = "cousin"\n', "name or alias or former"),
        (DECISION + DECISION.replace("mou", "other"), "decided for this portal above"),
        (SUCCESSOR.replace("990100-audit", "审计局"), "its successor is not as it must be"),
        (SUCCESSOR + SUCCESSOR, "this agency has a successor above"),
        (SUCCESSOR.replace("990100-audit", "990100-finance"), "it leads back to itself"),
        (
            SUCCESSOR
            + SUCCESSOR.replace("audit", "x").replace("finance", "audit").replace("-x", "-finance"),
            "it leads back to itself",
        ),
        (
            DECISION.replace('"990100"', '"999999"'),
            r"某某分局\): archive/places knows no region 999999",
        ),
        (
            DECISION.replace('"990100"', '"990102999"'),
            "knows no region 990102999; correct the code",
        ),
        (SUCCESSOR.replace("990100-audit", "999999-audit"), "knows no region 999999"),
        (
            SUCCESSOR.replace("990100-audit", "990100-audits"),
            "no agency can have the id 990100-audi",
        ),
        (SUCCESSOR.replace("990100-audit", "cn-nosuch"), "of archive/agencies/national.toml"),
    ],
)
def test_what_is_not_as_it_must_be_is_refused(folder: Path, text: str, said: str) -> None:
    with pytest.raises(CurationRefused, match=said) as refused:
        load(write(folder, text), fiction=True)
    assert "agencies.toml" in str(refused.value)


def test_invented_regions_are_for_roots_of_them_alone(folder: Path) -> None:
    write(folder, DECISION)
    with pytest.raises(CurationRefused, match="archive/places knows no region 990100"):
        load(folder)
    assert load(folder, fiction=True).names
    # What is on the country does nothing where all is invented: no place is made of digits.
    real = load(write(folder, DECISION.replace('"990100"', '"360999"')), fiction=True)
    agency = Resolver(regions(fiction=True), real).resolve("示例市某某分局", "p", {})
    assert (agency.agency_id[:2], agency.level, agency.region_code) == ("u-", None, None)
    with pytest.raises(CurationRefused, match="knows no region 360999"):
        load(folder)


def test_a_file_that_is_no_text_is_refused(folder: Path) -> None:
    (folder / "agencies.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(CurationRefused, match="not UTF-8"):
        load(folder)


def test_a_portal_s_decision_goes_before_that_for_all(folder: Path) -> None:
    own = DECISION.replace('"*"', '"shili"').replace("mou", "own")
    stays = DECISION.replace('"*"', '"elsewhere"').replace('"public_security"', '""')
    stays = stays.replace('"990100"', '""').replace('unit = "mou"\n', "")
    decisions = load(write(folder, DECISION + own + stays), fiction=True)
    resolver = Resolver(regions(fiction=True), decisions)

    def told(portal: str) -> str:
        return resolver.resolve("示例市 某某分局", portal, ENTRY).agency_id

    assert told("any") == "990100-public_security-mou"
    assert told("shili") == "990100-public_security-own"
    assert told("elsewhere").startswith("u-")
    assert decisions.digest() != load(write(folder, DECISION + own), fiction=True).digest()


def test_a_region_that_is_not_listed_is_named_by_the_decision(folder: Path) -> None:
    text = DECISION.replace('"990100"', '"998877"') + 'region_name = "示例省 别样市"\n'
    resolver = Resolver(regions(fiction=True), load(write(folder, text), fiction=True))
    agency = resolver.resolve("示例市某某分局", "p", {}, "aggregate", 2020)
    assert (agency.region_code, agency.region_name) == ("998877", "示例省别样市")
    assert (agency.kind, agency.scope, agency.level) == ("public_security", "own", "county")


# -- in force -----------------------------------------------------------------------------

UNSETTLED = "示例市某某分局"


def unsettled(year: int) -> bytes:
    return article(make_report(UNSETTLED, "990100", "other", year)[0])


def test_a_decision_redirects_the_ids_and_keeps_both(tmp_path: Path, folder: Path) -> None:
    root = DataRoot(tmp_path / "data")
    url = "http://127.0.0.1/a.html"
    title = f"{UNSETTLED}2022年政府信息公开工作年度报告"
    keep(root, Run([Got(url, unsettled(2022), title)]))
    assert build(root, curation=folder).is_new
    ((old,),) = db(root, "SELECT agency_id FROM agencies WHERE NOT resolved")
    assert not build(root, curation=folder).is_new

    # The decision alone makes a new release.
    assert build(root, curation=write(folder, DECISION)).is_new
    new = "990100-public_security-mou"
    assert db(root, "SELECT agency_id, resolved, org_form FROM agencies") == [
        (new, 1, "department")
    ]
    assert db(root, "SELECT report_id, region_code, kind, agency FROM reports") == [
        (f"{new}-2022", "990100", "public_security", UNSETTLED)
    ]
    assert set(db(root, "SELECT old_id, new_id, what, reason FROM id_history")) == {
        (old, new, "agency", "identified"),
        (f"{old}-2022", f"{new}-2022", "report", "identified"),
        (f"{old}-2022.v1", f"{new}-2022.v1", "version", "identified"),
    }
    # Nothing was read otherwise: the words are those of the page.
    assert db(root, "SELECT cause FROM changes") == []
    given = [
        json.loads(line)["report"] for line in (root.path / "ids.jsonl").read_text().splitlines()
    ]
    assert given == [f"{old}-2022", f"{new}-2022"]
    assert db(
        root, "SELECT name, portal, source, relation, first_year, reason FROM agency_names"
    ) == [(UNSETTLED, "", "curation", "alias", 2022, "示例市机构编制文件第3号")]
    # Taken back, the first id is there again, and the second leads to it.
    assert build(root, curation=write(folder, "")).is_new
    assert db(root, "SELECT agency_id FROM agencies") == [(old,)]
    assert (new, old) in db(root, "SELECT old_id, new_id FROM id_history WHERE what = 'agency'")


def test_a_decision_that_brings_a_second_version(tmp_path: Path, folder: Path) -> None:
    root = DataRoot(tmp_path / "data")
    title = f"{UNSETTLED}2022年政府信息公开工作年度报告"
    keep(
        root,
        Run([Got("http://127.0.0.1/a.html", article(report_of(2022)))], day="2023-01-20"),
        Run([Got("http://127.0.0.1/b.html", unsettled(2022), title)], day="2023-02-20"),
    )
    build(root, curation=folder)
    text = DECISION.replace("public_security", "finance").replace('unit = "mou"\n', "")
    build(root, curation=write(folder, text))
    assert db(root, "SELECT version_id FROM versions ORDER BY 1") == [
        ("990100-finance-2022.v1",),
        ("990100-finance-2022.v2",),
    ]
    assert "reader" not in {cause for (cause,) in db(root, "SELECT cause FROM changes")}
    ((new,),) = db(root, "SELECT new_id FROM id_history WHERE what = 'version'")
    assert new == "990100-finance-2022.v2"


def test_a_successor_is_decided(tmp_path: Path, folder: Path) -> None:
    root = DataRoot(tmp_path / "data")
    keep(root, Run([Got("http://127.0.0.1/a.html", article())]))
    build(root, curation=write(folder, SUCCESSOR))
    assert db(root, "SELECT agency_id, successor_id FROM agencies") == [
        ("990100-finance", "990100-audit")
    ]


def test_check_names_the_decisions_that_decided_nothing(tmp_path: Path, folder: Path) -> None:
    root = DataRoot(tmp_path / "data")
    title = f"{UNSETTLED}2022年政府信息公开工作年度报告"
    one, two = "http://127.0.0.1/a.html", "http://127.0.0.1/b.html"
    keep(root, Run([Got(one, unsettled(2022), title), Got(two, article())]))
    unused = DECISION.replace(UNSETTLED, "示例市无名局")
    text = (DECISION + unused + SUCCESSOR).replace("2026-11-22", "2023-01-31")
    nowhere = DECISION.replace('"*"', '"nosuchportal"').replace("2026-11-22", "2999-01-01")
    write(folder, text + nowhere)
    build(root, curation=folder)
    lines = list(problems(root, folder))
    assert lines[lines.index("decisions by hand that decided nothing in this release:") + 1 :] == [
        "  [[agency]] 示例市无名局 at *: no report here bears this name",
        f"  [[agency]] {UNSETTLED} at nosuchportal: no portal nosuchportal was ever crawled here",
        f"  [[agency]] {UNSETTLED} at nosuchportal: it is dated 2999-01-01, a day to come",
        "  [[successor]] 990100-finance: no report here is by 990100-audit",
    ]
    stays = DECISION.replace('"public_security"', '""').replace('"990100"', '""')
    stays = stays.replace('unit = "mou"\n', "").replace("2026-11-22", "2023-01-31")
    build(root, curation=write(folder, stays))
    assert list(problems(root, folder))[-1] == "  none"


def test_a_code_that_is_in_no_list_stops_the_build(tmp_path: Path, folder: Path) -> None:
    root = DataRoot(tmp_path / "data")
    keep(root, Run([Got("http://127.0.0.1/a.html", unsettled(2022))]))
    wrong = DECISION.replace('"990100"', '"999999"').replace("public_security", "government")
    with pytest.raises(CurationRefused, match="or give the region_name"):
        build(root, curation=write(folder, wrong))
    assert not root.current.exists()


# -- names --------------------------------------------------------------------------------


def test_names_of_an_agency_with_their_years(tmp_path: Path, folder: Path) -> None:
    root = DataRoot(tmp_path / "data")
    said = (
        (2017, "示例市教育局"),
        (2018, "示例省示例市教育局"),
        (2020, "示例市教育体育局"),
        (2021, "市教育体育局"),
    )
    got = []
    for year, name in said:
        report = make_report(name, "990100", "education", year)[0]
        title = f"{name}{year}年政府信息公开工作年度报告"
        got.append(Got(f"http://127.0.0.1/{year}.html", article(report), title))
    entries = {"shili": {**ENTRY, "agency": "示例市教体局"}}
    keep(root, Run(got, entries=entries))
    build(root, curation=folder)
    assert db(root, "SELECT agency_id, name, short_name, parent_id FROM agencies") == [
        ("990100-education", "示例市教育体育局", "市教育体育局", "990100-government")
    ]
    rows = db(
        root,
        "SELECT name, portal, source, relation, first_year, last_year FROM agency_names "
        "ORDER BY source, first_year",
    )
    assert rows == [
        ("示例市教育局", "shili", "printed", "former", 2017, 2017),
        ("示例省示例市教育局", "shili", "printed", "former", 2018, 2018),
        ("市教育体育局", "shili", "printed", "alias", 2021, 2021),
        ("示例市教体局", "shili", "registry", "alias", None, None),
    ]


def test_a_name_that_is_used_again_is_no_former_one() -> None:
    def told(name: str, organ: str) -> Agency:
        known = ("990100-education", name, "990100", "示例市", "education", "教育", "own")
        return Agency(*known, organ=organ)

    names = Names()
    for year, name, organ in (
        (2017, "示例市教育委员会", "教育委员会"),
        (2018, "示例市教育局", "教育局"),
        (2021, "示例市教育局", "教育局"),
        (2020, "示例市教育体育局", "教育体育局"),
        (2022, "示例市教育体育局", "教育体育局"),
    ):
        names.add(told(name, organ), name, "shili", year)
    rows = names.rows([{"agency_id": "990100-education", "name": "示例市教育体育局"}])
    assert [(row["name"], row["relation"], row["last_year"]) for row in rows] == [
        ("示例市教育委员会", "former", 2017),
        ("示例市教育局", "alias", 2021),
    ]


def test_an_agency_of_the_state_has_no_region(tmp_path: Path, folder: Path) -> None:
    root = DataRoot(tmp_path / "data")
    report = make_report("教育部", "990100", "education", 2022)[0]
    nowhere = {"shili": {**ENTRY, "region": "", "region_name": ""}}
    title = "教育部2022年政府信息公开工作年度报告"
    keep(root, Run([Got("http://127.0.0.1/a.html", article(report), title)], entries=nowhere))
    build(root, curation=folder)
    assert db(root, "SELECT report_id, region_code, region_name, kind, scope FROM reports") == [
        ("cn-education-2022", None, None, "ministry", "own")
    ]
    assert db(root, "SELECT level, resolved, short_name FROM agencies") == [
        ("country", 1, "教育部")
    ]
