"""Chapters as long as real ones for the reports of `tests.synthetic`: some 2,500 characters each.

Sentences are put together from clauses that annual reports are full of, and from words as
rare as words are (Zipf's law), so that an index meets frequent pairs, rare ones, and numbers.
"""

from __future__ import annotations

import random
from bisect import bisect
from functools import cache
from itertools import accumulate

CLAUSES = (
    "坚持以人民为中心的发展思想", "认真贯彻落实政府信息公开条例", "持续推进决策公开和执行公开",
    "不断提高政务公开工作水平", "主动公开各类政府信息", "依法办理依申请公开事项",
    "进一步规范答复文书格式", "严格落实保密审查制度", "加强政府网站和政务新媒体建设",
    "及时发布权威信息", "回应社会关切", "做好政策文件解读", "健全信息发布审核机制",
    "完善公开目录和公开指南", "组织开展业务培训", "明确专人负责日常工作", "定期开展自查自纠",
    "接受社会监督和评议", "未发生责任追究情形", "围绕重点领域加大公开力度",
    "推动基层政务公开标准化规范化", "聚焦群众关心的热点问题", "丰富解读形式", "拓宽公开渠道",
    "加大对下级单位的指导力度",
    "涉密信息一律不得上网", "对拟公开的内容逐条把关", "公开内容的深度还不够",
    "工作人员业务能力有待提升",
    "公开时效性仍需增强", "个别栏目更新不够及时", "将制度建设作为重要抓手", "下一步将继续改进",
    "按照收费规定没有收取信息处理费", "统筹推进各项工作", "切实保障公众知情权", "建立健全长效机制",
    "全年没有被提起行政复议的情况", "通过公告栏和广播等形式告知群众", "努力打造阳光透明的机关",
)  # fmt: skip
_FIRST = "疫农水电林财税环消防教卫文旅商贸交运城乡社民生法司审统监市质食药安应急"
_SECOND = "苗田利力草政务保费火育生化游业易通输建村区政态治计督管场量品局全急案款"
#: Stands in three reports of a country.
RARE = "古籍修复志愿者"
LENGTHS = {"一": 1300, "二": 150, "五": 600, "六": 350}


def chapters(number: int, agency: str, year: int) -> dict[str, str]:
    """The chapters of a report by its number in the country, always the same."""
    dice = random.Random(f"prose\x1f{number}")
    found = {chapter: _text(dice, agency, year, length) for chapter, length in LENGTHS.items()}
    if number in (7, 1_007, 1_900):
        found["六"] += f"开展{RARE}活动。"
    return found


def _text(dice: random.Random, agency: str, year: int, length: int) -> str:
    paragraphs, sentence, size = [f"{year}年，{agency}"], [], 0
    while size < length:
        sentence.append(_clause(dice))
        size += len(sentence[-1]) + 1
        if dice.random() < 0.3:
            paragraphs[-1] += "，".join(sentence) + "。"
            sentence = []
            if dice.random() < 0.25:
                paragraphs.append("")
    return "\n".join([*filter(None, paragraphs), "，".join(sentence) + "。"])


def _clause(dice: random.Random) -> str:
    what = dice.random()
    if what < 0.55:
        return dice.choice(CLAUSES)
    if what < 0.7:
        return f"全年发布{_word(dice)}信息{int(dice.paretovariate(0.6)) % 100_000}条"
    return f"推进{_word(dice)}{_word(dice)}和{_word(dice)}{_word(dice)}工作"


def _word(dice: random.Random) -> str:
    words, sums = _words()
    return words[bisect(sums, dice.random() * sums[-1])]


@cache
def _words() -> tuple[list[str], list[float]]:
    words = [a + b for a in _FIRST for b in _SECOND]
    random.Random("words").shuffle(words)
    return words, list(accumulate(1 / (place + 1) for place in range(len(words))))
