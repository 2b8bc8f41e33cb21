"""Money is an integer of minor units with its currency; two currencies never meet."""

from typing import Self

from chassis.domain import value


@value
class Money:
    """`amount` minor units (øre, cents) of `currency` (ISO 4217, upper case)."""

    amount: int
    currency: str = "NOK"

    def __post_init__(self) -> None:
        if type(self.amount) is not int:
            raise TypeError(f"money is an int of minor units, not {type(self.amount).__name__}")
        if len(self.currency) != 3 or not self.currency.isupper():
            raise ValueError(f"not an ISO 4217 code: {self.currency!r}")

    def __add__(self, other: Self) -> "Money":
        return Money(amount=self.amount + self._same(other), currency=self.currency)

    def __sub__(self, other: Self) -> "Money":
        return Money(amount=self.amount - self._same(other), currency=self.currency)

    def __neg__(self) -> "Money":
        return Money(amount=-self.amount, currency=self.currency)

    def __lt__(self, other: Self) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Self) -> bool:
        return self.amount <= self._same(other)

    def __str__(self) -> str:
        sign, minor = "-" if self.amount < 0 else "", abs(self.amount)
        return f"{sign}{minor // 100}.{minor % 100:02} {self.currency}"

    def _same(self, other: "Money") -> int:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")
        return other.amount


def share(amount: int, parts: int, whole: int) -> int:
    """Return `parts`/`whole` of `amount` minor units, half away from zero.

    `share(100_010, 25, 100) == 25_003` (25 002.5 øre); credits are the exact negation.
    Source: billing rule B1, affiliate rule F2. `round()` rounds half to even and is wrong here.
    """
    if amount < 0:
        return -share(-amount, parts, whole)
    return (amount * parts * 2 + whole) // (whole * 2)
