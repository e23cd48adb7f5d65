"""The description of the JSON API, made from the tables of pages and forms."""
