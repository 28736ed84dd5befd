"""Beyond one process: reading under Dask, on this machine or on many (docs/scale.md).

Nothing here imports Dask before a cluster is asked for: it comes with the extra `[cluster]`.
"""
