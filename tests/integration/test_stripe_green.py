"""A process under eventlet asks Stripe without holding up what else it does."""

import socket
import subprocess
import sys
from threading import Thread

CALLS = 5
SCRIPT = """
import sys
from chassis.green import green
import eventlet
from billing.gateways.stripe_cards import opened

cards, callers = opened("rk_test_x", sys.argv[1]), eventlet.GreenPool()
with green.Limit(30):
    print(*callers.imap(lambda n: cards.intent(f"pi_{n}").amount_ore, range(int(sys.argv[2]))))
"""
BODY = b'{"id":"pi","object":"payment_intent","status":"succeeded","amount":1,"currency":"nok",'
BODY += b'"metadata":{},"created":1}'
REPLY = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"


def test_calls_at_once_are_all_under_way_before_one_is_answered() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        answering = Thread(target=answer_together, args=(door,), daemon=True)
        answering.start()
        url = f"http://127.0.0.1:{door.getsockname()[1]}"
        said = subprocess.run(
            [sys.executable, "-c", SCRIPT, url, str(CALLS)],
            text=True,
            capture_output=True,
            timeout=60,
        )
    assert said.stdout.split() == ["1"] * CALLS, said.stderr


def answer_together(door: socket.socket) -> None:
    """Answer nobody until all have asked."""
    asking = [door.accept()[0] for _ in range(CALLS)]
    for each in asking:
        with each:
            each.recv(65_536)
            each.sendall(REPLY % (len(BODY), BODY))
