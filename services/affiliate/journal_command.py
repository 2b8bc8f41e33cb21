"""`python -m affiliate journal`: print the books of one moment."""

from functools import partial

from affiliate.domain.accounts import CHART, Numbers
from books import command
from chassis.domain import value


@value
class Given(command.Given):
    """What it takes to print them."""

    accounts: Numbers = "{}"


run = partial(command.run, CHART, Given)
