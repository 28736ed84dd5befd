"""Programs that make committed data; nothing of them runs in the archive."""
