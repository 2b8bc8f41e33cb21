"""What operators change by `suitectl`, and that it is written down who did."""

import json
import shutil
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from auth.secret_keys import fingerprint
from chassis import ids
from chassis.database import migrations
from chassis.hearing import parking
from chassis.hearing.cursors import call
from chassis.hearing.inbox import Consumer
from chassis.jobs.jobs import Kind, Worker
from chassis.unit.calls import Job
from distributed.servers import Servers
from integration.stages.operated_site import REFUSED, WELCOMED, Operated, nothing, refuse
from suitectl import keys
from suitectl.__main__ import main
from suitectl.site import Site
from unit.stages.ocr_files import Paid, ocr_file

OTHER = "98765432103"  # an account
CONSUMER = ("billing", "auth")


def test_what_is_parked_is_listed_shown_retried_and_heard(site: Operated) -> None:
    stream = site.somebody("parked@example.com")
    site.hear(REFUSED)
    (row,) = site.read("parked", "list")
    assert (row["stream_id"], row["dead"]) == (stream, True)
    assert row["error"] == "billing.not_wanted nobody is wanted"
    shown = site.read("parked", "show", *CONSUMER, str(row["position"]))
    assert "in refuse" in shown["trace"]
    assert shown["event"]["partitionkey"] == stream
    assert site.run("parked", "retry", *CONSUMER, stream, "--who", "kari") == 0
    redriven(site)
    assert site.read("parked", "list") == []
    assert site.audited("billing") == [("kari", "parked retry")]


def test_what_is_skipped_is_gone_and_it_is_written_down_who_did_it(site: Operated) -> None:
    site.somebody("skipped@example.com")
    site.hear(REFUSED)
    (row,) = site.read("parked", "list", "billing")
    assert site.run("parked", "skip", *CONSUMER, str(row["position"]), "--who", "ola") == 0
    assert site.read("parked", "list") == []
    assert site.audited("billing") == [("ola", "parked skip")]


def redriven(site: Operated) -> None:
    """Do the redrives that are due, with a reaction that takes everything."""
    with site.app("billing") as app:
        worker = Worker(app, [parking.kind([Consumer(app, "auth", [WELCOMED])])])
        while worker.work():
            pass


def test_a_dead_job_is_done_when_it_is_retried(site: Operated) -> None:
    id = queued(site, "card")
    worked(site, refuse)
    (dead,) = site.read("jobs", "list", "auth", "--state", "dead")
    assert (dead["id"], dead["error"]) == (id, "billing.not_wanted: nobody is wanted")
    assert site.read("jobs", "retry", "auth", id, "--who", "kari")["state"] == "waiting"
    worked(site, nothing)
    assert site.read("jobs", "show", "auth", id)["state"] == "done"
    assert site.audited("auth") == [("kari", "jobs retry")]
    assert "this job is done" in site.refused("jobs", "retry", "auth", id)


def test_a_job_that_was_given_up_for_its_deaths_is_tried_once_more(site: Operated) -> None:
    id = queued(site, "card")
    site.sql("auth", f"update jobs set state = 'dead', claims = 4, deaths = 3 where id = '{id}'")
    assert site.run("jobs", "retry", "auth", id) == 0
    worked(site, nothing)
    assert site.read("jobs", "show", "auth", id)["state"] == "done"


def test_a_cancelled_job_is_never_done_and_what_comes_round_is_not_cancelled(
    site: Operated,
) -> None:
    id, round = queued(site, "card"), queued(site, "schedule:prune")
    assert site.run("jobs", "cancel", "auth", id, "--who", "kari") == 0
    worked(site, nothing)
    assert site.read("jobs", "show", "auth", id)["state"] == "cancelled"
    assert "comes round" in site.refused("jobs", "cancel", "auth", round)
    assert site.read("jobs", "show", "auth", round)["state"] == "waiting"
    assert site.audited("auth") == [("kari", "jobs cancel")]


def queued(site: Operated, kind: str) -> str:
    """Queue a job of auth and return its id."""
    subject = uuid4()
    with site.app("auth") as app:
        app.attempt(call(app), lambda unit: unit.queue(Job(kind=kind, subject=subject)))
    (row,) = site.sql("auth", f"select id from jobs where subject = '{subject}'")
    return str(row["id"])


def worked(site: Operated, run: Any) -> None:
    """Do all cards that are due."""
    with site.app("auth") as app:
        worker = Worker(app, [Kind(name="card", run=run, finish=nothing, give_up=nothing)])
        while worker.work():
            pass


