"""The job that enhances an image: what it asks, makes and says when it fails."""

import hashlib
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from chassis.errors import (
    DeadlineExceeded,
    Internal,
    Invalid,
    Rejected,
    ServiceError,
    Unavailable,
)
from chassis.jobs.jobs import Task
from gateways.blobs_folder import Folder
from media.domain.failures import FAILURES
from media.gateways.engine import Enhanced, Report
from media.jobs.enhancing import enhance, params_hash, reason

WORKSPACE, PROJECT, IMAGE = (UUID(int=n) for n in (1, 2, 3))
KEY = "original/photo.jpg"
ARGS = {
    "workspace_id": str(WORKSPACE),
    "project_id": str(PROJECT),
    "original_key": KEY,
    "original_sha256": "a" * 64,
    "prompt": "a bright room",
    "template": "modern",
}
TASK = Task(
    id=UUID(int=9),
    kind="enhance_image",
    subject=IMAGE,
    workspace_id=WORKSPACE,
    args=ARGS,
    meta={},
    claims=1,
    failures=0,
)
JPEG = b"\xff\xd8\xff\xe0 the picture"


class Painter:
    """An engine of somebody else's, who answers what it is told to."""

    name = "painter"

    def __init__(self, answer: bytes) -> None:
        self.answer = answer

    def enhance(self, image: bytes, prompt: str, template: str, report: Report) -> Enhanced:
        assert (image, prompt, template) == (b"original", "a bright room", "modern")
        report(60, "processing")
        return Enhanced(
            content=self.answer, width=4, height=3, model="painter-1", alteration="material"
        )


def folder(path: Path) -> Folder:
    return Folder(path, "https://media.example", ("key",))


def told(steps: list[tuple[int, str]]) -> Report:
    return lambda percent, step: steps.append((percent, step))


def test_the_result_is_stored_under_its_content_and_described(tmp_path: Path) -> None:
    blobs, steps = folder(tmp_path), list[tuple[int, str]]()
    blobs.put(KEY, b"original")

    result = enhance(blobs, Painter(JPEG), TASK, told(steps))

    sha256 = hashlib.sha256(JPEG).hexdigest()
    assert result == {
        "key": f"{WORKSPACE}/{PROJECT}/result/{IMAGE}-{sha256[:16]}.jpg",
        "size": len(JPEG),
        "sha256": sha256,
        "width": 4,
        "height": 3,
        "model": "painter-1",
        "engine": "painter",
        "alteration": "material",
        "params_hash": params_hash("painter", "painter-1", ARGS),
    }
    assert b"".join(blobs.chunks(result["key"])) == JPEG
    assert steps == [
        (10, "fetching"),
        (25, "uploading"),
        (60, "processing"),
        (80, "saving"),
        (100, "completed"),
    ]


def test_an_original_that_is_gone_is_a_storage_error(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as failure:
        enhance(folder(tmp_path), Painter(JPEG), TASK, told([]))

    assert reason(failure.value) == "storage_error"


def test_an_answer_that_is_no_picture_is_not_taken(tmp_path: Path) -> None:
    blobs = folder(tmp_path)
    blobs.put(KEY, b"original")

    with pytest.raises(Unavailable) as failure:
        enhance(blobs, Painter(b"<html>"), TASK, told([]))

    assert reason(failure.value) == "provider_bad_output"
    assert not (tmp_path / str(WORKSPACE)).exists()


@pytest.mark.parametrize("name", ["original_sha256", "prompt", "template"])
def test_the_parameters_hash_changes_with_what_the_picture_depends_on(name: str) -> None:
    same: dict[str, Any] = {**ARGS, "original_key": "elsewhere.jpg"}

    assert params_hash("local", "local-1", same) == params_hash("local", "local-1", ARGS)
    assert params_hash("local", "local-1", ARGS | {name: "x"}) != params_hash(
        "local", "local-1", ARGS
    )
    assert params_hash("local", "local-2", ARGS) != params_hash("local", "local-1", ARGS)


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (Invalid("media.invalid_input"), "invalid_input"),
        (Rejected("media.unknown_template"), "invalid_input"),
        (DeadlineExceeded("media.job_timeout"), "provider_timeout"),
        (Unavailable("media.engine_away"), "provider_unavailable"),
        (Unavailable("media.storage_error"), "storage_error"),
        (Unavailable("chassis.blobs_unavailable"), "storage_error"),
        (Internal("chassis.job_failed"), "provider_bad_output"),
    ],
)
def test_a_failure_has_a_reason_and_a_text_for_customers(error: ServiceError, meaning: str) -> None:
    assert reason(error) == meaning
    assert FAILURES[meaning].text.endswith(".")
