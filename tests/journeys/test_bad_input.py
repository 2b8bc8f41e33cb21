"""What every RPC method says to bad input: the right class and code, and nothing is stored."""

from functools import cache

import pytest
from sqlalchemy import TextClause, text

from chassis.errors import Unauthenticated
from demo.main_job import Outcome
from demo.people import Person
from embedded.suite import Suite
from journeys.stages.every_method import METHODS, access_token, method_of, permitted
from journeys.stages.requests_of_the_main_job import NOT_MADE, requests
from journeys.stages.spoilings import Asked


@pytest.mark.parametrize(("service", "name"), METHODS)
def test_bad_input_is_refused_and_nothing_is_stored(
    suite: Suite, outcome: Outcome, stranger: Person, service: str, name: str
) -> None:
    asked = Asked(suite, stranger, service, name, requests(outcome)[service][name])
    before = _rows(suite)

    assert [fault for each in asked.spoilings() if (fault := each.fault())] == []
    assert _rows(suite) == before


def test_a_good_question_is_answered_and_nothing_is_stored(
    suite: Suite, outcome: Outcome, stranger: Person
) -> None:
    before, good = _rows(suite), requests(outcome)
    asked = [each for each in METHODS if not method_of(*each).writes and each[1] not in NOT_MADE]
    answered = {
        (service, name): permitted(suite, service, name).call(name, **good[service][name])
        for service, name in asked
    }

    assert {each: said for each, said in answered.items() if not isinstance(said, dict)} == {}
    assert _rows(suite) == before


def test_a_system_admin_is_a_user_without_a_workspace(suite: Suite, outcome: Outcome) -> None:
    assert suite.call("auth", "me", access_token(suite, admin=True))["workspace_id"] is None


def test_an_expired_token_is_told_apart(suite: Suite, outcome: Outcome) -> None:
    with pytest.raises(Unauthenticated) as refusal:
        suite.call("auth", "me", access_token(suite, expired=True))

    assert refusal.value.code == "chassis.token_expired"


def test_every_method_has_a_request_to_spoil(outcome: Outcome) -> None:
    asked = requests(outcome)
    assert {(service, name) for service in asked for name in asked[service]} >= set(METHODS)


def _rows(suite: Suite) -> dict[str, int]:
    """Return how many rows each table of each service has."""
    counted = {}
    for service, parts in suite.parts.items():
        rows = parts.app.query(lambda connection: connection.execute(_counting(suite, service)))  # noqa: B023
        counted.update({name: count for name, count in rows})
    return counted


@cache
def _counting(suite: Suite, service: str) -> TextClause:
    tables = suite.parts[service].app.query(
        lambda connection: connection.execute(_TABLES).scalars().all()
    )
    each = [
        f"select '{service}.{table}', count(*) from \"{table}\" {_OF_CALLS.get(table, '')}"
        for table in tables
    ]
    return text(" union all ".join(each))


_TABLES = text("select table_name from information_schema.tables where table_schema = 'public'")

# what comes round by itself comes from no call; a guess is counted before it is looked at,
# and who was not let in afterwards
_GUESSES = dict.fromkeys(("attempt", "refusal"), "where false")
_OF_CALLS = {"jobs": "where kind not like 'schedule:%'", **_GUESSES}
