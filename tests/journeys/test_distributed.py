"""The main job over ten processes, with a plain nameko beside; then billing loses its end.

The same tests as embedded, unchanged; then those of the restore, on the same suite.
"""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from psycopg.types.json import Jsonb

from chassis.broker.address import hosts
from chassis.broker.rpc import Rpc
from chassis.database import migrations
from chassis.errors import Forbidden, Invalid, Unavailable
from chassis.unit.feed import START
from clients.auth import Auth
from contracts import SERVICES
from demo.main_job import Outcome, Photo
from demo.people import Person
from distributed.suite import Suite
from journeys.stages import documented, histories, plain_nameko
from journeys.stages.distributed_suite import running_or_none
from journeys.stages.listening import (
    DIES_BEFORE_IT_ACKNOWLEDGES,
    Crm,
    limits,
    uri_in,
    workspaces,
)
from journeys.stages.plain_nameko import Ledger
from journeys.stages.restored_billing import HEARERS, RestoredBilling
from journeys.test_main_job import (
    test_one_correlation_id_leads_from_the_payment_to_the_commission as test_one_correlation_id,
)
from journeys.test_main_job import (
    test_the_money_is_what_the_rules_say as test_the_money,
)
from journeys.test_main_job import (
    test_the_same_main_job_again_changes_nothing as test_the_same_again,
)
from journeys.test_main_job import (
    test_what_others_were_told_is_whole_and_heard_to_its_end as test_what_others_were_told,
)
from servers.postgres import Server
from servers.rabbit import Broker
from suitectl.__main__ import main
from waiting import until

__all__ = [
    "test_one_correlation_id",
    "test_the_money",
    "test_the_same_again",
    "test_what_others_were_told",
]

TYPES = "billing.invoice_paid,auth.user_signed_up"
COMMITS = "select sum(xact_commit) from pg_stat_database where datname = any(%s)"
MOST_PER_S = 125.0  # of four idle services: 90 where one watch looks, 160 where each loop does


@pytest.fixture(scope="module")
def suite(
    postgres_server: Server, broker_or_none: Broker | None, run_folder: Path
) -> Iterator[Suite | None]:
    with running_or_none(postgres_server, broker_or_none, run_folder / "distributed") as suite:
        yield suite


@pytest.fixture(scope="module")
def uri(suite: Suite | None) -> str | None:
    """Where the other team connects."""
    return add_ledger(suite) if suite is not None else None


@pytest.fixture(scope="module")
def caller_file(suite: Suite | None) -> Path | None:
    """What somebody is given who calls for people by nameko's own proxies."""
    return add_caller(suite) if suite is not None else None


@pytest.fixture(scope="module")
def caller_uri(caller_file: Path | None) -> str | None:
    return uri_in(caller_file) if caller_file is not None else None


@pytest.fixture(scope="module")
def ledger(suite: Suite, uri: str | None) -> Iterator[Ledger | None]:
    """The other team's service, from before the main job on."""
    if uri is None:
        yield None
        return
    with plain_nameko.listening(uri, suite.data_dir / "ledger") as ledger:
        yield ledger


@pytest.fixture(scope="module")
def crm(suite: Suite | None, told: RestoredBilling | None) -> Iterator[Crm | None]:
    """The service of the page on listening, with a user of its own; not started."""
    if suite is None:
        yield None
        return
    add_consumer(suite, "crm", "auth.workspace_created")
    made = Crm(suite.data_dir / "crm.amqp.env", suite.data_dir / "crm")
    yield made
    made.stop()


@pytest.fixture(scope="module")
def told(
    suite: Suite | None, ledger: Ledger | None, photos: Sequence[Photo]
) -> RestoredBilling | None:
    """The story up to the end of the main job."""
    if suite is None:
        return None
    story = RestoredBilling(suite, photos)
    story.begin()
    return story


@pytest.fixture
def outcome(broker: Broker, told: RestoredBilling | None) -> Outcome:
    assert told is not None
    return told.outcome


@pytest.fixture(scope="module")
def restored(told: RestoredBilling | None) -> RestoredBilling | None:
    """The story to its end."""
    if told is not None:
        told.happen()
    return told


@pytest.fixture
def story(broker: Broker, restored: RestoredBilling | None) -> RestoredBilling:
    assert restored is not None
    return restored


def add_ledger(suite: Suite) -> str:
    """Let another team have a user; return its AMQP URI."""
    add_consumer(suite, "ledger", TYPES)
    return uri_in(suite.data_dir / "ledger.amqp.env")


def add_consumer(suite: Suite, name: str, types: str) -> None:
    """Let another team have a user, as an operator does."""
    inventory = str(suite.data_dir / "inventory.toml")
    command = ["consumer", "add", name, "--inventory", inventory, "--types", types]
    with redirect_stdout(StringIO()):
        assert main(command) == 0


