"""The codebook of flags: what is unusual about a figure or a report, in both languages.

A flag marks; it never changes a number. Releases print this as their table `flags`.
"""

from __future__ import annotations

#: Flag → (Chinese, English), of figures.
FIGURE_FLAGS = {
    "blanks_lost": (
        "文本中空格未留痕迹，这一行的数字无法对应到栏",
        "blank cells left no trace in the text: the row's numbers cannot be told apart",
    ),
    "chinese_numeral": ("以汉字印出的数", "a number written in Chinese characters"),
    "divided_row": (
        "这一行被横线分开，数字无法确定",
        "a line divides the row: its numbers are not certain",
    ),
    "grouped": ("印有千位分隔符", "printed with thousands separators"),
    "inner_space": ("数字之间有空格，不作合并", "digits with a space between them: not joined"),
    "label_lost": ("行名缺失，按上下两行推定", "the row's label is lost: told by its neighbours"),
    "leading_zero": ("以 0 开头", "begins with a zero"),
    "letter_o": ("印作字母 O", "printed as the letter O"),
    "mark": ("数字旁有注码", "a footnote's mark beside the number"),
    "over_border": ("数字压在格线上，不作读取", "the number runs over a border: not read"),
    "page_number": ("末格可能是页码", "the last cell may be a page number"),
    "scaled_or_approximate": ("印作约数或以万、亿计", "printed as about so many, or in 万 or 亿"),
    "several_numbers": ("一格内有几个数", "several numbers in one cell"),
    "too_large": ("位数过多", "more digits than any count has"),
    "truncated": ("文件在此处中断", "the document breaks off here"),
    "two_tables": ("同一表出现两次而数字不同", "the table stands twice, with different numbers"),
    "unit_conflict": (
        "格内单位与表头单位不同，以格内为准",
        "the unit in the cell differs from the heading's; the cell's counts",
    ),
    "unit_in_cell": ("格内印有单位", "the unit is printed in the cell"),
    "unit_missing": ("未印单位，不作折算", "no unit is printed: not converted"),
    "wrapped": ("数字在格内换行，按一个数读", "the number is broken over lines of its cell"),
}
#: The same, of reports.
REPORT_FLAGS = {
    "archive_unread": (
        "压缩包内另有未能读取的文件",
        "other files in the same ZIP archive could not be read",
    ),
    "converted": ("由 LibreOffice 转换后读取", "read after conversion by LibreOffice"),
    "form_year_conflict": ("表格格式与年度不符", "the form was not made for this report year"),
    "grids_cut": ("所附表格过大，只录一部分", "raw tables were too large and are cut"),
    "no_t2": ("未读到第二章的表", "table two was not found"),
    "no_t3": ("未读到第三章的表", "table three was not found"),
    "no_t4": ("未读到第四章的表", "table four was not found"),
    "scanned_pages": ("有的页是图片，未读", "some pages are pictures, and were not read"),
    "year_conflict": ("所载年度互相不一致", "its own words name different report years"),
}
FLAGS = FIGURE_FLAGS | REPORT_FLAGS
