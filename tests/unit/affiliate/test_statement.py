"""A statement: issued once a month, after the month's end, and it follows from the one before."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from affiliate.domain.statement import (
    Figures,
    Issued,
    IssueStatement,
    StatementIssued,
    decider,
    first_day,
    is_over,
)
from chassis.testing.spec import scenario

AFFILIATE = UUID(int=1)
END = datetime(2026, 3, 31, 22, tzinfo=UTC)  # of March, in Oslo
FIGURES = Figures(
    opening_ore=-500,
    earned_ore=20_000,
    reduced_ore=4_000,
    clawed_back_ore=1_000,
    paid_out_ore=10_000,
    closing_ore=4_500,
)
issued = StatementIssued(
    affiliate_workspace_id=AFFILIATE,
    month="2026-03",
    opening_ore=-500,
    earned_ore=20_000,
    reduced_ore=4_000,
    clawed_back_ore=1_000,
    paid_out_ore=10_000,
    closing_ore=4_500,
    ref="blob:statements/1",
    sha256="a",
    size=400,
)
BEFORE = Issued(workspace_id=AFFILIATE, issued=replace(issued, month="2026-02", closing_ore=-500))
issue = IssueStatement(
    affiliate_workspace_id=AFFILIATE,
    month="2026-03",
    figures=FIGURES,
    before=BEFORE,
    ref="blob:statements/1",
    sha256="a",
    size=400,
    at=END,
)


def test_a_month_is_frozen_once_it_is_over() -> None:
    scenario(decider).when(issue).then(issued)
    scenario(decider).given(issued).when(issue).then_nothing()
    other = replace(issue, sha256="b")
    scenario(decider).given(issued).when(other).then_nothing()
    early = replace(issue, at=datetime(2026, 3, 31, 21, 59, 59, tzinfo=UTC))
    scenario(decider).when(early).then_refused("affiliate.month_not_over")
    scenario(decider).given(issued).when(early).then_nothing()


def test_the_first_one_opens_at_nothing() -> None:
    first = replace(FIGURES, opening_ore=0, closing_ore=5_000)
    scenario(decider).when(replace(issue, before=None, figures=first)).then(
        replace(issued, opening_ore=0, closing_ore=5_000)
    )


@pytest.mark.parametrize(
    "wrong",
    [
        replace(issue, before=None),
        replace(issue, figures=replace(FIGURES, closing_ore=4_501)),
        replace(issue, figures=replace(FIGURES, earned_ore=20_001)),
    ],
)
def test_what_does_not_follow_from_the_month_before_is_not_issued(wrong: IssueStatement) -> None:
    with pytest.raises(AssertionError, match="follow"):
        scenario(decider).when(wrong).then_nothing()


def test_a_month_is_one_in_oslo() -> None:
    assert first_day("2026-03") == date(2026, 3, 1)
    assert not is_over("2026-03", datetime(2026, 3, 1, tzinfo=UTC))
    assert is_over("2026-12", datetime(2026, 12, 31, 23, tzinfo=UTC))
    with pytest.raises(ValueError, match="month"):
        first_day("2026-13")
