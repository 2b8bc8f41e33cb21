"""deploy/Dockerfile, without a Docker: lint, what an image holds, and the commands it runs."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import packages_distributions, requires
from pathlib import Path
from tomllib import loads

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from architecture.source import DEPLOYED, Source, sources
from contracts import SERVICES
from libraries import entries

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "deploy" / "Dockerfile"
PROJECT = loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

Instruction = tuple[str, str]  # 'COPY', what follows


@cache
def stages() -> dict[str, list[Instruction]]:
    """Return the instructions of each stage by its name, each begun by its FROM."""
    text = re.sub(r"(?m)^#.*\n", "", DOCKERFILE.read_text("utf-8")).replace("\\\n", " ")
    found: dict[str, list[Instruction]] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        word, _, rest = line.partition(" ")
        if word == "FROM":
            found[rest.rpartition(" ")[2]] = stage = []
        stage.append((word, rest))
    return found


def lineage(name: str) -> list[Instruction]:
    """Return a stage's instructions after those of the stages it is made from."""
    own = stages()[name]
    base = own[0][1].split(" ")[0]
    return (lineage(base) if base in stages() else []) + own


def of(name: str, word: str) -> list[str]:
    """Return what follows each `word` in a stage and the stages it is made from."""
    return [rest for each, rest in lineage(name) if each == word]


def test_the_linter_has_nothing_to_say() -> None:
    linter = Path(sys.executable).with_name("hadolint")
    said = subprocess.run([linter, "--no-color", DOCKERFILE], capture_output=True, text=True)
    assert (said.returncode, said.stdout) == (0, "")


def test_the_base_is_pinned() -> None:
    assert [each[0][1] for each in stages().values() if "AS python" in each[0][1]] == [
        "python:3.11.14-slim-bookworm AS python"
    ]
    assert all(
        stage[0][1].split(" ")[0] in stages()
        for name, stage in stages().items()
        if name != "python"
    )


@pytest.mark.parametrize("image", ["service", "operator"])
def test_an_image_runs_as_a_user_of_its_own_without_rights(image: str) -> None:
    assert of(image, "USER") == ["10001:10001"]
    assert of(image, "STOPSIGNAL") == ["SIGTERM"]
    after = [word for word, _ in stages()[image]]
    assert "RUN" not in after  # all that is made is made in earlier stages


def test_a_service_is_the_last_target_and_holds_its_own_source_alone() -> None:
    assert list(stages())[-1] == "service"
    copied = [rest for word, rest in stages()["service-sources"] if word == "COPY"]
    assert copied == ["shared shared", "services/$SERVICE services/$SERVICE"]
    assert [rest for word, rest in stages()["service"] if word == "COPY"] == [
        "--from=service-libraries /opt/venv /opt/venv",
        "--from=service-sources /app /app",
    ]


def test_what_an_image_installs_is_what_the_lock_pins() -> None:
    installs = [
        rest
        for stage in stages().values()
        for word, rest in stage
        if word == "RUN" and " install --no-cache-dir" in rest
    ]
    assert len(installs) == 2
    for each in installs:
        assert re.match(r"python deploy/libraries\.py .* > chosen\.lock +&& pip ", each)
        chosen = " install --no-cache-dir --no-deps --require-hashes --requirement chosen.lock"
        assert " ".join(each.split()).endswith(chosen)
    pinned = entries((ROOT / "requirements.lock").read_text("utf-8"))
    assert {name for service in SERVICES for name in libraries(service)} <= pinned.keys()


def test_the_lock_names_versions_and_hashes_and_no_registry() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert "\n".join(entries(lock).values()) + "\n" == lock, "something that is no entry"
    for entry in entries(lock).values():
        pin, *hashes = entry.split(" \\\n    --hash=sha256:")
        assert re.fullmatch(r"[a-z0-9._-]+==[^ ;@]+", pin), pin
        assert hashes and all(re.fullmatch("[0-9a-f]{64}", each) for each in hashes), pin
    command = (ROOT / "deploy/setup_venv.py").read_text("utf-8")
    assert '"--require-hashes"' in command


def shared_gateways(users: list[Source], files: Iterable[Source]) -> list[Source]:
    """Return the files of `shared/gateways` that some files import, and what these import of it."""
    used = {module for each in users for module, _ in each.imported}
    found = [
        each
        for each in files
        if each.package == "gateways" and each not in users
        if any(module == each.name or module.startswith(f"{each.name}.") for module in used)
    ]
    return found + shared_gateways(users + found, files) if found else []


