"""What the pages of the group *Measure* show, each worked out from a snapshot."""
