"""An audit from the draw to the site, through its files, with planted slips and errors."""

from __future__ import annotations

import asyncio
import csv
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive.__main__ import main
from archive.audit.accuracy import interval_of, percent, told
from archive.audit.agreement import agreement_of
from archive.audit.kit import Kit, read_kit
from archive.audit.making import make_kit
from archive.audit.published import Audit, Rate, as_toml, of_registry, publish
from archive.audit.scoring import score
from archive.curation.audits import read_audits
from archive.errors import AuditRefused, CurationRefused
from archive.root import DataRoot
from archive.site.serve import site
from tests.audits import BLANK, PICTURE, REPORTS, hand_in, make_root, numbers, read_by_people
from tests.audits import settle as settle_in
from tests.stored import build, db

URLS = list(REPORTS)
NEW, OUT = "t3_received_new_total", "t3_carried_out_total"
#: What is printed where one of two people slipped.
RIGHT = {"text": REPORTS[URLS[4]].cells[OUT]}
SAID = ("document", "tables", "entries", "note")


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> tuple[DataRoot, Kit]:
    """A release that is transcribed: two people, with slips of their own, and errors of ours."""
    root = make_root(tmp_path_factory.mktemp("audit") / "root")
    (root.path / "curation").mkdir()
    kit, _ = make_kit(root, 5, 20, root.path.parent / "kit")
    for url, number in numbers(kit).items():
        printed = read_by_people(url)
        entries = printed["entries"]
        if url == URLS[0]:  # people read another number: ours is wrong, twice
            entries[NEW] = {"text": "987654"}
            entries["t2_fee_prev_items"] = {"text": "7"}
        if url == URLS[1]:  # they find no number where we have one, and another class
            blanks = [k for k, e in entries.items() if e == BLANK and not k.endswith(".unit")]
            entries["t3_granted_total"] = dict(BLANK)
            entries[blanks[0]] = {"text": "—"}
            entries[blanks[1]] = {"text": "12"}  # ours is blank: missing
        if url == URLS[2]:
            entries["year"] = {"text": "2021"}
            entries["agency"] = {"text": "示例市卫生健康委员会"}
            entries["t2_fee_charged.unit"] = {"text": "元"}  # the same digits, another amount
        if url == URLS[3]:
            entries["scope"] = {"text": "aggregate"}
            entries[NEW] = {"mark": "illegible"}
        if url == PICTURE:
            about = ("示例市档案局年报", "示例市档案局", "示例市", "2022", "own")
            keys = ("title", "agency", "region", "year", "scope")
            entries = {key: {"text": text} for key, text in zip(keys, about, strict=True)}
            printed |= {"document": "report", "entries": entries}
        for by in ("ab", "cd"):
            said = json.loads(json.dumps(printed))
            if by == "cd" and url == URLS[4]:  # a slip, which the third person mends
                said["entries"][OUT] = {"text": "31337"}
            hand_in(kit, number, by, said)
    return root, kit


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["audit", *map(str, arguments)])


