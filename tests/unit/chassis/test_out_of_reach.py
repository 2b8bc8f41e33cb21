"""What PostgreSQL's refusals mean: a server that cannot now is waited for, a mistake is not."""

import psycopg
import pytest
from psycopg.errors import lookup
from sqlalchemy.exc import DBAPIError

from chassis.database import postgres
from chassis.errors import ServiceError, Unavailable

# read-only or in recovery; disk full, out of memory, too many connections; told to end, crashed,
# starting, cancelled; a disk that fails; a connection that failed
AWAY = [
    "25006",
    *("53100", "53200", "53300"),
    *("57P01", "57P02", "57P03", "57014"),
    "58030",
    "08006",
]
WRONG = ["23505", "42P01", "42501", "22001", "XX000", "25P02"]


def refused(state: str) -> Exception:
    error = lookup(state)(f"as of {state}")
    return DBAPIError.instance("select", {}, error, psycopg.Error)


@pytest.mark.parametrize("state", AWAY)
def test_a_server_that_cannot_now_is_unavailable_and_a_repeat_may_help(state: str) -> None:
    meant = postgres.meaning(refused(state))
    assert isinstance(meant, Unavailable)
    assert (meant.code, meant.retryable) == ("chassis.database_unavailable", True)


@pytest.mark.parametrize("state", WRONG)
def test_a_mistake_stays_one(state: str) -> None:
    error = refused(state)
    assert postgres.meaning(error) is error
    assert not isinstance(error, ServiceError)
