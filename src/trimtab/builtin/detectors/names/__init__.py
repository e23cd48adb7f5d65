"""People, places, organisations, addresses and ages: a small tagger of our own, no model server."""
