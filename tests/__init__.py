"""Proves: tests, the fictional portal, the demo, benches and long proofs."""
