"""Logs as JSON, each line with the ids of the call it belongs to, and with who made it.

Arguments are never logged. Nor is what PostgreSQL quotes of a row it refused: that part of an
error's text is left out.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TextIO

from pythonjsonlogger.json import JsonFormatter

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


class _Formatter(JsonFormatter):
    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        written = str(super().formatException(ei))
        for quoted in _quoted(ei[1]):
            written = written.replace(quoted, "(left out)")
        return written


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
