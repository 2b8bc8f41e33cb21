"""The inventory file, and the command line around it."""

from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from chassis.settings import Misconfigured
from contracts import BROKER_USERS
from distributed.found import given_rabbit
from suitectl import environment, inventory, keys
from suitectl.__main__ import COMMANDS, main

ODD = (
    "a|b", "a.b", "rpc-billing", "bank-eu", ".*", "^a", "a\nb", "_a", "1a", "a",
    "Bank", "bånk", "аuth",
)  # fmt: skip
PREFIXES = ("second", "_", "2_", "Second_", "a-b_", "a.b_", f"{'a' * 20}_", "å_")
EXAMPLE = Path(inventory.__file__).with_name("inventory.example.toml")


def test_the_example_in_print_is_one() -> None:
    example = inventory.load(EXAMPLE)
    assert example.secrets == str(EXAMPLE.parent / "secrets.json")
    url = example.postgres.url("billing_app", "a b@c", "billing")
    assert url == "postgresql://billing_app:a b%40c@postgres:5432/billing"
    assert example.rabbitmq.url("billing", "key") == "amqp://billing:key@rabbitmq:5672/ai-studio"
    assert "password=the-one" in example.postgres.admin("the-one")


@pytest.mark.parametrize(
    ("admin_url", "host"),
    [
        ("postgresql://postgres@a:5432,b:5433/postgres?target_session_attrs=read-write", None),
        (
            "postgresql://postgres@127.0.0.1:5432/postgres?target_session_attrs=read-write",
            "a:5432,b:5433",
        ),
    ],
)
def test_several_hosts_are_in_every_roles_url(admin_url: str, host: str | None) -> None:
    url = inventory.Postgres(admin_url=admin_url, host=host).url("billing_app", "a/b@c", "billing")
    assert url.startswith("postgresql://billing_app:a%2Fb%40c@/billing?")  # no port but theirs
    assert conninfo_to_dict(url) == {
        "host": "a,b",
        "port": "5432,5433",
        "target_session_attrs": "read-write",
        "user": "billing_app",
        "password": "a/b@c",
        "dbname": "billing",
    }


def test_by_tls_the_uri_says_who_vouches_for_the_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    rabbit = inventory.Rabbit(host="broker.example", port=5671, tls=True, ca_file="/etc/a ca.pem")
    uri = rabbit.url("web", "a/b")
    assert uri == "amqps://web:a%2Fb@broker.example:5671/ai-studio?cacertfile=/etc/a%20ca.pem"
    monkeypatch.setenv("RABBITMQ_ADMIN_PASSWORD", "any")
    found = given_rabbit(uri.replace(":5671", ""))
    assert (found.host, found.port, found.tls, found.ca_file) == (
        ("broker.example", 5671, True, "/etc/a ca.pem")
    )


def test_a_prefix_is_before_the_names_of_users_and_of_the_virtual_host(tmp_path: Path) -> None:
    file, given = tmp_path / "inventory.toml", EXAMPLE.read_text("utf-8")
    file.write_text(given.replace("secrets =", 'prefix = "second_"\nsecrets ='), "utf-8")
    assert inventory.load(file).rabbitmq.vhost == "ai-studio"  # it is named
    file.write_text(file.read_text("utf-8").replace("vhost =", "# vhost ="), "utf-8")
    second = inventory.load(file)
    assert second.rabbitmq.vhost == "second_ai-studio"
    held = keys.completed({}, second.services, second.users)
    assert held["broker"].keys() == {*second.services, "operator", "web"}
    own = environment.service(second, held, "billing")
    assert own["DATABASE_URL"].endswith("@postgres:5432/second_billing")
    assert own["DATABASE_URL"].startswith("postgresql://second_billing_app:")
    assert own["AMQP_URI"].startswith("amqp://second_billing:")
    assert own["SUITE"] == held["suite"]


