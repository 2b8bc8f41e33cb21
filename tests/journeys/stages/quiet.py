"""The main job as tests do it: nothing is shown, and the film is square, as that is made sooner."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from demo.main_job import Display, MainJob, Photo
from demo.suite import Suite


class Quiet:
    """A display that shows nothing."""

    def step(self, title: str) -> None:
        pass

    @contextmanager
    def work(self, title: str) -> Iterator[Callable[[float], None]]:
        yield lambda percent: None


def main_job(
    suite: Suite,
    photos: Sequence[Photo] = (),
    display: Display | None = None,
    *,
    by_card: bool = True,
) -> MainJob:
    return MainJob(suite, photos, display or Quiet(), aspect_ratio="1:1", by_card=by_card)
