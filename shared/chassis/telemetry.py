"""Logs as JSON, each line with the ids of the call it belongs to. Arguments are never logged."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TextIO

from pythonjsonlogger.json import JsonFormatter

_context: ContextVar[dict[str, str]] = ContextVar("log_context", default={})  # noqa: B039


@contextmanager
def context(**ids: str) -> Iterator[None]:
    """Put these ids (service, correlation_id, …) on every line logged inside."""
    token = _context.set({**_context.get(), **ids})
    try:
        yield
    finally:
        _context.reset(token)


def json_handler(stream: TextIO) -> logging.Handler:
    """Return what writes logs to `stream`, a JSON object a line."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        JsonFormatter(
            "{asctime}{levelname}{name}{message}",
            style="{",
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
        )
    )
    handler.addFilter(_add_context)
    return handler


def _add_context(record: logging.LogRecord) -> bool:
    for name, each in _context.get().items():
        setattr(record, name, each)
    return True
