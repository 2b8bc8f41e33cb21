"""`suitectl init` and `suitectl consumer`, on a PostgreSQL and a RabbitMQ that were empty."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from amqp.exceptions import AccessRefused, ConnectionForced, NotAllowed
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import make_url

import contracts
from broker_end import end
from chassis.broker.rpc import Rpc
from chassis.database import migrations
from chassis.errors import Unauthenticated
from demo.__main__ import DISTRIBUTED, PREFIX
from demo.__main__ import main as demo_main
from distributed.servers import Servers
from distributed.servers import inventory as made_inventory
from embedded import assembly
from integration.stages.suite_broker import (
    VHOST,
    As,
    ctl_command,
    management,
    node_of,
    suite_broker,
)
from servers.postgres import Server
from servers.rabbit import Broker
from servers.rabbit_node import free_ports
from suitectl import consumer_changes, databases, environment, init, inventory, keys
from suitectl.__main__ import main
from suitectl.broker_admin import Api, Ctl
from suitectl.change import made
from suitectl.rights import Listener
from waiting import until

SERVICES = ("auth", "billing")  # a site need not have all of them
PREFIXES = ("", "second_", "demo_")
ADMIN, PASSWORD = "admin", "only-for-tests"
CALL_S = 120.0
CATALOG = """
select 'role', rolname, rolpassword, rolcanlogin::text, rolsuper::text from pg_authid
union all select 'database', datname, pg_get_userbyid(datdba), datacl::text, '' from pg_database
union all select 'later', pg_get_userbyid(defaclrole), defaclobjtype::text, defaclacl::text, ''
    from pg_default_acl
"""


@pytest.fixture(scope="module")
def server(run_folder: Path) -> Iterator[Server]:
    """A server of these tests alone: its databases are called like the services."""
    with Server(run_folder / "init", durable=False) as running:
        yield running
    running.forget()


@pytest.fixture(scope="module")
def broker(run_folder: Path) -> Iterator[Broker]:
    with suite_broker(run_folder / "init-rabbit") as own:
        yield own


@pytest.fixture(scope="module")
def api(broker: Broker) -> Api:
    return Api(url=management(broker, ADMIN, PASSWORD), user=ADMIN, password=PASSWORD)


@pytest.fixture
def site(
    server: Server, broker: Broker, api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator["Site"]:
    monkeypatch.setenv("RABBITMQ_ADMIN_PASSWORD", PASSWORD)
    made = Site(server, broker, api, tmp_path)
    yield made
    made.forget()


@pytest.fixture
def second(site: "Site", tmp_path: Path) -> "Site":
    """Another suite on the same servers; the first one's end is its end too."""
    (tmp_path / "second").mkdir()
    return Site(site.server, site.broker, site.api, tmp_path / "second", prefix="second_")


