"""fal asked by ours, against the stand-in: one POST, whatever becomes of its answer."""

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from prometheus_client import REGISTRY
from werkzeug.datastructures import Headers

from chassis import settings
from chassis.errors import Invalid, Rejected, Unauthenticated, Unavailable
from fal.jobs import Ending
from fal.stand_in import FalStandIn
from gateways.addresses import parsed_prefixes
from gateways.fal import Fal
from gateways.fal_line import Line, Lost
from gateways.fal_provider import FalProvider
from gateways.fal_said import Accepted, Ended, Gone, Pending, Refused, Unknown
from gateways.fal_webhook import PublicKeys, told
from gateways.pictures import inspect
from gateways.provider import Done, Failed, Provider
from integration.stages.https_servers import served, status, trickling
from media import check_command
from media.fal_settings import MediaFalSettings
from media.gateways.fal import ENHANCE, INPAINT, MAX_RESULT_BYTES, FalModels, read
from smtp_server import certificate
from waiting import until

WEBHOOK = "http://127.0.0.1:1/fal/00000000-0000-0000-0000-000000000001"  # nobody hears
PICTURE, MASK = "https://media.example/blobs/sent?a=1&b=2", "https://media.example/blobs/mask"
PRICES = {ENHANCE: 39_000, INPAINT: 30_000}
MODELS = FalModels(PRICES)
SENT = "https://media.example/blobs/another"
SINCE = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def stand_in() -> Iterator[FalStandIn]:
    with FalStandIn() as made:
        yield made


@pytest.fixture
def fal(stand_in: FalStandIn) -> Fal:
    return Fal(stand_in.key, stand_in.queue_url, stand_in.rest_url, answer_s=5)


@pytest.fixture
def provider(fal: Fal, stand_in: FalStandIn) -> Provider:
    return FalProvider(fal, "media", read, MAX_RESULT_BYTES, parsed_prefixes(stand_in.url))


def submit(fal: Fal) -> Any:
    return fal.submit(ENHANCE, {"prompt": "brighter", "image_urls": [PICTURE]}, WEBHOOK)


def path(url: str | None) -> str:
    return urlsplit(url or "").path


def counted(reason: str) -> float:
    return REGISTRY.get_sample_value("fal_refuses_us_total", {"reason": reason}) or 0


def test_a_call_is_posted_once_with_what_fal_is_to_keep_to(fal: Fal, stand_in: FalStandIn) -> None:
    taken = submit(fal)

    (job,) = stand_in.ledger
    address = f"{stand_in.url}/fal-ai/nano-banana-pro/requests/{job.request_id}"
    assert taken == Accepted(
        endpoint=ENHANCE,
        request_id=job.request_id,
        status_url=f"{address}/status",
        response_url=address,
        cancel_url=f"{address}/cancel",
    )
    assert (job.webhook, stand_in.posts) == (WEBHOOK, 1)
    assert job.headers["x-fal-request-start-timeout"] == "600"
    assert job.headers["x-fal-request-timeout"] == "600"
    lifecycle = job.headers["x-fal-object-lifecycle-preference"]
    assert lifecycle == '{"expiration_duration_seconds": 86400}'


@pytest.mark.parametrize("fault", ["broken", "html", "redirected"])
def test_an_answer_that_is_neither_yes_nor_no_is_unknown_and_nothing_is_posted_again(
    fal: Fal, stand_in: FalStandIn, fault: Any
) -> None:
    stand_in.switch(fault, None, "POST")

    assert submit(fal) == Unknown()
    assert (stand_in.posts, len(stand_in.billable)) == (1, 1)


def test_a_call_whose_answer_is_lost_once_is_not_posted_again(
    fal: Fal, stand_in: FalStandIn
) -> None:
    stand_in.switch("reply_lost", 1, "POST")

    assert submit(fal) == Unknown()
    assert (stand_in.posts, len(stand_in.billable)) == (1, 1)


