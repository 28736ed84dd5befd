"""The questions: each runs on any release, and gives what is worked out by hand."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from datasette.utils import tilde_encode

from archive.importing import import_files
from archive.root import DataRoot
from archive.schema import texts
from archive.schema.describe import THEMES, example_rows
from archive.site import metadata
from archive.site.serve import SETTINGS, site
from tests.rate_release import Release, Values, of_form
from tests.stored import build

QUESTIONS = {each["name"]: each["sql"] for each in example_rows()}
#: Words of the heading beside a figure that tell of how many it is made.
TELLS_N = re.compile("份数|有数|有此数|可比|覆盖|k个|已读出|已折算|机关数|全部|此类|版本有变")
#: Lists whose rows are single reports or agencies, and nothing is added up.
LISTS = {
    "各地区新收申请", "每十万人的申请", "一个机关历年公开率", "规范性文件的制发、废止与现行有效",
    "不相符的核对", "两年数值完全相同的", "大于本级政府汇总的金额", "正文检索",
    "正文检索（用索引）", "旧格式年报的表格", "由数值到原件", "引用文字",
    "正文件数与表格都不相同的",
}  # fmt: skip


class Steps:
    """The site's time in steps of SQLite, for the machine may be busy: 1.5 s are 100 million."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.taken = 0
        db.set_progress_handler(self.step, 50_000)

    def step(self) -> bool:
        self.taken += 1
        return self.taken > SETTINGS["sql_time_limit_ms"]


