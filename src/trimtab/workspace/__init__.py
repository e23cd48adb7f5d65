"""Opens a policy and a ledger; the one place where everything meets."""
