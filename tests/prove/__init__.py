"""Long proofs: many kills, many variants. Each has a small sibling in `make test`."""
