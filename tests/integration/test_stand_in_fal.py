"""Our stand-in for fal, asked by the official client.

Nothing here has met fal itself: what is checked is that fal's own client takes the answers for
fal's, and why ours is not that client.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import fal_client
import pytest
from fal_client.client import FalClientHTTPError

from fal.stand_in import FalStandIn

MODEL = "fal-ai/nano-banana-pro/edit"
INPUT = {"prompt": "brighter", "image_urls": ["https://media.example/sent.jpg"]}


@pytest.fixture
def stand_in() -> Iterator[FalStandIn]:
    with FalStandIn() as made:
        yield made


@pytest.fixture
def client(
    stand_in: FalStandIn, monkeypatch: pytest.MonkeyPatch
) -> Iterator[fal_client.SyncClient]:
    monkeypatch.setattr("fal_client.client.QUEUE_URL_FORMAT", f"{stand_in.queue_url}/")
    monkeypatch.setattr("fal_client.client.BASE_DELAY", 0.001)
    with opened(stand_in.key) as made:
        yield made


@contextmanager
def opened(key: str) -> Iterator[fal_client.SyncClient]:
    made = fal_client.SyncClient(key=key)
    yield made
    made._client.close()  # it has no way to end


def test_the_official_client_submits_looks_and_takes_the_result(
    stand_in: FalStandIn, client: fal_client.SyncClient
) -> None:
    stand_in.late(2)
    handle = client.submit(MODEL, INPUT, webhook_url=None, start_timeout=600)

    seen = [type(each) for each in handle.iter_events(interval=0)]
    assert seen == [fal_client.Queued, fal_client.InProgress, fal_client.Completed]
    result = handle.get()
    assert result["images"][0]["content_type"] == "image/jpeg"
    (job,) = stand_in.ledger
    assert (job.endpoint, job.input) == (MODEL, INPUT)
    assert client.result(MODEL, handle.request_id) == result  # by addresses that it builds itself


def test_the_official_client_cancels(stand_in: FalStandIn, client: fal_client.SyncClient) -> None:
    stand_in.hold()
    handle = client.submit(MODEL, INPUT)
    assert handle.status() == fal_client.Queued(position=0)

    handle.cancel()

    status: Any = handle.status()
    assert status.error_type == "client_cancelled"
    assert stand_in.billable == []
    with pytest.raises(FalClientHTTPError):  # it has ended
        handle.cancel()


def test_the_official_client_reads_both_kinds_of_errors(
    stand_in: FalStandIn, client: fal_client.SyncClient
) -> None:
    stand_in.fails("content_policy_violation", 422)
    stand_in.fails("runner_disconnected", 503, inside=True)
    model, request = (client.submit(MODEL, INPUT) for _ in range(2))

    with pytest.raises(FalClientHTTPError) as refused:
        model.get()
    assert refused.value.status_code == 422
    status: Any = request.status()
    assert (status.error, status.error_type) == ("Request failed", "runner_disconnected")
    with pytest.raises(FalClientHTTPError) as refused:
        request.get()
    assert refused.value.error_type == "runner_disconnected"


def test_another_key_and_an_unknown_request_are_refused(
    stand_in: FalStandIn, client: fal_client.SyncClient
) -> None:
    with opened("another") as other, pytest.raises(FalClientHTTPError) as refused:
        other.submit(MODEL, INPUT)
    assert refused.value.status_code == 401
    with pytest.raises(FalClientHTTPError) as refused:
        client.status(MODEL, "nothing")
    assert refused.value.status_code == 404


def test_the_official_client_pays_twice_for_a_lost_answer_which_is_why_it_is_not_ours(
    stand_in: FalStandIn, client: fal_client.SyncClient
) -> None:
    stand_in.switch("reply_lost", 2, "POST")

    client.submit(MODEL, INPUT)

    assert len(stand_in.billable) == 3
