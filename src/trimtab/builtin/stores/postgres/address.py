"""Where a ledger is in a PostgreSQL database, and how to speak of it without its secrets."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any
from urllib.parse import quote, unquote, urlencode

from trimtab.errors import LedgerError

SCHEMA = "trimtab"  # unless `?schema=` names another

_CONNECT_SECONDS = "10"
# Only these are told; a password can stand in several of the others.
_NAMED = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_OWN = re.compile(r"(?<=[?&])schema=([^&]*)(&|$)")
_SHAPE = "Write postgresql://USER@HOST/DATABASE, with what is special in a name as %XX: an @ is %40."


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """What libpq is given, which may hold a password; the schema; and what may be told of it."""

    parameters: Mapping[str, str] = field(repr=False)
    schema: str
    told: str

    @classmethod
    def of(cls, location: str, psycopg: ModuleType) -> "Address":
        """Read a URL as libpq does, and `schema` in its query.

        What it leaves out, libpq takes from a service file, from the environment (`PGHOST`, `PGSERVICE` and the
        like), and the password from `~/.pgpass`.

        Raises:
            LedgerError: It is no such URL. Nothing of it is quoted: anything in it may be part of a password.
        """
        found = _OWN.search(location)
        schema = unquote(found[1]) if found else SCHEMA
        url = _OWN.sub("", location).rstrip("?&")
        try:
            parameters: dict[str, str] = psycopg.conninfo.conninfo_to_dict(url)
        except psycopg.Error:
            raise LedgerError("postgresql://...", "is no URL of a PostgreSQL database", _SHAPE) from None
        if _half_a_password(parameters):
            raise LedgerError("postgresql://...", "has an @ or a / too many", _SHAPE)
        if not _NAMED.fullmatch(schema) or schema.startswith("pg_"):
            step = "Use small letters, digits and _, at most 63."
            raise LedgerError("postgresql://...", "names a schema that cannot be one", step)
        return cls(parameters=parameters, schema=schema, told=_told(parameters, schema))

    def options(self) -> dict[str, Any]:
        """For `psycopg.connect`."""
        options = {"fallback_application_name": "trimtab", **self.parameters, "client_encoding": "UTF8"}
        if not ("service" in options or os.environ.keys() & {"PGSERVICE", "PGCONNECT_TIMEOUT"}):
            options.setdefault("connect_timeout", _CONNECT_SECONDS)
        return options


def _half_a_password(parameters: Mapping[str, str]) -> bool:
    """Whether a password with an @ or a / in it was taken apart, and its end is now part of another name."""
    port = parameters.get("port", "")
    return any("@" in parameters.get(name, "") for name in ("host", "dbname")) or not re.fullmatch(r"[\d,]*", port)


def _told(parameters: Mapping[str, str], schema: str) -> str:
    """A URL of the same place that may be shown, and typed again by whoever has the password."""
    host, port = parameters.get("host", ""), parameters.get("port", "")
    query = {"service": parameters["service"]} if "service" in parameters else {}
    if "/" in host or "," in host:  # a socket's folder, or several
        query |= {"host": host} | ({"port": port} if port else {})
        host = port = ""
    if schema != SCHEMA:
        query["schema"] = schema
    user = f"{quote(parameters['user'], safe='')}@" if "user" in parameters else ""
    place = f"[{host}]" if ":" in host else quote(host, safe="")
    end = f"?{urlencode(query, safe='/,')}" if query else ""
    return f"postgresql://{user}{place}{f':{port}' if port else ''}/{quote(parameters.get('dbname', ''), safe='')}{end}"
