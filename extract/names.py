"""Names of agencies: what a text must be like to be one."""

from __future__ import annotations

import re

from .labels import flat

_ENDS = re.compile(
    r"(?:局|委|委员会|办|室|厅|部|院|署|府|处|乡|镇|苏木|街道|中心|区|县|市|省|旗|州|盟|会|馆|队|"
    r"所|站|社|联|台|海关|园|公司|集团|学校|大学|银行|农场|林场|牧场|兵团|监狱|村)$"
)
_NO_ENDS = re.compile(r"(?:社会|大会|报告会|全部|网站|本站|社区)$")
#: Words with which an agency speaks of itself, or of others, without a name.
_SELF = re.compile(
    r"^(?:我|本|各|该|其|区|县|市|省)(?:局|委|办|厅|机关|单位|部门|级(?!机关)|乡|镇|街道|政府)"
)
_NO_NAME = re.compile(
    # 本局 begins what an agency says of itself; in 样本局 it is the end of a name.
    r"政府信息公开|了|我们|^我局|^本(?:局|机关|单位)|本(?:报告|年度|级)|^(?:国务院|全国)"
)
_CHARACTERS = re.compile(r"[\u4e00-\u9fff()·、]{2,40}")
#: The office inside an agency that answers its telephone.
_DESK = re.compile(
    r"(.*(?:局|委|厅|署|院|政府|街道|办事处|中心|镇|乡(?!村)|管委会|委员会))"
    r"(?:[\u4e00-\u9fff]{0,10}(?:科|股|室|办|党政))"
)


def is_name(text: str) -> bool:
    """Whether a flat text can be an agency's name: it ends as agencies and places do.

    >>> is_name("示例市示例局"), is_name("我局"), is_name("发布")
    (True, False, False)
    """
    if not _CHARACTERS.fullmatch(text) or _SELF.match(text) or _NO_NAME.search(text):
        return False
    end = re.sub(r"\([^()]*\)$", "", text)
    return bool(_ENDS.search(end)) and not _NO_ENDS.search(end)


def without_desk(name: str) -> str:
    """The agency of a contact's name.

    >>> without_desk("示例市示例区示例街道党政办公室")
    '示例市示例区示例街道'
    """
    match = _DESK.fullmatch(name)
    return match[1] if match else name


def is_agency_line(line: str) -> bool:
    """Whether a line holds an agency's name and nothing else, perhaps its seal's mark."""
    return is_name(re.sub(r"\((?:盖章|公章|印章|章)\)$", "", flat(line)))