def test_the_uri_of_a_cluster_names_all_its_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    rabbit = inventory.Rabbit(hosts=("rabbit-1", "rabbit-2:5673", "[::1]"))
    uri = rabbit.url("web", "a/b")
    assert uri == "amqp://web:a%2Fb@rabbit-1:5672,rabbit-2:5673,[::1]:5672/ai-studio"
    monkeypatch.setenv("RABBITMQ_ADMIN_PASSWORD", "any")
    found = given_rabbit(uri)
    assert found.hosts == ("rabbit-1:5672", "rabbit-2:5673", "[::1]:5672")
    assert found.url("web", "a/b") == uri


@pytest.mark.parametrize("uri", ["nonsense", "http://h/", "amqp://u:hidden@h:99999/"])
def test_what_is_no_broker_s_uri_is_said_without_its_password(uri: str) -> None:
    with pytest.raises(Misconfigured, match="AMQP_URI: is not") as wrong:
        given_rabbit(uri)
    assert "hidden" not in str(wrong.value)


@pytest.mark.parametrize(
    ("replaced", "by", "said"),
    [
        ('"auth", "media"', '"auth", "mediums"', "services: unknown: mediums"),
        ('callers = ["web"]', 'callers = ["billing"]', "'billing': not a name"),
        ('callers = ["web"]', 'callers = ["web.#"]', "'web.#': not a name"),
        ('callers = ["web"]', 'callers = ["web", "web"]', "callers: one is named twice"),
        ("# [[limits]]", '[[limits]]\nuser = "web"\nconnections = 0\nchannels = 1', "1 or more"),
        ('/postgres"', '"', "postgres.admin_url: name the database"),
        ("[rabbitmq]", '[rabbitmq]\napi = "http://x"\nadmin = "a"', "ctl or api, not both"),
        ("ctl = [", 'api = "x:1"\nadmin = "a"\n# [', "rabbitmq.api: http://"),
        ("[rabbitmq]", '[rabbitmq]\nhosts = ["x"]', "rabbitmq: host, or hosts"),
        ("[rabbitmq]", '[rabbitmq]\nca_file = "/ca.pem"', "ca_file: of no use without tls"),
        *(
            ("callers = [", f'prefix = "{odd}"\ncallers = [', "prefix: a letter")
            for odd in PREFIXES
        ),
        ("[postgres]", "[postgres]\npasword = 1", "pasword"),
        ("[postgres]", "[postgres", "inventory.toml: "),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, replaced: str, by: str, said: str) -> None:
    file = tmp_path / "inventory.toml"
    file.write_text(EXAMPLE.read_text("utf-8").replace(replaced, by, 1), encoding="utf-8")
    with pytest.raises(Misconfigured) as wrong:
        inventory.load(file)
    assert said in str(wrong.value)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert f"usage: suitectl {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "types", "said"),
    [
        ("ledger", "billing.invoice_payed", "nobody tells billing.invoice_payed"),
        ("ledger", "shop.sold", "nobody tells shop.sold"),
        ("ledger", "", "nobody tells no type at all"),
        ("web", "billing.invoice_paid", "'web': a caller of the inventory"),
        *((own, "billing.invoice_paid", "one of the suite's own") for own in BROKER_USERS),
        *((word, "billing.invoice_paid", "others' queues") for word in inventory.RESERVED),
        ("", "billing.invoice_paid", "'': not a name for a broker user: it is empty"),
        ("a" * 32, "billing.invoice_paid", "longer than 31 characters"),
        *((odd, "billing.invoice_paid", "two or more of a to z and _") for odd in ODD),
    ],
    ids=repr,
)
def test_a_consumer_that_cannot_be_is_refused(
    tmp_path: Path, name: str, types: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "inventory.toml"
    file.write_text(EXAMPLE.read_text("utf-8"), "utf-8")
    assert main(["consumer", "add", name, "--inventory", str(file), "--types", types]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line
