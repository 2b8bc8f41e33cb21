"""The guarded fetch, against real servers; what must not be asked is asked nothing."""

import hashlib
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from chassis.errors import Unavailable
from gateways.addresses import Refused, parsed_prefixes
from gateways.fetch import fetch
from integration.stages.https_servers import (
    PUBLIC,
    Internet,
    body,
    endless,
    internet,
    leading_to,
    served,
    silent,
    status,
    trickling,
)
from waiting import until

PICTURE = b"a picture, or so it says" * 5_000
SHA256 = hashlib.sha256(PICTURE).hexdigest()
HOST, MB = "pictures.example", 1024 * 1024
HEARD: list[dict[str, str]] = []  # the headers of requests for /heard
LEAVE = threading.Event()
ELSEWHERE = {  # what nobody may be led to, and the word for it
    "http": (f"http://{HOST}/picture", "not_https"),
    "credentials": (f"https://user:password@{HOST}/picture", "credentials"),
    "port": (f"https://{HOST}:8443/picture", "bad_port"),
    "loopback": ("https://127.0.0.1/picture", "not_global"),
    "private": ("https://10.0.0.8/picture", "not_global"),
    "link-local": ("https://169.254.1.1/picture", "not_global"),
    "metadata": ("https://169.254.169.254/latest/meta-data", "not_global"),
    "embedded": ("https://[::ffff:127.0.0.1]/picture", "not_global"),
    "6to4": ("https://[2002:7f00:1::]/picture", "not_global"),
    "by-name": ("https://inside.example/picture", "not_global"),
    "one-of-two": ("https://both.example/picture", "not_global"),
}


class Cancelled(Exception):
    """What a check raises."""


def heard(request: BaseHTTPRequestHandler) -> None:
    HEARD.append(dict(request.headers))
    body(PICTURE)(request)


ANSWERS = {
    "/picture": body(PICTURE),
    "/heard": heard,
    "/one": leading_to("/picture"),
    "/two": leading_to(f"https://{HOST}/one"),
    "/three": leading_to("two"),
    "/four": leading_to("/three"),
    "/turning": leading_to("https://turning.example/picture"),
    "/large": body(b"", length=51 * MB),
    "/endless": endless,
    "/cut": body(PICTURE, length=len(PICTURE) + 1),
    "/trickle": trickling(LEAVE),
    "/silent": silent(LEAVE),
    "/gone": status(404),
    "/forbidden": status(403),
    "/busy": status(429),
    "/broken": status(503),
    **{f"/to/{name}": leading_to(url) for name, (url, _) in ELSEWHERE.items()},
}


@pytest.fixture(scope="module")
def made() -> Iterator[Internet]:
    with internet(ANSWERS, HOST, "turning.example") as world:
        yield world
        LEAVE.set()


@pytest.fixture
def world(made: Internet) -> Internet:
    """The internet, where nobody has been yet."""
    made.names = {
        "127.0.0.1": [["127.0.0.1"]],
        "10.0.0.8": [["10.0.0.8"]],
        "169.254.1.1": [["169.254.1.1"]],
        "169.254.169.254": [["169.254.169.254"]],
        "::ffff:127.0.0.1": [["::ffff:127.0.0.1"]],
        "2002:7f00:1::": [["2002:7f00:1::"]],
        "inside.example": [["::ffff:127.0.0.1"]],
        "both.example": [[PUBLIC, "169.254.169.254"]],
    }
    made.asked.clear()
    return made


def fetched(
    world: Internet,
    path: str,
    to: Path,
    check: Callable[[], None] = lambda: None,
    timeout_s: float = 10,
    sha256: str | None = None,
) -> bytes:
    """Fetch a path of the host, or an address."""
    fetch(
        path if ":" in path else f"https://{HOST}{path}",
        to / "picture",
        max_bytes=50 * MB,
        timeout_s=timeout_s,
        sha256=sha256,
        check=check,
        resolve=world.resolve,
        connect=world.connect,
        trust=world.trust,
    )
    assert [each.name for each in to.iterdir()] == ["picture"]
    return (to / "picture").read_bytes()


def word(world: Internet, path: str, to: Path, sha256: str | None = None) -> str:
    """Return why it is refused: nothing is written, and nobody came where nobody may."""
    with pytest.raises(Refused) as refusal:
        fetched(world, path, to, sha256=sha256)
    assert list(to.iterdir()) == []
    assert (world.strangers, set(world.asked) - {(PUBLIC, 443)}) == (0, set())
    return refusal.value.word


def reason(world: Internet, path: str, to: Path, timeout_s: float = 10) -> str:
    """Return why it may succeed another time; nothing is written."""
    with pytest.raises(Unavailable) as failure:
        fetched(world, path, to, timeout_s=timeout_s)
    assert list(to.iterdir()) == []
    return failure.value.message


@pytest.mark.parametrize("path", ["/picture", "/one", "/two", "/three"])
def test_a_file_is_fetched_as_it_is_after_up_to_three_redirects(
    path: str, world: Internet, tmp_path: Path
) -> None:
    assert fetched(world, path, tmp_path, sha256=SHA256) == PICTURE


