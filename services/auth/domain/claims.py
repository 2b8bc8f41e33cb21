"""How many may claim an address that is not verified yet, and how often it is mailed to.

And what the workspace is called that a claim opens.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

MOST_CLAIMS = 5  # of one address; the next one takes another's place
CLAIM = timedelta(hours=24)  # that a claim lives after its latest mail, and that mail's link
AN_HOUR, IN_AN_HOUR = timedelta(hours=1), 3
A_DAY, IN_A_DAY = timedelta(hours=24), 10
MADE_OF_A_PERSON = "'s Workspace"
NAME = 200  # characters of a name: a workspace's own has to fit as well


def mailed_lately(sent: Sequence[datetime], at: datetime) -> list[datetime]:
    """Return which of the times at which a mail was sent still count at `at`."""
    return [each for each in sent if each > at - A_DAY]


def may_mail(sent: Sequence[datetime], at: datetime) -> bool:
    """Return whether one more mail of a template may go to an address that has had `sent`."""
    in_the_hour = [each for each in sent if each > at - AN_HOUR]
    return len(in_the_hour) < IN_AN_HOUR and len(mailed_lately(sent, at)) < IN_A_DAY


def first_workspace(name: str) -> str:
    """Return what the workspace of somebody is called who has signed up by that name."""
    return f"{name[: NAME - len(MADE_OF_A_PERSON)]}{MADE_OF_A_PERSON}"