def test_an_audit_is_scored_published_and_stands_in_the_next_release(
    audited: tuple[DataRoot, Kit],
) -> None:
    root, kit = audited
    refused = run("score", kit.folder, "--data", root.path)
    assert refused.exit_code == 1
    assert "not settled in 1 documents" in refused.output
    compared = run("compare", kit.folder, "--data", root.path)
    assert "documents transcribed twice: 7; cells that both read the same: 995 of 996" in (
        compared.output
    )
    (told_of,) = json.loads((kit.folder / "differences" / "differences.json").read_text("utf-8"))
    number = numbers(kit)[URLS[4]]
    assert told_of["number"] == number
    sheet = (kit.folder / "differences" / f"{number}.html").read_text("utf-8")
    assert sheet.count("data-pick") == 2
    assert "31337" in sheet
    assert '"ab"' not in json.dumps(told_of)
    assert [each["key"] for each in told_of["differences"]] == [OUT]
    settle_in(kit, told_of, {OUT: RIGHT})

    scored = run("score", kit.folder, "--data", root.path, "--name", "trial", "--publish")
    assert scored.exit_code == 0, scored.output
    assert "taken for another class of them (in no rate): 1" in scored.output
    assert f"(in no rate): 1 (in {numbers(kit)[URLS[3]]})" in scored.output
    (audit,) = read_audits(root.path / "curation")
    rates = {rate.measure: (rate.errors, rate.of) for rate in audit.rates}
    assert rates["wrong_reports"] == (2, 5)
    assert rates["invented_reports"] == (1, 5)
    assert rates["missing_reports"] == (1, 5)
    printed = 198 + 195 + 197 + 196 + 200
    assert rates["wrong_per_printed"] == (3, printed)
    assert rates["invented_per_printed"] == (1, printed)
    assert rates["missing_per_printed"] == (1, printed)
    assert rates["agency_wrong"] == rates["year_wrong"] == rates["scope_wrong"] == (1, 5)
    assert rates["missed"] == (1, 2)
    assert (audit.registry, audit.seed, audit.reports) == ("demo", 5, 7)
    rows = list(csv.DictReader((kit.folder / "errors.csv").read_text("utf-8-sig").splitlines()))
    kinds = sorted(row["kind"] for row in rows)
    assert kinds == sorted(
        ["wrong"] * 3 + ["invented", "missing", "class", "agency", "year", "scope", "missed"]
    )
    assert {row["people"] for row in rows if row["cell"] == NEW} == {"987654"}

    publish(AUDIT, root.path / "curation")  # of another registry: it says nothing here
    before = db(root, "SELECT count(*) FROM audits")
    built = build(root)
    assert (before, built.is_new) == ([(0,)], True)
    assert db(root, "SELECT DISTINCT audit, is_current, seed FROM audits") == [("trial", 1, 5)]
    ((text,),) = db(root, "SELECT text FROM README WHERE topic = '准确性'")
    assert "经抽样核验" in text
    assert "随机抽取 7 份文件" in text
    assert "同一读取程序" in text
    ((english,),) = db(root, "SELECT text FROM README WHERE topic = 'English'")
    assert "Audited by sample on" in english
    assert "Not yet audited" not in english
    # The audited release is found by its content, though another one is current by now.
    again = score(root, kit.folder, "trial")
    assert again.audit == audit
    page = asyncio.run(site(root.path).client.get("/guanyu")).text
    assert "未经抽样核验" not in page
    assert "错格占所印有数格数 <code>wrong_per_printed</code></th><td>3</td>" in page
    assert page.count("<h3>核验 <code>trial</code>") == 1


def test_nothing_is_scored_that_is_not_whole(audited: tuple[DataRoot, Kit]) -> None:
    root, kit = audited
    whole = kit.folder
    sample = json.loads((whole / "sample.json").read_text("utf-8"))
    number = numbers(kit)[URLS[4]]

    def refused(folder: Path) -> str:
        with pytest.raises(AuditRefused) as error:
            score(root, folder)
        return str(error.value)

    def copy(name: str) -> Path:
        return Path(shutil.copytree(whole, whole.parent / name))

    folder = copy("lacking")
    (folder / "transcripts" / f"{number}.ab.json").unlink()
    assert f"1 documents lack transcripts: {number} (1)" in refused(folder)

    folder = copy("settled-by-a-reader")
    answers = {OUT: RIGHT}
    digest = agreement_of(kit).compared[number].digest
    told_of = {"number": number, "of": digest}
    settle_in(replace(kit, folder=folder), told_of, answers, by="cd")
    assert "a third person must settle" in refused(folder)
    settle_in(replace(kit, folder=folder), told_of, {})
    assert "does not answer each difference" in refused(folder)
    settle_in(replace(kit, folder=folder), {**told_of, "of": "0" * 16}, answers)
    assert "settles other differences" in refused(folder)
    settle_in(replace(kit, folder=folder), told_of, {OUT: {"text": ""}})
    assert "an empty text" in refused(folder)

    # Who leaves out a document that is hard to read is found out.
    folder = copy("dropped")
    fewer = {n: d for n, d in sample["documents"].items() if n != number}
    (folder / "sample.json").write_text(json.dumps({**sample, "documents": fewer}), "utf-8")
    left = read_kit(folder)
    for path in (folder / "transcripts").iterdir():
        said = json.loads(path.read_text("utf-8"))
        path.unlink()
        if said["number"] != number:
            hand_in(left, said["number"], said["by"], {k: said[k] for k in SAID})
    shutil.rmtree(folder / "settled")
    assert "holds other documents than seed 5 draws" in refused(folder)

    folder = copy("another release")
    (folder / "sample.json").write_text(json.dumps({**sample, "content_hash": "0" * 64}), "utf-8")
    assert "another audit" in refused(folder)
    for name in ("transcripts", "settled"):
        shutil.rmtree(folder / name)
    assert "lack transcripts" in refused(folder)
    compared = run("compare", folder, "--data", root.path)
    assert "no release of the audited content" in compared.output


