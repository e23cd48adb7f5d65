"""The ledger in a PostgreSQL database, for teams; needs the extra `postgres`."""
