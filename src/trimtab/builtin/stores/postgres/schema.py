"""The tables of a ledger in PostgreSQL, and whether they are still what was made.

The same tables as in SQLite, with the same meaning. Triggers refuse every
change and removal of evidence, and every row that does not follow the one
before it, also for somebody who appends without us. They fire ALWAYS, so that
a session that plays a replica does not go round them.
"""

from collections.abc import Iterable

FORMAT = 1

SUBJECT = "kind, run, system, candidate, artefact, metric, maker, policy, seed"
TABLES = frozenset({"format", "context", "evidence", "latest", "rollup", "checkpoint"})

_TEXT = 'text COLLATE "C" NOT NULL'  # in the order of code points, whatever the database's language

_TABLES = {
    "format": "version int NOT NULL PRIMARY KEY",
    "context": "id int NOT NULL PRIMARY KEY, "
    + ", ".join(f"{name} {'bigint NOT NULL' if name == 'seed' else _TEXT}" for name in SUBJECT.split(", ")),
    "evidence": "seq bigint NOT NULL PRIMARY KEY, time bigint NOT NULL, context int NOT NULL, "
    f"payload {_TEXT}, prev bytea NOT NULL, hash bytea NOT NULL",
    "latest": f"system {_TEXT}, candidate {_TEXT}, metric {_TEXT}, kind {_TEXT}, seq bigint NOT NULL, "
    "PRIMARY KEY (system, candidate, metric, kind)",
    "rollup": f"system {_TEXT}, candidate {_TEXT}, metric {_TEXT}, day bigint NOT NULL, scores bigint NOT NULL, "
    "total double precision NOT NULL, squares double precision NOT NULL, missing bigint NOT NULL, "
    "PRIMARY KEY (system, candidate, metric, day)",
    "checkpoint": "size bigint NOT NULL PRIMARY KEY, time bigint NOT NULL, root bytea NOT NULL, peaks bytea NOT NULL",
}
# By hash where a text may be longer than an index entry of a tree.
_INDEXES = {
    "context_run": "context USING hash (run)",
    "context_kind": "context USING hash (kind)",
    "evidence_context": "evidence (context, seq)",
}
_KEPT = ("format", "context", "evidence", "checkpoint")  # what is never changed

_REFUSE = """
BEGIN
    RAISE EXCEPTION 'append-only: % is never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END"""
# Each new row has the one before it, by number and by hash; so there is no fork, and no gap.
_FOLLOW = """
DECLARE
    first record;
    before bytea := decode(repeat('00', 32), 'hex');
BEGIN
    SELECT seq, prev INTO first FROM added ORDER BY seq LIMIT 1;
    IF first.seq <> 1 THEN
        SELECT hash INTO before FROM {schema}.evidence WHERE seq = first.seq - 1;
    END IF;
    IF first.prev IS DISTINCT FROM before OR EXISTS (
        SELECT FROM (
            SELECT seq, prev, lag(seq) OVER following AS seq_before, lag(hash) OVER following AS hash_before
            FROM added WINDOW following AS (ORDER BY seq)
        ) pair WHERE seq <> seq_before + 1 OR prev <> hash_before
    ) THEN
        RAISE EXCEPTION 'append-only: a row that does not follow the last one' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END"""
_FUNCTIONS = {"append_only": _REFUSE, "in_order": _FOLLOW}
_TRIGGERS = {
    **{(table, f"{table}_append_only"): "append_only" for table in _KEPT},
    ("evidence", "evidence_in_order"): "in_order",
}


def statements(schema: str) -> Iterable[str]:
    """What makes them, in a schema that is there."""
    for name, body in _FUNCTIONS.items():
        text = body.format(schema=schema)
        yield f"CREATE FUNCTION {schema}.{name}() RETURNS trigger LANGUAGE plpgsql AS $trimtab${text}$trimtab$"
    for name, columns in _TABLES.items():
        yield f"CREATE TABLE {schema}.{name} ({columns})"
    for name, on in _INDEXES.items():
        yield f"CREATE INDEX {name} ON {schema}.{on}"
    for (table, name), function in _TRIGGERS.items():
        when = (
            "AFTER INSERT ON {} REFERENCING NEW TABLE AS added"
            if function == "in_order"
            else "BEFORE UPDATE OR DELETE OR TRUNCATE ON {}"
        ).format(f"{schema}.{table}")
        yield f"CREATE TRIGGER {name} {when} FOR EACH STATEMENT EXECUTE FUNCTION {schema}.{function}()"
        yield f"ALTER TABLE {schema}.{table} ENABLE ALWAYS TRIGGER {name}"
    yield f"INSERT INTO {schema}.format VALUES ({FORMAT})"  # noqa: S608  # two names of our own


# What there is, as text that does not change with the version of the server.
STRUCTURE = """
WITH ours AS (
    SELECT c.oid, c.relname::text AS name, c.relrowsecurity FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s AND c.relkind IN ('r', 'p', 'v', 'm')
)
SELECT 'column', o.name, a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull::text
    FROM ours o JOIN pg_catalog.pg_attribute a ON a.attrelid = o.oid WHERE a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT 'index', o.name, k.relname::text, i.indkey::text, (i.indisunique::int + 2 * i.indisvalid::int)::text
    FROM ours o JOIN pg_catalog.pg_index i ON i.indrelid = o.oid JOIN pg_catalog.pg_class k ON k.oid = i.indexrelid
UNION ALL
SELECT 'trigger', o.name, t.tgname::text, t.tgtype::text || t.tgenabled::text, p.prosrc
    FROM ours o JOIN pg_catalog.pg_trigger t ON t.tgrelid = o.oid JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
UNION ALL
SELECT 'rule', o.name, r.rulename::text, '', '' FROM ours o JOIN pg_catalog.pg_rewrite r ON r.ev_class = o.oid
UNION ALL
SELECT 'row security', o.name, '', '', '' FROM ours o WHERE o.relrowsecurity
"""
_STATEMENT_BEFORE_UPDATE_DELETE_TRUNCATE, _STATEMENT_AFTER_INSERT = 2 + 8 + 16 + 32, 4  # bits of pg_trigger.tgtype


def expected(schema: str) -> set[tuple[str, ...]]:
    """What `STRUCTURE` finds where nobody has changed anything."""
    found: set[tuple[str, ...]] = set()
    places: dict[str, dict[str, int]] = {}
    for table, columns in _TABLES.items():
        body, _, key = columns.partition(", PRIMARY KEY (")
        names = [column.split() for column in body.split(", ")]
        places[table] = {words[0]: number for number, words in enumerate(names, 1)}
        for words in names:
            kind = {"int": "integer", "double": "double precision"}.get(words[1], words[1])
            found.add(("column", table, words[0], kind, "true"))
        keys = key.rstrip(")").split(", ") if key else [names[0][0]]
        found.add(("index", table, f"{table}_pkey", _numbers(places[table], keys), "3"))
    for name, on in _INDEXES.items():
        table, keys = on.split()[0], on.partition("(")[2].rstrip(")").split(", ")
        found.add(("index", table, name, _numbers(places[table], keys), "2"))
    for (table, name), function in _TRIGGERS.items():
        bits = _STATEMENT_AFTER_INSERT if function == "in_order" else _STATEMENT_BEFORE_UPDATE_DELETE_TRUNCATE
        found.add(("trigger", table, name, f"{bits}A", _FUNCTIONS[function].format(schema=schema)))
    return found


def _numbers(places: dict[str, int], keys: list[str]) -> str:
    return " ".join(str(places[key]) for key in keys)
