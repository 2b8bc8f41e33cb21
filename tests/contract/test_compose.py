"""docker-compose.yml, without a Docker: its form, its promises, and the settings it gives."""

import re
import subprocess
import sys
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from chassis import settings
from chassis.database import postgres
from chassis.running.process import STOP_S, ProcessSettings
from chassis.running.tasks import Owner
from contract import compose
from contracts import SERVICES
from media.limits import Limits
from suitectl import files, init, inventory, keys
from suitectl.change import made

PROCESSES = [f"{service}-{kind}" for service in SERVICES for kind in ("serve", "work")]
# a vendor's, or an accountant's; it runs without
NEVER_GIVEN = {
    *("STRIPE_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_LIVEMODE", "STRIPE_API_BASE"),
    *("CHECKOUT_RETURN_URL", "EINVOICE_FOLDER", "ACCOUNTS"),
    *("HOLD_DAYS", "MINIMUM_PAYOUT_ORE", "PAYOUT_SECOND_APPROVER_ABOVE_ORE"),
    *("BLOBS_BUCKET", "BLOBS_PREFIX", "BLOBS_ENDPOINT", "BLOBS_REGION"),
    *("BLOBS_ACCESS_KEY", "BLOBS_SECRET_KEY"),
    *("MAIL_HOST", "MAIL_PORT", "MAIL_SECURITY", "MAIL_USER", "MAIL_PASSWORD", "MAIL_CA"),
    *("MAIL_TIMEOUT_S", "VIDEO_BUDGET_CENTS", "MUSIC"),
    *(each.name.upper() for each in fields(Limits)),
    *("FAL_KEY", "FAL_QUEUE_URL", "FAL_REST_URL", "FAL_JWKS_URL"),
    *("FAL_PRICE_NANO_BANANA_PRO_EDIT", "FAL_PRICE_QWEN_IMAGE_EDIT_INPAINT"),
}


@pytest.fixture(scope="module")
def mounted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of secret files that `make up` makes first."""
    folder = tmp_path_factory.mktemp("suite")
    (folder / "secrets").mkdir()
    wanted = folder / "inventory.toml"
    wanted.write_text((compose.ROOT / "deploy/compose/inventory.toml").read_text("utf-8"))
    given = inventory.load(wanted)
    list(made(init.changes(given, files_only=True), rehearsal=False))
    list(made(files.changes(given, folder / "mounted"), rehearsal=False))
    return folder / "mounted"


def environment(container: dict[str, Any], mounted: Path) -> dict[str, str]:
    """Return a container's variables, with the files that they name where they are here."""
    inside = compose.secret_files(container)
    return {
        name: str(mounted / inside[written]) if name.endswith("_FILE") else written
        for name, written in container["environment"].items()
    }


