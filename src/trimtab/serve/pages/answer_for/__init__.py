"""What the pages of the group *Answer for* show, each worked out from a snapshot."""
