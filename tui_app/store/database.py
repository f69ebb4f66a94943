"""Databases with one connection per thread, and what Peewee reveals only through private attributes.

Connections are never opened implicitly: SQL on a thread without `connect()` raises, so the UI's event loop can't run a
query by accident.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from operator import itemgetter
from pathlib import Path
from time import perf_counter
from typing import Any, Final, Literal, NamedTuple

from peewee import SQL, BaseQuery, Expression, Field, Model, Select, SqliteDatabase, Value, fn

from tui_app.errors import LibraryError
from tui_app.store.connection import Address, FoundDamage, decode_text, trace
from tui_app.store.slow_queries import SLOW_S, record_slow

BUSY_TIMEOUT_S: Final = 5

Params = Sequence[Any] | Mapping[str, Any]
_last_column = itemgetter(-1)

#: Never opened; used to compile queries for SQLite.
_DIALECT: Final = SqliteDatabase(None)


# ------------------------------------------------------------------------------------------------------- queries
class _Placeholder:
    """Stands in a query for a value that is passed with each execution."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


def parameter(name: str = "") -> Value:
    """Return a placeholder for a value that is passed by name or, to `run_many`, by position."""
    return Value(_Placeholder(name), converter=False, unpack=False)


class Compiled(NamedTuple):
    """The text of a query with its parameters in order: values or placeholders."""

    sql: str
    params: tuple[Any, ...]

    def bound(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return the parameters with the placeholders replaced by named values."""
        return tuple(values[one.name] if isinstance(one, _Placeholder) else one for one in self.params)


Statement = str | Compiled | BaseQuery


def compiled(query: BaseQuery) -> Compiled:
    """Compile a query, which takes 0.1 to 0.2 ms: do it once (`cache`) if it runs for each item, block or key press."""
    context: Any = _DIALECT.get_sql_context()
    text, params = context.sql(query).query()
    return Compiled(text, tuple(params))


def resolved(statement: Statement, params: Params = ()) -> tuple[str, Params]:
    """Return the text of a statement and its parameters; those of a Peewee query are passed by name."""
    if isinstance(statement, str):
        return statement, params
    query = statement if isinstance(statement, Compiled) else compiled(statement)
    return query.sql, query.bound(params) if isinstance(params, Mapping) else query.params


def in_json(column: Any, values: Iterable[Any] | Value) -> Expression:
    """Return the condition that a column has one of many values, given as one parameter: a JSON list.

    A list of parameters would be another statement for each number of values, and SQLite limits their number.
    """
    given = values if isinstance(values, Value) else Value(json.dumps(list(values)), converter=False)
    condition: Expression = column.in_(Select((fn.json_each(given),), (SQL("value"),)))
    return condition


#: Maximum keys in one statement, so that the rows of a block fit into memory.
_BLOCK: Final = 500


def blocks(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield keys in blocks for `in_json` or `rows_with`."""
    for start in range(0, len(keys), _BLOCK):
        yield keys[start : start + _BLOCK]


#: The number of rows.
COUNT: Final = fn.COUNT(SQL("*"))


def has_rows(database: LibraryDatabase, model: type[Model]) -> bool:
    """Whether a table has any rows."""
    return database.value(model.select(SQL("1")).limit(1)) is not None


def rows_with(
    database: LibraryDatabase, column: Field, values: Iterable[Any], fields: tuple[Field, ...] = ()
) -> list[tuple[Any, ...]]:
    """Return these columns, by default all, of the rows that have one of many values in a column."""
    return database.rows(_rows_with(column.model, column, fields), {"values": json.dumps(list(values))})


# `model` is part of the cache key, as fields of one hash would count as equal: `==` of two fields is an expression.
@cache
def _rows_with(model: Any, column: Field, fields: tuple[Field, ...]) -> Compiled:
    return compiled(model.select(*(fields or fields_of(model))).where(in_json(column, parameter("values"))))


def insert_query(model: type[Model], *fields: Field) -> Any:
    """Return the query that inserts one row of these columns, by default of all, to be extended."""
    into = fields or fields_of(model)
    return model.insert_many([[parameter() for _ in into]], fields=into)


@cache
def inserting(model: type[Model], *fields: Field, on_conflict: Literal["", "ignore", "replace"] = "") -> Compiled:
    """Return the statement that inserts one row of these columns, by default of all, for `run_many`."""
    query = insert_query(model, *fields)
    return compiled(query.on_conflict(on_conflict) if on_conflict else query)


@cache
def deleting(model: type[Model], *fields: Field) -> Compiled:
    """Return the statement that deletes the rows with these values, by default of the primary key, for `run_many`."""
    keys = fields or key_fields_of(model)
    return compiled(model.delete().where(*(field == parameter() for field in keys)))


# -------------------------------------------------------------------------------------------------------- models
def table_name(model: type[Model]) -> str:
    """Return the name of a model's table."""
    return str(model._meta.table_name)


def fields_of(model: type[Model]) -> tuple[Field, ...]:
    """Return the columns of a model, in their order."""
    return tuple(model._meta.sorted_fields)


def columns_of(model: type[Model]) -> tuple[str, ...]:
    """Return the names of a model's columns, in their order."""
    return tuple(str(field.column_name) for field in fields_of(model))


def is_virtual(model: type[Model]) -> bool:
    """Whether a model's table is one of an extension (FTS5), which can't be altered."""
    return hasattr(model._meta, "extension_module")


def add_field(model: type[Model], name: str, field: Field) -> None:
    """Add a column to a model."""
    meta: Any = model._meta
    meta.add_field(name, field)


def key_fields_of(model: type[Model]) -> tuple[Field, ...]:
    """Return the columns of a model's primary key, in its order."""
    meta: Any = model._meta
    return tuple(meta.get_primary_keys())


def create_table_sql(model: type[Model]) -> str:
    """Return the statement that creates the table of a model."""
    return str(_schema(model)._create_table(safe=False).query()[0])


def drop_table_sql(model: type[Model]) -> str:
    """Return the statement that drops the table of a model if it exists."""
    return str(_schema(model)._drop_table(safe=True).query()[0])


def create_index_sql(model: type[Model]) -> dict[str, str]:
    """Return the statements that create the indexes of a model, by index."""
    made = zip(model._meta.fields_to_index(), _schema(model)._create_indexes(safe=False), strict=True)
    return {str(index._name): str(context.query()[0]) for index, context in made}


def drop_index_sql(model: type[Model]) -> list[str]:
    """Return the statements that drop the indexes of a model as far as they exist."""
    return [str(context.query()[0]) for context in _schema(model)._drop_indexes(safe=True)]


def add_column_sql(field: Field) -> str:
    """Return the statement that adds a column to an existing table. Unless it may be NULL, it needs a default."""
    context = _schema(field.model)._create_context()
    # by hand: `playhouse.migrate` would rebuild the table for a column that may not be NULL
    text = context.literal("ALTER TABLE ").sql(field.model).literal(" ADD COLUMN ").sql(field.ddl(context))
    return str(text.query()[0])


def _schema(model: Any) -> Any:
    return type(model._schema)(model, _DIALECT)


class LibraryDatabase(SqliteDatabase):
    """A database file with one connection for each thread that called `connect()`.

    `set_aside` is the path of a damaged predecessor moved away while opening, `backup` the copy made before a
    migration; otherwise None. `unwritable` is why no file can be written ("the disk is full"), as the end of a
    sentence; the database is then `readonly` and read through `address`.
    """

    def __init__(
        self,
        path: Path,
        pragmas: dict[str, Any],
        *,
        readonly: bool = False,
        address: Address | None = None,
        unwritable: str = "",
    ) -> None:
        self.path = path
        self.readonly = readonly
        self.unwritable = unwritable
        self.set_aside: Path | None = None
        self.backup: Path | None = None
        self._open_connections: dict[int, sqlite3.Connection] = {}
        self._open_lock = threading.Lock()
        all_pragmas = pragmas | ({"query_only": "on"} if readonly else {})
        super().__init__(
            address.uri if address else str(path),
            uri=address is not None,
            pragmas=all_pragmas,
            timeout=BUSY_TIMEOUT_S,
            autoconnect=False,
            check_same_thread=False,  # `close_all` and `interrupt` are called from other threads
            cached_statements=256,
        )

    def _connect(self) -> sqlite3.Connection:
        connection: sqlite3.Connection = super()._connect()  # type: ignore[misc]  # the stubs leave it out
        connection.text_factory = decode_text
        trace(connection)
        self.own(connection)
        return connection

    def own(self, connection: sqlite3.Connection) -> None:
        """Close this connection together with the others."""
        with self._open_lock:
            self._open_connections[id(connection)] = connection

    def _close(self, conn: sqlite3.Connection) -> None:
        with self._open_lock:
            self._open_connections.pop(id(conn), None)
        conn.close()

    def ensure_connected(self) -> None:
        """Open this thread's connection unless it is open."""
        self.connect(reuse_if_open=True)

    def close_all(self) -> None:
        """Close the connections of all threads. No query may be running."""
        if not self.is_closed():
            self.close()
        with self._open_lock:
            left, self._open_connections = self._open_connections, {}
        for connection in left.values():
            connection.close()

    def interrupt(self) -> None:
        """Abort the running statements of all threads. Callable from any thread."""
        with self._open_lock:
            for connection in self._open_connections.values():
                connection.interrupt()

    # ----------------------------------------------------------------------------------------------- statements
    # Each takes a Peewee query, one compiled before, or text. All but `run_many` are timed (0.2 µs per statement).
    def execute_sql(self, sql: str, params: Params | None = None) -> sqlite3.Cursor:
        """Execute one statement up to its first row."""
        started = perf_counter()
        cursor = self._begun(sql, params)
        if (seconds := perf_counter() - started) >= SLOW_S:
            record_slow(self.path, sql, params or (), seconds)
        return cursor

    def _begun(self, sql: str, params: Params | None) -> sqlite3.Cursor:
        try:
            cursor: sqlite3.Cursor = super().execute_sql(sql, params)  # type: ignore[no-untyped-call]
        except UnicodeDecodeError as error:  # the complaint quotes a schema that is no text any more
            raise FoundDamage("malformed database schema") from error
        return cursor

    def run(self, statement: Statement, params: Params = ()) -> sqlite3.Cursor:
        """Execute one statement."""
        return self.execute_sql(*resolved(statement, params))

    def rows(self, statement: Statement, params: Params = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        sql, params = resolved(statement, params)
        started = perf_counter()
        found = self._begun(sql, params).fetchall()
        if (seconds := perf_counter() - started) >= SLOW_S:
            record_slow(self.path, sql, params, seconds)
        return found

    def integers(self, statement: Statement, params: Params = ()) -> array[int]:
        """Return the last column of all rows, as 64-bit integers."""
        sql, params = resolved(statement, params)
        started = perf_counter()
        found = array("q", map(_last_column, self._begun(sql, params)))
        if (seconds := perf_counter() - started) >= SLOW_S:
            record_slow(self.path, sql, params, seconds)
        return found

    def row(self, statement: Statement, params: Params = ()) -> tuple[Any, ...] | None:
        """Return the first row, None without one."""
        row: tuple[Any, ...] | None = self.run(statement, params).fetchone()
        return row

    def value(self, statement: Statement, params: Params = ()) -> Any:
        """Return the first column of the first row, None without a row."""
        row = self.row(statement, params)
        return None if row is None else row[0]

    def run_many(self, statement: Statement, rows: Iterable[Sequence[Any]]) -> int:
        """Execute one statement for many rows, each its parameters in order; return the number of changed rows.

        Peewee's `insert_many` takes 13 to 18 times as long: it compiles one long statement for each number of rows.
        """
        cursor: sqlite3.Cursor = self.cursor()  # type: ignore[no-untyped-call]
        return cursor.executemany(resolved(statement)[0], rows).rowcount

    def rollback(self) -> None:
        """Roll back unless SQLite already did.

        SQLite does so when the disk is full; a second rollback would raise and hide the cause.
        """
        if self.connection().in_transaction:  # type: ignore[no-untyped-call]
            super().rollback()

    def writing(self) -> AbstractContextManager[Any]:
        """Start a write transaction, or a savepoint within one. Waits up to 5 s for other writers.

        Raises `LibraryError` if the database is unwritable.
        """
        if self.unwritable:
            raise LibraryError(f"Nothing can be kept now: {self.unwritable}.", hint="Reading goes on.")
        return self.atomic("IMMEDIATE") if not self.in_transaction() else self.atomic()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Run several queries on one snapshot of the database."""
        if self.in_transaction():
            yield
            return
        with self.atomic("DEFERRED"):
            yield
