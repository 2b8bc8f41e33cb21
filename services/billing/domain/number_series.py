"""A number series: numbers of sales documents, without a gap, in the order of their dates."""

from datetime import date, datetime

from billing.domain import oslo
from chassis.domain import UNTIMED, Decider, value
from chassis.errors import Rejected

FIRST = 10_001
KID_DIGITS = range(4, 26)  # as bank agreements have them


@value
class TakeNumber:
    """The next number; it is dated the day in Oslo on which it is taken."""

    series: str
    at: datetime = UNTIMED


@value
class PassNumbersOver:
    """Go on after `last`: a restored database does not know what was given up to there."""

    series: str
    last: int
    reason: str
    at: datetime = UNTIMED


@value
class NumberTaken:
    series: str
    number: int
    issue_date: date


@value
class NumbersPassedOver:
    series: str
    first: int
    number: int  # the last one passed over
    reason: str
    issue_date: date  # of what may have been issued under them


@value
class NumberSeries:
    series: str
    number: int  # the last one taken, or passed over
    issue_date: date
    workspace_id: None = None  # the seller's own


Command = TakeNumber | PassNumbersOver
Event = NumberTaken | NumbersPassedOver


def decide(series: NumberSeries | None, command: Command) -> list[Event]:
    today = oslo.day(command.at)
    match series, command:
        case None, TakeNumber():
            number = next_number(series)
            return [NumberTaken(series=command.series, number=number, issue_date=today)]
        case NumberSeries(), TakeNumber() if command.series == series.series:
            issue_date, number = max(today, series.issue_date), next_number(series)
            return [NumberTaken(series=series.series, number=number, issue_date=issue_date)]
        case None, PassNumbersOver() if command.last == 0:  # none was given anywhere
            return []
        case None, PassNumbersOver():
            return _passed(command, FIRST - 1, today)
        case NumberSeries(), PassNumbersOver() if command.series == series.series:
            return _passed(command, series.number, max(today, series.issue_date))
        case _:
            raise AssertionError("this is another series")


def next_number(series: NumberSeries | None) -> int:
    """Return the number that is taken next."""
    return series.number + 1 if series else FIRST


def _passed(command: PassNumbersOver, taken: int, issue_date: date) -> list[Event]:
    if command.last < taken:
        raise Rejected("billing.number_given", f"the next one here is {taken + 1}")
    if command.last == taken:
        return []
    return [
        NumbersPassedOver(
            series=command.series,
            first=taken + 1,
            number=command.last,
            reason=command.reason,
            issue_date=issue_date,
        )
    ]


def evolve(series: NumberSeries | None, event: Event) -> NumberSeries:
    match event:  # the last event says it all
        case NumberTaken() | NumbersPassedOver():
            return NumberSeries(
                series=event.series, number=event.number, issue_date=event.issue_date
            )


def kid(number: int) -> str:
    """Return the payer's reference of a document: its number and a MOD10 (Luhn) digit."""
    return f"{number}{_check_digit(str(number))}"


def is_kid(text: str) -> bool:
    """Return whether it is digits, as many as a KID may have, and the last one fits (MOD10)."""
    is_number = text.isascii() and text.isdigit() and len(text) in KID_DIGITS
    return is_number and int(text[-1]) == _check_digit(text[:-1])


def _check_digit(number: str) -> int:
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(digit * 2, 10)) for digit in digits[::2]]
    return -(sum(doubled) + sum(digits[1::2])) % 10


decider = Decider(
    name="number_series",
    decide=decide,
    evolve=evolve,
    events=(NumberTaken, NumbersPassedOver),
    creates=(TakeNumber, PassNumbersOver),
    serial=True,
)