def test_the_file_has_the_form_that_the_compose_specification_gives() -> None:
    command = [sys.executable, "-m", "check_jsonschema"]
    schema = ["--builtin-schema", "vendor.compose-spec"]
    checked = subprocess.run([*command, *schema, compose.FILE], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_service_migrates_serves_and_works() -> None:
    for service in SERVICES:
        for kind in ("migrate", "serve", "work"):
            container = compose.services()[f"{service}-{kind}"]
            assert container["command"] == [kind]
            assert container["build"]["args"] == {"SERVICE": service}
            assert container["image"].startswith(f"ai-studio/{service}:")


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_is_given_its_settings_and_nothing_else(name: str, mounted: Path) -> None:
    own = import_module(f"{name.partition('-')[0]}.settings").Settings
    variables = environment(compose.services()[name], mounted)
    settings.load(own, variables)
    settings.load(ProcessSettings, variables)
    asked = {each.name.upper() for kind in (own, ProcessSettings) for each in fields(kind)}
    given = {variable.removesuffix("_FILE") for variable in variables}
    assert given == asked - NEVER_GIVEN


@pytest.mark.parametrize("service", SERVICES)
def test_a_migration_is_given_the_owners_database_alone(service: str, mounted: Path) -> None:
    container = compose.services()[f"{service}-migrate"]
    owner = settings.load(Owner, environment(container, mounted))
    assert f"//{service}_owner:" in owner.database_owner_url
    assert owner.suite is not None
    assert len(container["environment"]) == len(container["secrets"]) == 2


def test_a_container_mounts_the_secrets_that_its_variables_name_and_no_others() -> None:
    for name, container in compose.services().items():
        named = {
            written
            for variable, written in container.get("environment", {}).items()
            if variable.endswith("_FILE")
        }
        if name == "rabbitmq":
            named = {"/etc/rabbitmq/definitions.json"}
        assert set(compose.secret_files(container)) == named, name


def test_nobody_is_given_the_secrets_of_another_service() -> None:
    for name in PROCESSES:
        service = name.partition("-")[0]
        for file in compose.secret_files(compose.services()[name]).values():
            assert file.startswith(f"{service}_"), name


def test_every_secret_is_a_file_that_the_first_command_makes(mounted: Path) -> None:
    declared = {each["file"] for each in compose.document()["secrets"].values()}
    assert {str(Path(each).parent) for each in declared} == {"secrets/mounted"}
    assert {Path(each).name for each in declared} <= {each.name for each in mounted.iterdir()}


def test_only_who_made_the_secrets_reaches_them_on_the_host(mounted: Path) -> None:
    assert mounted.stat().st_mode & 0o777 == 0o700
    # readable behind that, for containers run as other users
    assert {each.stat().st_mode & 0o777 for each in mounted.iterdir()} == {0o444}
    kept = mounted.parent / "secrets" / "keys.json"
    assert kept.stat().st_mode & 0o777 == 0o600


def test_the_secrets_are_made_once(mounted: Path) -> None:
    given = inventory.load(mounted.parent / "inventory.toml")
    before = keys.read(Path(given.secrets))
    assert list(made(init.changes(given, files_only=True), rehearsal=False)) == []
    assert list(made(files.changes(given, mounted), rehearsal=False)) == []
    assert keys.read(Path(given.secrets)) == before


def test_git_ignores_what_the_first_command_makes() -> None:
    ignored = (compose.ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert {".env", "/secrets/"} <= set(ignored)


def test_images_are_pinned() -> None:
    for name, container in compose.services().items():
        _, _, tag = container["image"].partition(":")
        own = container["image"].startswith("ai-studio/")
        assert tag and tag != "latest", name
        assert own or re.fullmatch(r"\d+\.\d+(\.\d+)?(-management)?", tag), name


def test_every_container_has_limits_and_no_rights_to_spare() -> None:
    for name, container in compose.services().items():
        assert set(container["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}, name
        assert container["read_only"] and container["cap_drop"] == ["ALL"], name
        assert container["security_opt"] == ["no-new-privileges:true"], name
        assert not {"privileged", "cap_add", "pid", "ipc"} & set(container), name
        assert any(each.startswith("/tmp:") for each in container["tmpfs"]), name  # noqa: S108


def test_no_container_runs_as_root() -> None:
    for name, container in compose.services().items():
        by_image = container["image"].startswith("ai-studio/") and "user" not in container
        assert by_image or container["user"] not in ("root", "0", "0:0"), name


def test_a_process_has_time_to_end_and_comes_back_if_it_fell() -> None:
    for name in PROCESSES:
        container = compose.services()[name]
        assert int(container["stop_grace_period"].removesuffix("s")) > STOP_S
        assert container["restart"] == "unless-stopped"


def test_a_process_starts_when_its_own_database_is_ready_whatever_other_services_do() -> None:
    for name in PROCESSES:
        service = name.partition("-")[0]
        assert compose.services()[name]["depends_on"] == {
            f"{service}-migrate": {"condition": "service_completed_successfully"},
            "postgres": {"condition": "service_healthy"},
            "rabbitmq": {"condition": "service_healthy"},
        }
    for server in ("postgres", "rabbitmq"):
        assert compose.services()[server]["healthcheck"]["test"][0] == "CMD"


def test_only_public_doors_are_published_and_on_loopback_alone() -> None:
    published = {
        name: container["ports"]
        for name, container in compose.services().items()
        if "ports" in container
    }
    assert set(published) == {f"{service}-serve" for service in SERVICES}
    for name, ports in published.items():
        door = compose.services()[name]["environment"]["HTTP_PORT"]
        assert ports == [f"127.0.0.1:{door}:{door}"]


def test_the_networks_of_the_web_reach_public_doors_and_the_broker_alone() -> None:
    networks = compose.document()["networks"]
    inner = {"internal": True}
    assert networks == {"front": {}, "calls": inner, "back": inner, "out": {}}
    for name, container in compose.services().items():
        outside = set(container.get("networks", ())) - {"back"}
        allowed = {"calls"} if name == "rabbitmq" else {"front"} if "ports" in container else set()
        assert outside == allowed, name


def test_an_internal_door_that_has_an_address_in_front_listens_in_back_alone() -> None:
    for name in PROCESSES:
        container = compose.services()[name]
        host, networks = container["environment"]["INTERNAL_HOST"], container["networks"]
        if "front" not in networks:
            assert host == "0.0.0.0", name  # noqa: S104
            continue
        assert not networks["front"], name
        assert host in networks["back"]["aliases"], name
        assert host == f"{name}.inside", name


def test_video_reaches_the_doors_that_links_to_pictures_and_logos_lead_to() -> None:
    services = compose.services()
    sources = []
    for name in ("media", "auth"):
        service = services[f"{name}-serve"]
        url = service["environment"]["PUBLIC_URL"]
        alias, _ = service["networks"]["back"]["aliases"]
        assert url == f"http://{alias}:{service['environment']['HTTP_PORT']}"
        sources.append(url)
    assert services["video-work"]["environment"]["SOURCES"].split() == sources


def test_blobs_and_mails_lie_in_volumes_that_serve_and_work_share() -> None:
    for service in SERVICES:
        serve, work = (compose.services()[f"{service}-{kind}"] for kind in ("serve", "work"))
        named = ("BLOBS_FOLDER", "MAIL_FOLDER", "EINVOICE_FOLDER")
        folders = [serve["environment"].get(name) for name in named]
        places = [each.partition(":")[2] for each in serve.get("volumes", ())]
        assert places == [each for each in folders if each]
        assert serve.get("volumes") == work.get("volumes")


def test_what_is_at_work_lies_neither_in_the_store_nor_among_temporary_files() -> None:
    for name in PROCESSES:
        container = compose.services()[name]
        mounted = {each.partition(":")[0] for each in container["tmpfs"]}
        folder = container["environment"].get("WORK_FOLDER")
        assert mounted == {"/tmp", folder} - {None}, name  # noqa: S108


def test_the_database_has_connections_for_two_replicas_of_everything() -> None:
    command = compose.services()["postgres"]["command"]
    options = dict(each.split("=") for each in command if "=" in each)
    a_process = 10 + postgres.PROBES  # chassis.database.postgres.engine
    assert int(options["max_connections"]) >= 2 * len(PROCESSES) * a_process
