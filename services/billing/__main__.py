"""`python -m billing …`."""

from argparse import ArgumentParser

from chassis.running import command_line


def _journal(parser: ArgumentParser) -> None:
    parser.description = "Print the books."
    parser.add_argument(
        "--beancount", action="store_true", required=True, help="as a ledger of beancount"
    )


command_line.run("billing", own={"journal": _journal})
