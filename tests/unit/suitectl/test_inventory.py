"""The inventory file, and the command line around it."""

from pathlib import Path

import pytest

from chassis.settings import Misconfigured
from suitectl import inventory
from suitectl.__main__ import COMMANDS, main

EXAMPLE = Path(inventory.__file__).with_name("inventory.example.toml")


def test_the_example_in_print_is_one() -> None:
    example = inventory.load(EXAMPLE)
    assert example.secrets == str(EXAMPLE.parent / "secrets.json")
    url = example.postgres.url("billing_app", "a b@c", "billing")
    assert url == "postgresql://billing_app:a b%40c@postgres:5432/billing"
    assert example.rabbitmq.url("billing", "key") == "amqp://billing:key@rabbitmq:5672/ai-studio"
    assert "password=the-one" in example.postgres.admin("the-one")


@pytest.mark.parametrize(
    ("replaced", "by", "said"),
    [
        ('"auth", "media"', '"auth", "mediums"', "services: unknown: mediums"),
        ('callers = ["web"]', 'callers = ["billing"]', "'billing': not a name"),
        ('callers = ["web"]', 'callers = ["web.#"]', "'web.#': not a name"),
        ('/postgres"', '"', "postgres.admin_url: name the database"),
        ("[rabbitmq]", '[rabbitmq]\napi = "http://x"\nadmin = "a"', "ctl or api, not both"),
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
        ("operator", "billing.invoice_paid", "'operator': not a name"),
        ("web", "billing.invoice_paid", "'web': a caller of the inventory"),
        ("a|b", "billing.invoice_paid", "'a|b': not a name"),
    ],
)
def test_a_consumer_that_cannot_be_is_refused(
    name: str, types: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["consumer", "add", name, "--inventory", str(EXAMPLE), "--types", types]) == 1
    assert said in capsys.readouterr().err