def test_what_a_stopped_source_has_lost_is_printed_accepted_and_settled(site: Operated) -> None:
    known = {"position": 1, "event_id": str(uuid4())}
    lost = met(site, position=3)
    stopped = {
        "code": "chassis.forked",
        "at": "2026-03-01T12:00:00Z",
        "cursor": {"position": 4, "event_id": str(uuid4())},
        "last_known": known,
        "beyond": [],
    }
    site.sql("billing", f"update cursors set stopped = '{json.dumps(stopped)}'")
    assert site.run("fork", *CONSUMER) == 0
    lines = site.capsys.readouterr().out.splitlines()
    assert "last_known  1 {event_id}".format_map(known) in lines
    assert lines[-1].split() == list(lost.values())
    assert site.audited("billing") == []
    assert site.run("fork", *CONSUMER, "--accept", "--who", "kari") == 0
    (cursor,) = site.sql("billing", "select position, event_id::text, stopped from cursors")
    assert cursor == {**known, "stopped": None}
    (row,) = site.read("fork")
    assert lost.items() <= {name: str(each) for name, each in row.items()}.items()
    (finding,) = [each for each in site.read("doctor", code=1) if each["check"] == "forks"][1:]
    assert (finding["ok"], finding["found"][:2]) == (False, "1 ")
    assert "no event's id" in site.refused("fork", *CONSUMER, "--settled", "this")
    assert str(UUID(int=1)) in site.refused("fork", *CONSUMER, "--settled", str(UUID(int=1)))
    settled = site.read("fork", *CONSUMER, "--settled", lost["event_id"], "--who", "ola")
    assert settled["settled"] == [lost["event_id"]]
    assert site.read("fork") == []
    assert site.audited("billing") == [("kari", "fork"), ("ola", "fork settled")]


def met(site: Operated, position: int) -> dict[str, str]:
    """Let billing have met somebody of whom auth knows nothing; return how that is printed."""
    cause, type = uuid4(), "auth.workspace_created"
    effect, stream = str(uuid4()), f"customer-{uuid4()}"
    heard = {"source": "auth", "position": position, "event_id": str(cause), "type": type}
    meta = {"call": str(ids.derive(cause, "billing")), "heard": heard}
    site.sql(
        "billing",
        "insert into events (event_id, stream_id, version, type, schema_version, data, meta,"
        f" recorded_at) values ('{effect}', '{stream}', 1, 'CustomerMet', 1, '{{}}',"
        f" '{json.dumps(meta)}', now())",
    )
    return {
        "event_id": effect,
        "type": "CustomerMet",
        "stream_id": stream,
        "heard": type,
        "position": str(position),
        "heard_event_id": str(cause),
    }


def test_the_last_number_is_shown_and_confirmed(site: Operated) -> None:
    site.sql("billing", "update number_confirmed set place = 'another'")
    shown = {"taken_here": 0, "heard_elsewhere": 0, "confirmed": False}
    assert site.read("numbers", "show") == shown
    (finding,) = [each for each in site.read("doctor", code=1) if not each["ok"]]
    assert (finding["of"], finding["check"]) == ("billing", "numbers_unconfirmed")
    assert "suitectl numbers" in finding["found"]
    none = site.read("numbers", "confirm", "--last", "0", "--who", "kari")
    assert none["passed_over"] == []
    assert site.read("numbers", "show") == {**shown, "confirmed": True}
    heard = '{"source": "billing", "position": 7}'
    data = '{"invoice_number": 10002}'
    site.sql(
        "auth",  # as affiliate does, where it is
        "insert into events (event_id, stream_id, version, type, schema_version, data, meta,"
        f" recorded_at) values ('{uuid4()}', 'earning-1', 1, 'Earned', 1, '{data}',"
        f""" '{{"heard": {heard}}}', now())""",
    )
    assert "others have heard of 10002" in site.refused("numbers", "confirm", "--last", "10001")
    parked = json.dumps({"data": {"invoice_number": 10003}})
    site.sql(
        "auth",
        "insert into parked (consumer, source, position, stream_id, event)"
        f" values ('auth', 'billing', 8, 'invoice-1', '{parked}')",
    )
    assert "others have heard of 10003" in site.refused("numbers", "confirm", "--last", "10002")
    parked = json.dumps({"data": {"credit_note_number": 10004}})  # of the same series
    site.sql(
        "auth",
        "insert into parked (consumer, source, position, stream_id, event)"
        f" values ('auth', 'billing', 9, 'invoice-1', '{parked}')",
    )
    assert "others have heard of 10004" in site.refused("numbers", "confirm", "--last", "10003")
    done = site.read("numbers", "confirm", "--last", "10005", "--who", "kari", "--reason", "lost")
    assert done["passed_over"] == [[10001, 10005]]
    shown = {"taken_here": 10005, "heard_elsewhere": 10004, "confirmed": True}
    assert site.read("numbers", "show") == shown
    assert site.audited("billing") == [("kari", "numbers confirmed")] * 2


