"""Money is an integer of minor units (øre, cents); shares of it are rounded in one way."""


def share(amount: int, parts: int, whole: int) -> int:
    """Return `parts`/`whole` of `amount` minor units, half away from zero.

    `share(100_010, 25, 100) == 25_003` (25 002.5 øre); credits are the exact negation.
    VAT and commissions are rounded so. `round()` rounds half to even and is wrong here.
    """
    if amount < 0:
        return -share(-amount, parts, whole)
    return (amount * parts * 2 + whole) // (whole * 2)
