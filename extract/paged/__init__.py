"""Pages of placed glyphs (PDF, OFD) to rows: by ruling lines, by places of words, by text."""