def add_caller(suite: Suite) -> Path:
    """Let there be a caller by nameko's proxies; return the file with its AMQP URI."""
    path = suite.data_dir / "inventory.toml"
    written, line = path.read_text("utf-8"), "nameko_callers = []"
    assert line in written
    path.write_text(written.replace(line, 'nameko_callers = ["old_web"]'), "utf-8")
    with redirect_stdout(StringIO()):
        assert main(["init", str(path)]) == 0
    return suite.data_dir / "old_web.amqp.env"


def test_each_process_says_as_it_starts_what_it_is(suite: Suite, broker: Broker) -> None:
    for name, process in suite.processes.items():
        service, role, _ = name.split("-")
        wanted = {"serve": "serving", "work": "working"}[role]
        lines = [json.loads(each) for each in process.log.read_text("utf-8").splitlines()]
        said = next(each for each in lines if each["message"] == wanted)
        port = int(process.variables["INTERNAL_PORT"])
        schema = migrations.newest(service)
        assert said["service"] == service and said["version"] == "0.1.0"
        assert (said["schema"], said["frame_schema"]) == (schema.service, schema.frame)
        assert (said["member"], said["internal_port"]) == ("1/1", port)
        assert said["broker"] == hosts(process.variables["AMQP_URI"])
        assert said.get("public_port") == (
            int(process.variables["HTTP_PORT"]) if role == "serve" else None
        )
        assert suite.servers.keys["broker"][service] not in json.dumps(said)


def test_a_suite_that_still_runs_is_not_started_over(suite: Suite, outcome: Outcome) -> None:
    with (
        pytest.raises(Unavailable, match="distributed.still_runs"),
        Suite(suite.data_dir, suite.servers),
    ):
        pass


def test_idle_processes_ask_their_databases_little(suite: Suite, outcome: Outcome) -> None:
    suite.settle()
    others = [service for service in SERVICES if service != "auth"]
    with psycopg.connect(suite.owner_url("auth"), autocommit=True) as connection:

        def commits() -> int:
            ((count,),) = connection.execute(COMMITS, [others])
            return int(count)

        most = commits() + 800
        assert until(lambda: commits() >= most, 300.0) > 800 / MOST_PER_S


