# 年报档案：R 的第一份程序 (a first script in R)
#
#   Rscript examples/first.R [发布文件夹]
#
# 依次：读入、筛选、比率（带分母与份数）、缺失、比较（标出中断）、把一个数追到来源、引用。
# 用到 DBI、RSQLite（install.packages(c("DBI", "RSQLite"))，或 apt 的 r-cran-dbi、r-cran-rsqlite）。
# 终端须是 UTF-8（否则 LC_ALL=C.UTF-8 Rscript …）。没有给发布文件夹的，依次找：NIANBAO_RELEASE、本文件夹与其上一层（教学子集）、make demo 所建的。

library(DBI)

given <- commandArgs(trailingOnly = TRUE)
places <- c(given, Sys.getenv("NIANBAO_RELEASE"), ".", "..", "data/demo/releases/current")
places <- places[nzchar(places)]
release <- normalizePath(places[file.exists(file.path(places, "nianbao.db"))][1])
options(width = 200)

# -- 读入 (load)：只读打开 ---------------------------------------------------------------
db <- dbConnect(RSQLite::SQLite(), file.path(release, "nianbao.db"), flags = RSQLite::SQLITE_RO)
ask <- function(sql, ...) dbGetQuery(db, sql, params = list(...))
invisible(dbExecute(db, "ATTACH ? AS text", params = list(file.path(release, "text.db"))))
cat(dbGetQuery(db, "SELECT text FROM README ORDER BY rowid LIMIT 1")$text, "\n\n")

# -- 筛选 (filter)：先定 scope；own 与 aggregate 不可相加 ---------------------------------
reports <- dbGetQuery(db, "SELECT * FROM agency_years")
print(aggregate(cbind(reports = 1, known = !is.na(received_new)) ~ scope, reports, sum))
own <- subset(reports, scope == "own")

# -- 比率 (rate)：分母在列名里；NA 不是 0，只用两数俱全的 ----------------------------------
known <- subset(own, !is.na(disclosed) & !is.na(closed))
if (nrow(known) == 0) stop("这次发布没有本机关（own）的、两数俱全的年报")
pooled <- aggregate(cbind(disclosed, closed, n = 1) ~ year, known, sum)
pooled$rate <- round(pooled$disclosed / pooled$closed, 6)
# 各份之平均是另一个数：小机关与大机关一样重；办理总计为 0 的没有比率（0 ÷ 0），不算一份
means <- tapply(known$disclosed_of_closed, known$year, mean, na.rm = TRUE)
pooled$mean_of_rates <- round(means[as.character(pooled$year)], 6)
cat("\n公开率（占办理总计），own，合计与平均\n")
print(pooled, row.names = FALSE)

# -- 缺失 (missingness)：0、未填、未读出、格式没有、未取得，各是各的 ---------------------
missingness <- function(figure) {
  dbGetQuery(db, sprintf("
    SELECT c.year, CASE
      WHEN c.report_id IS NULL THEN 'not in archive: ' || c.status
      WHEN r.status <> 'read' THEN 'report not read: ' || r.status
      WHEN f.%1$s = 0 THEN 'printed 0'
      WHEN f.%1$s IS NOT NULL THEN 'printed number'
      WHEN n.status IN ('blank', 'dash', 'slash', 'none_word') THEN 'left blank: ' || n.status
      WHEN n.status IS NOT NULL THEN 'not read: ' || n.status
      WHEN instr((SELECT forms FROM lines WHERE figure = '%1$s'), v.form_t3) = 0
        THEN 'not in its form'
      ELSE 'cell not found' END AS why
    FROM coverage c JOIN agencies a USING (agency_id)
    LEFT JOIN reports r USING (report_id) LEFT JOIN versions v USING (version_id)
    LEFT JOIN figures f USING (version_id)
    LEFT JOIN figure_notes n ON n.version_id = r.version_id AND n.figure = '%1$s'
    WHERE a.kind <> 'government'", figure))
}
for (figure in c("t3_granted_total", "t3_other_fee_unpaid_total")) {
  cat("\n", figure, "\n", sep = "")
  print(with(missingness(figure), table(why, year)))
}

# -- 比较 (compare)：按年与格式；2019、2021 为格式的中断 -----------------------------------
by_form <- aggregate(cbind(disclosed, closed, n = 1) ~ year + form_t3, known, sum)
by_form$rate <- round(by_form$disclosed / by_form$closed, 6)
by_form$break_before <- ifelse(by_form$year == 2019, "form of 2019",
  ifelse(by_form$year == 2021, "form of 2021", "")
)
cat("\n按年度与格式（年度不决定格式：2019 年格式在 2021 年以后也有沿用）\n")
print(by_form[order(by_form$year, by_form$form_t3), ], row.names = FALSE)

# -- 追到来源 (trace) ---------------------------------------------------------------------
traced <- ask("
  SELECT r.agency, coalesce(r.title, r.title_derived) AS title, r.version_id, f.t3_received_new_total AS value, s.url,
    s.captured_at, s.sha256, s.warc_file, s.warc_offset
  FROM reports r JOIN figures f USING (version_id) JOIN text.locators l USING (version_id)
  JOIN sources s ON s.version_id = r.version_id AND s.sha256 = l.sha256
  WHERE r.report_id = ?", known$report_id[order(known$report_id)][1])
cat("\n")
print(t(traced))

# -- 引用 (cite) --------------------------------------------------------------------------
manifest <- readLines(file.path(release, "manifest.json"), encoding = "UTF-8")
# 教学子集的数引原发布：manifest.json 的 teaching.of
named <- c(grep('"of": "', manifest, value = TRUE), grep('"release": "', manifest, value = TRUE))
name <- sub('.*: "([^"]+)".*', "\\1", named[1])
cat(sprintf(
  "\n%s：《%s》，%s，%s 取得，存档版本 %s，t3_received_new_total，SHA-256 %s。年报档案版次 %s。\n",
  traced$agency, traced$title, traced$url, substr(traced$captured_at, 1, 10),
  traced$version_id, traced$sha256, name
))
dbDisconnect(db)
