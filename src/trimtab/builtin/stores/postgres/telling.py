"""What PostgreSQL's errors mean here, and what to do.

Neither libpq's words nor the server's are ever repeated: the first may quote
a URL, the second the values of rows. They are only looked at, to choose ours.
"""

from trimtab.errors import LedgerAlteredError, LedgerError

_KEPT = "Run it again; every row appended before is intact."
_ROLE = "Log in as a role that may, or have its owner grant it: see `docs/how-to/team-ledger.md`."

# By SQLSTATE, or its class.
_SAID = {
    "08": ("the connection was lost", f"Nothing of this was appended. {_KEPT}"),
    "25006": ("is read-only", "Log in where it can be written, or use another ledger with --ledger."),
    "3D000": ("is in a database that is gone", "Check the name, or restore it."),
    "3F000": ("is in a schema that is gone", "Restore it from a copy."),
    "42501": ("is read-only, or closed, for this role", _ROLE),
    "53100": ("cannot be written: the disk of the server is full", f"Make room there. {_KEPT}"),
    "53200": ("the server has too little memory", _KEPT),
    "53300": ("the server takes no more connections", "Wait until others have finished, or raise `max_connections`."),
    "53400": ("the server's limits are too narrow", f"Raise `temp_file_limit` or whatever its log names. {_KEPT}"),
    "54000": ("a field is too long for an index of the database", "Shorten the names of systems, candidates, metrics."),
    "55P03": (
        "is locked by another process",
        "Wait until the other trimtab has finished, or use another ledger with --ledger.",
    ),
    "57014": ("a statement took longer than the server allows", f"Raise `statement_timeout` for this role. {_KEPT}"),
    "57P": ("the server was stopped", f"Nothing of this was appended. Start it. {_KEPT}"),
    "25P03": ("the server ended a transaction that took too long", _KEPT),
    "58": ("the server's disk failed", "Repair it; every row appended before is intact."),
}
_DAMAGED = ("XX001", "XX002", "22021")
_GONE = ("42P01", "42703", "42883")  # a table, a column, a function

# What libpq says while it connects has no SQLSTATE. In English, and where the server speaks another language, general.
_UNREACHED = (
    (("password authentication failed", "no password supplied"), "the password is refused, or missing", "~/.pgpass"),
    (("certificate", "SSL"), "the encryption cannot be agreed on", "sslmode"),
    (("pg_hba.conf",), "the server does not let this role in from here", "pg_hba.conf"),
    (("role", "does not exist"), "the server knows no such role", "the name"),
    (("database", "does not exist"), "the server has no such database", "the name"),
    (("definition of service",), "the service file has no such service", "~/.pg_service.conf"),
    (("translate host name", "not known"), "the host is unknown", "the name"),
    (("starting up", "shutting down", "recovery mode"), "the server is starting or stopping", "again in a moment"),
    (("too many", "remaining connection slots"), "the server takes no more connections", "again in a moment"),
    (("timeout expired",), "the server does not answer in time", "the host and the network"),
    (("refused", "No such file", "is the server running"), "no server answers there", "that it is started"),
)


def unreached(told: str, error: Exception) -> LedgerError:
    """Why there is no connection."""
    words = str(error)
    for signs, detail, check in _UNREACHED:
        # Of two signs that only mean something together, both.
        together = signs[-1] == "does not exist"
        if (all if together else any)(sign in words for sign in signs):
            return LedgerError(told, f"cannot be reached: {detail}", f"Check {check}.")
    return LedgerError(told, "cannot be reached", "Check the address, the role and the server's log.")


def refused(told: str, code: str) -> LedgerError:
    """What an error of the server means, by its SQLSTATE; empty for one that it had no time to send."""
    if code.startswith(_DAMAGED):
        return LedgerAlteredError(told, 0, "the database is damaged")
    if code.startswith(_GONE):
        return LedgerAlteredError(told, 0, "its tables are not those that trimtab made")
    if code.startswith("23"):
        detail = "the database refuses rows that do not follow the last one: somebody else has written"
        return LedgerError(told, detail, "Read the head again and hash the rows anew.")
    for known in (code or "08", code[:3], code[:2]):
        if known in _SAID:
            return LedgerError(told, *_SAID[known])
    return LedgerError(told, f"PostgreSQL refuses ({code})", "The server's log says more. Run `trimtab ledger verify`.")
