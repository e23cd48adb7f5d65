"""So that it is found: Inspect asks with it."""
