"""The pages: what a board, an engineer, a reviewer and an auditor open in a browser.

`frame.routes` is the one table of pages; each is a function from a snapshot to data, a template that shows it, and a
JSON answer under `/api/v1` that is the same data. From the top down, of which `pyproject.toml` holds each to what lies
below it:

- `process`, `app`: one process that serves the pages, and the application in it
- `openapi`: the description of the JSON API
- `frame`: the table, the menu, whose systems a page is cut to, answers that are kept, and how data becomes HTML
- `forms`: all that is entered; `team`: users, sessions, tokens and their log
- `decide`, `measure`, `answer_for`, `proof`, `own`: what is worked out for each page, by its group in the menu
- `values`: what pages of several groups show
- `access`: ways in and out, who somebody is, what is refused, and what stands before every request
- `declared`, `snapshot`: what a page is, and what it is made from

Templates, the style sheet and the one script lie beside them, for all.
"""