@pytest.mark.parametrize("service", SERVICES)
def test_a_services_extra_brings_every_library_that_it_imports(service: str) -> None:
    packages = {"books", "chassis", "contracts", "clients", service}
    packages |= {"asking", "emptying"} if service in ("media", "video") else set()
    files = sources("shared", "services")
    held = [
        each
        for each in files
        if each.package in packages and not each.name.startswith("chassis.testing")
    ]
    held += shared_gateways(held, files)
    imported = {module for each in held for module in third_party(each)}
    providers = packages_distributions()
    missing = {
        module
        for module in imported
        if not {canonicalize_name(name) for name in providers[module]} & libraries(service)
    }
    assert missing == set()


def test_the_operators_image_holds_what_suitectl_imports() -> None:
    imported = {
        module.partition(".")[0]
        for each in sources("deploy")
        if each.package == "suitectl"
        for module in each.imports()
    }
    assert imported & set(DEPLOYED) == {"suitectl"}
    copied = [rest for word, rest in stages()["operator-sources"] if word == "COPY"]
    assert [each for each in copied if each.startswith("deploy/")] == [
        "deploy/suitectl deploy/suitectl"
    ]


def test_the_build_sees_what_it_copies_and_no_more() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    seen = {rule[1:] for rule in rules if rule.startswith("!")}
    copied = {
        path.replace("/$SERVICE", "")
        for stage in stages().values()
        for word, rest in stage
        if word == "COPY" and not rest.startswith("--from")
        for path in rest.split()[:-1]
    }
    assert rules[0] == "*"
    assert {path for path in copied if not any(path.startswith(each) for each in seen)} == set()
    assert {each for each in seen if not any(path.startswith(each) for path in copied)} == set()


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_the_health_check_asks_readyz(status: int, code: int) -> None:
    with door(status) as port:
        assert health(port) == code


def test_the_health_check_fails_where_nobody_listens() -> None:
    with door(200) as port:
        pass
    assert health(port) != 0


def test_the_entry_point_becomes_the_services_python_so_that_it_gets_the_signals(
    tmp_path: Path,
) -> None:
    (tmp_path / "shop.py").write_text("import os, sys; print(os.getpid(), sys.argv[1:])")
    (entry,), (arguments,) = of("service", "ENTRYPOINT"), of("service", "CMD")
    running = subprocess.Popen(
        [*json.loads(entry), *json.loads(arguments), "--loud"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **at_home(), "SERVICE": "shop", "PYTHONPATH": str(tmp_path)},
    )
    said, _ = running.communicate(timeout=60)
    assert said == f"{running.pid} ['serve', '--loud']\n"


def health(port: int) -> int:
    """Return the exit code of the image's health check, the internal door being at `port`."""
    (line,) = of("service", "HEALTHCHECK")
    command = json.loads(line[line.index("[") :])
    environment = {**os.environ, **at_home(), "INTERNAL_PORT": str(port)}
    return subprocess.run(command, capture_output=True, env=environment, timeout=60).returncode


@contextmanager
def door(status: int) -> Iterator[int]:
    """Answer /readyz with this status, and anything else with 404."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/readyz" else 404)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def at_home() -> dict[str, str]:
    """Return a PATH on which `python` is the one that runs the tests."""
    return {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


@cache
def libraries(service: str) -> set[str]:
    """Return what the service's image has installed, by what the installed libraries require."""
    wanted = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"][service]]
    found: set[tuple[str, frozenset[str]]] = set()
    todo = [Requirement(each) for each in wanted]
    while todo:
        each = todo.pop()
        name, extras = canonicalize_name(each.name), frozenset(each.extras)
        if (name, extras) in found:
            continue
        found.add((name, extras))
        todo += [
            needed
            for needed in map(Requirement, requires(each.name) or ())
            if needed.marker is None
            or any(needed.marker.evaluate({"extra": extra}) for extra in ("", *extras))
        ]
    return {name for name, _ in found}


def third_party(source: Source) -> set[str]:
    """Return the top names of the libraries that a file imports."""
    tops = {module.partition(".")[0] for module in source.imports()}
    ours = {"asking", "books", "chassis", "contracts", "clients", "emptying", "gateways", *SERVICES}
    return tops - ours - set(sys.stdlib_module_names) - {"_typeshed"}
