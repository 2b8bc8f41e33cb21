"""Three RabbitMQ nodes, each killed in turn; then queues of another team that take nothing."""

from pathlib import Path

import pytest

from faults import clustered
from servers.postgres import Server
from servers.rabbit_node import installed


@pytest.mark.long
@pytest.mark.skipif(installed() is None, reason="no rabbitmq-server is installed")
def test_the_loss_of_any_node_and_the_queues_of_others_hold_up_nobody(
    postgres_server: Server, run_folder: Path
) -> None:
    with (
        clustered.three_nodes(run_folder / "cluster") as cluster,
        clustered.at_work(postgres_server, cluster, run_folder / "clustered") as seeds,
    ):
        result = seeds.run(clustered.planned(1))
        print(result.line(), seeds.away(), sep="; ")
        assert result.violations == (), result.line()
