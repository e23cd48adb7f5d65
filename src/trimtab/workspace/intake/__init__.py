"""Signed web hooks as a source of the books: which hooks there are, how payloads become entries, and what is kept."""
