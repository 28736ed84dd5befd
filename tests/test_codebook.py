"""The codebook: what each printed cell counts, and with what of the other form it compares."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from contextlib import closing

import pytest

from archive.schema import NIANBAO, codebook, label_of
from archive.schema.words import describe
from archive.site.metadata import build as metadata
from extract.forms import columns, forms
from extract.forms.crosswalk import Link, links
from extract.forms.meaning import UNVERIFIED, UNVERIFIED_EN, Entry, entries, of_figure, told
from extract.forms.wording import Text

FIGURE = re.compile(r"t[234](?:_[a-z]+)+")
COUNTS = {"2019": 198, "2021": 200}
BACK = {"same": "same", "sum": "part", "part": "sum", "unlike": "unlike"}
#: Legal bases of the reference (forms-and-rules.md, Appendix C and §1.1), by hand.
BASES = {
    "t2": {
        "rules normative": "条例第二十条第（一）项",
        "license other_service": "条例第二十条第（五）项",
        "penalty coercion": "条例第二十条第（六）项",
        "fee": "条例第二十条第（八）项",
        "procurement": "条例第二十条第（九）项",
    },
    "t3": {
        "received_new carried_in not_processed_reconfirm": "",
        "other_handling other_misc processed_total carried_out": "",
        "granted": "条例第三十六条（一）（二）",
        "partial": "条例第三十七条",
        "denied_state_secret denied_law_prohibits denied_safety_stability": "条例第十四条",
        "denied_third_party": "条例第十五条、第三十二条",
        "denied_internal_affairs": "条例第十六条第一款",
        "denied_deliberative denied_enforcement_file": "条例第十六条第二款",
        "denied_admin_query": "条例第三十六条（七）",
        "unavailable_not_held": "条例第三十六条（四）（五）",
        "unavailable_needs_creation": "条例第三十八条",
        "unavailable_still_unclear other_no_correction": "条例第三十条",
        "not_processed_petition not_processed_publication": "条例第三十九条",
        "not_processed_repeat": "条例第三十六条（六）",
        "not_processed_abusive": "条例第三十五条",
        "other_fee_unpaid": "条例第四十二条；国办函〔2020〕109号",
    },
    "t4": {"review suit_direct suit_after_review": "条例第五十条（三）"},
}


def link(form: str, key: str) -> Link:
    (found,) = links()[form, key]
    return found


def between(form: str, key: str) -> tuple[str, tuple[str, ...]]:
    found = link(form, key)
    return found.relation, found.figures


@pytest.mark.parametrize("form", COUNTS)
def test_every_printed_cell_has_all_of_it(form: str) -> None:
    slots = {slot.key: slot for slot in forms()[form].slots()}
    found = entries(form)
    assert len(slots) == len(found) == COUNTS[form]
    for key, entry in found.items():
        slot = slots[key]
        texts = (entry.definition, entry.unsaid, entry.comparable)
        for text in texts:
            assert text.endswith(("。", "。）")), (key, text)
            assert "。。" not in text
        assert slot.line.label
        assert slot.measure.label
        for english in (entry.definition_en, entry.comparable_en, slot.line.label_en):
            assert re.match(r"[A-Z]", english), (key, english)
        assert slot.measure.unit or key == "t2_procurement_amount"
    # Composed of line and measure, so that no two cells are said to count the same.
    assert len({entry.definition for entry in found.values()}) == COUNTS[form]
    assert len({entry.definition_en for entry in found.values()}) == COUNTS[form]


def test_no_legal_basis_is_invented() -> None:
    known = {
        (table, code): basis
        for table, bases in BASES.items()
        for codes, basis in bases.items()
        for code in codes.split()
    }
    lines = {(line.table, line.code) for form in forms().values() for line in form.lines}
    assert lines == set(known)
    for form in forms().values():
        assert {line.basis == known[line.table, line.code] for line in form.lines} == {True}
        # Table two prints the clause over its lines; the others print none.
        assert form.basis_printed == {"t2": True, "t3": False, "t4": False}
        for line in form.table("t2"):
            assert line.basis.removeprefix("条例") == line.group
        assert form.basis == {
            "t2": "条例第五十条（一）", "t3": "条例第五十条（二）", "t4": "条例第五十条（三）",
        }  # fmt: skip
    texts = [text for code in forms() for e in entries(code).values() for text in said(e)]
    articles = {each for text in texts for each in re.findall(r"第[一二三四五六七八九十]+条", text)}
    assert articles <= {"第二十三条"}  # of the Reconsideration Law, marked as not verified
    assert all("待核对" in text for text in texts if "第二十三条" in text)


def said(entry: Entry) -> tuple[str, ...]:
    return entry.definition, entry.unsaid, entry.comparable


def test_general_understanding_is_told_from_what_the_form_prints() -> None:
    marks = Counter(
        (entry.definition.endswith(UNVERIFIED), entry.definition_en.endswith(UNVERIFIED_EN))
        for code in forms()
        for entry in entries(code).values()
    )
    assert set(marks) == {(True, True), (False, False)}
    assert marks[True, True] > marks[False, False]
    # The form's own note on partial disclosure; a ground of the law that it only names.
    assert "只计这一情形，不计其他情形" in entries("2021")["t3_partial_total"].definition
    assert UNVERIFIED not in entries("2021")["t3_partial_total"].definition
    assert UNVERIFIED in entries("2021")["t3_denied_deliberative_total"].definition
    # Sure as a line, not as a column: "decisions" alone says little.
    assert UNVERIFIED in entries("2019")["t2_other_service_decisions"].definition


def test_a_definition_says_more_than_the_label() -> None:
    for form in forms().values():
        for slot in form.slots():
            for each in (slot.line, slot.measure):
                labels = {
                    each.label,
                    each.label.lstrip("一二三四（）、."),
                    getattr(each, "name", ""),
                }
                assert each.text.definition.rstrip("。") not in labels, slot.key
                assert each.text.definition_en.rstrip(".") != each.label_en, slot.key


def test_the_later_form_takes_over_what_it_does_not_say_itself() -> None:
    older = Text("甲。", "A.", "乙。", verified=True)
    entry = {"label": "示例", "unsaid": "丙。"}
    assert Text.taken(entry, older) == Text("甲。", "A.", "丙。", verified=True)
    assert entry == {"label": "示例"}
    entry = {"definition": "丁。", "definition_en": "D."}
    assert Text.taken(entry, older) == Text("丁。", "D.", "乙。", verified=False)
    assert entry == {}
    # One definition where the forms agree, both where they differ.
    assert told("t3_granted_total", lambda each: each.definition).count("予以公开") == 1
    unclear = told("t3_unavailable_still_unclear_total", lambda each: each.unsaid)
    assert unclear.startswith("2019 年格式：逾期不补正")
    assert "2021 年格式：经几次补正" in unclear


# -- the crosswalk -----------------------------------------------------------------------


def test_every_sentence_on_the_other_form_names_a_figure_or_says_that_there_is_none() -> None:
    for form, others in (("2019", entries("2021")), ("2021", entries("2019"))):
        for key, entry in entries(form).items():
            (found,) = entry.links
            assert found.form != form
            assert set(found.figures) <= set(others)
            assert (found.relation == "none") == (not found.figures)
            assert set(FIGURE.findall(entry.comparable)) == set(found.figures), key
            assert set(FIGURE.findall(entry.comparable_en)) == set(found.figures), key
            if not found.figures:
                assert f"{found.form} 年格式没有对应的列" in entry.comparable
            assert entry.comparable.startswith("可比：") is found.comparable


def test_the_crosswalk_is_the_same_from_both_sides() -> None:
    pairs = {(form, key) for form in forms() for key in entries(form)}
    assert set(links()) == pairs
    for form, key in pairs:
        found = link(form, key)
        for figure in found.figures:
            back = link(found.form, figure)
            assert back.form == form
            assert key in back.figures
            assert back.relation == BACK[found.relation]


def test_what_compares_between_the_forms() -> None:
    both = set(entries("2019")) & set(entries("2021"))
    for key in both:
        assert between("2019", key) == between("2021", key) == ("same", (key,))
    # Of table two the decisions alone; of three and four all but "other".
    decisions = {f"t2_{line}_decisions" for line in ("license", "penalty", "coercion")}
    assert {key for key in both if key.startswith("t2")} == decisions
    alone = {key for form in forms() for key in entries(form)} - both
    assert all(key.startswith(("t2_", "t3_other_")) for key in alone)
    assert sum(key.startswith("t3_other_") for key in alone) == 4 * 7
    assert between("2019", "t3_other_handling_legal") == (
        "sum",
        ("t3_other_no_correction_legal", "t3_other_fee_unpaid_legal", "t3_other_misc_legal"),
    )
    assert between("2021", "t3_other_misc_legal") == ("part", ("t3_other_handling_legal",))


def test_what_does_not_compare_says_why() -> None:
    for line in ("rules", "normative"):
        public, made = f"t2_{line}_total_public", f"t2_{line}_made"
        in_force, issued = f"t2_{line}_in_force", f"t2_{line}_issued"
        assert between("2019", public) == ("unlike", (in_force,))
        assert between("2019", made) == ("unlike", (issued,))
        assert "公开的未必有效" in link("2021", in_force).sentence
        assert "“新制作”不是“制发”" in link("2021", issued).sentence
        assert between("2019", f"t2_{line}_newly_public") == ("none", ())
        assert "不等于废止 0 件" in link("2021", f"t2_{line}_repealed").sentence
    items = ("t2_fee_prev_items", "t2_fee_delta")
    assert between("2021", "t2_fee_charged") == ("unlike", items)
    for key in ("t2_procurement_amount", "t2_other_service_decisions", "t2_license_delta"):
        assert between("2019", key) == ("none", ())
    # The law on reconsideration changed in 2024: within one form, so the column is the same.
    assert "2024" in link("2021", "t4_suit_direct_total").sentence
    assert "2024" not in link("2021", "t3_granted_total").sentence


def test_facts_of_the_reference_are_there() -> None:
    def whole(key: str) -> str:
        return "".join(said(next(iter(of_figure(key).values()))))

    for key, words in {
        "t2_procurement_amount": "没有规定单位",
        "t2_fee_charged": "单位为万元",
        "t2_fee_prev_items": "也不是信息公开申请的信息处理费",
        "t2_license_delta": "减少的为负数",
        "t3_granted_total": "已主动公开",
        "t3_received_new_total": "一事一申请",
        "t3_denied_state_secret_total": "属于不得公开的情形",
        "t3_denied_enforcement_file_total": "可以不予公开的情形",
        "t3_denied_internal_affairs_total": "人事管理、后勤管理、内部工作流程",
        "t3_denied_deliberative_total": "讨论记录、过程稿、磋商信函、请示报告",
        "t3_denied_safety_stability_total": "国家安全、公共安全、经济安全、社会稳定",
        "t3_denied_admin_query_total": "不是保密的理由",
        "t3_unavailable_not_held_total": "不可前后比较",
        "t3_other_misc_total": "撤回",
        "t4_review_corrected": "撤销、变更、确认违法、责令履行",
        "t4_suit_direct_total": "共同被告",
    }.items():
        assert words in whole(key), key


# -- what is made of it ------------------------------------------------------------------


def test_the_table_lines_is_the_codebook() -> None:
    rows = {str(row["figure"]): row for row in codebook()}
    assert list(rows) == list(columns())
    for key, row in rows.items():
        found = of_figure(key)
        assert row["forms"] == " ".join(found)
        assert row["definition"] in {entry.definition for entry in found.values()}
        assert row["comparable"] in {entry.comparable for entry in found.values()}
        assert all(row[name] for name in ("unsaid", "definition_en", "comparable_en"))
        (entry, *_) = found.values()
        assert row["relation"] == entry.links[0].relation
        assert row["counterparts"] == (" ".join(entry.links[0].figures) or None)
    assert (rows["t2_procurement_amount"]["unit"], rows["t2_fee_charged"]["unit"]) == (None, "万元")
    assert rows["t3_carried_in_total"]["basis"] is None


def test_columns_of_figures_are_described_by_what_they_count() -> None:
    texts = {column: text for table, column, text in describe() if table == "figures" and column}
    shown = metadata()["databases"]["nianbao"]["tables"]["figures"]["columns"]
    for key, slots in columns().items():
        definition = told(key, lambda entry: entry.definition)
        assert texts[key].startswith(label_of(slots))
        assert texts[key].endswith(f"：{definition}")
        assert definition in shown[key]
        assert slots[-1].line.label_en in shown[key]
    assert "（件）：" in texts["t3_granted_total"]
    assert "（" not in texts["t2_procurement_amount"].partition("：")[0]
    lines = {column for table, column, _ in describe() if table == "lines"}
    assert lines >= set(codebook()[0])
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(NIANBAO)
        names = {name for (name,) in db.execute("SELECT name FROM pragma_table_info('lines')")}
    assert names == set(codebook()[0])
