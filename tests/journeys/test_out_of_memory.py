"""Work that its process is killed at, again and again: given up after the third, and only then."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import psutil
import pytest
from sqlalchemy import Engine, text

from chassis import ids
from chassis.identity import service_actor
from chassis.unit.calls import Call
from chassis.unit.handling import App
from distributed.service_process import ServiceProcess
from distributed.suite import Suite
from gateways.blobs_folder import Folder
from integration.stages.small_films import photograph
from journeys.stages.alone import alone
from journeys.stages.distributed_suite import running_as
from servers.postgres import Server
from servers.rabbit import Broker
from unit.video.films import CREATE
from video.app import SERVICE
from video.domain import piece, video_project
from video.domain.piece_messages import WantPiece
from video.domain.plan import Spec, piece_id, source_key
from waiting import until

WORKSPACE = uuid4()
AS_IF_LATER = "update jobs set run_at = now() where kind = 'render_piece' and state = 'claimed'"


@pytest.fixture
def suite(postgres_server: Server, broker: Broker, run_folder: Path) -> Iterator[Suite]:
    folder = run_folder / "out-of-memory"
    with running_as(alone("video"), postgres_server, broker, folder) as suite:
        yield suite


def want_clip(suite: Suite) -> None:
    """Let a clip of ten seconds be wanted, as a film wants it."""
    picture = photograph(suite.data_dir / "picture.jpg", (1200, 800), 1)
    digest = sha256(picture.read_bytes()).hexdigest()
    given = suite.processes["video-work-0"].variables
    blobs = Folder(Path(given["BLOBS_FOLDER"]), given["PUBLIC_URL"], (given["BLOBS_KEY"],))
    key = source_key(WORKSPACE, digest, "jpg")
    blobs.put_file(key, picture)
    spec = Spec(
        kind="clip",
        engine="local",
        source_sha256=digest,
        room_type="kitchen",
        seconds=10,
        aspect_ratio="16:9",
        native_audio=False,
    )
    film_id = uuid4()
    wanted = WantPiece(workspace_id=WORKSPACE, video_project_id=film_id, spec=spec, pictures=(key,))
    app = App(service=SERVICE, engine=suite.engines["video"])
    by = service_actor("video")
    call = Call(id=ids.fresh(), at=datetime.now(UTC), actor=by, correlation_id="c")
    app.handle(video_project.decider, film_id, CREATE, replace(call, id=ids.fresh()))
    app.handle(piece.decider, piece_id(WORKSPACE, spec), wanted, call)


def job(engine: Engine) -> tuple[str, int, int, str]:
    query = "select state, claims, deaths, error from jobs where kind = 'render_piece'"
    with engine.connect() as connection:
        ((state, claims, deaths, error),) = connection.execute(text(query))
    return state, claims, deaths, error or ""


def rendering(work: ServiceProcess) -> psutil.Process:
    """Return the ffmpeg that the worker has started, once there is one."""
    found = list[psutil.Process]()

    def look() -> bool:
        with suppress(psutil.NoSuchProcess):  # of a decoder that has ended meanwhile
            found[:] = [
                each for each in psutil.Process(work.pid).children() if "ffmpeg" in each.name()
            ]
        return bool(found)

    until(look)
    return found[0]


@pytest.mark.long
def test_a_clip_that_three_workers_are_killed_at_is_out_of_memory_and_leaves_no_ffmpeg(
    suite: Suite,
) -> None:
    work, engine = suite.processes["video-work-0"], suite.engines["video"]
    want_clip(suite)
    rendering(work)
    work.stop()  # no death: it gives the job back
    assert job(engine)[:3] == ("waiting", 1, 0)
    work.start()
    for deaths in range(3):
        ffmpeg = rendering(work)
        work.kill()
        ffmpeg.wait(60)
        assert job(engine)[:3] == ("claimed", deaths + 2, deaths)
        with engine.begin() as connection:
            connection.execute(text(AS_IF_LATER))
        work.start()
    until(lambda: job(engine)[0] == "dead")
    assert job(engine)[1:] == (5, 3, "chassis.out_of_memory: 3 processes were killed at this work")
    query = "select data->>'cause' from events where type = 'PieceFailed'"
    with engine.connect() as connection:
        assert connection.execute(text(query)).scalars().all() == ["chassis.out_of_memory"]
    work.wait_ready()
