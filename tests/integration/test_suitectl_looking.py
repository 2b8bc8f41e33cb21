"""What operators see by `suitectl`: what is wrong, how far, what was; and what it refuses."""

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import amqp
import kombu
import psycopg
import pytest

from billing.domain import customer
from chassis.database import schema_steps
from chassis.hearing.cursors import call
from distributed.servers import Servers
from integration.stages.operated_site import Operated
from servers.rabbit import LET_IN, Broker
from suitectl.__main__ import main


def test_where_nothing_is_wrong_the_doctor_finds_nothing(looked_at: Operated) -> None:
    findings = looked_at.read("doctor")
    assert all(each["ok"] for each in findings)
    assert {each["of"] for each in findings} == {"broker", "auth", "billing"}
    looked_at.run("doctor")
    line = next(each for each in looked_at.capsys.readouterr().out.splitlines() if "hears" in each)
    assert line.split() == ["billing", "billing", "hears", "auth", "yes", "0", "behind"]


@pytest.mark.parametrize(
    ("service", "fault", "check", "said"),
    [
        ("auth", "update alembic_version set version_num = '0000'", "schema", "0000, this version"),
        ("auth", "drop table frame_schema", "database", "of an older, unreleased version"),
        ("auth", "delete from leases", "relay's lease", "nobody"),
        ("auth", "update leases set until = now()", "relay's lease", "nobody"),
        (
            "auth",
            "update events set recorded_at = now() - interval '2 minutes';"
            " update relay set position = 0",
            "relay",
            "6 wait, the oldest for 1",
        ),
        (
            "auth",
            "update events set recorded_at = now() - interval '31 seconds';"
            " insert into pending select min(seq), array[min(seq)] from events",
            "numbering",
            "1 wait, the oldest for 3",
        ),
        ("auth", "delete from positions where position = 2", "positions", "1 are missing"),
        (
            "billing",
            'update cursors set stopped = \'{"code": "chassis.forked"}\'',
            "billing hears auth",
            "stopped: see suitectl fork",
        ),
        (
            "billing",
            "update cursors set event_id = gen_random_uuid()",
            "billing hears auth",
            "auth does not know the event",
        ),
        (
            "billing",
            "update cursors set position = position + 1000",
            "billing hears auth",
            "ahead of its source",
        ),
        (
            "billing",
            "update cursors set checked_at = now() - interval '10 minutes'",
            "billing hears auth",
            "last seen at the head: 60",
        ),
        (
            "billing",
            "insert into parked values ('billing', 'auth', 1, 'a', '{}', null, 6, now(), true)",
            "parked",
            "1 streams, 1 of them dead",
        ),
        (
            "billing",
            "insert into parked select 'billing', 'auth', n, n, '{}', null, 1, now(), false"
            " from generate_series(1, 10) n",
            "parked",
            "10 streams, 0 of them dead",
        ),
        (
            "billing",
            "insert into jobs (id, kind, subject, args, meta, run_at, state) values"
            " (gen_random_uuid(), 'render', 'x', '{}', '{}', now(), 'dead')",
            "jobs that died within 1 hour",
            "1 of render",
        ),
        (
            "billing",
            "update projection_builds set digest = 'other' where name = 'invoice'",
            "projection invoice",
            "built by other code: rebuild",
        ),
        (
            "billing",
            "delete from projection_builds where name = 'invoice'",
            "projection invoice",
            "built by what is not known",
        ),
    ],
)
def test_the_doctor_names_what_is_wrong(
    site: Operated, service: str, fault: str, check: str, said: str
) -> None:
    site.admin(fault, database=service)
    findings = site.read("doctor", code=1, inventory=site.no_ctl)
    (wrong,) = [each for each in findings if not each["ok"]]
    assert (wrong["of"], wrong["check"]) == (service, check)
    assert said in wrong["found"]


