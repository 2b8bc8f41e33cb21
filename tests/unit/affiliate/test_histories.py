"""Random histories of commissions: whatever happens, an invoice's entries sum to one formula.

`make faults MONEY=10000` lets more of them happen.
"""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from unit.stages.commission_lives import MOST_N, MOST_STEPS, WAYS, Step, live

COUNT = 200
steps = st.tuples(
    st.sampled_from([way for way, often in WAYS.items() for _ in range(often)]),
    st.integers(0, MOST_N),
    st.integers(1, 100),
)


@settings(max_examples=COUNT, print_blob=True)
@given(st.lists(steps, min_size=4, max_size=MOST_STEPS))
# paid and credited in one batch; then credited beside a payout, reversed, paid again
@example([("credit", 0, 50), ("hear", 9, 0)])
@example([("hear", 0, 0), ("pay_out", 0, 0), ("credit", 0, 50), ("bounce", 0, 0), ("hear", 9, 0)])
@example([("rate", 0, 50), ("hear", 0, 0), ("end", 0, 0), ("bind", 1, 9), ("hear", 0, 0)])
@example([("hear", 0, 0), ("hold", 0, 0), ("reject", 0, 0), ("credit", 0, 5), ("hear", 0, 0)])
def test_the_entries_of_an_invoice_sum_to_its_target_whatever_happens(lived: list[Step]) -> None:
    live(lived)
