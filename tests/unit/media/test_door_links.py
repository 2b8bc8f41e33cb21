"""Links to media's door: what they hold, for how long, and what becomes of them with new keys."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from werkzeug.exceptions import Forbidden

from media.gateways.door_links import DoorLinks, Wanted, sha256_of

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
IMAGE = UUID(int=7)
WANTED = Wanted(
    project_id=UUID(int=1),
    version_ids=tuple(UUID(int=n) for n in range(2, 52)),
    label=True,
    file_name="Storgata 1-2026-12-01.zip",
)


def links(*keys: str, at: datetime = NOW) -> DoorLinks:
    return DoorLinks("https://media.example", keys, lambda: at)


def token_of(url: str) -> str:
    return url.rpartition("/")[2]


def test_a_download_says_what_it_is_for_a_quarter_of_an_hour() -> None:
    link = links("a").download(WANTED)

    assert link.url.startswith("https://media.example/downloads/")
    assert len(link.url) < 4_000
    assert link.expires_at == NOW + timedelta(minutes=15)
    assert links("b", "a").wanted(token_of(link.url)) == WANTED
    late = links("a", at=link.expires_at)
    with pytest.raises(Forbidden, match="expired"):
        late.wanted(token_of(link.url))


@pytest.mark.parametrize(
    "spoil", [lambda it: it[:-1], lambda it: it + "A", lambda it: "x", str.upper]
)
def test_a_download_that_we_did_not_sign_is_refused(spoil: "type[str]") -> None:
    token = token_of(links("a").download(WANTED).url)

    for door, tried in ((links("a"), spoil(token)), (links("other"), token)):
        with pytest.raises(Forbidden, match="not one of ours"):
            door.wanted(tried)


def test_a_published_originals_token_is_found_again_by_its_hash() -> None:
    old, new = links("old"), links("new", "old")
    token = old.token(IMAGE, 1)

    assert len(token) == 43
    assert old.original(token) == f"https://media.example/originals/{token}"
    assert new.known_token(IMAGE, 1, sha256_of(token)) == token
    assert links("new").known_token(IMAGE, 1, sha256_of(token)) is None
    others = {old.token(IMAGE, 2), old.token(UUID(int=8), 1), new.token(IMAGE, 1)}
    assert len({token, *others}) == 4
