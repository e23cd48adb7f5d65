"""The second stage: a small encoder that reads again what the first stage of a detector is not sure of."""
