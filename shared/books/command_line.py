"""What a service that keeps books adds to its command line."""

from argparse import ArgumentParser


def _journal(parser: ArgumentParser) -> None:
    parser.description = "Print the books."
    parser.add_argument(
        "--beancount", action="store_true", required=True, help="as a ledger of beancount"
    )


OWN = {"journal": _journal}  # done by the service's `journal_command`
