"""What a RabbitMQ node of our own is told: its files, and the variables of its programs."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from servers.rabbit_node import Kin

MOST_OF_A_MESSAGE = 16 << 20  # bytes, as in deploy/rabbitmq/rabbitmq.conf
# A caller's PATH may be short; the programs' scripts need a shell's usual tools.
SEARCH_PATH = os.pathsep.join(
    [os.environ.get("PATH", ""), "/usr/local/bin", "/opt/homebrew/bin", "/usr/bin", "/bin"]
)


def environment(folder: Path, kin: "Kin", name: str, ports: tuple[int, int]) -> dict[str, str]:
    """Write the node's files below `folder`; return the variables that make it use only them."""
    amqp, distribution = ports
    folder.mkdir(parents=True, exist_ok=True)
    cookie = folder / ".erlang.cookie"
    cookie.write_text(kin.cookie, encoding="ascii")
    cookie.chmod(0o400)
    (folder / "plugins").write_text("[].\n", encoding="ascii")
    (folder / "env.conf").write_text("", encoding="ascii")  # instead of the machine's own
    (folder / "rabbitmq.conf").write_text(
        f"listeners.tcp.1 = 127.0.0.1:{amqp}\ndisk_free_limit.absolute = 50MB\n"
        f"max_message_size = {MOST_OF_A_MESSAGE}\n"
        + (_of_cluster(kin) if len(kin.names) > 1 else ""),
        encoding="ascii",
    )
    foreign = ("RABBITMQ_", "ERL_")
    env = {key: text for key, text in os.environ.items() if not key.startswith(foreign)}
    return env | {
        "HOME": str(folder),
        "PATH": SEARCH_PATH,
        "ERL_EPMD_PORT": str(kin.epmd_port),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RUNNING_UNDER_SYSTEMD": "1",  # the script becomes the node: no shell stands between
        "RABBITMQ_NODENAME": name,
        "RABBITMQ_NODE_PORT": str(amqp),
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "env.conf"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
    }


def _of_cluster(kin: "Kin") -> str:
    formation = "cluster_formation"
    lines = [f"{formation}.peer_discovery_backend = classic_config\n"]
    lines += [
        f"{formation}.classic_config.nodes.{n} = {name}\n" for n, name in enumerate(kin.names)
    ]
    # without a majority a node serves nobody
    return "".join(("cluster_partition_handling = pause_minority\n", *lines))
