"""What the pages of the group *Decide* show, each worked out from a snapshot."""
