"""Closed WARC files moved to another place, a folder or a store such as S3, and brought home.

A file is taken for moved when what was read back from there has the SHA-256 that the archive
wrote down when it closed the file. Its manifest is sent after that, so a manifest beside a file
says that somebody has proven it there; and the root keeps its own.
"""