def test_silence_is_unknown_as_well(stand_in: FalStandIn) -> None:
    stand_in.switch("silent", None, "POST")

    fal = Fal(stand_in.key, stand_in.queue_url, stand_in.rest_url, answer_s=0.2)
    assert submit(fal) == Unknown()
    assert (stand_in.posts, len(stand_in.billable)) == (1, 1)


@pytest.mark.parametrize("fault", ["rate_limited", "unavailable"])
def test_what_fal_says_it_has_not_taken_may_be_asked_again(
    fal: Fal, stand_in: FalStandIn, fault: Any
) -> None:
    stand_in.switch(fault, 1, "POST")

    refused = submit(fal)
    assert (refused.word, refused.retryable) == ("provider_unavailable", True)
    assert (stand_in.posts, stand_in.ledger) == (1, [])
    assert isinstance(submit(fal), Accepted)


def test_what_broke_before_anything_was_sent_may_be_asked_again(stand_in: FalStandIn) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as closed:
        refusing = f"http://127.0.0.1:{closed.getsockname()[1]}"
    shown, _ = certificate("127.0.0.1")
    with served({}, shown) as port:  # its authority is not known here
        for url in (
            refusing,
            "http://fal.invalid",
            stand_in.url.replace("http", "https"),
            f"https://127.0.0.1:{port}",
        ):
            refused = submit(Fal("key", url, stand_in.rest_url))
            assert isinstance(refused, Refused), url
            assert (refused.word, refused.retryable) == ("provider_unavailable", True), url
    assert stand_in.posts == 0