def test_a_file_of_the_bank_is_taken_in_once_and_its_answers_are_printed(
    site: Operated, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, command = tmp_path / "ocr.txt", ("billing", "import-ocr", "--account", "1234 56 78903")
    file.write_bytes(ocr_file([Paid(700), Paid(300, "100017")]))
    states = {"allocated": 0, "unallocated": 2, "known": 0, "refused": 0}
    sums = {"applied_ore": 0, "credited_ore": 0}
    told = site.read(*command, str(file), "--who", "kari")
    assert [each["reason"] for each in told["items"]] == ["no_kid", "kid_invalid"]
    assert told["sums"] == {**states, **sums}
    again = site.read(*command, str(file), "--who", "kari")
    assert again["sums"] == {**states, "unallocated": 0, "known": 2, **sums}
    assert site.run(*command, str(file)) == 0
    assert "known" in capsys.readouterr().out.splitlines()[1]
    file.write_bytes(ocr_file([Paid(700, on=date(2068, 1, 1))], on=date(2026, 4, 16)))
    refused = site.read(*command, str(file), "--who", "kari", code=1)
    assert refused["items"][0]["reason"] == "paid_in_future"
    assert "other_account" in site.refused("billing", "import-ocr", str(file), "--account", OTHER)
    file.write_bytes(file.read_bytes()[:-81])
    assert "cut_off" in site.refused(*command, str(file))
    assert site.audited("billing")[:2] == [("kari", "bank file taken in")] * 2


def test_a_new_database_is_migrated_once(site: Operated, tmp_path: Path) -> None:
    inventory = replace(site.servers.inventory, services=("affiliate",))
    file = tmp_path / "inventory.toml"
    Servers(inventory).write_inventory(file)
    assert main(["init", str(file)]) == 0
    assert "run suitectl migrate" in site.refused("events", "tail", "affiliate", inventory=file)
    (first,) = site.read("migrate", "--who", "kari", inventory=file)
    newest = migrations.newest("affiliate")
    moved = {
        "from": None,
        "to": f"{newest.service:04}",
        "frame_from": None,
        "frame_to": f"{newest.frame:04}",
    }
    assert first == {"service": "affiliate", **moved}
    (again,) = site.read("migrate", "affiliate", "--who", "ola", inventory=file)
    assert again["from"] == again["to"] == first["to"]
    assert again["frame_from"] == again["frame_to"] == first["frame_to"]
    whole = Site(file)
    with whole.engine("affiliate") as engine, engine.connect() as connection:
        rows = connection.exec_driver_sql("select who, did, details from audit").all()
    assert [tuple(row) for row in rows] == [
        ("kari", "migrate", moved),
    ]


def test_a_projection_is_not_rebuilt_by_code_that_is_older_than_its_schema(site: Operated) -> None:
    site.admin("update alembic_version set version_num = '0099'", database="auth")
    site.admin("update projection_builds set digest = 'other'", database="auth")
    assert "chassis.code_too_old" in site.refused("projections", "rebuild", "auth")
    findings = site.read("doctor")
    (judged,) = [each for each in findings if each["check"].startswith("projections")]
    assert (judged["of"], judged["ok"]) == ("auth", True) and "is newer" in judged["found"]


def test_a_projection_is_rebuilt_and_how_long_it_held_writers_up_is_said(site: Operated) -> None:
    site.admin("update workspace set updated_at = '2000-01-01'", database="auth")
    site.admin("update projection_builds set digest = null", database="auth")
    done = site.read("projections", "rebuild", "auth", "workspace", "--who", "kari")
    (row,) = site.sql(
        "auth",
        "select count(*) as n, min(updated_at) > '2000-01-02' as mended from workspace",
    )
    assert (done["rows"], row["mended"]) == ({"workspace": row["n"]}, True)
    assert 0 < done["longest_pause_s"] <= done["seconds"]
    assert site.audited("auth") == [("kari", "projections rebuild")]
    findings = site.read("doctor", code=1)
    others = ("user", "session", "invitation", "erasure", "erasure_acknowledgement")
    left = {f"projection {name}" for name in others}
    assert {each["check"] for each in findings if not each["ok"]} == left


def test_a_key_of_secrets_goes_when_auth_has_nothing_left_that_it_encrypted(
    site: Operated, tmp_path: Path
) -> None:
    file, secrets = tmp_path / site.file.name, Path(site.site.inventory.secrets)
    held = tmp_path / secrets.name
    shutil.copy(secrets, held)
    file.write_text(site.file.read_text("utf-8").replace(str(secrets.parent), str(tmp_path)))
    (old,) = keys.read(held)["secret_keys"]
    row = f"('somebody', 's', '{fingerprint(old)}', now())"
    site.sql("auth", f"insert into totp (user_id, secret, sealed_by, created_at) values {row}")
    rotate = partial(main, ["keys", "rotate", "secrets", str(file)])
    assert (rotate(), rotate()) == (0, 0)
    new = keys.read(held)["secret_keys"][0]
    for since, why in (
        (ids.now(), "suitectl.too_early"),
        (ids.now() - timedelta(hours=1), "suitectl.still_sealed: 1 secrets"),
    ):
        held.write_text(json.dumps(keys.read(held) | {"secrets_since": since.isoformat()}))
        site.capsys.readouterr()
        assert rotate() == 1
        assert why in site.capsys.readouterr().err
    site.sql("auth", f"update totp set sealed_by = '{fingerprint(new)}'")
    assert rotate() == 0
    assert keys.read(held)["secret_keys"] == [new]
    site.sql("auth", "delete from totp")
