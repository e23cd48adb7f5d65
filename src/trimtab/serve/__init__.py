"""Listens: the guard's proxy in front of a model."""
