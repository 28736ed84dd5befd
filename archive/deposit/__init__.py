"""A folder ready for a data repository."""
