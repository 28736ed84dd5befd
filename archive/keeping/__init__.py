"""Backup and restore: what cannot be made again is kept a second time, and proven.

A backup holds the WARC files with their manifests, `ids.jsonl`, `root.json`, the registry's
file and `curation/`, the tags, the tagged releases and the current one. The ledger and the
readings are not in it: both are made again from the WARCs, and a copy of the ledger would
be a second truth that a restore had to compare with the first. The current release is in
it for one thing that the WARCs do not say: what an earlier reader had read.
"""
