"""What people read by hand: an overlay over the machine's reading, which stays visible."""
