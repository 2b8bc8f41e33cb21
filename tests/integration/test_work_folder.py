"""What a process keeps and starts for its work, and what is left when it is killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from gateways import launcher
from gateways.child import child, end_left
from gateways.work_folder import WorkFolder, scratch
from waiting import until


@contextmanager
def parent(work: Path, *what: str) -> Iterator[tuple[psutil.Process, Path]]:
    """Yield a process that does that until it is killed, and its folder."""
    command = [sys.executable, "-m", "integration.stages.parents", str(work), *what]
    env = {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            folder = Path(process.stdout.readline().decode().strip())
            yield psutil.Process(process.pid), folder
        finally:
            process.kill()


def noted(folder: Path) -> list[psutil.Process]:
    """Return what runs by the notes below a folder, once each is what it was started for."""
    found = [psutil.Process(int(note.stem)) for note in folder.rglob("*.pid")]
    return [each for each in found if not any("launcher" in word for word in each.cmdline())]


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A folder for work, with a picture beside it that a reader waits for."""
    folder = tmp_path / "work"
    folder.mkdir()
    os.mkfifo(folder / "picture")
    return folder


def test_what_was_started_dies_with_its_killed_parent_and_its_files_go_at_the_next_start(
    work: Path,
) -> None:
    with parent(work, "encode", "judge") as (process, folder):
        until(lambda: len(noted(folder)) == 2)
        until(lambda: any(path.stat().st_size for path in folder.rglob("film.mp4")))
        children = noted(folder)
        assert {word for each in children for word in each.cmdline() if "decoder.py" in word}
        process.kill()
        process.wait()
        _, alive = psutil.wait_procs(children, timeout=10)
        for each in alive:
            each.kill()
        assert alive == []

    assert any(path.is_file() for path in folder.rglob("*"))
    survivor = WorkFolder(work)
    assert not folder.exists()
    assert [each.name for each in survivor.path.iterdir()] == ["lock"]
    survivor.close()


def test_a_folder_whose_process_lives_is_left_alone(work: Path) -> None:
    with parent(work, "hold") as (process, folder):
        until(lambda: noted(folder))
        process.send_signal(signal.SIGSTOP)  # it need not do anything for that
        other = WorkFolder(work)
        assert folder.exists() and len(noted(folder)) == 1
        other.close()
        process.send_signal(signal.SIGCONT)


def test_a_folder_that_is_closed_is_gone_and_nothing_else_is(work: Path) -> None:
    (work / "of somebody else").mkdir()
    first, second = WorkFolder(work), WorkFolder(work)
    with scratch(first.path) as folder:
        assert folder.is_relative_to(first.path)
    assert not folder.exists()
    first.close()
    assert not first.path.exists() and second.path.exists()
    second.close()
    WorkFolder(work).close()
    assert sorted(each.name for each in work.iterdir()) == ["lock", "of somebody else", "picture"]


def test_who_starts_while_others_end_meets_no_half_deleted_folder(work: Path) -> None:
    ending = [WorkFolder(work) for _ in range(4)]
    for each in ending:
        for number in range(200):
            (each.path / str(number)).touch()

    with ThreadPoolExecutor(len(ending)) as threads:
        ended = [threads.submit(each.close) for each in ending]
        while not all(each.done() for each in ended):
            WorkFolder(work).close()
    assert sorted(each.name for each in work.iterdir()) == ["lock", "picture"]


def test_where_the_kernel_ends_nothing_what_is_left_is_ended_by_its_note(work: Path) -> None:
    with subprocess.Popen(["/bin/sleep", "600"]) as left:
        (work / f"{left.pid}.pid").touch()
        end_left(work)
        assert not psutil.pid_exists(left.pid)


def test_a_process_that_has_only_inherited_a_noted_number_is_left_alone(work: Path) -> None:
    with subprocess.Popen(["/bin/sleep", "600"]) as stranger:
        note = work / f"{stranger.pid}.pid"
        note.touch()
        began = psutil.Process(stranger.pid).create_time()
        os.utime(note, (began - 60, began - 60))
        end_left(work)
        assert stranger.poll() is None
        stranger.kill()


def test_a_child_has_no_environment_and_is_gone_with_its_note_afterwards(work: Path) -> None:
    with child(["/usr/bin/env"], work, stdout=subprocess.PIPE) as process:
        said, _ = process.communicate()
    assert (said, process.returncode) == (b"", 0)
    with child(["/bin/sleep", "600"], work) as process:
        until(lambda: (work / f"{process.pid}.pid").exists())
    assert process.returncode == -signal.SIGKILL
    assert list(work.glob("*.pid")) == []


def test_a_child_whose_parent_is_already_another_does_not_begin(work: Path) -> None:
    command = [sys.executable, "-I", "-S", launcher.__file__, "1", "/bin/echo", "begun"]
    done = subprocess.run(command, cwd=work, capture_output=True)
    assert (done.stdout, done.returncode) == (b"", 0)
