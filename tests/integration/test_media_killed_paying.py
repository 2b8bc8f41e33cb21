"""media killed by SIGKILL at each step of a photograph that fal makes: it is paid for once.

Asked, accepted, answered, stored, forgotten: fal's stand-in and media's door are the test's own.
"""

from collections import Counter
from collections.abc import Iterator

import pytest

from integration.stages.killed_photographs import (
    in_store,
    lived,
    of_rows,
    preloaded,
)
from integration.stages.lives_of_photographs import Life, born
from integration.stages.mortal import FORKING, Killed
from integration.stages.paid_engine import ENHANCING, PaidEngine, paid_engine
from integration.stages.turns import SharedClock
from servers.postgres import Server


@pytest.fixture(scope="module")
def paid(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PaidEngine]:
    clock = SharedClock(FORKING.Value("d", 0.0))
    folder = tmp_path_factory.mktemp("paid")
    with paid_engine(postgres_server, folder, clock) as made, preloaded():
        yield made


def paid_once(paid: PaidEngine, life: Life) -> str:
    """Assert that it has ended, was paid for once if fal has taken it; return how it ended."""
    of = {"id": str(life.workspace_id)}
    (row,) = paid.studio.rows("select * from image_generation where workspace_id = :id", **of)
    calls = paid.studio.rows("select * from provider_call where workspace_id = :id", **of)
    ids = {each.id for each in calls}
    jobs = [each for each in paid.fal.ledger if str(each.webhook).rsplit("/", 1)[-1] in ids]
    came = row.status == "completed"

    assert (row.status, len(jobs)) in (("completed", 1), ("failed", 0))
    costs = [row.cost_micro_usd, sum(each.cost_micro_usd for each in calls)]
    assert costs == [ENHANCING * len(jobs)] * 2
    told = "select outbox->>'type' from events where outbox->'data'->>'workspace_id' = :id"
    ends = ("project_completed", "image_completed") if came else ("project_failed",)
    ended = {f"media.{each}": 1 for each in ("project_created", "project_start_requested", *ends)}
    assert Counter(each for (each,) in paid.studio.rows(told, **of)) == ended
    assert in_store(paid.studio, life.workspace_id) == of_rows(paid.studio, life.workspace_id)
    sent = [each.key for each in paid.blobs.listed(f"{life.workspace_id}/") if "/sent/" in each.key]
    assert sent == []
    return str(row.status)


def killed_as_it_is_paid(paid: PaidEngine, at: int) -> str:
    life = born()
    with pytest.raises(Killed):
        lived(paid.studio, life, "pay", at)
    lived(paid.studio, life, "pay")
    return paid_once(paid, life)


def test_who_dies_with_a_call_at_fal_has_it_made_once(paid: PaidEngine) -> None:
    life = born()
    steps = lived(paid.studio, life, "pay")
    assert paid_once(paid, life) == "completed"

    assert killed_as_it_is_paid(paid, steps.index("submit") + 2) == "completed"


@pytest.mark.long
def test_a_photograph_is_paid_for_once_whenever_its_process_is_killed(paid: PaidEngine) -> None:
    lived(paid.studio, born(), "pay")  # the first of all commits once more than those after it
    steps = lived(paid.studio, born(), "pay")
    ends = [killed_as_it_is_paid(paid, at) for at in range(1, 1 + len(steps))]

    # who dies at the post itself has posted nothing, and nobody knows
    assert Counter(ends) == {"completed": len(steps) - 1, "failed": 1}