def test_the_doctor_names_a_service_whose_calls_nobody_hears(looked_at: Operated) -> None:
    with looked_at.unheard("billing"):
        (wrong,) = [each for each in looked_at.read("doctor", code=1) if not each["ok"]]
    assert (wrong["of"], wrong["check"]) == ("billing", "calls are heard")
    assert wrong["found"] == "by nobody: no serve process hears them"


def test_the_doctor_names_a_queue_of_another_team_that_takes_nothing(
    looked_at: Operated, broker: Broker, tmp_path: Path
) -> None:
    vhost = looked_at.servers.inventory.rabbitmq.vhost
    broker.evaluate(LET_IN.format(name=vhost))
    figures = tmp_path / "doctor.prom"
    with kombu.Connection(f"{broker.uri.rpartition('/')[0]}/{vhost}") as connection:
        channel: Any = connection.default_channel
        full = {"x-max-length": 1, "x-overflow": "reject-publish"}
        channel.queue_declare("ledger.paid", durable=True, auto_delete=False, arguments=full)
        channel.queue_bind("ledger.paid", "billing.events", "#")
        healthy = looked_at.read("doctor", "--metrics", str(figures))
        assert {"of": "broker", "check": "queues", "ok": True} in [
            {name: each[name] for name in ("of", "check", "ok")} for each in healthy
        ]
        channel.basic_publish_confirm(amqp.Message("{}"), "billing.events", "invoice_paid")
        (wrong,) = [
            each
            for each in looked_at.read("doctor", "--metrics", str(figures), code=1)
            if not each["ok"]
        ]
        channel.queue_delete("ledger.paid")
    said = "takes nothing: 1 messages wait, and it may hold 1"
    assert wrong == {"of": "broker", "check": "queue ledger.paid", "ok": False, "found": said}
    told = figures.read_text("utf-8").splitlines()
    assert 'suitectl_doctor_ok{check="queue ledger.paid",of="broker"} 0.0' in told