def test_a_door_that_is_taken_is_one_line(suite: Suite, outcome: Outcome) -> None:
    (running,) = suite.of("affiliate", "serve")
    ended = subprocess.run(
        [sys.executable, "-m", "affiliate", "serve"],
        env={"PYTHONPATH": os.pathsep.join(sys.path), **running.variables},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert "Address already in use" in ended.stderr.splitlines()[-1]


def test_a_consumer_reads_what_it_was_given_and_nothing_else(broker: Broker, crm: Crm) -> None:
    with closing(Rpc(crm.uri, user="crm")) as rpc:
        auth = Auth(rpc.port("auth"))
        assert auth.describe().service == "auth"
        assert {each.type for each in auth.events_read().items} == {"auth.workspace_created"}
        with pytest.raises(Forbidden, match="not given auth.user_signed_up"):
            auth.events_read(types=("auth.user_signed_up",))
        with pytest.raises(Invalid, match="auth.user_signed_in"):  # told by nobody
            auth.events_read(types=("auth.user_signed_in",))
        with pytest.raises(Forbidden, match="refused_by_broker"):
            rpc.port("media").call("describe")


def test_a_consumer_of_36_lines_does_each_effect_once(
    suite: Suite, broker: Broker, crm: Crm
) -> None:
    assert len(crm.script.splitlines()) <= 36
    crm.start(before=DIES_BEFORE_IT_ACKNOWLEDGES)
    until(lambda: crm.leads() == workspaces(suite))
    sign_up(suite, "ann")
    assert crm.exit_code() == -signal.SIGKILL
    assert crm.leads() == workspaces(suite)
    sign_up(suite, "bob")
    until(lambda: crm.purged() > 0)
    assert limits(broker, suite).keys() == {"expires", "max-length", "max-length-bytes"}

    crm.start()

    until(lambda: crm.leads() == workspaces(suite))
    assert len(set(crm.leads())) == len(crm.leads())


def sign_up(suite: Suite, name: str) -> Person:
    """Let there be one more account, and so a workspace."""
    person = Person(suite, f"{name}@example.com", "a long password")
    person.sign_up(name.title(), f"sign up {name}")
    return person


def test_who_calls_for_people_does_it_as_the_readme_says(
    suite: Suite, broker: Broker, outcome: Outcome, caller_file: Path, tmp_path: Path
) -> None:
    sign_up(suite, "kari")
    for using, file in (
        ("SignedIn(", suite.data_dir / "web.amqp.env"),
        ("ClusterRpcProxy(", caller_file),
    ):
        script = documented.script("README.md", using)
        said, wrong = documented.started(script, file, tmp_path).communicate(timeout=60)
        assert "kari@example.com" in said, wrong


def test_what_lacks_its_line_or_its_earning_is_named(
    suite: Suite, told: RestoredBilling, outcome: Outcome
) -> None:
    assert told.suitectl("verify")[0] == 0
    with (
        deleted(suite.owner_url("billing"), "invoice_line_item"),
        deleted(suite.owner_url("affiliate"), "affiliate_earning"),
    ):
        code, checked = told.suitectl("verify")
    lacking = {each["invariant"]: each["rows"] for each in checked if not each["holds"]}
    assert code == 1
    assert [row["target_id"] for row in lacking["photographs_billed"]] == [outcome.project["id"]]
    assert [row["target_id"] for row in lacking["films_billed"]] == [outcome.video["id"]]
    assert [row["invoice_id"] for row in lacking["paid_is_earned"]] == [outcome.invoice["id"]]
    assert told.suitectl("verify")[0] == 0


@contextmanager
def deleted(url: str, table: str) -> Iterator[None]:
    """Let the rows of a table be gone, by hand."""
    with psycopg.connect(url, autocommit=True) as owner:
        rows = owner.execute(f"delete from {table} returning to_jsonb({table})".encode()).fetchall()
        try:
            yield
        finally:
            put = f"insert into {table} select * from jsonb_populate_record(null::{table}, %s)"
            for (row,) in rows:
                owner.execute(put.encode(), [Jsonb(row)])


def test_the_alarm_names_exactly_what_the_lost_events_have_caused(story: RestoredBilling) -> None:
    assert Counter(each["heard"]["type"] for each in story.lost) == {
        "billing.invoice_issued": 1,
        "billing.invoice_paid": 2,  # the invoice noted, its entry earned
    }
    found = story.stopped["affiliate"]
    assert found["code"] == "chassis.forked"
    assert found["beyond"] == story.lost
    assert found["last_known"] == START  # of what billing still knows it had done nothing about
    log = (story.suite.data_dir / "logs" / "affiliate-work-0.log").read_text("utf-8")
    (alarm,) = [line for line in log.splitlines() if "stopped hearing billing" in line]
    assert json.loads(alarm)["level"] == "ERROR"
    assert all(each["event_id"] in alarm for each in story.lost)


def test_whoever_lost_nothing_by_it_is_stopped_too_and_says_so(story: RestoredBilling) -> None:
    for name in ("auth", "media", "video"):
        found = story.stopped[name]
        assert (found["code"], found["beyond"]) == ("chassis.forked", [])
    for name in ("media", "video"):  # auth has done nothing about anything that billing told
        assert story.stopped[name]["last_known"] != START


def test_nothing_more_is_taken_of_a_source_that_is_stopped(story: RestoredBilling) -> None:
    assert story.while_stopped["moved"] == []
    assert story.while_stopped["caused"] == story.lost
    assert story.while_stopped["film"] not in ("completed", "failed")


def test_an_operator_is_shown_what_is_stopped_and_what_was_lost(story: RestoredBilling) -> None:
    code, findings = story.diagnosis
    wrong = {each["check"]: each["found"] for each in findings if not each["ok"]}
    assert code == 1
    assert set(wrong) >= {f"{name} hears billing" for name in HEARERS}
    assert all("suitectl fork" in wrong[f"{name} hears billing"] for name in HEARERS)
    for name in HEARERS:
        code, said = story.said[name]
        assert (code, said["accepted"]) == (0, False)
        assert said["lost"] == []  # billing has done it again


def test_no_number_is_given_twice(story: RestoredBilling) -> None:
    assert story.refused == "billing.numbers_unconfirmed"
    assert story.numbers == {"taken_here": 0, "heard_elsewhere": 10_001, "confirmed": False}
    rows = story.suite.sql("billing", "select id, invoice_number from invoice order by 2")
    assert [(row["id"], row["invoice_number"]) for row in rows] == [
        (story.outcome.invoice["id"], 10_002),
        (story.another, 10_003),
    ]


def test_what_is_told_otherwise_is_parked_until_a_person_has_looked(story: RestoredBilling) -> None:
    assert [each["type"] for each in story.parked] == [
        "billing.invoice_issued",
        "billing.invoice_paid",
    ]
    assert all("chassis.told_otherwise" in each["error"] for each in story.parked)
    unsettled = sorted(each["event_id"] for each in story.unsettled)
    assert unsettled == sorted(each["event_id"] for each in story.lost)


def test_once_accepted_what_is_told_from_then_on_is_heard(story: RestoredBilling) -> None:
    assert story.film_after == "completed"
    earned = story.suite.sql(
        "affiliate", "select invoice_id, count(*) as n from affiliate_earning group by invoice_id"
    )
    assert {row["invoice_id"]: row["n"] for row in earned} == {
        story.outcome.invoice["id"]: 1,
        story.another: 1,
    }
    audited = story.suite.sql("affiliate", "select did from audit order by id")
    done = ["fork", "parked skip", "parked skip", "fork settled"]
    assert [each["did"] for each in audited] == done


def test_nothing_has_an_effect_twice(story: RestoredBilling) -> None:
    assert histories.problems(story.suite) == []
    effects = histories.effects(story.suite)
    heard = story.suite.sql(
        "affiliate",
        "select meta->'heard'->>'event_id' as id, type, count(*) as n from events"
        " where meta->'heard'->>'source' = 'billing' group by 1, 2 having count(*) > 1",
    )
    assert heard == []
    assert effects["affiliate", "Earned"] == 2


def test_afterwards_the_doctor_finds_nothing_wrong(story: RestoredBilling) -> None:
    code, findings = story.suitectl("doctor")
    assert [each for each in findings if not each["ok"]] == []
    assert code == 0


def test_a_plain_nameko_service_hears_data_and_headers(
    story: RestoredBilling, ledger: Ledger
) -> None:
    first, *_, last = ledger.heard()
    assert first["data"]["invoice_id"] == story.outcome.invoice["id"]
    assert last["data"]["invoice_id"] == story.another
    paid = story.suite.sql(
        "billing",
        "select e.*, position from events e join positions using (seq)"
        f" where stream_id = 'invoice-{story.another}' and type = 'InvoicePaid'",
    )[0]
    assert last["data"] == paid["outbox"]["data"]
    carried = {
        name.removeprefix("cloudEvents_"): text
        for name, text in last["headers"].items()
        if name.startswith("cloudEvents_")
    }
    assert carried["id"] == str(paid["event_id"])
    assert carried["type"] == "billing.invoice_paid"
    assert carried["position"] == str(paid["position"])
    assert carried["correlationid"] == paid["meta"]["correlation"]
    assert carried["workspaceid"] == paid["meta"]["workspace"]


def test_it_knows_an_event_that_is_told_again_by_its_id(
    story: RestoredBilling, ledger: Ledger
) -> None:
    ids = [
        each["headers"]["cloudEvents_id"]
        for each in ledger.heard()
        if each["data"]["invoice_id"] == story.outcome.invoice["id"]
    ]
    assert len(ids) > len(set(ids)) == 1


def test_a_plain_nameko_caller_gets_replies(story: RestoredBilling, caller_uri: str) -> None:
    account = {"name": "Per", "email": "per@new.example", "password": "a long password"}
    signed_up, public = plain_nameko.call(
        caller_uri, None, [("auth", "sign_up", account), ("auth", "public_keys", {})]
    )
    query = f"select 1 as there from claim where user_id = '{signed_up['reply']['user_id']}'"
    assert story.suite.sql("auth", query)
    assert public["reply"]["keys"]


def access_token(story: RestoredBilling) -> str:
    """Return a token of the customer, as any client gets one."""
    customer = story.job.customer
    given = {"email": customer.email, "password": customer.password}
    session = story.suite.call("auth", "sign_in", None, **given)["session_token"]
    token: str = story.suite.call("auth", "authenticate", None, session_token=session)[
        "access_token"
    ]
    return token


def test_an_error_reads_as_what_it_is_to_a_plain_nameko_caller(
    story: RestoredBilling, caller_uri: str
) -> None:
    wrong = {"email": "nobody@new.example", "password": "a long password"}
    said = plain_nameko.call(
        caller_uri,
        None,
        [
            ("auth", "me", {}),
            ("auth", "sign_in", wrong),
            ("auth", "sign_up", {"name": "Per", "shoe_size": 40}),
            ("billing", "describe", {}),
            ("auth", "sign_everybody_up", {}),
        ],
    )
    said += plain_nameko.call(caller_uri, access_token(story), [("billing", "create_invoices", {})])
    assert [(each["raised"], each["reads"].partition(": ")[0]) for each in said] == [
        ("RemoteError", "Unauthenticated chassis.token_required"),
        ("RemoteError", "Unauthenticated auth.invalid_credentials"),
        ("RemoteError", "Invalid chassis.invalid_argument"),
        ("RemoteError", "Unauthenticated chassis.token_required"),  # its user is no service's
        ("MethodNotFound", "sign_everybody_up"),
        ("RemoteError", "Forbidden chassis.not_allowed"),
    ]
