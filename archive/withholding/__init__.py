"""What is not shown, and the tombstone that stands in its place."""