# -- what a release says of it ---------------------------------------------------------------


RATES = (
    Rate("wrong_reports", 0, 300, 0.0, 0.0, 0.00996, 0.00996),
    Rate("wrong_per_nonzero", 2, 1234, 0.00123, 0.000311, 0.0041, 0.00731),
)
AUDIT = Audit("a1", "real", "r1", "0" * 64, "reader-1", "2026-12-01", 5, 290, 300, RATES)


def test_an_audit_s_file_gives_it_back_and_is_not_overwritten(tmp_path: Path) -> None:
    publish(AUDIT, tmp_path)
    publish(AUDIT, tmp_path)
    publish(replace(AUDIT, name="a0", date="2027-01-01"), tmp_path)
    assert [each.name for each in read_audits(tmp_path)] == ["a1", "a0"]
    assert read_audits(tmp_path)[0] == AUDIT
    with pytest.raises(CurationRefused, match="another --name"):
        publish(replace(AUDIT, seed=6), tmp_path)
    with pytest.raises(CurationRefused, match="cannot name"):
        publish(replace(AUDIT, name="../x"), tmp_path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[audit]", "[[audit]]"), ("[audit]", "[other]"), ('registry = "real"', ""),
        ("2026-12-01", "2026-13-01"), ("seed = 5", 'seed = "5"'), ("seed = 5", "seed = true"),
        ("reports = 300", "reports = 0"), ("0" * 64, "0" * 63), ("wrong_reports", "wrong_figures"),
        ("errors = 2", "errors = -2"), ("high = 0.0041", "high = nan"), ("high = 0.0041", ""),
        ("high = 0.0041", "high = inf"), ("low = 0.000311", "low = 0.5"),
        ("cautious_high = 0.00731", "cautious_high = 0.004"), ("of = 300", "of = 1.5"),
        ("wrong_per_nonzero", "wrong_reports"), ("seed = 5", "seed = 5\nextra = 1"),
    ],
)  # fmt: skip
def test_a_file_is_refused_that_no_score_wrote(tmp_path: Path, old: str, new: str) -> None:
    text = as_toml(AUDIT)
    assert old in text
    path = publish(AUDIT, tmp_path)
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(CurationRefused, match=re.escape(str(path))):
        read_audits(tmp_path)


def test_the_sentences_of_a_release() -> None:
    assert told((), "reader-1").chinese == "未经抽样核验。"
    same, later = told((AUDIT,), "reader-1"), told((AUDIT,), "reader-2")
    assert "有错格的年报占比 0%（95% 区间 0%–1%）" in same.chinese
    assert "错格数与所印非零格数之比 0.12%（95% 区间 0.031%–0.41%，谨慎上限 0.74%）" in same.chinese
    assert "不是本次发布" not in same.chinese
    assert "不是本次发布" in later.chinese
    assert (
        "0.12% wrong cells per non-zero cell (95 % interval 0.031%–0.41%, cautious end 0.74%)"
        in same.english
    )
    assert ("the same reader" in same.english, "the same" in later.english) == (True, False)
    newer = replace(AUDIT, name="a2", date="2027-01-01", reader="reader-2")
    assert "2026-12-01" in told((AUDIT, newer), "reader-1").chinese
    assert "2027-01-01" in told((AUDIT, newer), "reader-3").chinese
    assert of_registry((AUDIT,), "demo") == ()


def test_an_interval_is_never_narrower_than_it_is() -> None:
    assert interval_of(0.01239, 0.01231) == "1.2%–1.3%"
    assert [percent(each) for each in (0, 1, 0.5, 0.123, 1.5, 0.00001)] == [
        "0%", "100%", "50%", "12%", "150%", "0.001%",
    ]  # fmt: skip
