"""Collects: portals, their CMS families, politeness and walls; stores bytes, judges nothing."""
