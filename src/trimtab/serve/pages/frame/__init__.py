"""What holds pages together: their table, the menu, whose systems they are cut to, and how data becomes a page."""
