"""The read-only site of a release: Datasette with pages of our own."""