def test_neither_a_proxy_nor_a_password_of_the_machines_user_is_used(
    fal: Fal, stand_in: FalStandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    assert isinstance(submit(fal), Accepted)

    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert isinstance(submit(fal), Accepted)


def test_an_answer_that_drips_is_given_up() -> None:
    leave = threading.Event()
    with served({"/": trickling(leave)}) as port:
        with pytest.raises(Lost):
            Line("key", answer_s=0.2).exchange("GET", f"http://127.0.0.1:{port}/")
        leave.set()


def test_a_key_that_fal_refuses_and_a_locked_account_alarm(fal: Fal, stand_in: FalStandIn) -> None:
    before = counted("key"), counted("account")
    other = Fal("another", stand_in.queue_url, stand_in.rest_url)
    assert submit(other).word == "provider_unavailable"
    assert (counted("key"), counted("account")) == (before[0] + 1, before[1])
    with pytest.raises(Unavailable, match="chassis.fal_refuses_us"):
        other.knows_us(ENHANCE)

    stand_in.switch("locked", 1, "POST")
    refused = submit(fal)
    assert (refused.word, refused.retryable) == ("quota_exceeded", False)
    assert counted("account") == before[1] + 1
    assert stand_in.ledger == []


def test_the_key_goes_to_no_address_but_the_queues(fal: Fal, stand_in: FalStandIn) -> None:
    stand_in.state.base, own = "https://elsewhere.example", stand_in.state.base
    try:
        taken = submit(fal)
    finally:
        stand_in.state.base = own
    (job,) = stand_in.ledger
    assert taken == Accepted(endpoint=ENHANCE, request_id=job.request_id)
    assert isinstance(fal.answer(taken), Ended)  # from the list of requests


def test_a_call_is_pending_until_it_has_ended(fal: Fal, stand_in: FalStandIn) -> None:
    stand_in.late(2)
    taken = submit(fal)

    answers = [fal.answer(taken) for _ in range(4)]
    assert answers[:2] == [Pending(position=1), Pending(position=None)]
    (job,) = stand_in.ledger
    assert answers[2:] == [Ended(output=job.output or {})] * 2


@pytest.mark.parametrize(
    "type,status,inside,word",
    [
        ("content_policy_violation", 422, False, "content_refused"),
        ("image_too_small", 422, False, "invalid_input"),
        ("no_media_generated", 422, False, "provider_bad_output"),
        ("internal_server_error", 500, False, "provider_unavailable"),
        ("generation_timeout", 504, False, "provider_timeout"),
        ("startup_timeout", 504, True, "provider_timeout"),
        ("runner_disconnected", 503, True, "provider_unavailable"),
        ("content_policy_violation", 422, True, "content_refused"),
        ("new_at_fal", 500, True, "provider_unavailable"),
        ("new_at_fal", 402, False, "quota_exceeded"),
    ],
)
def test_completed_is_no_success_and_fals_words_are_in_the_log_alone(
    provider: Provider,
    stand_in: FalStandIn,
    caplog: pytest.LogCaptureFixture,
    type: str,
    status: int,
    inside: bool,
    word: str,
) -> None:
    stand_in.fails(type, status, inside=inside)
    call = provider.ask(MODELS.enhancing(PICTURE, "brighter"), WEBHOOK)
    assert isinstance(call, Accepted)

    with caplog.at_level(logging.WARNING, logger="gateways"):
        failed = provider.answer(call)

    assert isinstance(failed, Failed)
    assert (failed.word, failed.type, failed.is_billed) == (word, type, False)
    assert "fal's own words" not in repr(failed)
    (logged,) = (each for each in caplog.records if hasattr(each, "fal_said"))
    assert type in logged.__dict__["fal_said"] or inside
    assert "what was asked" not in str(logged.__dict__)
    assert stand_in.billable == []


def test_the_type_in_completed_counts_though_nothing_else_is_kept(
    fal: Fal, stand_in: FalStandIn
) -> None:
    stand_in.fails("startup_timeout", 504, inside=True)
    call = submit(fal)
    fal.forget(call.request_id)

    answer = fal.answer(call)
    assert isinstance(answer, Refused)
    assert answer.type == "startup_timeout"


def test_an_error_in_completed_counts_though_there_is_a_result(
    fal: Fal, stand_in: FalStandIn
) -> None:
    stand_in.state.endings.append(Ending(inside=True))

    answer = fal.answer(submit(fal))
    assert isinstance(answer, Refused)
    assert answer.word == "provider_unavailable"


def test_a_wrong_input_fails_as_the_model_says(provider: Provider) -> None:
    call = provider.ask(MODELS.enhancing(PICTURE, ""), WEBHOOK)
    assert isinstance(call, Accepted)

    failed = provider.answer(call)
    assert isinstance(failed, Failed)
    assert (failed.word, failed.type) == ("invalid_input", "missing")


@pytest.mark.parametrize("fault", ["rate_limited", "unavailable", "html", "broken", "reply_lost"])
def test_a_look_that_is_not_answered_decides_nothing(
    fal: Fal, stand_in: FalStandIn, fault: Any
) -> None:
    call = submit(fal)
    for on in ("GET", "GET", "PUT"):
        stand_in.switch(fault, 1, on)
    with pytest.raises(Unavailable, match="chassis.fal_unavailable"):
        fal.answer(call)
    with pytest.raises(Unavailable):
        fal.lookup(ENHANCE, PICTURE, SINCE)
    if fault != "html":  # of a cancellation nothing is read
        with pytest.raises(Unavailable):
            fal.cancel(call)
    assert isinstance(fal.answer(call), Ended)


def test_a_page_where_the_model_should_answer_is_a_bad_output(
    fal: Fal, stand_in: FalStandIn
) -> None:
    call = submit(fal)
    stand_in.switch("html", 1, f"GET {path(call.response_url)} ")

    answer = fal.answer(call)
    assert answer == Refused(word="provider_bad_output", type="no_json", retryable=True)


def test_a_result_that_has_gone_is_read_from_the_list_of_requests(
    fal: Fal, stand_in: FalStandIn
) -> None:
    stand_in.switch("result_gone", 3)
    stand_in.fails("image_too_large", 422)
    failed, kept, forgotten = (submit(fal) for _ in range(3))
    fal.forget(forgotten.request_id)

    assert isinstance(fal.answer(kept), Ended)
    answer = fal.answer(failed)
    assert isinstance(answer, Refused)
    assert answer.word == "invalid_input"
    assert fal.answer(forgotten) == Gone()
    stand_in.state.jobs.clear()
    assert fal.answer(kept) == Gone()


def test_a_call_that_is_lost_is_found_by_the_link_of_its_picture(
    fal: Fal, stand_in: FalStandIn
) -> None:
    submit(fal)
    for number in range(205):  # three pages
        others = {"prompt": "x", "image_urls": [f"{MASK}/{number}"]}
        stand_in.state.take(ENHANCE, stand_in.state.calls[0], others)
    stand_in.hold()
    stand_in.switch("reply_lost", 1, "POST")
    assert fal.submit(ENHANCE, {"prompt": "x", "image_urls": [SENT]}, WEBHOOK) == Unknown()
    job = stand_in.ledger[-1]

    assert fal.lookup(ENHANCE, SENT, SINCE) is None  # it runs
    stand_in.finish(job)
    found = fal.lookup(ENHANCE, SENT, SINCE)

    assert found == Accepted(endpoint=ENHANCE, request_id=job.request_id)
    assert fal.lookup(ENHANCE, PICTURE, SINCE) is not None  # on the last page
    assert fal.lookup(INPAINT, SENT, SINCE) is None
    assert fal.lookup(ENHANCE, SENT, datetime.now(UTC) + timedelta(hours=1)) is None
    assert fal.answer(found) == Ended(output=job.output or {})
    assert stand_in.posts == 2


def test_a_call_that_is_known_by_its_id_alone_is_pending_until_it_is_listed(
    fal: Fal, stand_in: FalStandIn
) -> None:
    stand_in.hold()
    taken = submit(fal)
    known = Accepted(endpoint=ENHANCE, request_id=taken.request_id)

    assert fal.answer(known) == Pending(position=None)
    stand_in.state.lists_unfinished = True
    assert fal.answer(known) == Pending(position=None)
    stand_in.finish()
    assert isinstance(fal.answer(known), Ended)


def test_a_cancelled_call_is_left_and_one_that_has_ended_stays_so(
    provider: Provider, stand_in: FalStandIn
) -> None:
    stand_in.hold()
    waiting = provider.ask(MODELS.enhancing(PICTURE, "brighter"), WEBHOOK)
    stand_in.hold(False)
    ended = provider.ask(MODELS.enhancing(PICTURE, "brighter"), WEBHOOK)
    assert isinstance(waiting, Accepted) and isinstance(ended, Accepted)

    for call in (waiting, ended, Accepted(endpoint=ENHANCE, request_id="found")):
        provider.cancel(call)
        provider.cancel(call)

    left = provider.answer(waiting)
    assert isinstance(left, Failed)
    assert (left.word, left.retryable, left.is_billed) == ("cancelled", False, False)
    assert isinstance(provider.answer(ended), Done)
    assert len(stand_in.billable) == 1


def test_what_fal_keeps_is_deleted_and_nobody_hears_that_it_is_not(
    provider: Provider, stand_in: FalStandIn, tmp_path: Path
) -> None:
    call = provider.ask(MODELS.enhancing(PICTURE, "brighter"), WEBHOOK)
    assert isinstance(call, Accepted)
    done = provider.answer(call)
    assert isinstance(done, Done)
    alarmed = counted("key")

    for fault in ("unavailable", "reply_lost"):
        stand_in.switch(fault, 1, "DELETE")
        provider.forget(call.request_id)
    Fal("no admin's", stand_in.queue_url, stand_in.rest_url).forget(call.request_id)
    provider.forget("nothing")

    assert counted("key") == alarmed  # work needs no admin's key
    with pytest.raises(Rejected, match="nothing is there"):
        provider.fetch(done, tmp_path / "result", lambda: None)


def test_the_models_are_sent_what_they_need_and_give_a_picture_with_its_cost(
    provider: Provider, stand_in: FalStandIn, tmp_path: Path
) -> None:
    works = [
        MODELS.enhancing(PICTURE, "brighter"),
        MODELS.inpainting(PICTURE, MASK, "a plant"),
        MODELS.inpainting(PICTURE, MASK, None),
    ]
    for work in works:
        call = provider.ask(work, WEBHOOK)
        assert isinstance(call, Accepted)
        done = provider.answer(call)
        assert isinstance(done, Done)
        assert work.price_micro_usd == PRICES[work.endpoint]
        provider.fetch(done, tmp_path / "result", lambda: None)
        assert (tmp_path / "result").read_bytes().startswith(b"\xff\xd8\xff")

    enhancing, adding, removing = (each.input for each in stand_in.ledger)
    assert enhancing == {
        "prompt": "brighter",
        "image_urls": [PICTURE],
        "num_images": 1,
        "output_format": "jpeg",
    }
    links = {"image_url": PICTURE, "mask_url": MASK, "output_format": "jpeg"}
    assert adding == {"prompt": "a plant", **links}
    assert removing == {"prompt": removing["prompt"], **links}
    assert removing["prompt"].startswith("Remove the marked objects")
    assert not any(secret in repr(work) for work in works for secret in (PICTURE, "a plant"))


@pytest.mark.parametrize(
    "output,word,retryable",
    [
        ({"images": []}, "provider_bad_output", True),
        ({"images": None}, "provider_bad_output", True),
        ({"images": [{"url": None}]}, "provider_bad_output", True),
        ({"images": [{"url": "x"}], "has_nsfw_concepts": [True]}, "content_refused", False),
    ],
)
def test_a_model_that_ran_and_gave_nothing_of_use_is_paid_for(
    provider: Provider, stand_in: FalStandIn, output: Any, word: str, retryable: bool
) -> None:
    stand_in.state.endings.append(Ending(body=output))
    call = provider.ask(MODELS.enhancing(PICTURE, "brighter"), WEBHOOK)
    assert isinstance(call, Accepted)

    failed = provider.answer(call)
    assert isinstance(failed, Failed)
    assert (failed.word, failed.retryable) == (word, retryable)
    assert failed.is_billed
    assert len(stand_in.billable) == 1


@pytest.mark.parametrize(
    "fault,reason",
    [
        ("result_large", "too_large"),
        ("result_missing", "not_found"),
        ("result_private", "not_ours"),
    ],
)
def test_a_result_is_fetched_from_fal_and_if_it_is_not_too_large(
    provider: Provider, stand_in: FalStandIn, tmp_path: Path, fault: Any, reason: str
) -> None:
    stand_in.switch(fault)
    call = provider.ask(MODELS.enhancing(PICTURE, "brighter"), WEBHOOK)
    assert isinstance(call, Accepted)
    done = provider.answer(call)
    assert isinstance(done, Done)

    with pytest.raises(Rejected) as refused:
        provider.fetch(done, tmp_path / "result", lambda: None)
    assert refused.value.code == "media.bad_output"
    assert refused.value.details == {"reason": reason}
    assert done.url not in str(refused.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url,reason",
    [
        ("https://fal.media.example/result.jpg", "not_ours"),
        ("https://notfal.media/result.jpg", "not_ours"),
        ("https://127.0.0.1/result.jpg", "not_ours"),
        ("http://v3.fal.media/result.jpg", "not_https"),
        ("https://v3.fal.media:8443/result.jpg", "bad_port"),
        ("https://user@v3.fal.media/result.jpg", "credentials"),
        ("file:///etc/passwd", "not_https"),
    ],
)
def test_nothing_is_fetched_from_elsewhere(
    provider: Provider, tmp_path: Path, url: str, reason: str
) -> None:
    with pytest.raises(Rejected) as refused:
        provider.fetch(Done(url=url), tmp_path / "result", lambda: None)
    assert refused.value.details == {"reason": reason}


def test_a_page_is_fetched_and_judged_by_whoever_knows_pictures(
    provider: Provider, stand_in: FalStandIn, tmp_path: Path
) -> None:
    stand_in.switch("result_html")
    call = provider.ask(MODELS.enhancing(PICTURE, "brighter"), WEBHOOK)
    assert isinstance(call, Accepted)
    done = provider.answer(call)
    assert isinstance(done, Done)
    file = tmp_path / "result"
    provider.fetch(done, file, lambda: None)

    with pytest.raises(Invalid, match="media.not_a_picture"):
        inspect(file, "media", tmp_path)


def test_webhooks_are_told_signed_late_twice_and_out_of_order(
    fal: Fal, stand_in: FalStandIn, tmp_path: Path
) -> None:
    keys = PublicKeys(stand_in.jwks_url, tmp_path)
    heard: list[str] = []

    def door(request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["Content-Length"]))
        headers = Headers(list(request.headers.items()))
        try:
            heard.append(told(body, headers, keys, datetime.now(UTC)))
            status(200)(request)
        except Unauthenticated:
            status(401)(request)

    def ask() -> str:
        taken = fal.submit(ENHANCE, {"prompt": "x", "image_urls": [PICTURE]}, webhook)
        assert isinstance(taken, Accepted)
        return taken.request_id

    with served({"/fal": door}) as port:
        webhook = f"http://127.0.0.1:{port}/fal"
        good = ask()
        until(lambda: heard == [good], 10, "a webhook")
        stand_in.switch("webhook_doubled")
        twice = ask()
        until(lambda: heard == [good, twice, twice], 10, "a webhook, twice")
        stand_in.switch("webhook_held", 2)
        first, second = ask(), ask()
        until(lambda: len(stand_in.held) == 2, 10, "webhooks that are held")
        stand_in.release()
        assert heard[3:] == [second, first]
        for fault in ("webhook_unsigned", "webhook_old"):
            stand_in.switch(fault)
            ask()
            until(lambda: stand_in.ledger[-1].told, 10, "an answer")
    assert [each.told for each in stand_in.ledger] == [[200], [200] * 2, [200], [200], [401], [401]]
    assert len(heard) == 5
    assert sum(each.path.endswith("jwks.json") for each in stand_in.state.calls) == 1


