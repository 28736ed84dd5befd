"""How often the figures of a release are not what is printed: an audit by sample."""
