"""`scrapy probe`: find columns of annual reports and write their registry tables.

From an address to a table: `domains` (which hosts belong together), `fetch` and `journal`
(asking politely, and never twice), `links` and `ranking` (where a page leads), `columns` and
`meta` (whether a page is a column), `search`, `merging` and `survey` (from a home page to its
columns), `tables` (what to paste), `verdicts`, `words` (what is printed). For many addresses
at once: `lists`, `sheet` and `progress`. `spider` lends them Scrapy's engine.
"""
