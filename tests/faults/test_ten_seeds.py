"""Ten seeds on one suite. `make faults` does hundreds."""

from pathlib import Path

from faults.plan import drawn
from faults.run import at_work
from servers.postgres import Server
from servers.rabbit import Broker


def test_under_ten_seeds_of_faults_nothing_is_lost_invented_doubled_or_out_of_order(
    postgres_server: Server, broker: Broker, run_folder: Path
) -> None:
    with at_work(postgres_server, broker, run_folder / "faults") as seeds:
        for number in range(1, 11):
            result = seeds.run(drawn(number))
            print(result.line())
            assert result.violations == (), result.line()
