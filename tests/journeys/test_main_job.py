"""One household's photographs, from sign-up to an affiliate's commission, by public doors only."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from demo.figures import figures
from demo.main_job import Outcome, Photo
from embedded.suite import Suite
from journeys.stages.histories import comparable, effects, problems
from journeys.stages.quiet import main_job


def test_the_money_is_what_the_rules_say(outcome: Outcome) -> None:
    assert [figure for figure in figures(outcome) if not figure.holds] == []


def test_what_others_were_told_is_whole_and_heard_to_its_end(
    suite: Suite, outcome: Outcome
) -> None:
    suite.settle()

    assert problems(suite) == []


def test_one_correlation_id_leads_from_the_payment_to_the_commission(
    suite: Suite, outcome: Outcome
) -> None:
    told = "select meta->>'correlation' as id from events where outbox->>'type' = '{}'"
    paid = suite.sql("billing", told.format("billing.invoice_paid"))
    earned = suite.sql("affiliate", told.format("affiliate.commission_earned"))

    assert len(paid) == 1
    assert paid == earned


def test_the_same_main_job_again_changes_nothing(
    suite: Suite, photos: Sequence[Photo], outcome: Outcome
) -> None:
    before = comparable(suite)

    again = main_job(suite, photos).run()

    assert figures(again) == figures(outcome)
    assert comparable(suite) == before


def test_every_event_heard_twice_counts_once(
    run_folder: Path,
    photos: Sequence[Photo],
    outcome: Outcome,
    expected: Counter[tuple[str, str]],
) -> None:
    with Suite(run_folder / "twice", deliver_twice=True, durable=False) as twice:
        doubled = main_job(twice, photos).run()
        twice.settle()

        assert figures(doubled) == figures(outcome)
        assert problems(twice) == []
        assert effects(twice) == expected