def test_it_asks_by_name_for_the_bytes_as_they_are_and_says_nothing_of_who_asks(
    world: Internet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text(f"machine {HOST} login user password secret")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    (tmp_path / "in").mkdir()

    assert fetched(world, "/heard", tmp_path / "in") == PICTURE

    headers = {"Host": HOST, "Accept-Encoding": "identity", "Connection": "close"}
    assert HEARD.pop() == headers | {"User-Agent": "ai-studio"}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_an_address_that_nobody_may_be_led_to_is_not_asked(
    name: str, world: Internet, tmp_path: Path
) -> None:
    url, why = ELSEWHERE[name]
    assert word(world, url, tmp_path) == why
    assert world.asked == []


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_redirect_is_judged_like_an_address(name: str, world: Internet, tmp_path: Path) -> None:
    assert word(world, f"/to/{name}", tmp_path) == ELSEWHERE[name][1]
    assert world.asked == [(PUBLIC, 443)]


def test_a_name_that_answers_otherwise_the_second_time_leads_nowhere_else(
    world: Internet, tmp_path: Path
) -> None:
    world.names[HOST] = [[PUBLIC], ["127.0.0.1"]]
    assert fetched(world, "/picture", tmp_path) == PICTURE
    assert (world.asked, world.strangers) == ([(PUBLIC, 443)], 0)


def test_a_name_that_answers_otherwise_after_a_redirect_is_refused(
    world: Internet, tmp_path: Path
) -> None:
    world.names["turning.example"] = [[PUBLIC], ["169.254.169.254"]]
    assert word(world, "https://turning.example/turning", tmp_path) == "not_global"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/four", "too_many_redirects"),
        ("/large", "too_large"),
        ("/endless", "too_large"),
        ("/gone", "not_found"),
        ("/forbidden", "not_found"),
        ("https://other.example/picture", "not_https"),  # the certificate is for another name
    ],
)
def test_what_is_not_taken_has_its_word(
    path: str, why: str, world: Internet, tmp_path: Path
) -> None:
    assert word(world, path, tmp_path) == why


def test_other_bytes_than_announced_are_not_taken(world: Internet, tmp_path: Path) -> None:
    assert word(world, "/picture", tmp_path, sha256="0" * 64) == "not_the_bytes"


@pytest.mark.parametrize("path", ["/busy", "/broken", "/cut", "https://nobody.example/"])
def test_what_may_be_better_another_time_is_unavailable(
    path: str, world: Internet, tmp_path: Path
) -> None:
    world.names["nobody.example"] = [[]]
    assert reason(world, path, tmp_path)


@pytest.mark.parametrize("path", ["/trickle", "/silent"])
def test_a_trickle_is_too_slow_as_silence_is(path: str, world: Internet, tmp_path: Path) -> None:
    assert reason(world, path, tmp_path, timeout_s=0.3) == "it took too long"


def test_a_name_that_never_resolves_is_too_slow(world: Internet, tmp_path: Path) -> None:
    late = threading.Event()
    with pytest.raises(Unavailable, match="too long"):
        fetch(
            f"https://{HOST}/picture",
            tmp_path / "picture",
            max_bytes=MB,
            timeout_s=0.3,
            check=lambda: None,
            resolve=lambda host, port: [PUBLIC] if late.wait() else [],
            connect=world.connect,
            trust=world.trust,
        )
    late.set()
    assert world.asked == []


def test_a_connection_that_comes_when_nobody_waits_is_let_go_of(
    world: Internet, tmp_path: Path
) -> None:
    late = threading.Event()

    def connect(place: tuple[str, int], timeout_s: float) -> socket.socket:
        late.wait()
        return world.connect(place, timeout_s=60)

    with pytest.raises(Unavailable, match="too long"):
        fetch(
            f"https://{HOST}/trickle",
            tmp_path / "picture",
            max_bytes=MB,
            timeout_s=0.3,
            check=lambda: None,
            resolve=world.resolve,
            connect=connect,
            trust=world.trust,
        )
    late.set()
    until(lambda: "fetch" not in {each.name for each in threading.enumerate()})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", ["/trickle", "/silent"])
def test_a_cancelled_fetch_ends_while_it_waits(path: str, world: Internet, tmp_path: Path) -> None:
    checks = iter(range(3))

    def check() -> None:
        if next(checks) == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        fetched(world, path, tmp_path, check)
    assert list(tmp_path.iterdir()) == []


def test_of_ours_only_what_lies_below_is_fetched_and_leads_nowhere_else(tmp_path: Path) -> None:
    with served(ANSWERS) as port:
        ours = parsed_prefixes(f"http://127.0.0.1:{port}/picture http://127.0.0.1:{port}/to/")

        def taken(url: str) -> bytes:
            fetch(url, tmp_path / "p", ours=ours, max_bytes=MB, sha256=SHA256, check=lambda: None)
            return (tmp_path / "p").read_bytes()

        whole = parsed_prefixes(f"http://127.0.0.1:{port}")
        fetch(
            f"http://127.0.0.1:{port}/picture",
            tmp_path / "p",
            ours=whole,
            max_bytes=MB,
            sha256=SHA256,
            check=lambda: None,
        )
        assert (tmp_path / "p").read_bytes() == PICTURE
        for url, why in (
            (f"http://127.0.0.1:{port}/to/http", "redirect_refused"),
            (f"http://127.0.0.1:{port}/pictures", "not_ours"),
            (f"http://localhost:{port}/to/http", "not_ours"),
            ("https://elsewhere.example/picture", "not_ours"),
            (f"http://user@127.0.0.1:{port}/to/http", "credentials"),
        ):
            with pytest.raises(Refused) as refusal:
                taken(url)
            assert refusal.value.word == why, url
