"""Fictional prose for the chapters: neutral office language, different in each report."""

from __future__ import annotations

import random

_OPENINGS = (
    "{year}年，{agency}围绕群众关心的事项，按规定公开政府信息，各项工作平稳开展。",
    "{year}年，{agency}把信息公开作为日常工作的一部分，明确专人负责，按时更新栏目。",
    "过去一年，{agency}按照年度工作安排，持续完善公开目录，及时回应社会关切。",
)
_PROACTIVE = (
    "全年通过门户网站发布各类信息{n}条，其中动态类{m}条。",
    "依托门户网站和公告栏主动公开信息{n}条，更新办事指南{m}项。",
    "本年主动公开信息{n}条，政策文件均同步发布文字说明，图表说明{m}件。",
)
_MANAGEMENT = (
    "严格执行发布前的审查程序，做到先审查、后公开，全年未出现差错。",
    "对公开目录逐项核对，清理失效链接{m}处，保证栏目内容准确可用。",
    "建立信息台账，定期检查更新情况，对长期未更新的栏目逐一提醒。",
)
_PLATFORM = (
    "优化栏目设置，完善检索功能，方便公众查找所需信息。",
    "在服务大厅设置查阅点{m}处，配备自助查询设备。",
    "做好网站日常维护，确保页面在不同设备上均能正常浏览。",
)
_SUPERVISION = (
    "组织业务培训{m}次，将公开工作列入年度考核内容。",
    "设立意见箱，收到意见建议{m}条，均已逐条答复。",
    "定期通报工作进展，督促各科室按时报送材料。",
)
_PROBLEMS = (
    "一是部分栏目更新不够及时；二是解读材料的形式比较单一。",
    "主要问题是：个别文件公开时间偏晚，工作人员业务水平有待提高。",
    "存在的不足：公开内容与群众需求之间还有差距，主动性需要加强。",
)
_PLANS = (
    "下一步，将完善制度，加强培训，提高信息发布的质量和时效。",
    "今后将健全更新提醒机制，丰富解读形式，拓宽公开渠道。",
    "针对上述问题，将明确时限和责任，逐项整改，按季度检查落实情况。",
)
_OTHERS = (
    "本机关{year}年未收取信息处理费，无其他需要报告的事项。",
    "{year}年度没有其他需要报告的事项。",
    "按照有关规定，{year}年度收取信息处理费0元。其他事项无。",
)


def preamble(agency: str, year: int) -> str:
    """The sentence that opens a report and names its period."""
    return (
        f"根据《中华人民共和国政府信息公开条例》的规定，现公布{agency}{year}年政府信息公开工作"
        f"年度报告。本报告所列数据的统计期限为{year}年1月1日至{year}年12月31日。"
    )


def chapters(
    rng: random.Random, agency: str, year: int, requests: tuple[int, int, int], extra: str = ""
) -> dict[str, tuple[str, ...]]:
    """Paragraphs of the chapters 一…六.

    Args:
        rng: Where the choices come from.
        agency: Printed name.
        year: Report year.
        requests: 本年新收, 上年结转 and （七）总计.
        extra: A sentence to end chapter five with.

    Returns:
        Chapters two to four have no paragraphs of their own: they hold tables.
    """

    def say(*choices: str) -> str:
        sentence = rng.choice(choices)
        n, m = rng.randint(60, 900), rng.randint(2, 40)
        return sentence.format(agency=agency, year=year, n=n, m=m)

    new, carried, done = requests
    applied = "全年未收到政府信息公开申请。"
    if new or carried:
        applied = f"全年新收政府信息公开申请{new}件，上年结转{carried}件，办理{done}件。"
    first = (
        say(*_OPENINGS),
        f"（一）主动公开情况。{say(*_PROACTIVE)}",
        f"（二）依申请公开情况。{applied}",
        f"（三）政府信息管理情况。{say(*_MANAGEMENT)}",
        f"（四）平台建设情况。{say(*_PLATFORM)}",
        f"（五）监督保障情况。{say(*_SUPERVISION)}",
    )
    fifth = tuple(text for text in (say(*_PROBLEMS), say(*_PLANS), extra) if text)
    return {"一": first, "二": (), "三": (), "四": (), "五": fifth, "六": (say(*_OTHERS),)}
