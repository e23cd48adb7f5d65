"""Attackers that adapt to the answers."""
