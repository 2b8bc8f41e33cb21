"""Seeds on one suite. `make faults` does hundreds."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from faults.plan import drawn
from faults.run import at_work
from servers.postgres import Server
from servers.rabbit import Broker

FOUR = (5, 6, 8, 9)  # with every kind of fault that the first ten draw
OTHERS = (1, 2, 3, 4, 7, 10)


@pytest.mark.parametrize(
    "numbers", [FOUR, pytest.param(OTHERS, marks=pytest.mark.long)], ids=["four", "others"]
)
def test_under_seeds_of_faults_nothing_is_lost_invented_doubled_or_out_of_order(
    postgres_server: Server, broker: Broker, run_folder: Path, numbers: Sequence[int]
) -> None:
    with at_work(postgres_server, broker, run_folder / f"faults-{numbers[0]}") as seeds:
        for number in numbers:
            result = seeds.run(drawn(number))
            print(result.line())
            assert result.violations == (), result.line()


def test_four_seeds_draw_every_kind_of_fault_that_the_first_ten_draw() -> None:
    assert _kinds(FOUR) == _kinds((*FOUR, *OTHERS))


def _kinds(numbers: Sequence[int]) -> set[str]:
    return {fault.kind for number in numbers for fault in drawn(number).faults}
