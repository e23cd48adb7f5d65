"""Who may: the ways in and out, who somebody is to the pages, what is refused, and what stands before every request."""