@pytest.mark.parametrize("fault", ["unavailable", "html", "reply_lost"])
def test_without_fals_keys_nothing_is_believed(
    stand_in: FalStandIn, tmp_path: Path, fault: Any
) -> None:
    keys = PublicKeys(stand_in.jwks_url, tmp_path)
    stand_in.switch(fault, 1, "GET /.well-known")

    with pytest.raises(Unavailable, match="chassis.fal_keys_unavailable|chassis.fetch_unavailable"):
        keys()
    assert stand_in.state.signing.public_key() in keys()
    assert list(tmp_path.iterdir()) == []


def test_check_says_what_fal_lacks(stand_in: FalStandIn) -> None:
    given = {
        "ENV": "embedded",
        "PUBLIC_URL": "http://127.0.0.1",
        "ENGINE": "fal",
        "FAL_KEY": stand_in.key,
        "FAL_QUEUE_URL": stand_in.queue_url,
        "FAL_REST_URL": stand_in.rest_url,
        "FAL_JWKS_URL": stand_in.jwks_url,
        "FAL_PRICE_NANO_BANANA_PRO_EDIT": "39000",
        "FAL_PRICE_QWEN_IMAGE_EDIT_INPAINT": "30000",
    }

    def faults(**changed: str) -> list[str]:
        return list(check_command.faults(settings.load(MediaFalSettings, {**given, **changed})))

    assert faults() == []
    assert faults(ENGINE="local", FAL_KEY="another") == []
    assert faults(FAL_KEY="another") == ["FAL_KEY: fal refuses us (401)"]
    wrong = faults(FAL_REST_URL=f"{stand_in.url}/v2", FAL_JWKS_URL=f"{stand_in.url}/keys")
    assert [each.partition(":")[0] for each in wrong] == ["FAL_REST_URL", "FAL_JWKS_URL"]
    assert stand_in.posts == 0
