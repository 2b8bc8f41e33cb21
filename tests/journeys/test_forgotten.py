"""No secret stands anywhere; and whoever is forgotten stands nowhere, but where the law says so."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from journeys.stages.every_method import METHODS
from journeys.stages.forgotten import Somebody, Stage
from journeys.stages.lives import COMPANY, live
from journeys.stages.restorable import Restorable


def documents(cleo: Somebody) -> set[tuple[str, str]]:
    return {("billing.buyer", cleo.name)}


Lives = tuple[Stage, dict[str, Somebody]]


@pytest.fixture(scope="module")
def lives(run_folder: Path) -> Iterator[Lives]:
    with Restorable(run_folder / "forgotten") as suite:
        stage = Stage(suite)
        people = live(stage)
        suite.keep("early")
        yield stage, people


def test_no_secret_stands_in_a_table_a_log_or_a_mail(lives: Lives) -> None:
    stage, _ = lives
    assert len(stage.secrets) > 30 and len(stage.mailed) > 5 and len(stage.codes) > 5
    assert stage.found(stage.secrets | stage.mailed) == set()
    assert stage.codes_found() == set()
    assert stage.in_mails(stage.secrets) == set()


def test_whoever_is_forgotten_stands_nowhere(lives: Lives) -> None:
    stage, people = lives
    cleo, before = people["cleo"], stage.mails()
    marks = {mark for each in people.values() for mark in each.marks}
    assert {place for place, _ in stage.found(marks)} > {"auth.personal", "auth.user"}

    for each in reversed(people.values()):
        stage.erase(each)

    assert stage.found(marks) == documents(cleo)
    assert stage.in_mails(marks, but=before) == set()
    stage.rebuild()
    assert stage.found(marks) == documents(cleo)
    company = stage.admin.call("get_workspace", workspace_id=stage.company)
    assert company["legal_name"] == COMPANY["legal_name"]
    assert company["organization_number"] == COMPANY["organization_number"]
    assert company["name"] == f"Workspace {stage.company[:6]}"
    assert stage.suite.broken() == {}


def test_each_service_says_what_it_has_forgotten_and_what_it_keeps(lives: Lives) -> None:
    stage, people = lives
    kept = stage.kept_of(people["cleo"])
    assert kept == {
        "auth": [],
        "media": [],
        "video": [],
        "billing": [{"what": "buyer of issued documents", "until": "2031-12-31T00:00:00Z"}],
        "affiliate": [],
    }
    assert [*stage.kept_of(people["anna"]).values()] == [[], [], [], [], []]


def test_all_of_auth_was_asked_on_the_way(lives: Lives) -> None:
    stage, _ = lives
    assert {each for each in METHODS if each[0] == "auth"} - stage.called == set()


def test_who_was_forgotten_stays_so_where_the_databases_are_put_back(lives: Lives) -> None:
    stage, people = lives
    cleo, marks = people["cleo"], {mark for each in people.values() for mark in each.marks}
    stage.write_erasures()
    stage.put_back()
    assert len(stage.found(marks)) > len(documents(cleo))

    done = stage.apply_erasures()
    stage.suite.settle()

    assert [each["outcome"] for each in done] == ["forgotten"] * len(people)
    assert [each["outcome"] for each in stage.apply_erasures()] == ["forgotten"] * len(people)
    assert stage.found(marks) == documents(cleo)
    assert stage.kept_of(cleo)["billing"] != []
