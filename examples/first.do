* 年报档案：Stata 的第一份程序 (a first do-file)
*
* 没有在 Stata 中运行过：写它的机器上没有 Stata。tests/test_examples.py 只核对其中每一个文件、
* 列与状态代码在 panel.dta 中确有。 NOT RUN IN STATA: a test only checks that every file, column
* and status code named here is in panel.dta. 若有一句运行不了，请报告。
*
* 需要 Stata 14 及以上，与面板的 panel.dta：
*   教学子集解开后在 panel/ 之内；完整的面板由网站 /xiazai 或命令 archive panel 得到。
* 在 panel.dta 所在的文件夹执行：do ../examples/first.do

version 14
clear all
set more off

* -- 读入 (load) --------------------------------------------------------------------------
use panel.dta, clear
describe, short
notes
* 一行：机关 × 年度 × 范围。held 为 0 的没有取得年报，不等于未公布。
tabulate scope held

* -- 筛选 (filter)：先定 scope；own 与 aggregate 不可相加 ----------------------------------
keep if scope == "own" & held == 1
isid agency_id year
egen id = group(agency_id)
xtset id year

* -- 比率 (rate)：公开率 =（予以公开 + 部分公开）÷ 办理总计，写明分母与份数 -----------------
* 空格是 Stata 的缺失值，不是 0：两数相加，缺一即缺，不要用 rowtotal()。
generate double disclosed = t3_granted_total + t3_partial_total
generate double rate = disclosed / t3_processed_total
preserve
keep if !missing(rate)
generate n = 1
* 合计率：Σ 分子 ÷ Σ 分母；mean_of_rates 是另一个数，小机关与大机关一样重。
collapse (sum) disclosed t3_processed_total n (mean) mean_of_rates = rate, by(year)
generate double pooled = disclosed / t3_processed_total
list year n t3_processed_total pooled mean_of_rates, noobs
restore

* -- 缺失 (missingness)：状态 1–3 有数，11–14 未填，21–23 未读出，31 格式没有，32 整份未读 --
label list
tabulate t3_granted_total_status year, missing
tabulate t3_other_unpaid_total_status year, missing
generate byte zero_printed = t3_granted_total == 0 if !missing(t3_granted_total)
generate byte left_blank = inrange(t3_granted_total_status, 11, 14)
generate byte not_read = inrange(t3_granted_total_status, 21, 23) | t3_granted_total_status == 32
generate byte not_on_form = t3_granted_total_status == 31
tabulate year zero_printed
tabulate year left_blank

* -- 比较 (compare)：period 为 2019、2021、2024；break_before 标明中断 ----------------------
* 聚类到机关的标准误；格式的中断是一个时期，不是政策的效果。
encode kind, generate(kind_code)
tabulate year break_before
table year form_t3
regress rate i.period i.kind_code, vce(cluster id)

* -- 追到来源 (trace)，引用 (cite) ---------------------------------------------------------
sort report_id
list agency year t3_new_total version_id url captured_at sha256 in 1, noobs
* 引用一个数：机关、标题、地址、取得日期、版本标识、列名、SHA-256、发布（在 notes 之内）。
