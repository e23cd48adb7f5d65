"""Everything that has a shape: structured personal data and secrets, in one pass."""
