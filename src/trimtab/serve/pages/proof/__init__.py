"""The group *Proof*: the page that verifies, exports that are dropped on it, and what verifies the ledger meanwhile."""
