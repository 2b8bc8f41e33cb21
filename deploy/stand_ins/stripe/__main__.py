"""`python -m stand_ins.stripe --port 12111`: the stand-in as a program, until Ctrl-C."""

import argparse
import signal
from pathlib import Path

import stand_ins.stripe
from stand_ins.stripe.stand_in import StandIn


def main(arguments: list[str] | None = None) -> None:
    """Serve until SIGINT or SIGTERM; the first line printed says what this is, and where."""
    chosen = _parser().parse_args(arguments)
    ends = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)  # before any thread: they inherit it
    with StandIn(chosen.data, chosen.port, chosen.key) as stand_in:
        print(f"A stand-in, and not Stripe, listens on {stand_in.url}", flush=True)
        signal.sigwait(ends)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m stand_ins.stripe",
        description=stand_ins.stripe.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, required=True, help="of 127.0.0.1; 0: any that is free")
    parser.add_argument("--data", type=Path, help="a folder in which it remembers; else it forgets")
    parser.add_argument("--key", help="the only API key it takes; else any sk_test_… or rk_test_…")
    return parser


if __name__ == "__main__":
    main()
