"""Runs other tools against a candidate: they ask a relay of ours, and their log is read like any other."""
