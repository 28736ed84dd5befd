"""Keeps and publishes: WARC files and ledger, the release build, the site."""
