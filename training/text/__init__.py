"""Trains the weights of the learned text detectors: `python -m training.text`."""
