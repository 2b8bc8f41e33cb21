"""Logs as JSON, each line with the ids of the call it belongs to, and with who made it.

Arguments are never logged. Nor is what PostgreSQL quotes of a row it refused: that part of an
error's text is left out. An error of ours has one line and no traceback; that of a bug is written
once a minute, however often it is met.
"""

import logging
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

from pythonjsonlogger.json import JsonFormatter

from chassis.errors import Internal, ServiceError, Unavailable

AGAIN_S = 60.0  # so long a traceback is not written again
MOST_CHARACTERS = 300  # of a reason

_context: ContextVar[dict[str, str] | None] = ContextVar("log_context", default=None)


@contextmanager
def context(**ids: object) -> Iterator[None]:
    """Put these ids (service, correlation_id, …) on every line logged inside; None is no id."""
    token = _context.set(_context.get() or {})
    know(**ids)
    try:
        yield
    finally:
        _context.reset(token)


def know(**ids: object) -> None:
    """Put what has been found out meanwhile on the lines of the surrounding `context` as well.

    Where there is none it is forgotten: nothing would ever take it off the thread's later lines.
    """
    known = {name: str(each) for name, each in ids.items() if each is not None}
    if (surrounding := _context.get()) is not None:
        _context.set({**surrounding, **known})


def json_handler(stream: TextIO) -> logging.Handler:
    """Return what writes logs to `stream`, a JSON object a line."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        _Formatter(
            "{asctime}{levelname}{name}{message}",
            style="{",
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
        )
    )
    handler.addFilter(_add_context)
    return handler


def told(error: ServiceError) -> dict[str, str]:
    """Return what a line says of an error: its kind and code, and of an outage the reason.

    Where it began in another service, `caused_by` is the id of the request there.
    """
    said = {"kind": type(error).__name__, "code": error.code}
    if isinstance(error, Unavailable):  # other messages may hold what a person has typed
        said["reason"] = reason(error)
    if error.request_id:
        said["caused_by"] = error.request_id
    return said


def reason(error: ServiceError) -> str:
    """Return in one line why an error was raised: what is behind it, or else what it says."""
    behind = error.__cause__
    return _line(f"{type(behind).__name__}: {behind}" if behind else error.message)


def way(error: BaseException) -> str:
    """Return what was raised, and on what way: the same for the same bug.

    The last place alone is not: whatever PostgreSQL refuses is raised in one line.
    """
    frames = traceback.walk_tb(error.__traceback__)
    places = [f"{frame.f_code.co_filename}:{line}" for frame, line in frames]
    return "\n".join((type(error).__name__, *places))


class _Formatter(JsonFormatter):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._written_at: dict[str, float] = {}  # tracebacks, by `way`

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        error = ei[1]
        if isinstance(error, ServiceError) and not isinstance(error, Internal):
            return f"{error.code}: {reason(error)}"
        taken, now = way(error), time.monotonic()
        if now - self._written_at.get(taken, -AGAIN_S) < AGAIN_S:
            return f"{_place(taken)}, as written before"
        self._written_at[taken] = now
        written = str(super().formatException(ei))
        for quoted in _quoted(error):
            written = written.replace(quoted, "(left out)")
        return written


def _place(way: str) -> str:
    kind, *places = way.split("\n")
    return f"{kind} at {places[-1]}" if places else kind


def _line(text: str) -> str:
    return " ".join(text.split())[:MOST_CHARACTERS]


def _quoted(error: BaseException | None) -> Iterator[str]:
    """Yield what the database quotes of its rows, in this error and in those behind it."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        diagnosis = getattr(error, "diag", None)  # of psycopg
        for part in ("message_detail", "context"):
            if quoted := getattr(diagnosis, part, None):
                yield quoted
        # class 22: the value itself is what is wrong
        if (getattr(diagnosis, "sqlstate", None) or "").startswith("22"):
            yield str(getattr(diagnosis, "message_primary", ""))
        error = error.__cause__ or error.__context__


def _add_context(record: logging.LogRecord) -> bool:
    for name, each in (_context.get() or {}).items():
        setattr(record, name, each)
    return True
