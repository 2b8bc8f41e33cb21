"""The decision table: one row a case, of all that go on with a case; helpers followed."""

from chassis import decision_table
from unit.chassis import sample_decider

EXPECTED = """\
| state | command | if | then |
| --- | --- | --- | --- |
| – | Open |  | Opened |
| Draft | Open |  | nothing |
| Draft | Close | state.amount > 0 or state.amount < -5 | Rejected `sample.not_empty` |
| Draft or – | Close |  | Closed |
| Draft | Paint |  | nothing; Rejected `sample.no_colour`; Painted; Closed |
| any | Paint |  | Invalid `sample.nothing_there` |
| – | Close |  | nothing |
| any other | any other |  | AssertionError |"""


def test_every_case_is_a_row() -> None:
    assert decision_table.markdown(sample_decider) == EXPECTED