def answers(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Rows of every question; columns bear Chinese names, and each name is there once."""
    found = {}
    address = f"file:{folder / 'nianbao.db'}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as db:
        db.execute("ATTACH DATABASE ? AS text", (f"file:{folder / 'text.db'}?mode=ro",))
        steps = Steps(db)
        for name, sql in QUESTIONS.items():
            steps.taken = 0
            cursor = db.execute(sql.split(";\n")[-1])
            found[name] = cursor.fetchall()
            columns = [each[0] for each in cursor.description]
            assert len(set(columns)) == len(columns) > 1, name
            assert all(re.search("[一-鿿]|SHA256", column) for column in columns), (name, columns)
            assert name in LISTS or any(map(TELLS_N.search, columns)), (name, columns)
    return found


def test_every_question_has_a_name_and_says_what_it_counts() -> None:
    assert len(QUESTIONS) == len(example_rows()) >= 45
    for each in example_rows():
        assert re.search("[一-鿿]", each["name"])
        assert len(each["text"]) > 10
        assert "未公布" not in re.sub("(不表示该机关|不等于)未公布", "", each["text"])
    # Only what is held against the frame is called 覆盖率; the rest is of what is known here.
    against = {name for name, sql in QUESTIONS.items() if "覆盖率" in sql}
    assert against == {name for name, sql in QUESTIONS.items() if "frame_summary" in sql} != set()
    folder = Path(texts.__file__).parent / "examples"
    assert {path.stem for path in folder.iterdir()} == set(THEMES)


def test_every_question_runs_on_the_demo(demo: tuple[Path, str]) -> None:
    found = answers(DataRoot(demo[0]).current)
    empty = {name for name, rows in found.items() if not rows}
    # The demo's country is in order, so that some lists are empty; and it has no population.
    assert empty <= LISTS | {
        "结转数与上年不一致的", "大于本级政府汇总数的部门", "汇总与所属机关之和",
        "最初与现行的数值", "文字相同的两个机关", "各地区公开率", "有过变更的年报",
        "正文件数与表格", "每百件办理的复议与诉讼",
    }  # fmt: skip


def test_the_site_answers_questions_under_their_names(demo: tuple[Path, str]) -> None:
    async def answer(name: str) -> Any:
        return (
            await site(demo[0]).client.get(f"/nianbao/{tilde_encode(name)}.json?_shape=array")
        ).json()

    rows = asyncio.run(answer("各年新收申请"))
    assert [(row["年度"], row["本年新收"]) for row in rows] == [
        (row[0], row[3]) for row in answers(DataRoot(demo[0]).current)["各年新收申请"]
    ]
    named = metadata.build()["databases"]["nianbao"]["queries"]
    assert set(named) == {name for name, sql in QUESTIONS.items() if "ATTACH" not in sql}


def test_every_question_runs_on_real_documents(corpus: Path, tmp_path: Path) -> None:
    root = DataRoot(tmp_path / "data")
    seeds = [p for p in sorted((corpus / "documents").glob("seed_*.txt")) if "__" not in p.name]
    import_files(root, seeds, None)
    build(root)
    found = answers(root.current)
    (row,) = [row for row in found["各年新收申请"] if row[0] == 2020]
    assert row[1:3] == (3, 3)
    # As others have worked out by hand (forms-and-rules §7.3).
    with closing(sqlite3.connect(root.current / "nianbao.db")) as db:
        (rates,) = db.execute(
            "SELECT received_new, disclosed_of_closed, unavailable_of_closed, other_of_closed, "
            "reviews_corrected, reviews_decided FROM agency_years WHERE scope = 'aggregate'"
        ).fetchall()
    assert rates == (55, 0.581818, 0.145455, 0.236364, 2, 2)


# -- by hand ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small() -> Iterator[sqlite3.Connection]:
    """Two governments with members, a vertical office and a town, over the breaks."""
    made = Release()
    city, parent = "990100", {"parent_id": "990100-government"}
    made.agency("990000-government", "示例省人民政府", "province")
    made.agency(f"{city}-government", "示例市人民政府", "prefecture")
    for kind, level, more in (
        ("finance", "prefecture", parent), ("audit", "prefecture", parent),
        ("health", "prefecture", parent), ("tax", "prefecture", parent | {"is_vertical": 1}),
        ("town", "township", parent),
    ):  # fmt: skip
        made.agency(f"{city}-{kind}", f"示例市{kind}", level, **more)

    def requests(form: str, new: int, carried: int = 0, **more: int) -> Values:
        total = {"t3_received_new_total": new, "t3_granted_total": new, "t3_carried_in_total": 0}
        total |= {"t3_processed_total_total": new, "t3_carried_out_total": carried}
        return of_form(form, **total | more)

    def add(kind: str, year: int, values: Values, **more: Any) -> None:
        made.report(f"{city}-{kind}", year, values, name=kind, **more)

    add("government", 2022, requests("2021", 50), scope="aggregate")
    made.report("990000-government", 2022, requests("2021", 900), scope="aggregate", name="省")
    add("finance", 2022, requests("2021", 30))
    add("audit", 2022, requests("2021", 60))  # more than the aggregate
    add("tax", 2022, requests("2021", 70))  # more, and not in it
    add("town", 2022, requests("2021", 7))
    add("health", 2022, requests("2021", 0) | {"t3_received_new_total": None},
        marks={"t3_received_new_total": "unparsed"})  # fmt: skip
    old = {"t3_granted_total": 2, "t3_other_handling_total": 3, "t4_suit_direct_total": 4}
    add("finance", 2020, requests("2019", 5, 2, **old), form="2019")
    new = {
        "t3_granted_total": 2, "t3_carried_in_total": 1, "t3_other_no_correction_total": 2,
        "t3_other_fee_unpaid_total": 1, "t4_suit_direct_total": 1, "t4_review_total": 3,
    }  # fmt: skip
    add("finance", 2021, requests("2021", 5, **new))
    add("audit", 2020, requests("2019", 4), form="2019")
    db = made.finish()
    db.row_factory = None
    with closing(db):
        yield db


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        # The province's own aggregate stands, and the offices' sum beside it (30+60+7).
        ("各省新收申请", [
            ("990000", 2020, "各机关之和", 9, 2, 2, 1.0, 9),
            ("990000", 2021, "各机关之和", 5, 1, 1, 1.0, 5),
            ("990000", 2022, "汇总年报", 900, 4, 3, 0.75, 97),
        ]),
        ("各年新收申请", [(2020, 2, 2, 9, 0.4), (2021, 1, 1, 5, 0.2), (2022, 5, 4, 167, 0.8)]),
        # finance 30, audit 60, town 7; health was not read, tax is not in it: 3 of 4.
        ("汇总与所属机关之和", [("government", 2022, 50, 97, 3, 4, 0.75)]),
        ("大于本级政府汇总数的部门", [("audit", 2022, 60, 50, 3)]),
        ("结转数与上年不一致的", [("finance", 2021, "own", 2, 1, 2)]),
        ("样本的进出", [
            (2020, 2, 0.4, 0, 2, 0, 1), (2021, 1, 0.2, 1, 0, 0, 0), (2022, 5, 1.0, 1, 3, 1, None),
        ]),
        ("均衡面板", [
            (2020, 2, 1, 0.5, 9, 5, 9, 5), (2021, 1, 1, 1.0, 5, 5, 5, 5),
            (2022, 4, 1, 0.25, 167, 30, 167, 30),
        ]),
        ("申请的集中程度", [
            (2020, 2, 0.4, 9, 1.0, 0.5556, 1), (2021, 1, 0.2, 5, 1.0, 1.0, 1),
            (2022, 4, 0.8, 167, 1.0, 0.4192, 2),
        ]),
        ("逾期不补正与逾期不缴费", [
            (2020, 2, 0, 2, 1.0, 3, 9, 0, None, None, None),
            (2021, 1, 1, 1, 1.0, 3, 5, 1, 2, 1, 0),
            (2022, 5, 5, 5, 1.0, 0, 167, 5, 0, 0, 0),
        ]),
        ("2024 年前后的直接起诉与复议", [
            ("aggregate", "prefecture", 2022, None, 1, 1, 1.0, 0, 0, 0, None),
            ("aggregate", "province", 2022, None, 1, 1, 1.0, 0, 0, 0, None),
            ("own", "prefecture", 2020, None, 2, 2, 1.0, 0, 4, 0, 1.0),
            ("own", "prefecture", 2021, "form", 1, 1, 1.0, 3, 1, 0, 0.25),
            ("own", "prefecture", 2022, None, 4, 4, 1.0, 0, 0, 0, None),
            ("own", "township", 2022, None, 1, 1, 1.0, 0, 0, 0, None),
        ]),
    ],
)  # fmt: skip
def test_a_question_gives_what_is_worked_out_by_hand(
    small: sqlite3.Connection, name: str, wanted: list[tuple[Any, ...]]
) -> None:
    assert small.execute(QUESTIONS[name]).fetchall() == wanted
