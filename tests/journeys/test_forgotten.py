"""No secret stands anywhere; and whoever is forgotten stands nowhere, but where the law says so."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from journeys.stages.forgotten import COMPANY, Somebody, Stage, live
from journeys.stages.restorable import Restorable


def documents(cleo: Somebody) -> set[tuple[str, str]]:
    return {("billing.buyer", cleo.name)}


Lives = tuple[Stage, Somebody, Somebody, Somebody]


@pytest.fixture(scope="module")
def lives(run_folder: Path) -> Iterator[Lives]:
    with Restorable(run_folder / "forgotten") as suite:
        stage = Stage(suite)
        people = live(stage)
        suite.keep("early")
        yield stage, *people


def test_no_secret_stands_in_a_table_a_log_or_a_mail(lives: Lives) -> None:
    stage, *_ = lives
    assert len(stage.secrets) > 30 and len(stage.mailed) > 5
    assert stage.found(stage.secrets | stage.mailed) == set()
    assert stage.in_mails(stage.secrets) == set()


def test_whoever_is_forgotten_stands_nowhere(lives: Lives) -> None:
    stage, anna, cleo, dina = lives
    marks = {mark for each in (anna, cleo, dina) for mark in each.marks}
    assert {place for place, _ in stage.found(marks)} > {"auth.personal", "auth.user"}

    for each in (dina, anna, cleo):
        stage.erase(each)

    assert stage.found(marks) == documents(cleo)
    stage.rebuild()
    assert stage.found(marks) == documents(cleo)
    company = stage.admin.call("get_workspace", workspace_id=stage.company)
    assert company["legal_name"] == COMPANY["legal_name"]
    assert company["organization_number"] == COMPANY["organization_number"]
    assert company["name"] == f"Workspace {stage.company[:6]}"
    assert stage.suite.broken() == {}


def test_each_service_says_what_it_has_forgotten_and_what_it_keeps(lives: Lives) -> None:
    stage, anna, cleo, _ = lives
    kept = stage.kept_of(cleo)
    assert kept == {
        "auth": [],
        "media": [{"what": "projects", "until": None}],
        "video": [{"what": "projects", "until": None}],
        "billing": [{"what": "buyer of issued documents", "until": "2031-12-31T00:00:00Z"}],
        "affiliate": [],
    }
    assert [*stage.kept_of(anna).values()] == [[], [], [], [], []]


def test_who_was_forgotten_stays_so_where_the_databases_are_put_back(lives: Lives) -> None:
    stage, *people = lives
    marks = {mark for each in people for mark in each.marks}
    stage.write_erasures()
    stage.put_back()
    assert len(stage.found(marks)) > len(documents(people[1]))

    done = stage.apply_erasures()
    stage.suite.settle()

    assert [each["outcome"] for each in done] == ["forgotten"] * 3
    assert [each["outcome"] for each in stage.apply_erasures()] == ["forgotten"] * 3
    assert stage.found(marks) == documents(people[1])
    assert stage.kept_of(people[1])["billing"] != []
