"""Access of a team to the pages: users, sessions, tokens and their log, in a file of their own.

Decision 23 says why they are neither in the policy nor in the ledger.
"""
