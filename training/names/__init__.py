"""The tagger of names and places: what it is taught with, and how."""
