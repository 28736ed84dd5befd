"""`scrapy probe`: find columns of annual reports and write their registry tables.

From an address to a table, in the order of the modules: `domains` (which hosts belong
together), `fetch` (asking politely, and never twice), `links` and `ranking` (where a page
leads), `columns` (whether a page is a column), `search` (from a home page to its columns),
`tables` (what to paste), `verdicts`; for many addresses at once `sheet` and `progress`.
"""