def test_a_frame_s_step_that_a_database_lacks_is_a_finding(
    looked_at: Operated, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = schema_steps.newest()
    monkeypatch.setattr(schema_steps, "STEPS", (*schema_steps.STEPS, lambda *_: None))
    wrong = [each for each in looked_at.read("doctor", code=1) if not each["ok"]]
    found = f"{made:04}, this version has {made + 1:04}"
    assert wrong == [
        {"of": service, "check": "frame's schema", "ok": False, "found": found}
        for service in ("auth", "billing")
    ]


def test_what_cannot_be_reached_is_a_finding_and_the_rest_is_looked_at(
    site: Operated, tmp_path: Path
) -> None:
    site.admin("alter database auth rename to auth_away")
    found = site.servers.inventory
    elsewhere = tmp_path / "inventory.toml"
    Servers(replace(found, rabbitmq=replace(found.rabbitmq, port=1))).write_inventory(elsewhere)
    findings = site.read("doctor", inventory=elsewhere, code=1)
    wrong = {(each["of"], each["check"]): each["found"] for each in findings if not each["ok"]}
    site.admin("alter database auth_away rename to auth")
    assert sorted(wrong) == [("auth", "database"), ("broker", "reachable")]
    assert 'database "auth" does not exist' in wrong["auth", "database"]
    assert ("billing", "schema") in {(each["of"], each["check"]) for each in findings}


def test_figures_that_cannot_be_read_in_time_are_a_finding_too(site: Operated) -> None:
    with psycopg.connect(site.servers.database_url("auth", "owner")) as holder:
        holder.execute("lock table jobs in access exclusive mode")
        findings = site.read("doctor", code=1)
    wrong = [(each["of"], each["check"], each["found"]) for each in findings if not each["ok"]]
    assert wrong == [("auth", "database", "its figures cannot be read in time")]


def test_lag_counts_the_events_that_are_told_and_not_heard(site: Operated) -> None:
    (before,) = site.read("lag")
    assert (before["position"], before["behind"]) == (before["head"], 0)
    site.somebody("late@example.com")  # workspace_created, user_signed_up
    first_told = "select min(position) from positions where previous is not null"
    silent = f"update positions set previous = null where position = ({first_told}"
    silent += " and position > {position})"
    site.admin(silent.format_map(before), database="auth")
    (after,) = site.read("lag")
    assert after["position"] == before["position"] < after["head"]
    assert after["behind"] == 1
    assert 0 <= after["checked_s"] < 600
    site.admin("alter database auth rename to auth_away")
    (alone,) = site.read("lag", code=1)
    site.admin("alter database auth_away rename to auth")
    assert (alone["position"], alone["head"], alone["behind"]) == (before["position"], None, None)


def test_an_event_is_shown_by_position_and_by_id_alike(looked_at: Operated) -> None:
    tail = looked_at.read("events", "tail", "auth", "--limit", "3")
    assert [each["position"] for each in tail] == sorted(each["position"] for each in tail)
    last = tail[-1]
    by_position = looked_at.read("events", "show", "auth", str(last["position"]))
    by_id = looked_at.read("events", "show", "auth", last["event_id"])
    assert by_position == by_id
    assert by_id["meta"]["correlation"] == last["correlation"]
    stream = looked_at.read("events", "stream", "auth", last["stream_id"])
    assert [each["version"] for each in stream] == list(range(1, len(stream) + 1))
    assert last in stream


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("migrate shop", "no service shop; the inventory has auth, billing"),
        ("migrate media", "no service media"),
        ("parked list shop", "no service shop"),
        ("parked show shop auth 1", "no service shop"),
        ("parked show billing auth 1", "auth:1 is not parked at billing"),
        ("parked retry billing auth invoice-1", "nothing of invoice-1 is parked"),
        ("parked retry billing media invoice-1", "no billing hears media"),
        ("parked skip billing auth 1", "auth:1 is not parked"),
        (f"jobs show auth {UUID(int=1)}", f"auth has no job {UUID(int=1)}"),
        (f"jobs retry auth {UUID(int=1)}", f"auth has no job {UUID(int=1)}"),
        ("events show auth soon", "'soon': neither a position nor an event's id"),
        ("events show auth 999999", "auth has no event 999999"),
        ("events stream auth user-1", "auth has no stream user-1"),
        ("fork billing auth", "billing has not stopped hearing auth"),
        ("fork billing auth --accept", "billing has not stopped hearing auth"),
        ("fork billing video", "no billing hears video"),
        ("fork auth billing", "no auth hears billing"),
        ("projections rebuild auth rooms", "no projection fills rooms"),
        ("events tail auth --limit -1", "LIMIT must not be negative"),
    ],
)
def test_what_does_not_exist_is_refused_in_one_line(
    looked_at: Operated, command: str, said: str
) -> None:
    assert said in looked_at.refused(*command.split())


