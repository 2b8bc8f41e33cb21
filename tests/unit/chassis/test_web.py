"""The public door: what it answers, and what it keeps to itself."""

import io
import json
import logging

import pytest
from werkzeug.exceptions import Forbidden, RequestedRangeNotSatisfiable
from werkzeug.test import Client, TestResponse
from werkzeug.wrappers import Request, Response

from chassis import telemetry
from chassis.door.web import PublicDoor, Route, links
from chassis.errors import Unavailable

OURS, THEIRS = "https://app.example", "https://evil.example"


def test_a_bug_is_a_500_that_says_nothing_and_the_log_holds_no_link(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(request: Request, token: str) -> Response:
        raise OSError("the disk is away")

    door = Client(PublicDoor([Route(path="/blobs/<token>", methods=("GET",), answer=broken)]))
    with caplog.at_level(logging.WARNING):
        response = door.get("/blobs/lets-its-holder-in")
    assert response.status_code == 500
    assert response.get_json().keys() == {"error", "request_id"}
    assert response.get_json()["error"] == "a bug of ours"
    (record,) = caplog.records
    assert "lets-its-holder-in" not in str(vars(record))
    assert vars(record)["path"] == "/blobs/<token>"


def test_who_is_refused_is_told_by_which_id_the_log_knows_it() -> None:
    def away(request: Request) -> Response:
        raise Unavailable("chassis.database_unavailable") from OSError("no such host: db-7")

    written = io.StringIO()
    handler = telemetry.json_handler(written)
    logging.getLogger("chassis.door.web").addHandler(handler)
    logging.getLogger("chassis.door.web").setLevel(logging.INFO)
    try:
        door = Client(PublicDoor([Route(path="/away", methods=("GET",), answer=away)]))
        answers = [door.get("/away"), door.get("/nowhere"), door.put("/away")]
    finally:
        logging.getLogger("chassis.door.web").removeHandler(handler)
        logging.getLogger("chassis.door.web").setLevel(logging.NOTSET)
    said = [json.loads(line) for line in written.getvalue().splitlines()]
    assert [(line["status"], line["path"]) for line in said] == [
        (503, "/away"),
        (404, None),
        (405, None),
    ]
    assert "db-7" in said[0]["reason"]
    assert "db-7" not in answers[0].text
    assert [line["request_id"] for line in said] == [
        each.get_json()["request_id"] for each in answers
    ]


def test_pages_of_our_origins_and_no_others_may_ask_and_read() -> None:
    def answer(request: Request, token: str) -> Response:
        if token == "expired":
            raise Forbidden("this link has expired")
        return Response(b"bytes")

    door = Client(PublicDoor(links(answer, (OURS,), methods=("GET", "PUT"), max_bytes=10)))
    for url, status in (("/blobs/fresh", 200), ("/blobs/expired", 403)):
        ours, theirs = (door.get(url, headers={"Origin": each}) for each in (OURS, THEIRS))
        assert (ours.status_code, theirs.status_code) == (status, status)
        assert ours.headers["Access-Control-Allow-Origin"] == OURS
        assert "Access-Control-Allow-Origin" not in theirs.headers
        assert ours.headers["Vary"] == theirs.headers["Vary"] == "Origin"
    wanted = {"Origin": OURS, "Access-Control-Request-Method": "PUT"}
    asked = door.options("/blobs/fresh", headers=wanted)
    assert (asked.status_code, asked.data) == (204, b"")
    assert asked.headers["Access-Control-Allow-Methods"] == "GET, PUT"
    assert asked.headers["Access-Control-Allow-Headers"] == "Content-Type, Range"
    assert "Access-Control-Allow-Origin" not in door.options("/blobs/fresh").headers


def test_every_answer_is_kept_by_nobody_and_taken_for_what_it_is_said_to_be() -> None:
    def broken(request: Request) -> Response:
        raise ZeroDivisionError

    def answer(request: Request) -> Response:
        return Response(b"x", headers={"Cache-Control": "max-age=60"})

    routes = [
        Route(path="/broken", methods=("GET",), answer=broken),
        Route(path="/fine", methods=("GET",), answer=answer),
    ]
    door = Client(PublicDoor(routes))
    for path, status in (("/broken", 500), ("/fine", 200), ("/nowhere", 404)):
        response = door.get(path)
        assert response.status_code == status
        assert response.headers.getlist("Cache-Control") == ["private, no-store"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_links_that_lead_elsewhere_have_no_route_here() -> None:
    assert Client(PublicDoor(links(None, ()))).get("/blobs/x").status_code == 404


def allowed(response: TestResponse) -> set[str]:
    return set(response.headers["Allow"].split(", "))


def test_another_method_is_told_which_ones_there_are() -> None:
    door = Client(PublicDoor(links(lambda request, token: Response(), ())))
    for method in ("PUT", "POST", "DELETE", "PATCH", "TRACE", "BREW"):
        response = door.open("/blobs/x", method=method)
        assert response.status_code == 405
        assert allowed(response) == {"GET", "HEAD", "OPTIONS"}
    asked = door.options("/blobs/x", headers={"Origin": THEIRS})
    assert (asked.status_code, asked.data) == (204, b"")
    assert allowed(asked) == {"GET", "HEAD", "OPTIONS"}
    assert "Access-Control-Allow-Origin" not in asked.headers


def test_a_refusal_keeps_what_belongs_to_it() -> None:
    def answer(request: Request, token: str) -> Response:
        raise RequestedRangeNotSatisfiable(length=7)

    response = Client(PublicDoor(links(answer, ()))).get("/blobs/x")
    assert (response.status_code, response.content_type) == (416, "application/json")
    assert response.headers["Content-Range"] == "bytes */7"


def test_a_path_that_is_none_of_ours_is_sent_nowhere_else() -> None:
    door = Client(PublicDoor(links(lambda request, token: Response(), ())))
    for path in ("/blobs//x", "/blobs/x/", "/blobs/", "/BLOBS/x", "/blobs/a/b", "/"):
        response = door.get(path)
        assert (response.status_code, "Location" in response.headers) == (404, False), path


def test_a_body_says_how_long_it_is_and_is_not_longer_than_the_route_takes() -> None:
    def answer(request: Request) -> Response:
        return Response(request.get_data())

    door = Client(PublicDoor([Route(path="/hook", methods=("POST",), answer=answer, max_bytes=4)]))
    for length, status in (("4", 200), ("5", 413), ("9" * 4_000, 413)):
        given = {"CONTENT_LENGTH": length}
        assert door.post("/hook", data=b"body", environ_overrides=given).status_code == status
    chunked = {"Transfer-Encoding": "chunked"}
    assert door.post("/hook", data=b"body", headers=chunked).status_code == 411
