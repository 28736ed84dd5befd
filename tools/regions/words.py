"""What a region's name and code say: its level, its kind, its short name."""

from __future__ import annotations

import re

#: The peoples in names of self-ruled places, the longest first.
_PEOPLES = (
    "柯尔克孜族|维吾尔族|哈萨克族|柯尔克孜|达斡尔族|塔吉克族|鄂温克族|鄂伦春族|"
    "蒙古族|维吾尔|布依族|朝鲜族|土家族|哈尼族|哈萨克|傈僳族|高山族|拉祜族|"
    "东乡族|纳西族|景颇族|仫佬族|布朗族|撒拉族|毛南族|仡佬族|锡伯族|阿昌族|"
    "普米族|塔吉克|保安族|裕固族|独龙族|门巴族|珞巴族|基诺族|各族|蒙古|回族|"
    "藏族|苗族|彝族|壮族|满族|侗族|瑶族|白族|傣族|黎族|佤族|畲族|水族|土族|"
    "羌族|锡伯|怒族"
)
_PEOPLE = re.compile(f"(?<=..)(?:{_PEOPLES})+$")
_SELF_RULED = re.compile(r"^(.+?)自治(?:区|州|县|旗)$")
_ZONES = (("经济技术开发区", "经开区"), ("经济开发区", "经开区"), ("高新技术产业开发区", "高新区"),
          ("高新技术开发区", "高新区"))  # fmt: skip
#: Last words, the longest first, with the kind that they make of a county or above.
_COUNTY_WORDS = (
    ("自治县", "自治县"), ("自治旗", "自治旗"), ("行政委员会", "行政委员会"),
    ("架林区", "林区"), ("特区", "特区"), ("新区", "市辖区"), ("区", "市辖区"), ("县", "县"),
    ("市", "县级市"), ("旗", "旗"),
)  # fmt: skip
_PREFECTURE_WORDS = (("自治州", "自治州"), ("地区", "地区"), ("盟", "盟"), ("市", "地级市"))
_PROVINCE_WORDS = (
    ("特别行政区", "特别行政区"),
    ("自治区", "自治区"),
    ("省", "省"),
    ("市", "直辖市"),
)
_TOWN_WORDS = (
    ("街道办事处", "街道"), ("街道", "街道"), ("民族苏木", "民族苏木"), ("苏木", "苏木"),
    ("民族乡", "民族乡"), ("镇", "镇"), ("乡", "乡"), ("区公所", "区公所"),
)  # fmt: skip
_WORDS = {
    "province": _PROVINCE_WORDS,
    "prefecture": _PREFECTURE_WORDS,
    "county": _COUNTY_WORDS,
    "township": _TOWN_WORDS,
}
_OTHER = {"county": "开发区", "township": "类似乡级"}


def is_zone(code: str) -> bool:
    """Whether a county's code is one that statistics give to development zones (71–79)."""
    return len(code) == 6 and 70 < int(code[4:]) < 80


def level_of(code: str) -> str:
    """`province`, `prefecture`, `county` or `township`."""
    if len(code) > 6:
        return "township"
    return "province" if code[2:] == "0000" else "prefecture" if code[4:] == "00" else "county"


def kind_of(code: str, name: str) -> str:
    """Kind of a region: 地级市, 市辖区, 街道 …; 开发区 of the statistics' zones."""
    level = level_of(code)
    if is_zone(code):
        return "开发区"
    return _word(name, level)[1] or _OTHER.get(level, "")


def short_name(code: str, name: str) -> str:
    """The name without its last word and the peoples in it; as it is if one sign were left."""
    level = level_of(code)
    if is_zone(code):
        return _zone(name)
    ruled = _SELF_RULED.match(name)
    if ruled:
        return _PEOPLE.sub("", ruled[1]).removesuffix("族")
    bares = (name.removesuffix(word) for word, _ in _WORDS[level] if name.endswith(word))
    bare = _PEOPLE.sub("", next((each for each in bares if len(each) > 1), name))
    return name.removesuffix("林区") if name.endswith("架林区") else bare


def _word(name: str, level: str) -> tuple[str, str]:
    """The last word of a name and its kind; of 回族乡 and the like, 民族乡."""
    if level == "township" and name.endswith("族乡"):
        return "乡", "民族乡"
    return next(((word, kind) for word, kind in _WORDS[level] if name.endswith(word)), ("", ""))


def _zone(name: str) -> str:
    for word, short in _ZONES:
        if name.endswith(word):
            return name.removesuffix(word) + short
    return name
