"""Values that pages of several groups show, so that no group needs another."""