@pytest.mark.parametrize("command", ["lag", "doctor", "parked list", "jobs list", "migrate"])
def test_without_secrets_or_inventory_each_command_says_so_in_one_line(
    looked_at: Operated, tmp_path: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = tmp_path / "inventory.toml"
    assert str(nowhere) in looked_at.refused(*command.split(), inventory=nowhere)
    unmade = replace(looked_at.servers.inventory, secrets=str(tmp_path / "none.json"))
    Servers(unmade).write_inventory(nowhere)
    assert "run suitectl init first" in looked_at.refused(*command.split(), inventory=nowhere)
    monkeypatch.setenv("SUITE_INVENTORY", str(tmp_path / "another.toml"))
    assert main(command.split()) == 1
    assert "another.toml" in looked_at.capsys.readouterr().err


@pytest.mark.parametrize("command", ["events tail auth", "migrate auth", "jobs list auth"])
def test_a_server_that_is_away_is_one_line(
    looked_at: Operated, tmp_path: Path, command: str
) -> None:
    found, file = looked_at.servers.inventory, tmp_path / "inventory.toml"
    away = replace(found.postgres, admin_url="postgresql://postgres@127.0.0.1:1/postgres")
    Servers(replace(found, postgres=away)).write_inventory(file)
    line = looked_at.refused(*command.split(), inventory=file)
    assert line.startswith("suitectl.database_unavailable: auth: ")
    assert "refused" in line


@pytest.mark.parametrize(
    "command", ["jobs show auth 7", "parked show billing auth x", "events", "fork billing"]
)
def test_a_wrong_argument_is_said_with_the_usage(looked_at: Operated, command: str) -> None:
    with pytest.raises(SystemExit) as ended:
        looked_at.run(*command.split())
    assert ended.value.code == 2
    assert looked_at.capsys.readouterr().err.startswith("usage: suitectl")


def test_where_nothing_is_wrong_every_promise_holds(looked_at: Operated) -> None:
    checked = looked_at.read("verify")
    assert all(each["holds"] and each["rows"] == [] for each in checked)
    asked = {(each["service"], each["invariant"]) for each in checked}
    assert asked > {("auth", "gapless"), ("billing", "cursor_known"), ("billing", "lines_add_up")}
    assert ("auth", "lines_add_up") not in asked
    assert {each["service"] for each in looked_at.read("verify", "auth")} == {"auth"}


def test_what_does_not_hold_is_counted_and_shown(site: Operated) -> None:
    site.admin("delete from positions where position in (2, 4)", database="auth")
    site.admin("update cursors set event_id = gen_random_uuid()", database="billing")
    broken = {
        (each["service"], each["invariant"]): each
        for each in site.read("verify", code=1)
        if not each["holds"]
    }
    assert broken["auth", "gapless"]["violations"] == 2
    assert broken["auth", "gapless"]["rows"] == [
        {"first_missing": 2, "last_missing": 2},
        {"first_missing": 4, "last_missing": 4},
    ]
    assert broken["billing", "cursor_known"]["rows"][0]["source"] == "auth"
    assert site.run("verify", "auth") == 1
    said = site.capsys.readouterr().out.splitlines()
    shown = said.index("auth, gapless:")
    assert [line.split() for line in said[shown + 1 : shown + 3]] == [
        ["first_missing", "last_missing"],
        ["2", "2"],
    ]


def test_a_database_that_is_away_or_too_old_is_one_line_and_the_rest_is_asked(
    site: Operated,
) -> None:
    site.admin("update alembic_version set version_num = '0000'", database="auth")
    checked = site.read("verify", code=1)
    assert {each["service"] for each in checked} == {"billing"}
    site.admin("alter database auth rename to auth_away")
    site.capsys.readouterr()
    assert site.run("verify") == 1
    away = site.capsys.readouterr().err
    site.admin("alter database auth_away rename to auth")
    assert away.count("\n") == len(away.splitlines()) == 2  # itself, and where billing heard it
    assert 'database "auth" does not exist' in away


def test_who_did_what_is_printed_of_all_services_the_newest_last(site: Operated) -> None:
    workspace = UUID(int=1)
    with site.app("billing") as app:
        met = customer.NoteWorkspace(workspace_id=workspace)
        app.handle(customer.decider, workspace, met, call(app))
    rows = site.read("audit")
    signed_up = [each for each in rows if each["type"] == "SignedUp"]
    user = signed_up[1]["stream_id"].removeprefix("user-")

    assert [each["at"] for each in rows] == sorted(each["at"] for each in rows)
    assert (rows[-1]["service"], rows[-1]["type"]) == ("billing", "CustomerMet")
    assert site.read("audit", "--workspace", str(workspace)) == rows[-1:]
    about = site.read("audit", "--user", user)
    assert {"SignedUp", "SessionStarted"} <= {each["type"] for each in about}
    assert site.read("audit", "billing", "--user", user) == []
    narrow = ("--type", "SignedUp", "--until", signed_up[2]["at"], "--limit", "1")
    assert site.read("audit", "auth", *narrow) == [signed_up[1]]
    for wrong in (("--since", "2026-03-01"), ("--limit", "0")):
        with pytest.raises(SystemExit):
            site.run("audit", *wrong)
