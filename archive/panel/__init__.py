"""The panel that researchers take with them: agencies × years, harmonised over the forms.

`selection` says which agencies and years, `frame` which rows there are, `rows` what stands
in them, `columns` and `about` what the columns are, `bundle` puts all of it into a ZIP.
"""
