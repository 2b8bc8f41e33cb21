"""billing's money: take in a file of transfers that the bank delivers."""

import argparse
import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from stdnum.exceptions import ValidationError
from stdnum.no import kontonr

from billing import bank_files
from chassis import settings
from chassis.codec import plain
from chassis.domain import value
from contracts.billing.transfers import TransferTaken
from suitectl import show, site
from suitectl.site import Site


@value
class Defaults:
    """The account that money comes to, unless a command is told."""

    seller_account: str | None = None


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    tasks = parser.add_subparsers(dest="task", required=True)
    taking = tasks.add_parser("import-ocr", help="record the transfers of an OCR file, by KID")
    taking.add_argument("file", type=Path, help="as the bank delivered it; it may be read again")
    account = settings.load(Defaults).seller_account
    taking.add_argument(
        "--account",
        type=_account,
        default=account,
        required=account is None,
        help="ours, that the file must be of; else SELLER_ACCOUNT",
    )
    site.arguments(taking, changes=True)


def run(chosen: argparse.Namespace) -> int:
    """Take the file in and say what became of each transfer; 1 where one was refused."""
    content = chosen.file.read_bytes()
    file = bank_files.Delivered(
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        account=chosen.account,
        who=chosen.who,
    )
    with Site(chosen.inventory).app("billing") as app:
        taken = bank_files.take_in(app, file)
    _print(taken, chosen.json)
    return 1 if any(each.state == "refused" for each in taken) else 0


def _print(taken: Sequence[TransferTaken], as_json: bool) -> None:
    states = Counter(each.state for each in taken)
    sums = {
        **{state: states[state] for state in ("allocated", "unallocated", "known", "refused")},
        "applied_ore": sum(each.applied_ore for each in taken),
        "credited_ore": sum(each.credited_ore for each in taken),
    }
    rows = [plain(each) for each in taken]
    if as_json:
        show.record({"items": rows, "sums": sums}, as_json)
        return
    show.table(rows, as_json)
    show.record(sums, as_json)


def _account(written: str) -> str:
    try:
        return str(kontonr.validate(written))
    except ValidationError:
        raise argparse.ArgumentTypeError(f"no bank account: {written}") from None
