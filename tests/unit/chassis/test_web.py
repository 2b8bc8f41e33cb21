"""The public door: what it answers, and what it keeps to itself."""

import logging

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from chassis.door.web import PublicDoor, Route


def test_a_bug_is_a_bare_500_and_the_log_holds_no_link(caplog: pytest.LogCaptureFixture) -> None:
    def broken(request: Request, token: str) -> Response:
        raise OSError("the disk is away")

    door = Client(PublicDoor([Route(path="/blobs/<token>", methods=("GET",), answer=broken)]))
    with caplog.at_level(logging.INFO):
        response = door.get("/blobs/lets-its-holder-in")
    assert (response.status_code, response.data) == (500, b"")
    (record,) = caplog.records
    assert "lets-its-holder-in" not in str(vars(record))
    assert vars(record)["path"] == "/blobs/<token>"
