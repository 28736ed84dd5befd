"""Whose a report is: real names and hosts, adversarial ones, and the test portal's cast."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path

import pytest

from archive.agencies import Agency, Resolver, kinds, resolve
from archive.agencies.kinds import _slug, all_kinds, kind_of, ministries
from archive.curation import load
from archive.importing import REAL_REGISTRY, import_files
from archive.places import Region, Regions, regions
from archive.root import DataRoot
from extract import labels
from extract.scope import scope_of_name
from tests.portal.cast import AGENCIES
from tests.portal.world import world
from tests.stored import build, db

#: Agency, region, kind and scope of each real document, by the beginning of its name. The city
#: of hangzhou_style is called 测试市, which is nowhere.
DOCUMENTS = {
    "hangzhou_style_2025": (None, None, None, "aggregate"),
    "hongze_2024": ("320813-government", "320813", "government", "aggregate"),
    "huaian_city_2024": ("320800-government", "320800", "government", "aggregate"),
    "seed_000": ("360902-finance", "360902", "finance", "own"),
    "seed_001": ("500114-finance", "500114", "finance", "own"),
    "seed_002": ("360902-government", "360902", "government", "aggregate"),
    "seed_003": ("360982-audit", "360982", "audit", "own"),
    "seed_004": ("410303-finance", "410303", "finance", "own"),
}
#: The names of pages.jsonl in order: agency, and the home region that a person would register
#: for the host; none for bare addresses, and for 西咸新区, which has no code.
PAGES = (
    ("420684-finance", "420684", "湖北省 襄阳市 宜城市"),
    ("340503-finance", "340503", "安徽省 马鞍山市 花山区"),
    ("510802-finance", "510802", "四川省 广元市 利州区"),
    ("610327-finance", "610327", "陕西省 宝鸡市 陇县"),
    ("510525-finance", "510525", "四川省 泸州市 古蔺县"),
    ("350205-finance", "350205", "福建省 厦门市 海沧区"),
    ("350481-finance", "350481", "福建省 三明市 永安市"),
    ("610404009-subdistrict", "", "陕西省 西咸新区"),
    ("330302024-subdistrict", "330302", "浙江省 温州市 鹿城区"),
    ("640104007-subdistrict", "640104", "宁夏回族自治区 银川市 兴庆区"),
    ("320404005-subdistrict", "320404", "江苏省 常州市 钟楼区"),
    ("330523001-subdistrict", "330523", "浙江省 湖州市 安吉县"),
    ("320205002-subdistrict", "320205", "江苏省 无锡市 锡山区"),
    ("220102008-subdistrict", "220100", "吉林省 长春市"),
    ("350500-statistics", "350500", "福建省 泉州市"),
    ("520122-statistics", "520122", "贵州省 贵阳市 息烽县"),
    ("220283-market_reg", "", ""),
    ("440402-tax", "440000", "广东省"),
    ("420700-tax", "", ""),
    ("340202-tax", "340000", "安徽省"),
)


def test_each_real_document_is_its_agency_s_or_unresolved(corpus: Path, tmp_path: Path) -> None:
    root = DataRoot(tmp_path / "data")
    files = sorted((corpus / "documents").iterdir())
    import_files(root, files, None)
    build(root)
    rows = db(
        root,
        "SELECT DISTINCT s.list_title, s.sha256, r.agency_id, r.region_code, r.kind, r.scope "
        "FROM sources s JOIN versions v USING (version_id) JOIN reports r USING (report_id)",
    )
    told = {row[1]: row[2:] for row in rows}
    unresolved = 0
    for file in files:
        want = DOCUMENTS[next(name for name in DOCUMENTS if file.name.startswith(name))]
        have = told[hashlib.sha256(file.read_bytes()).hexdigest()]
        if have[0].startswith("u-"):
            unresolved += 1
            have = (None, *have[1:])
        assert have == want, file.name
    assert unresolved == 7  # 测试市 in seven styles


def pages(corpus: Path) -> list[dict[str, str]]:
    lines = (corpus / "pages.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("registered", [True, False])
def test_the_names_of_real_pages_are_right_or_unresolved(corpus: Path, registered: bool) -> None:
    unresolved = []
    for page, (want, region, region_name) in zip(pages(corpus), PAGES, strict=True):
        entry = {"region": region, "region_name": region_name, "agency": ""} if registered else {}
        agency = resolve(page["agency"], "p", entry, None, int(page["year"]))
        assert agency.scope == "own"
        if agency.resolved:
            assert (agency.agency_id, agency.region_code) == (want, want.split("-")[0])
            assert agency.kind == want.split("-")[1]
        else:
            unresolved.append(page["agency"])
    # A town's name alone says nothing without a home; 西咸新区 is no region of the list.
    nowhere = ["西咸新区底张街道办事处"]
    assert unresolved == (nowhere if registered else [*nowhere, "安镇街道"])


def test_the_decisions_by_hand_settle_what_is_known_of_them(corpus: Path) -> None:
    resolver = Resolver(regions(), load())
    for page, (want, _, _) in zip(pages(corpus), PAGES, strict=True):
        agency = resolver.resolve(page["agency"], "p", {}, None, int(page["year"]))
        assert agency.agency_id == want or page["agency"] == "安镇街道"


def test_the_cast_of_the_test_portal() -> None:
    for told in AGENCIES:
        entry = world().column(told.column).entry
        agency = resolve(told.name, told.column, entry, None, 2021)
        assert (agency.agency_id, agency.scope) == (f"{told.region_code}-{told.kind}", told.scope)
        assert (agency.region_code, agency.kind) == (told.region_code, told.kind)


def test_each_registered_agency_is_of_the_region_that_is_registered() -> None:
    portals = tomllib.loads(REAL_REGISTRY.read_text("utf-8"))["portals"]
    named = {key: entry for key, entry in portals.items() if entry["agency"] and entry["region"]}
    for key, entry in named.items():
        agency = resolve(entry["agency"], key, entry, None, 2022)
        assert agency.region_code, (key, entry["agency"])
        assert agency.region_code.startswith(entry["region"]), (key, agency)
    assert len(named) > 50


# -- adversarial names ---------------------------------------------------------------------

HOMES = {
    "": ("", ""),
    "正阳县": ("411724", "河南省 驻马店市 正阳县"),
    "渭城区": ("610404", "陕西省 咸阳市 渭城区"),
    "袁州区": ("360902", "江西省 宜春市 袁州区"),
    "宜春市": ("360900", "江西省 宜春市"),
    "樟树市": ("360982", "江西省 宜春市 樟树市"),
    "广西": ("450000", "广西壮族自治区"),
    "新疆": ("650000", "新疆维吾尔自治区"),
    "杭州市": ("330100", "浙江省 杭州市"),
    "绍兴市": ("330600", "浙江省 绍兴市"),
    "宁国市": ("341881", "安徽省 宣城市 宁国市"),
    "淮安市": ("320800", "江苏省 淮安市"),
    "偃师区": ("410307", "河南省 洛阳市 偃师区"),
    "临洮县": ("621124", "甘肃省 定西市 临洮县"),
    "揭东区": ("445203", "广东省 揭阳市 揭东区"),
    "淄博市": ("370300", "山东省 淄博市"),
    "楚雄州": ("532300", "云南省 楚雄彝族自治州"),
    "济南市": ("370100", "山东省 济南市"),
    "合肥市": ("340100", "安徽省 合肥市"),
    "东莞市": ("441900", "广东省 东莞市"),
    "南京市": ("320100", "江苏省 南京市"),
    "兰州市": ("620100", "甘肃省 兰州市"),
    "晋城市城区": ("140502", "山西省 晋城市 城区"),
    "昌江区": ("360202", "江西省 景德镇市 昌江区"),
}

#: Home, name, year → agency, or None where no meaning is certain.
ADVERSARIAL = [
    # A subdistrict is never the county of its short name.
    ("正阳县", "正阳街道", 2020, None),
    ("渭城区", "正阳街道", 2020, "610404007-subdistrict"),
    ("", "正阳街道", 2020, None),
    ("", "太平乡", 2020, None),
    ("袁州区", "太平乡", 2020, None),
    ("", "巴彦扎拉嘎乡", 2021, None),
    # 82 towns are called 城关镇.
    ("", "城关镇人民政府", 2020, None),
    ("", "临洮县城关镇人民政府", 2020, None),
    ("临洮县", "上营乡", 2020, "621124202-town"),
    ("", "临洮县上营乡人民政府", 2020, "621124202-town"),
    # 区, 市 and 自治区 alone are the home's.
    ("袁州区", "区财政局", 2020, "360902-finance"),
    ("宜春市", "区财政局", 2020, None),
    ("", "区财政局", 2020, None),
    ("樟树市", "市审计局", 2020, "360982-audit"),
    ("袁州区", "市审计局", 2020, None),
    ("袁州区", "财政局", 2020, None),
    ("广西", "自治区卫生健康委", 2023, "450000-health"),
    ("广西", "区财政局", 2023, None),
    ("新疆", "自治区财政厅", 2023, "650000-finance"),
    ("袁州区", "自治区卫生健康委", 2023, None),
    # Districts that cities share.
    ("", "鼓楼区财政局", 2020, None),
    ("南京市", "鼓楼区财政局", 2020, "320106-finance"),
    ("", "徐州市鼓楼区财政局", 2020, "320302-finance"),
    ("杭州市", "鼓楼区财政局", 2020, None),
    ("", "城关区统计局", 2020, None),
    ("兰州市", "城关区统计局", 2020, "620102-statistics"),
    ("", "朝阳区财政局", 2022, None),
    ("", "朝阳市财政局", 2022, "211300-finance"),
    ("杭州市", "西湖区财政局", 2022, "330106-finance"),
    ("晋城市城区", "城区财政局", 2022, "140502-finance"),
    ("", "城区财政局", 2022, None),
    ("昌江区", "景德镇市昌江区财政局", 2022, "360202-finance"),
    ("昌江区", "景德镇市财政局", 2022, "360200-finance"),
    # A quarter that is called as a district elsewhere.
    ("绍兴市", "滨海新区财政局", 2022, None),
    ("", "滨海新区财政局", 2022, None),
    ("", "天津市滨海新区财政局", 2022, "120116-finance"),
    ("杭州市", "樟树市审计局", 2022, None),
    # Development zones, with a code and without.
    ("淮安市", "经济技术开发区经济发展局", 2021, "320871-economic_development"),
    ("", "经济技术开发区经济发展局", 2021, None),
    ("淮安市", "淮安经济技术开发区管理委员会", 2021, "320871-devzone"),
    ("济南市", "高新区财政局", 2022, "370176-finance"),
    ("济南市", "济南高新技术产业开发区财政局", 2022, "370176-finance"),
    ("淄博市", "高新区财政局", 2022, "370300-finance-gaoxin"),
    ("合肥市", "经开区财政局", 2022, None),
    # Branches.
    ("淄博市", "淄博市公安局高新区分局", 2022, "370300-public_security-gaoxin"),
    ("揭东区", "揭阳市公安局揭东分局", 2022, "445203-public_security"),
    ("", "北京市公安局海淀分局", 2022, "110108-public_security"),
    ("", "海淀区公安分局", 2022, "110108-public_security"),
    ("袁州区", "宜春市袁州生态环境局", 2022, "360902-ecology"),
    # A county that became a district: the code of the report's year.
    ("偃师区", "偃师市财政局", 2018, "410381-finance"),
    ("偃师区", "偃师区财政局", 2022, "410307-finance"),
    ("", "偃师市财政局", 2018, "410381-finance"),
    ("", "偃师市财政局", 2023, None),
    ("杭州市", "临平区财政局", 2019, None),
    ("杭州市", "临平区财政局", 2022, "330113-finance"),
    # Vertical systems.
    ("", "国家税务总局宁国市税务局", 2020, "341881-tax"),
    ("", "国家统计局江西调查总队", 2022, "360000-survey"),
    ("宜春市", "国家统计局樟树调查队", 2022, "360982-survey"),
    ("", "樟树调查队", 2022, None),
    ("", "国家税务总局", 2022, "cn-tax"),
    ("袁州区", "国家税务总局", 2022, None),
    ("", "中华人民共和国教育部", 2022, "cn-education"),
    # Short names, and organs that the place cannot have.
    ("宁国市", "宁国市商务局", 2020, "341881-commerce"),
    ("", "宁国市商务局", 2020, "341881-commerce"),
    ("袁州区", "袁州财政局", 2020, "360902-finance"),
    ("", "吉林财政局", 2022, None),
    ("", "吉林省吉林市财政局", 2022, "220200-finance"),
    ("", "樟树市财政厅", 2022, None),
    ("楚雄州", "楚雄州财政局", 2022, "532300-finance"),
    ("", "临夏州公安局", 2023, "622900-public_security"),
    ("东莞市", "虎门镇", 2022, "441900121-town"),
    # An institution of an agency is not the agency.
    ("袁州区", "袁州区财政局国库支付中心", 2020, None),
    ("袁州区", "袁州区人民医院", 2020, None),
    ("", "国家税务总局宁国市税务局稽查局", 2020, None),
]


@pytest.mark.parametrize(("home", "name", "year", "want"), ADVERSARIAL)
def test_a_name_is_what_it_can_only_be(home: str, name: str, year: int, want: str | None) -> None:
    region, region_name = HOMES[home]
    entry = {"region": region, "region_name": region_name, "agency": ""}
    agency = resolve(name, "p", entry, None, year)
    assert (agency.agency_id if agency.resolved else None) == want
    assert len(ADVERSARIAL) > 60


@pytest.mark.parametrize(
    ("name", "scope"),
    [
        ("袁州区人民政府办公室", "own"),
        ("袁州区人民政府", "aggregate"),
        ("袁州区", "aggregate"),
        ("宜春市", "aggregate"),
        ("袁州区慈化镇人民政府", "own"),
        ("袁州区慈化镇", "own"),
        ("袁州区财政局", "own"),
        ("淮安经济技术开发区管理委员会", "own"),
        ("测试市人民政府", "aggregate"),
    ],
)
def test_scope_by_name(name: str, scope: str) -> None:
    assert resolve(name, "p", {}, None, 2022).scope == scope == scope_of_name(name)


def test_a_zone_s_own_words_say_whether_it_reports_on_the_whole() -> None:
    name = "淮安经济技术开发区管理委员会"
    assert resolve(name, "p", {}, "aggregate", 2022).scope == "aggregate"
    assert resolve("袁州区财政局", "p", {}, "aggregate", 2022).scope == "own"


# -- what is known of an agency --------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "short", "level", "form", "parent"),
    [
        ("袁州区财政局", "区财政局", "county", "department", "360902-government"),
        ("袁州区人民政府", "区政府", "county", "government", "360900-government"),
        ("江西省人民政府", "省政府", "province", "government", None),
        ("袁州区人民政府办公室", "区政府办公室", "county", "office", "360902-government"),
        ("袁州区慈化镇人民政府", "慈化镇", "township", "government", "360902-government"),
        ("袁州区下浦街道办事处", "下浦街道", "township", "branch", "360902-government"),
        ("国家税务总局樟树市税务局", "市税务局", "county", "department", "360900-tax"),
        ("国家税务总局江西省税务局", "省税务局", "province", "department", "cn-tax"),
        ("揭阳市公安局揭东分局", "公安局揭东分局", "county", "branch", "445200-public_security"),
        ("镇江新区财政局", "镇江新区财政局", "county", "department", "321171-devzone"),
        ("教育部", "教育部", "country", "department", None),
    ],
)  # fmt: skip
def test_level_form_and_what_is_above(
    name: str, short: str, level: str, form: str, parent: str | None
) -> None:
    agency = resolve(name, "p", {}, None, 2022)
    have = (agency.short_name, agency.level, agency.org_form, agency.parent_id)
    assert have == (short, level, form, parent)
    assert agency.is_vertical is ("税务局" in name)


def region(
    code: str, name: str, parent: str, since: int | None, to: int | None, after: str
) -> Region:
    level = "county" if parent.endswith("00") and not parent.endswith("0000") else "prefecture"
    return Region(code, name, name[:-1], level, "县", parent, since, to, after, "test")


def test_a_region_that_was_renamed_or_divided() -> None:
    resolver = Resolver(
        Regions(
            [
                Region("990000", "示例省", "示例", "province", "省", "", None, None, "", "test"),
                region("990100", "示例市", "990000", None, None, ""),
                region("990121", "旧样县", "990100", None, 2015, "990106"),
                region("990106", "新样区", "990100", 2015, None, ""),
                region("990122", "甲县", "990100", None, 2015, "990107"),
                region("990123", "乙县", "990100", None, 2015, "990107"),
                region("990107", "丙区", "990100", 2015, None, ""),
            ]
        )
    )

    def told(name: str, year: int, home: str = "990106 新样区") -> Agency:
        code, own = home.split()
        entry = {"region": code, "region_name": f"示例省 示例市 {own}", "agency": ""}
        return resolver.resolve(name, "p", entry, None, year)

    before, since = told("旧样县财政局", 2014), told("新样区财政局", 2015)
    assert (before.agency_id, before.successor_id) == ("990121-finance", "990106-finance")
    assert (since.agency_id, since.successor_id) == ("990106-finance", None)
    assert before.region_name == "示例省示例市旧样县"
    # The page of the report for 2014 came up in 2015, under the new name.
    assert told("新样区财政局", 2014).agency_id == "990121-finance"
    assert told("示例市新样区财政局", 2014, "990100 示例市").agency_id == "990121-finance"
    # Of two counties that became one district the name says neither.
    assert told("丙区财政局", 2014, "990107 丙区").agency_id == "990107-finance"
    assert not told("丙区财政局", 2013, "990100 示例市").resolved


def test_what_the_column_s_only_agency_is_called_without_its_region() -> None:
    entry = {"region": "990100", "region_name": "示例省 示例市", "agency": "示例市财政局"}
    agency = resolve("财政局", "p", entry, None, 2020)
    assert (agency.agency_id, agency.name) == ("990100-finance", "示例市财政局")
    assert not resolve("审计局", "p", entry, None, 2020).resolved


# -- kinds ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("organ", "kind"),
    [
        ("教育体育局", "education"),
        ("教育和科学技术局", "education"),
        ("自然资源和规划局", "natural_resources"),
        ("规划和自然资源局", "natural_resources"),
        ("国土资源局", "natural_resources"),
        ("住房和城乡建设局", "housing"),
        ("住房和城乡建设委员会", "housing"),
        ("文化广电旅游局", "culture_tourism"),
        ("文化广电和旅游体育局", "culture_tourism"),
        ("行政审批服务局", "admin_approval"),
        ("国资委", "state_assets"),
        ("人民政府国有资产监督管理委员会", "state_assets"),
        ("市场监管局", "market_reg"),
        ("应急局", "emergency"),
        ("退役军人局", "veterans"),
        ("医保局", "medical_insurance"),
        ("城管局", "urban_mgmt"),
        ("城市管理综合执法局", "urban_mgmt"),
        ("乡村振兴局", "rural_revival"),
        ("机关事务管理局", "institutional_affairs"),
        ("地方金融监督管理局", "local_finance"),
        ("数据局", "data"),
        ("卫生和计划生育委员会", "health"),
        ("卫健委", "health"),
        ("发改委", "dev_reform"),
        ("发展改革和科技局", "dev_reform"),
        ("发展和改革局(粮食和物资储备局)", "dev_reform"),
        ("农业农村和水利局", "agriculture"),
        ("工业和信息化科技局", "industry_it"),
        ("人力资源和社会保障厅", "hr_social"),
        ("消防救援大队", "fire_rescue"),
        ("气象局", "meteorology"),
        ("烟草专卖局", "tobacco"),
        ("邮政管理局", "post"),
        ("海事局", "maritime"),
        ("财政局国库支付中心", None),
        ("财政局(国库支付中心)", None),
        ("财政所", None),
        ("体育馆", None),
        ("局", None),
        ("人民政府(本级)", None),
        ("调查队", None),
    ],
)
def test_the_kind_of_an_organ(organ: str, kind: str | None) -> None:
    found = kind_of(organ)
    assert (found.slug if found else None) == kind


def test_kinds_and_ministries_refer_to_each_other() -> None:
    found, ids = all_kinds(), {each.agency_id for each in ministries().values()}
    assert len(kinds()) > 80
    for kind in found.values():
        assert kind.successor in ("", *found)
        assert kind.head in ("", *ids)
        assert kind.is_vertical or not kind.head
        assert kind.form in (
            "government",
            "office",
            "department",
            "branch",
            "devzone",
            "institution",
        )
    assert {each.successor for each in ministries().values()} <= {None, *ids}


def test_what_is_too_long_for_a_name_is_not_taken_apart_or_kept() -> None:
    assert resolve("宜春市" + "教育" * 48 + "局", "p", {}).agency_id == "360900-education"
    kept = labels._flat.cache_info().currsize, _slug.cache_info().currsize
    for long in ("宜春市" + "教育" * 49 + "局", "宜春市" + "局" * 100_000):
        agency = resolve(long, "p", {})
        assert (agency.resolved, agency.name) == (False, long)
    assert _slug.cache_info().currsize == kept[1]
    assert labels._flat.cache_info().currsize <= kept[0] + 1  # the one of a hundred signs
