"""Legal deletion: a record's bytes taken out of a WARC file, documented and logged."""