class Site:
    """An inventory and the servers that it names."""

    def __init__(
        self, server: Server, broker: Broker, api: Api, folder: Path, prefix: str = ""
    ) -> None:
        self.server, self.broker, self.api, self.folder = server, broker, api, folder
        self.prefix = prefix
        self.file, self.secrets = folder / "inventory.toml", folder / "secrets.json"
        self.env, self.definitions = folder / ".env", folder / "definitions.json"
        self.write(f'api = "{api.url}"\nadmin = "{ADMIN}"')

    def write(self, administered: str) -> None:
        self.file.write_text(
            f"""
            services = {json.dumps(SERVICES)}
            prefix = "{self.prefix}"
            callers = ["web"]
            secrets = "secrets.json"
            env = ".env"
            [postgres]
            admin_url = {json.dumps(self.server.admin_url)}
            [rabbitmq]
            host = "127.0.0.1"
            port = {node_of(self.broker).port}
            definitions = "definitions.json"
            {administered}
            """,
            encoding="utf-8",
        )
        self.inventory = inventory.load(self.file)

    def init(self, *flags: str) -> int:
        return main(["init", str(self.file), *flags])

    def migrate(self, service: str) -> None:
        url = environment.owner_url(self.inventory, self.keys, service)
        migrations.upgrade(service, url, UUID(self.keys["suite"]))

    def consumer(self, name: str, types: str, *flags: str) -> int:
        return self.consumers("add", name, "--types", types, *flags)

    def consumers(self, *task: str) -> int:
        return main(["consumer", *task, "--inventory", str(self.file)])

    @property
    def keys(self) -> dict[str, Any]:
        return keys.read(self.secrets)

    def state(self) -> tuple[Any, ...]:
        """Return all that init may change: the catalog, the broker's definitions, the files."""
        with psycopg.connect(self.server.admin_url) as admin:
            catalog = sorted(admin.execute(CATALOG).fetchall(), key=str)
        files = {each.name: each.read_bytes() for each in self.folder.iterdir() if each.is_file()}
        return catalog, self.api.exported(), files

    def login(self, user: str, vhost: str | None = None) -> None:
        self.logged_in(user, vhost).close()

    def logged_in(self, user: str, vhost: str | None = None) -> As:
        vhost = vhost or self.inventory.rabbitmq.vhost
        return As(self.broker, self.inventory.named(user), self.keys["broker"][user], vhost)

    def grants(self, service: str) -> list[Any]:
        with self.connect(f"{service}_app", service) as app:
            return app.execute("select name, types from listeners order by name").fetchall()

    def connect(self, role: str, database: str) -> psycopg.Connection[Any]:
        password = self.keys["roles"][role]
        url = self.inventory.postgres.url(self.inventory.named(role), password, database)
        return psycopg.connect(url, autocommit=True)

    @contextmanager
    def served(self, service: str) -> Iterator[None]:
        """Let a service's `serve` run."""
        urls = {each: "http://localhost:1" for each in contracts.SERVICES}
        http_port, internal_port = map(str, free_ports(2))
        own = assembly.environment(service, self.folder, self.keys, urls)
        assembly.make_folders(own)
        given = {
            **own,
            **environment.service(self.inventory, self.keys, service),
            "ENV": "demo",
            "HTTP_PORT": http_port,
            "INTERNAL_PORT": internal_port,
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        command = [sys.executable, "-W", "ignore", "-m", service, "serve"]
        with subprocess.Popen(command, env=given, stderr=subprocess.DEVNULL) as process:
            try:
                yield
            finally:
                process.terminate()

    def forget(self) -> None:
        with psycopg.connect(self.server.admin_url, autocommit=True) as admin:
            names = [f"{prefix}{each}" for prefix in PREFIXES for each in SERVICES]
            for name in names:
                admin.execute(f"drop database if exists {name} with (force)".encode())
            for role in (f"{name}_{kind}" for name in names for kind in keys.ROLES):
                admin.execute(f"drop role if exists {role}".encode())
        self.empty_broker()

    def empty_broker(self) -> None:
        found = self.api.exported()
        mine = [each["name"] for each in found["users"] if each["name"] not in ("guest", ADMIN)]
        end(self.broker, mine, {each["name"] for each in found["vhosts"]} - {"/"})


def all_secrets(held: Any) -> Iterator[str]:
    """Yield every password and key of a secrets file, and nothing that is public in it."""
    yield held["signing_key"]
    yield held["secret_key"]
    yield from held["secret_keys"]
    yield held["superuser"]
    for group in ("blobs", "roles", "broker"):
        yield from held[group].values()


def test_a_second_init_changes_nothing(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert site.init() == 0
    made, before = capsys.readouterr().out, site.state()
    assert {"database billing", "role auth_reader", "user operator"} <= {
        line.strip().removeprefix("made ") for line in made.splitlines()
    }

    assert site.init() == 0

    assert site.state() == before
    assert capsys.readouterr().out == "nothing to change\n"


def test_a_database_that_is_somebody_elses_is_refused_and_left_alone(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    with psycopg.connect(site.server.admin_url, autocommit=True) as admin:
        admin.execute("create role team")
        admin.execute("create database auth owner team")
    try:
        for flags in ([], ["--dry-run"]):
            assert site.init(*flags) == 1
            assert "the database auth belongs to team" in capsys.readouterr().err
        Servers(site.inventory).forget()
        with psycopg.connect(site.server.admin_url, autocommit=True) as admin:
            (row,) = admin.execute("select datacl from pg_database where datname = 'auth'")
            assert row == (None,)  # it is there, and open to whom it was open
        assert site.init("--adopt") == 0
        with psycopg.connect(site.server.admin_url, autocommit=True) as admin:
            assert databases.owner_of(admin, "auth") == "auth_owner"
    finally:
        site.forget()
        with psycopg.connect(site.server.admin_url, autocommit=True) as admin:
            admin.execute("drop role team")


@pytest.mark.parametrize(
    ("which", "said"), [("none", "Connection refused"), ("a standby", "the server takes no writes")]
)
def test_without_a_server_init_says_so_in_one_line(
    site: Site, capsys: pytest.CaptureFixture[str], which: str, said: str
) -> None:
    given, admin_url = site.file.read_text("utf-8"), site.server.admin_url
    wrong = {
        "none": "postgresql://postgres@127.0.0.1:1/postgres",
        "a standby": f"{admin_url}%20-cdefault_transaction_read_only%3Don",  # its options end it
    }
    site.file.write_text(given.replace(admin_url, wrong[which]), "utf-8")
    assert site.init("--dry-run") == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "suitectl.database_unavailable" in line and said in line


def test_a_consumer_added_without_a_server_lacks_nothing_but_what_it_may_read(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    given = site.file.read_text("utf-8")
    nowhere = "postgresql://postgres@127.0.0.1:1/postgres"
    site.file.write_text(given.replace(site.server.admin_url, nowhere), "utf-8")
    assert site.consumer("ledger", "auth.user_banned") == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "suitectl.database_unavailable: auth: " in line
    site.login("ledger")


def test_a_demo_beside_a_suite_has_names_of_its_own_and_is_forgotten_by_its_identity(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site.init()
    before, data = site.state()[:2], tmp_path / "data"
    own = data / DISTRIBUTED
    own.mkdir(parents=True)
    rabbit = replace(site.inventory.rabbitmq, vhost=f"{PREFIX}{VHOST}")
    servers = Servers(made_inventory(own, site.inventory.postgres, rabbit, PREFIX))
    servers.write_inventory(own / "inventory.toml")
    demo(data, capsys)  # nothing was made yet
    own.mkdir(parents=True)
    servers.write_inventory(own / "inventory.toml")
    list(made(init.changes(servers.inventory), rehearsal=False))
    site.login("billing")
    with_it = site.state()[:2]

    secrets = own / "secrets.json"
    held = secrets.read_text("utf-8")
    for stranger in ({**json.loads(held), "suite": str(uuid4())}, {"suite": str(uuid4())}):
        secrets.write_text(json.dumps(stranger), "utf-8")
        said = demo(data, capsys, code=1)
        assert "nothing is deleted" in said
        assert site.state()[:2] == with_it
    secrets.write_text(held, "utf-8")
    demo(data, capsys)

    assert in_order(site.state()) == in_order(before)
    assert not data.exists()


def demo(data: Path, capsys: pytest.CaptureFixture[str], code: int = 0) -> str:
    """Let `make demo-clean` forget; return what it says."""
    capsys.readouterr()
    assert demo_main([f"--data={data}", f"--out={data.with_name('out')}", "--forget"]) == code
    return capsys.readouterr().out


def in_order(state: tuple[Any, ...]) -> tuple[Any, Any]:
    """Return the catalog and the broker's definitions, in which nothing is before anything."""
    catalog, document = state[:2]
    return catalog, {
        kind: sorted(of, key=str) if isinstance(of, list) else of for kind, of in document.items()
    }


def test_a_second_suite_by_prefix_leaves_the_first_one_as_it_is(
    site: Site, second: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.init()
    catalog, document = in_order(site.state())
    assert second.init() == 0
    with_it = in_order(site.state())

    assert [each for each in with_it[0] if not str(each[1]).startswith("second_")] == catalog
    for kind in ("vhosts", "users", "permissions", "topic_permissions", "policies", "exchanges"):
        theirs = [each for each in with_it[1][kind] if "second_" not in str(each)]
        assert theirs == document[kind], kind
    capsys.readouterr()
    assert (site.init(), second.init()) == (0, 0)
    assert capsys.readouterr().out == 2 * "nothing to change\n"
    site.login("billing")
    second.login("billing")
    for own, others in ((site, second), (second, site)):
        with pytest.raises(NotAllowed):
            own.login("billing", others.inventory.rabbitmq.vhost)
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            own.connect("billing_app", others.inventory.named("billing"))


def test_each_of_two_suites_knows_its_own_services_by_their_names(site: Site, second: Site) -> None:
    for suite in (site, second):
        suite.init()
        suite.migrate("auth")
    with site.served("auth"), second.served("auth"):
        for suite, user in ((site, "billing"), (second, "second_billing")):
            uri = environment.broker_url(suite.inventory, suite.keys, "billing")
            with closing(Rpc(uri, user, timeout_s=CALL_S)) as rpc:
                assert rpc.port("auth").call("describe")["service"] == "auth"

        # the other suite's billing, whom somebody has let in by mistake, is none of its services
        vhost = second.inventory.rabbitmq.vhost
        site.broker.ctl("set_permissions", "-p", vhost, "billing", ".*", ".*", ".*")
        uri = environment.broker_url(site.inventory, site.keys, "billing")
        uri = uri.replace(f"/{VHOST}", f"/{vhost}")
        with (
            closing(Rpc(uri, "billing", CALL_S)) as rpc,
            pytest.raises(Unauthenticated, match="token_required"),
        ):
            rpc.port("auth").call("describe")


def test_fresh_secrets_over_an_installed_suite_are_refused_unless_they_adopt_it(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.init()
    site.migrate("auth")
    suite = site.keys["suite"]
    for path in (site.secrets, site.env, site.definitions):
        path.unlink()
    before = site.state()
    capsys.readouterr()
    for flags in ([], ["--dry-run"]):
        assert site.init(*flags) == 1
        (line,) = capsys.readouterr().err.splitlines()
        for said in (
            "suitectl.not_ours",
            "the role auth_owner has another password",
            f"the database auth is that of auth of suite {suite}",
            "the broker user operator has another password",
            f"the virtual host {VHOST} is that of suite {suite}",
            "--adopt",
        ):
            assert said in line
        assert site.state() == before

    assert site.init("--dry-run", "--adopt") == 0
    rehearsed = capsys.readouterr().out
    for said in (
        "password of role auth_owner",
        "password of user operator",
        "database auth: its identity",
    ):
        assert said in rehearsed
    assert "  user operator" not in rehearsed
    assert site.state() == before
    assert site.init("--adopt") == 0
    assert capsys.readouterr().out == rehearsed.replace("would make", "made")
    site.login("billing")
    site.migrate("auth")
    assert site.keys["suite"] != suite
    assert site.init() == 0
    assert capsys.readouterr().out == "nothing to change\n"


def test_what_was_made_before_there_were_identities_is_known_by_its_passwords(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.init()
    with psycopg.connect(site.server.admin_url, autocommit=True) as admin:
        admin.execute("comment on database auth is 'the shop''s'")
        admin.execute("comment on database billing is null")
    site.broker.ctl("clear_global_parameter", f"suite_of_{VHOST}")
    older = {name: held for name, held in site.keys.items() if name != "suite"}
    site.secrets.write_text(json.dumps(older), "utf-8")
    capsys.readouterr()

    assert site.init() == 0

    assert capsys.readouterr().out.splitlines() == [
        f"made secrets {site.secrets}: suite",
        f"made file {site.env}",
        f"made file {site.definitions}",
        "made database auth: its identity",
        "made database billing: its identity",
        f"made in the broker, {VHOST}:",
        f"  global parameter suite_of_{VHOST}",
    ]
    with psycopg.connect(site.server.admin_url) as admin:
        (row,) = admin.execute(_COMMENT)
    assert row == (f"the shop's [ai-studio: auth of suite {site.keys['suite']}]",)


_COMMENT = "select shobj_description(oid, 'pg_database') from pg_database where datname = 'auth'"


def test_databases_in_each_others_places_are_never_adopted(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.init()
    with psycopg.connect(site.server.admin_url, autocommit=True) as admin:
        for name, called in (("auth", "other"), ("billing", "auth"), ("other", "billing")):
            admin.execute(f"alter database {name} rename to {called}".encode())
    before = site.state()
    assert site.init("--adopt") == 1
    assert "the database auth is that of billing of suite" in capsys.readouterr().err
    assert site.state() == before


def test_a_rehearsal_says_the_same_and_changes_nothing(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    before = site.state()
    assert site.init("--dry-run") == 0
    rehearsed = capsys.readouterr().out
    assert site.state() == before
    assert not site.secrets.exists()

    assert site.init() == 0
    assert capsys.readouterr().out == rehearsed.replace("would make", "made")


def test_a_rehearsal_sees_what_is_amiss_and_leaves_it(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.init()
    with psycopg.connect(site.server.admin_url, autocommit=True) as admin:
        admin.execute("alter role auth_owner password 'another'")
        admin.execute("grant connect on database billing to public")
    site.broker.ctl("set_permissions", "-p", VHOST, "billing", ".*", ".*", ".*")
    site.broker.ctl("set_user_tags", "billing", "impersonator")
    site.broker.ctl("change_password", "operator", "another")
    capsys.readouterr()
    before = site.state()

    assert site.init("--dry-run", "--adopt") == 0

    assert site.state() == before
    assert capsys.readouterr().out.splitlines() == [
        "would make password of role auth_owner",
        "would make database billing: closed to others",
        "would make in the broker, ai-studio:",
        "  user billing",
        "  password of user operator",
        "  permissions of billing",
    ]
    site.init("--adopt")
    assert "password of role auth_owner" in capsys.readouterr().out
    site.init()
    assert capsys.readouterr().out == "nothing to change\n"
    site.connect("auth_owner", "auth").close()


def test_secrets_are_made_once_kept_close_and_never_printed(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.init()
    first = site.keys
    for path in (site.secrets, site.env, site.definitions):
        assert path.stat().st_mode & 0o777 == 0o600
    site.secrets.chmod(0o644)
    site.env.unlink()

    site.init()

    assert site.keys == first
    assert site.secrets.stat().st_mode & 0o777 == 0o600
    printed = capsys.readouterr()
    held = [*all_secrets(first)]
    assert len(set(held)) == len(held) == 4 + 2 + 6 + 4
    for secret in held:
        assert secret not in printed.out + printed.err
        assert secret not in site.definitions.read_text("utf-8")


def test_a_service_finds_what_it_needs_in_its_environment(site: Site) -> None:
    site.init()
    for name in SERVICES:
        given = environment.service(site.inventory, site.keys, name)
        psycopg.connect(given["DATABASE_URL"]).close()
        assert given["AMQP_URI"].startswith(f"amqp://{name}:")
        site.login(name)
    listed = subprocess.run(
        ["sh", "-c", "set -a; . ./.env; env -0"],
        cwd=site.folder,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    read = dict(each.split("=", 1) for each in listed.split("\0") if "=" in each)
    assert read["AUTH_SIGNING_KEY"] == site.keys["signing_key"]
    assert read["AUTH_SECRET_KEY"] == site.keys["secret_key"]
    assert json.loads(read["BILLING_PUBLIC_KEYS"]) == site.keys["public_keys"]
    psycopg.connect(read["AUTH_DATABASE_OWNER_URL"]).close()
    psycopg.connect(read["AUTH_DATABASE_READER_URL"]).close()


def test_each_role_may_do_its_own_and_no_more(site: Site) -> None:
    site.init()
    site.migrate("billing")
    with site.connect("billing_owner", "billing") as owner:
        tables = [row[0] for row in owner.execute(_TABLES)]
    assert {"events", "positions", "invoice"} <= set(tables)
    with site.connect("billing_app", "billing") as app:
        for table in ("events", "positions"):
            assert rights(app, table) == {"SELECT", "INSERT"}
        for table in ("alembic_version", "frame_schema"):
            assert rights(app, table) == {"SELECT"}
        for change in ("update events set type = ''", "delete from events", "truncate events"):
            with pytest.raises(InsufficientPrivilege):
                app.execute(change.encode())
        with pytest.raises(InsufficientPrivilege):
            app.execute("create table mine (id int)")
    with site.connect("billing_reader", "billing") as reader:
        assert rights(reader, "invoice", "invoice_number") == {"SELECT"}
        assert rights(reader, "personal", "value") == set()
        with pytest.raises(InsufficientPrivilege):
            reader.execute("create table mine (id int)")
    for role in ("auth_app", "auth_owner", "auth_reader"):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            site.connect(role, "billing")


def test_a_reader_of_databases_older_than_it_reads_their_tables(site: Site) -> None:
    site.init()
    site.migrate("auth")
    with psycopg.connect(site.server.admin_url, dbname="auth", autocommit=True) as admin:
        admin.execute("drop owned by auth_reader")
        admin.execute("drop role auth_reader")

    site.init()
    site.migrate("auth")

    with site.connect("auth_reader", "auth") as reader:
        assert reader.execute("select count(*) from events").fetchone() == (0,)


_TABLES = "select tablename from pg_tables where schemaname = 'public'"


def rights(connection: psycopg.Connection[Any], table: str, column: str | None = None) -> set[str]:
    kinds = ["SELECT", "INSERT", "UPDATE", "REFERENCES"]
    asked, whose = "has_column_privilege(%s, %s, kind)", [f'public."{table}"', column]
    if column is None:
        kinds += ["DELETE", "TRUNCATE", "TRIGGER"]
        asked, whose = "has_table_privilege(%s, kind)", whose[:1]
    query = f"select kind from unnest(%s::text[]) kind where {asked}"
    found = connection.execute(query.encode(), [kinds, *whose])
    return {row[0] for row in found}


def test_an_empty_broker_in_the_old_ones_place_is_filled_again(site: Site) -> None:
    site.init()
    before = site.api.exported()
    site.empty_broker()
    with pytest.raises(AccessRefused):
        site.login("billing")

    site.init()

    again = site.api.exported()
    for kind in ("users", "permissions", "topic_permissions", "policies", "exchanges"):
        assert sorted(again[kind], key=str) == sorted(before[kind], key=str)


def test_the_definitions_file_is_what_the_broker_is_given(site: Site) -> None:
    site.write("")  # nobody administers the broker: it loads the file when it starts
    site.init()
    with pytest.raises(AccessRefused):
        site.login("billing")

    site.broker.ctl("import_definitions", str(site.definitions))

    site.login("billing")


def test_files_can_be_made_before_there_are_servers(site: Site) -> None:
    before = site.state()
    site.init("--files-only")
    catalog, definitions, files = site.state()
    assert (catalog, definitions) == before[:2]
    made = [".env", "definitions.json", "inventory.toml", "secrets.json", "web.amqp.env"]
    assert sorted(files) == made


@pytest.mark.long
def test_rabbitmqctl_does_as_the_management_api_does(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    ctl = Ctl(command=ctl_command(site.broker))
    site.write(f"ctl = {json.dumps(ctl.command)}")
    assert site.init() == 0
    site.login("billing")
    made = ctl.exported()
    capsys.readouterr()
    site.write(f'api = "{site.api.url}"\nadmin = "{ADMIN}"')
    assert site.init() == 0
    assert capsys.readouterr().out == "nothing to change\n"
    assert made["topic_permissions"] == site.api.exported()["topic_permissions"]
    web = site.logged_in("web")
    ctl.disconnect("web")
    with pytest.raises(ConnectionForced):
        web.connection.drain_events(timeout=60)
    ctl.forget_user("web")
    with pytest.raises(AccessRefused):
        site.login("web")
    site.write(f"ctl = {json.dumps(ctl.command)}")
    Servers(site.inventory).forget()
    left = site.api.exported()
    assert {each["name"] for each in left["users"]} == {"guest", ADMIN}
    assert VHOST not in {each["name"] for each in left["vhosts"]}
    assert f"suite_of_{VHOST}" not in {each["name"] for each in left["global_parameters"]}


def test_a_broker_that_refuses_is_one_line(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RABBITMQ_ADMIN_PASSWORD", "wrong")
    assert site.init() == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("suitectl: suitectl.management_api_failed: 401")


@pytest.mark.parametrize("program", ["true", "echo one; echo two >&2; exit 1", "echo [{"])
def test_a_rabbitmqctl_that_answers_oddly_is_one_line(
    site: Site, program: str, capsys: pytest.CaptureFixture[str]
) -> None:
    site.write(f"ctl = {json.dumps(['sh', '-c', program])}")
    assert site.init() == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("suitectl: suitectl.rabbitmqctl_failed: ")


def test_who_may_make_no_roles_is_refused_in_one_line(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    with psycopg.connect(site.server.admin_url, autocommit=True) as admin:
        admin.execute("create role nobody_much login password 'x'")
    try:
        given, admin_url = site.file.read_text("utf-8"), site.server.admin_url
        other = make_url(admin_url).set(username="nobody_much", password="x")
        url = other.render_as_string(hide_password=False)
        site.file.write_text(given.replace(admin_url, url), "utf-8")
        assert site.init() == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith("suitectl: permission denied to create role")
    finally:
        with psycopg.connect(site.server.admin_url, autocommit=True) as admin:
            admin.execute("drop role nobody_much")


@pytest.mark.parametrize("held", ["", "{no", "[]", '"text"'])
def test_secrets_that_are_none_are_said_and_left_alone(
    site: Site, held: str, capsys: pytest.CaptureFixture[str]
) -> None:
    site.secrets.write_text(held, "utf-8")
    assert site.init() == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"suitectl: {site.secrets}: ")
    assert site.secrets.read_text("utf-8") == held


def test_a_folder_that_is_not_there_is_one_line(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    given = site.file.read_text("utf-8")
    site.file.write_text(given.replace("secrets.json", "nowhere/secrets.json"), "utf-8")
    assert site.init() == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "No such file or directory" in line


def test_a_consumer_is_added_changed_and_kept(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.init()
    assert site.consumer("ledger", "billing.invoice_paid,auth.user_banned") == 0
    uri = (site.folder / "ledger.amqp.env").read_text("utf-8")
    ledger = site.logged_in("ledger")
    assert ledger.declare("ledger.all") == 0
    assert ledger.bind("ledger.all", "billing.events", "invoice_paid") == 0
    assert ledger.bind("ledger.all", "billing.events", "invoice_issued") == 403
    ledger.close()

    assert site.consumer("ledger", "billing.invoice_issued") == 0

    assert (site.folder / "ledger.amqp.env").read_text("utf-8") == uri
    assert (
        uri
        == f"AMQP_URI='{site.inventory.rabbitmq.url('ledger', site.keys['broker']['ledger'])}'\n"
    )
    ledger = site.logged_in("ledger")
    assert ledger.bind("ledger.all", "billing.events", "invoice_issued") == 0
    assert ledger.bind("ledger.all", "billing.events", "invoice_paid") == 403
    assert ledger.bind("ledger.all", "auth.events", "user_banned") == 403
    ledger.close()
    capsys.readouterr()
    assert site.init() == 0
    assert capsys.readouterr().out.splitlines() == [
        "nothing to change",
        "not yet: ledger may read billing's feed after its migrate, and init again",
    ]


def test_a_consumer_of_a_name_that_somebody_else_has_is_refused_and_not_noted(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.init()
    site.broker.ctl("add_user", "ledger", "another")
    before = site.state()
    assert site.consumer("ledger", "billing.invoice_paid") == 1
    assert "the broker user ledger has another password" in capsys.readouterr().err
    assert site.state() == before


def test_adding_a_consumer_can_be_rehearsed(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.init()
    before = site.state()
    capsys.readouterr()
    assert site.consumer("ledger", "billing.invoice_paid", "--dry-run") == 0
    assert site.state() == before
    assert "  topic permissions of ledger on billing.events" in capsys.readouterr().out


def test_a_consumer_may_read_what_it_was_given_once_there_are_tables_for_it(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    waits = "not yet: ledger may read {}'s feed after its migrate, and init again"
    both = ["auth.user_banned", "auth.workspace_created"]
    site.init()
    capsys.readouterr()
    site.consumer("ledger", f"billing.invoice_paid,{','.join(both)}")
    said = capsys.readouterr().out.splitlines()
    assert said[-2:] == [waits.format("auth"), waits.format("billing")]

    site.migrate("auth")
    assert site.init() == 0

    said = capsys.readouterr().out.splitlines()
    assert said == [f"made auth: ledger reads {', '.join(both)}", waits.format("billing")]
    assert site.grants("auth") == [("ledger", both)]
    site.consumer("ledger", "auth.user_banned")
    assert site.grants("auth") == [("ledger", ["auth.user_banned"])]
    site.consumer("ledger", "billing.invoice_paid")
    assert site.grants("auth") == []
    with site.connect("auth_owner", "auth") as owner:
        audited = owner.execute("select did, details->'types' from audit order by id").fetchall()
    assert audited == [("consumer", types) for types in (both, ["auth.user_banned"], [])]


def test_nothing_is_granted_in_another_suite_s_database(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.init()
    site.migrate("auth")
    with site.connect("auth_owner", "auth") as owner:
        owner.execute("update installation set suite = %s", [uuid4()])
    assert site.consumer("ledger", "auth.user_banned") == 1
    assert "chassis.not_our_database" in capsys.readouterr().err
    assert site.grants("auth") == []


def test_what_was_bound_to_a_type_taken_away_is_unbound(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.init()
    site.consumer("ledger", "billing.invoice_paid,billing.invoice_issued,auth.user_banned")
    ledger, billing = site.logged_in("ledger"), site.logged_in("billing")
    for queue in ("ledger.all", "evt-billing-invoice_paid--ledger.on_paid"):
        ledger.declare(queue)
        for exchange, key in (
            ("billing.events", "invoice_paid"),
            ("billing.events", "invoice_issued"),
            ("auth.events", "user_banned"),
        ):
            assert ledger.bind(queue, exchange, key) == 0
    channel = ledger.connection.channel()
    channel.queue_declare("ledger.own", durable=False, exclusive=True)
    channel.queue_bind("ledger.own", "billing.events", "invoice_paid")
    capsys.readouterr()

    site.consumer("ledger", "billing.invoice_issued")

    said = capsys.readouterr().out
    for queue in ("ledger.all", "evt-billing-invoice_paid--ledger.on_paid"):
        assert f"made queue {queue}: unbound from billing.events, invoice_paid\n" in said
    until(lambda: len(bound_to(site, "ledger")) == 2)  # its own queue went with its connection
    assert {each["routing_key"] for each in bound_to(site, "ledger")} == {"invoice_issued"}
    with pytest.raises(ConnectionForced):
        ledger.connection.drain_events(timeout=60)
    for key in ("invoice_paid", "invoice_issued"):
        assert billing.publish("billing.events", key) == 0
    billing.close()
    again = site.logged_in("ledger")
    heard = again.take("ledger.all")
    assert heard is not None and heard.delivery_info["routing_key"] == "invoice_issued"
    assert again.take("ledger.all") is None
    again.close()
    site.init()
    assert capsys.readouterr().out.startswith("nothing to change\n")


def bound_to(site: Site, name: str) -> list[Any]:
    return [each for each in site.api.exported()["bindings"] if name in each["destination"]]


def test_a_consumer_is_listed_shown_given_another_password_and_removed(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.init()
    site.migrate("auth")
    before = site.keys
    site.consumer("ledger", "auth.user_banned")
    ledger, file = site.logged_in("ledger"), site.folder / "ledger.amqp.env"
    ledger.declare("ledger.all")
    ledger.bind("ledger.all", "auth.events", "user_banned")
    capsys.readouterr()

    assert site.consumers("list", "--json") == 0
    row = {"consumer": "ledger", "types": "auth.user_banned", "declares": ""}
    assert json.loads(capsys.readouterr().out) == [row]
    assert site.consumers("show", "ledger", "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["amqp_uri"] == str(file)
    assert shown["reads"] == {"auth": ["auth.user_banned"]}
    assert shown["queues"] == {"ledger.all": ["auth.events user_banned"]}
    assert shown["rights"]["topics"]["auth.events"]["read"] == "^(user_banned)$"

    old = site.keys["broker"]["ledger"]
    assert site.consumers("rotate", "ledger") == 0
    with pytest.raises(ConnectionForced):
        ledger.connection.drain_events(timeout=60)
    with pytest.raises(AccessRefused):
        As(site.broker, "ledger", old)
    ledger = site.logged_in("ledger")
    assert site.keys["broker"]["ledger"] in file.read_text("utf-8")
    assert old not in site.secrets.read_text("utf-8")

    nothing = dict.fromkeys(("configure", "write", "read"), "^$")
    older = {"user": "operator", "vhost": VHOST, **nothing}  # as an older suitectl left them
    site.api.import_({"permissions": [older]})
    assert site.consumers("remove", "ledger") == 1
    assert "suitectl.older_rights" in capsys.readouterr().err
    with pytest.raises(ConnectionForced):
        ledger.connection.drain_events(timeout=60)
    site.init()
    assert site.consumers("remove", "ledger") == 0
    found = site.api.exported()
    assert "ledger" not in json.dumps([found["users"], found["permissions"], found["queues"]])
    assert site.grants("auth") == []
    assert site.keys == before
    assert not file.exists()
    assert site.consumers("show", "ledger") == 1
    assert "no consumer ledger" in capsys.readouterr().err
    assert site.init() == 0
    assert capsys.readouterr().out == "nothing to change\n"


@pytest.mark.parametrize("task", ["narrow", "rotate"])
def test_a_consumer_s_change_that_was_killed_before_the_broker_is_ended_by_init(
    site: Site, task: str, capsys: pytest.CaptureFixture[str]
) -> None:
    site.init()
    site.consumer("ledger", "auth.user_banned,auth.workspace_created")
    ledger, known = site.logged_in("ledger"), (site.inventory, site.keys, "ledger")
    fewer = Listener(types=("auth.user_banned",))
    wanted = {
        "narrow": consumer_changes.added(*known, fewer),
        "rotate": consumer_changes.rotated(*known),
    }
    for change in wanted[task]:
        if change.what.startswith("in the broker"):
            break
        change.make()

    assert site.init() == 0

    with pytest.raises(ConnectionForced):
        ledger.connection.drain_events(timeout=60)
    site.login("ledger")
    capsys.readouterr()
    site.init()
    assert capsys.readouterr().out.startswith("nothing to change\n")


def test_a_removal_that_was_killed_leaves_nothing(site: Site) -> None:
    site.init()
    before = rest(site)
    for steps in range(1, 5):
        site.consumer("ledger", "auth.user_banned")
        wanted = consumer_changes.removed(site.inventory, site.keys, "ledger")
        list(islice(made(wanted, rehearsal=False), steps))
        site.consumers("remove", "ledger")  # or there is none any more
        assert site.init() == 0
        assert not (site.folder / "ledger.amqp.env").exists(), steps
        assert rest(site) == before, steps


def rest(site: Site) -> list[Any]:
    """Return what there is of broker users, and the secrets."""
    found = site.api.exported()
    return [sorted(found[kind], key=str) for kind in ("users", "permissions")] + [site.keys]


def test_a_user_of_a_consumer_s_name_that_is_somebody_else_s_is_not_removed(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.init()
    site.consumer("ledger", "auth.user_banned")
    site.api.forget_user("ledger")
    site.broker.ctl("add_user", "ledger", "another")
    before = site.state()
    assert site.consumers("remove", "ledger") == 1
    assert "the broker user ledger has another password" in capsys.readouterr().err
    assert site.state() == before


def test_a_consumer_of_a_second_suite_is_called_so_wherever_the_broker_is_meant(
    second: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    second.init()
    second.consumer("ledger", "auth.user_banned")
    capsys.readouterr()
    assert second.consumers("show", "ledger", "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["amqp_uri"] == str(second.folder / "second_ledger.amqp.env")
    assert "second_ledger:" in Path(shown["amqp_uri"]).read_text("utf-8")
    found = second.api.exported()["permissions"]
    (granted,) = [each for each in found if each["user"] == "second_ledger"]
    assert (
        shown["rights"].items()
        >= {kind: granted[kind] for kind in ("configure", "write", "read")}.items()
    )
    second.write("")
    assert second.consumers("remove", "ledger") == 0
    said = capsys.readouterr().out
    assert "rabbitmqctl delete_user second_ledger, and -p second_ai-studio delete_queue" in said


def test_a_consumer_of_secrets_from_before_there_were_identities_is_removed(site: Site) -> None:
    site.write("")
    site.init()
    site.consumer("ledger", "auth.user_banned")
    older = {name: held for name, held in site.keys.items() if name != "suite"}
    site.secrets.write_text(json.dumps(older), "utf-8")
    site.write(f'api = "{site.api.url}"\nadmin = "{ADMIN}"')
    assert site.consumers("remove", "ledger") == 0
    assert site.keys["consumers"] == {}


def test_where_nobody_administers_the_broker_it_is_said_what_stays(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.write("")
    for task, says in (
        (("add", "ledger", "--types", "auth.user_banned"), "its queues stay bound"),
        (("rotate", "ledger"), "until then the old password holds"),
        (("remove", "ledger"), "then rabbitmqctl delete_user ledger"),
    ):
        assert site.consumers(*task) == 0
        said = capsys.readouterr().out
        assert f"not yet: the broker reads {site.definitions} when it starts; " in said
        assert says in said
