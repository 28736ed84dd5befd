"""The panel that researchers take with them: agencies × years, harmonised over the forms."""
