"""Invented telephone numbers, identity numbers and e-mail addresses, as reports may print them.

And counts, dates and names of documents that look like them, which must stay.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from archive.masking.identities import _CHECKS, _WEIGHTS

_WIDE = str.maketrans("0123456789-@.()", "０１２３４５６７８９－＠．（）")
_AREAS = ("0795", "010", "021", "0517", "0371", "0991", "0898")


@dataclass(frozen=True)
class Planted:
    """Words with something personal in them.

    Attributes:
        words: As they are printed.
        secrets: What must not be found: as printed, and as somebody would ask for it.
    """

    words: str
    secrets: tuple[str, ...]


class Numbers:
    """Numbers, each other than all before."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._given: set[str] = set()

    def digits(self, count: int, first: str = "2345678") -> str:
        """So many digits, the first one of a few."""
        while True:
            made = self.random.choice(first) + "".join(
                self.random.choice("0123456789") for _ in range(count - 1)
            )
            if made not in self._given:
                self._given.add(made)
                return made

    def mobile(self) -> str:
        """Eleven digits."""
        return "1" + self.digits(10, "3456789")

    def area(self) -> str:
        """An area code."""
        return self.random.choice(_AREAS)

    def local(self) -> str:
        """Seven or eight digits."""
        return self.digits(self.random.choice((7, 8)))

    def identity(self) -> str:
        """Eighteen signs, the last of them right."""
        number = f"{self.digits(6, '123456')}{self.random.randint(1950, 2010)}"
        pick = self.random.randint
        number += f"{pick(1, 12):02}{pick(1, 28):02}{pick(100, 999)}"
        total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
        return number + _CHECKS[total % 11]

    def mail(self) -> str:
        """An address."""
        name = "".join(self.random.choice("abcdefghkmnpqrstuvwxyz") for _ in range(8))
        host = self.random.choice(("163.com", "example.gov.cn", "qq.com"))
        return f"{name}{self.random.randint(100, 999)}@{host}"


Make = Callable[[Numbers], tuple[str, tuple[str, ...]]]


def _landline(form: str, made: Callable[[str], str] = str) -> Make:
    def make(numbers: Numbers) -> tuple[str, tuple[str, ...]]:
        area, local = numbers.area(), numbers.local()
        printed = made(form.format(a=area, l=local, h=local[:-4], t=local[-4:]))
        return printed, (f"{area}{local}", f"{area}-{local}", local)

    return make


def _mobile(form: str, made: Callable[[str], str] = str) -> Make:
    def make(numbers: Numbers) -> tuple[str, tuple[str, ...]]:
        number = numbers.mobile()
        parts = number[:3], number[3:7], number[7:]
        printed = made(form.format(n=number, a=parts[0], b=parts[1], c=parts[2]))
        return printed, (number, number[3:], " ".join(parts))

    return make


def _whole(make: Callable[[Numbers], str], form: str, wide: bool = False) -> Make:
    def made(numbers: Numbers) -> tuple[str, tuple[str, ...]]:
        number = make(numbers)
        return form.format(n=number.translate(_WIDE) if wide else number), (number,)

    return made


def _wide(text: str) -> str:
    return text.translate(_WIDE)


#: Each gives words and what must not be found.
_PERSONAL: tuple[Make, ...] = (
    _landline("如对本报告有疑问，请与办公室联系（电话：{a}-{l}，邮编：336000）。"),
    _landline("咨询电话：（{a}）{l}。"),
    _landline("传真：{a}—{l}；"),
    _landline("联系电话:{a}-{h}-{t}转8012"),
    _landline("热线 {a} {l} 全天开通。"),
    _landline("电话{a}{l}（工作日）"),
    _landline("监督电话：{l}。"),
    _landline("电　　话：{l}"),
    _landline("电话：办公室{l}、"),
    _landline("Tel:{a}-{l} "),
    _landline("联系电话：+86-{a}-{l}"),
    _landline("电话：{a}-{l}", _wide),
    _landline("通过“{l}”热线受理诉求。"),
    _mobile("联系人：张三，手机{n}。"),
    _mobile("李四 {n}"),
    _mobile("手机：{a}-{b}-{c}"),
    _mobile("联系电话：{a} {b} {c}"),
    _mobile("可致电+86 {a} {b} {c}"),
    _mobile("短信发送至{n}即可", _wide),
    _mobile("手机：{a}\u200b{b}\u200b{c}"),
    _whole(Numbers.identity, "王五，身份证号：{n}。"),
    _whole(Numbers.identity, "身份证{n}", wide=True),
    _whole(Numbers.identity, "申请人（{n}）"),
    _whole(Numbers.mail, "电子邮箱：{n}。"),
    _whole(Numbers.mail, "请发至{n}，标题写明"),
    _whole(Numbers.mail, "邮箱{n}", wide=True),
)


def personal(count: int, seed: int = 8) -> Iterator[Planted]:
    """So many, over all phrasings in turn."""
    numbers = Numbers(seed)
    for which in range(count):
        words, secrets = _PERSONAL[which % len(_PERSONAL)](numbers)
        yield Planted(words, secrets)


_LOOK_ALIKES = (
    "全年受理申请{m}件。",
    "网站点击量达{m}次。",
    "补助资金{m}.90元已公开。",
    "财政支出{m}元。",
    "访问量：{m}。",
    "接听热线电话{l}次。",
    "电话受理总量{l}。",
    "公开信息{l}条，点击{e}次。",
    "索引号：{nine}/2021-00012。",
    "索引号：{a}{l}。",
    "国办公开办函〔2021〕{two}号。",
    "统一社会信用代码：11360902MB{l}。",
    "赣ICP备{e}号。",
    "公网安备 36090202{six}号。",
    "网址：http://www.example.org/{m}.html 可查。",
    "发布于20210129，编号{e}。",
    "拨打12345热线，受理{l}人次。",
    "邮编：{six}。",
    "共{n18}笔。",
    "粉丝{l}人，阅读{m}人次。",
    "占比{two}.{l}%。",
    "第{m}号公告。",
    "{year}年1月29日13:50:22更新，浏览{e}次。",
    "订单号{m}已办结。",
    "{a}-12345热线全年接听{l}件。",
)


def look_alikes(count: int, seed: int = 9) -> Iterator[str]:
    """So many words with numbers that tell of nobody."""
    numbers = Numbers(seed)
    for which in range(count):
        yield _LOOK_ALIKES[which % len(_LOOK_ALIKES)].format(
            m=numbers.mobile(), l=numbers.digits(7), e=numbers.digits(8), a=numbers.area(),
            nine=numbers.digits(9), six=numbers.digits(6), two=numbers.random.randint(10, 99),
            n18=numbers.digits(18), year=numbers.random.randint(2015, 2024),
        )  # fmt: skip
