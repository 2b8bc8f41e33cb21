"""Ways to the broker by TLS: its own, and somebody between who shows another certificate."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import trustme
from sqlalchemy import make_url

from servers.rabbit import Broker
from servers.rabbit_node import free_ports


def by_tls(uri: str, port: int, ca_file: Path | None) -> str:
    """Return the URI of a broker, reached by TLS at another port of this machine."""
    there = make_url(uri).set(drivername="amqps", port=port)
    query = {"cacertfile": str(ca_file)} if ca_file else {}
    return there.set(query=query).render_as_string(hide_password=False)


@contextmanager
def tls_port(broker: Broker, folder: Path, shown: trustme.LeafCert) -> Iterator[int]:
    """Let the broker itself listen by TLS as well; yield the port."""
    chain, key = folder / "broker.pem", folder / "broker.key"
    shown.cert_chain_pems[0].write_to_path(chain)
    shown.private_key_pem.write_to_path(key)
    (port,) = free_ports(1)
    listener = f'{{"127.0.0.1", {port}}}'
    options = f'[{{certfile, "{chain}"}}, {{keyfile, "{key}"}}]'
    broker.evaluate(
        "{ok, _} = application:ensure_all_started(ssl),"
        f"ok = rabbit_networking:start_ssl_listener({listener}, {options}, 2).",
    )
    try:
        yield port
    finally:
        broker.evaluate(f"rabbit_networking:stop_tcp_listener({listener}).")


@contextmanager
def impostor(uri: str, shown: trustme.LeafCert) -> Iterator[tuple[int, list[bytes]]]:
    """Yield the port of one who hands all on to the broker, and what it has been told so far."""
    broker, context = make_url(uri), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    told: list[bytes] = []
    shown.configure_cert(context)

    def accept(server: socket.socket) -> None:
        with suppress(OSError):  # until the server is closed
            while True:
                raw, _ = server.accept()
                threading.Thread(target=serve, args=(raw,), daemon=True).start()

    def serve(raw: socket.socket) -> None:
        with suppress(OSError), context.wrap_socket(raw, server_side=True) as client:
            there = socket.create_connection((broker.host or "", broker.port or 5672))
            threading.Thread(target=carry, args=(there, client, []), daemon=True).start()
            carry(client, there, told)

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=accept, args=(server,), daemon=True).start()
        yield server.getsockname()[1], told


def carry(here: socket.socket, there: socket.socket, told: list[bytes]) -> None:
    with suppress(OSError), here, there:
        while data := here.recv(65536):
            told.append(data)
            there.sendall(data)
