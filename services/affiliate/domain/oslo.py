"""Days in Norway: what is earned, paid out and booked falls on days in Europe/Oslo."""

from books.domain.oslo import day

__all__ = ["day"]
