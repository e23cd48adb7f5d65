"""Detectors that ask somebody else: a model with a rubric, a moderation service, a safety classifier."""
