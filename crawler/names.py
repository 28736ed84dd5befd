"""Words of a link that are the name of an agency, or of a group of them; one list for all.

An agency's suffix goes before everything: 大数据局 and 新闻出版局 bear words of services.
"""

from __future__ import annotations

import re

#: Suffixes that hardly any other words of a menu have.
_SURE = re.compile(
    r"(?:局|委员会|委|办公室|(?<![通网上近次理好能易快])办|(?<![大餐展议])厅|办事处|管理处|处|署"
    r"|法院|检察院|医院|卫生院|研究院|学院|设计院|镇|乡|街道(?:办)?|苏木|海关|机关"
    r"|支队|大队|总队|中队|队|(?<![关互串])联|协|工会|联合会|协会|学会|研究会|十字会|总会|理事会|基金会"
    r"|商会|供销社|联社|信用社|合作社|报社|出版社|通讯社|党校|干校|学校|小学|中学|大学"
    r"|(?:组织|宣传|统战|人武|武装|工作|事业)部|(?:电视|广播|气象|地震|监测|电|广电)台|管委会|居委会|村委会)$"
)
#: Suffixes that names of services and subjects have, too.
_MAYBE = re.compile(
    r"(?:政府|中心|公司|集团|支行|分行|银行|院|(?<!场)所|(?<!网)站|园区|开发区|示范区|新区|税务|气象|部门"
    r"|单位|机构|(?<![全干内])部|县|区|市|旗|馆|社|校|会|(?<!平)(?<!后)台|(?<![市广现立考])场|公安|消防|邮政|烟草)$"
)
#: What a service's name begins with, where its suffix leaves a doubt.
_SERVICE = re.compile(
    r"新闻|要闻|办事|互动|网上|在线|掌上|数字|虚拟|下载|数据|专题|视频|图片|微信|微博|登录|注册|地图|首页|主页"
    r"|信箱|邮箱|智能|客户端|访谈|热点|回应|栏目|关于|我们|帮助|领导|书记|市长|县长|区长|个人|用户|会员|便民"
    r"|服务|政务|投诉|咨询|招商|投资|旅游|走进|魅力|美丽|大美|印象|认识|了解|畅游|智慧|平安|信用|法治|阳光"
    r"|公共服务|组织机构|领导机构|办理|查询|征集"
)
#: Whole names that are no agency's, whatever they end with, and meetings.
_NEVER = re.compile(
    r"(?:政务|政府|便民|公共)*(?:办事|服务|政务)+(?:大厅|中心|窗口|处)|.*(?:发布|常务|座谈|博览|推介|招聘|听证"
    r"|代表|运动|新春|[大两全晚年])会|(?:组织|内设|领导)机构|.*(?:网站|平台|专栏|之窗|大厅)"
)
_BRACKETS = re.compile(r"[（(].*?[）)]|\s")
#: What an agency's link may say beside its name. 人民政府信息公开 is a government's.
_REPORTS = re.compile(
    r"(?:的)?(?:(?<!人民)政府)?信息公开(?!办|科|处|中心|领导).*$|(?:年度报告|年报)$"
)
_LONGEST = 200
_NAME = re.compile(r"[\w·、—-]{2,30}")


def is_agency(text: str) -> bool:
    """Whether words are the name of an agency, of a place, or of a group of them.

    Args:
        text: What a link says: 财政局, 城东街道办事处（本级）, 示例县残联信息公开年报, 部门年报.
    """
    name = _BRACKETS.sub("", text[:_LONGEST])
    name = _REPORTS.sub("", name) or name
    if not _NAME.fullmatch(name) or is_service(name):
        return False
    return bool(_SURE.search(name) or (_MAYBE.search(name) and not _SERVICE.match(name)))


def is_service(text: str) -> bool:
    """Whether words are a service or subject of a site, and no agency."""
    name = _BRACKETS.sub("", text[:_LONGEST])
    if _NEVER.fullmatch(name):
        return True
    return bool(_SERVICE.match(name)) and not (_SURE.search(name) or _MAYBE.search(name))
