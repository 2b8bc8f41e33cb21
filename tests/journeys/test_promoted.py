"""billing's asynchronous standby, which lacks the last seconds, is promoted under callers."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from billing import numbering
from chassis import ids
from demo.main_job import Photo
from demo.people import Person
from integration.stages.standby import pair
from journeys.stages.histories import problems
from journeys.stages.household import Newcomers
from journeys.stages.on_a_pair import OnAPair
from journeys.stages.payers import Piece
from waiting import until

CALLERS, PIECES = 3, 3  # each caller's pieces: one before the standby is cut off, the rest after
LACKS_S = 5
HEARD = 3  # so many of the earnings at the least are made of what it lacks
PATIENCE_S = 180.0
HEARERS = {"auth", "media", "video", "affiliate"}
LINES = "select target_id from invoice_line_item"
EARNED = "select invoice_id from affiliate_earning"

pytestmark = pytest.mark.long


@pytest.fixture
def suite(run_folder: Path) -> Iterator[OnAPair]:
    with (
        pair(run_folder / "promoted-pair", synchronous=False) as two,
        OnAPair(run_folder / "promoted", two) as suite,
    ):
        yield suite


def test_what_an_asynchronous_standby_lacks_is_listed_exactly_and_ends_right(
    suite: OnAPair, photos: Sequence[Photo]
) -> None:
    callers = signed_up(suite, photos)
    all_pieces = [each for pieces in callers for each in pieces]
    for pieces in callers:
        pieces[0].do(Event())
    suite.settle()
    suite.two.cut()
    cut_at, ended = time.monotonic(), Event()

    def work(pieces: Sequence[Piece]) -> None:
        for each in pieces:
            each.do(ended)

    with ThreadPoolExecutor(CALLERS) as threads:
        works = [threads.submit(work, pieces[1:]) for pieces in callers]
        try:
            until(
                lambda: (
                    len(suite.sql("affiliate", EARNED)) >= CALLERS + HEARD
                    and time.monotonic() > cut_at + LACKS_S
                ),
                PATIENCE_S,
            )
            suite.two.fail_over()
            until(lambda: suite.stopped() == HEARERS, PATIENCE_S)
            listed = {name: lists_exactly(suite, name) for name in HEARERS}
            assert len(listed["affiliate"]) >= HEARD
            app = suite.parts["billing"].app
            assert not numbering.is_confirmed(app)
            lacked = numbering.taken(app)
            suite.accept()
            until(lambda: suite.caught_up("billing"), PATIENCE_S)
            told = {number for each in all_pieces for number in each.numbers}
            passed_over = suite.confirm(max(told))["passed_over"]
            assert passed_over == [[lacked + 1, max(told)]]
            until(lambda: mended(suite) and all(each.done() for each in works), PATIENCE_S)
        finally:
            ended.set()
        for ending in works:
            ending.result()
    suite.settle_accepting()
    for each in all_pieces:
        each.do(Event())
    suite.settle_accepting()
    told_to_callers = Counter(number for each in all_pieces for number in each.numbers)
    assert set(told_to_callers.values()) == {1}
    invoices = suite.sql("billing", "select id, state, gross_ore from invoice")
    assert {each["id"] for each in invoices} == {each.known["invoice"]["id"] for each in all_pieces}
    assert {(each["state"], each["gross_ore"]) for each in invoices} == {("Paid", Piece.price_ore)}
    earnings = [each["invoice_id"] for each in suite.sql("affiliate", EARNED)]
    assert sorted(earnings) == sorted(each["id"] for each in invoices)
    targets = [each["target_id"] for each in suite.sql("billing", LINES)]
    assert sorted(targets) == sorted(each.known["project"]["id"] for each in all_pieces)
    suite.settle_all()
    assert problems(suite) == []


def mended(suite: OnAPair) -> bool:
    """Do what a person does about what stops again or is told otherwise; return True."""
    suite.accept()
    suite.skip_what_is_told_otherwise()
    return True


def lists_exactly(suite: OnAPair, consumer: str) -> set[str]:
    """Return what is listed as lost: what billing lacks, neither less nor more.

    What callers repeat meanwhile it lacks no more: looked at between two looks that agree.
    """
    while True:
        before, listed, after = (
            suite.lacking(consumer),
            suite.lost(consumer),
            suite.lacking(consumer),
        )
        assert after <= listed <= before
        if before == after:
            return listed


def signed_up(suite: OnAPair, photos: Sequence[Photo]) -> list[list[Piece]]:
    """Return the pieces of work of some households that are known to all."""
    admin, ola = (
        Person(suite, f"{name}@ai-studio.example", ids.token()) for name in ("admin", "ola")
    )
    suite.create_admin(admin.email, admin.password)
    affiliate = ola.sign_up("Ola", "sign up")
    today = ids.now().date().isoformat()
    callers = []
    for number in range(CALLERS):
        person = Person(suite, f"person-{number}@next.example", ids.token())
        given = ((person, admin), photos, affiliate, today)
        household = Newcomers(suite, f"household-{number}", *given)
        household.account()
        household.company()
        suite.settle()
        household.relationship()
        callers.append([Piece(suite, f"{number}.{piece}", *given) for piece in range(PIECES)])
    suite.settle()
    return callers
