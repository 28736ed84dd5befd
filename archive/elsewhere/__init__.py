"""Places of WARC files beside a root's own folder: other folders, and addresses of fsspec.

Nothing of fsspec is imported here: it comes with the extra `[cluster]`, and a root whose files
all lie in its own folder needs none of it.
"""
