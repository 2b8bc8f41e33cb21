"""What the demo shows on the terminal: what is going on, and the money at its end."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import zip_longest

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from demo.figures import Figure
from demo.ledger import Account, sums
from demo.main_job import KEEPERS
from demo.steps import BOOKS, step_of
from gateways.norwegian import money


class Screen:
    """The terminal, as the main job's display."""

    def __init__(self, console: Console) -> None:
        """Show on that console."""
        self.console = console

    def step(self, title: str) -> None:
        """Say what begins."""
        self.console.print(f"[bold]›[/] {title}")

    @contextmanager
    def work(self, title: str) -> Iterator[Callable[[float], None]]:
        """Show a bar while long work goes on."""
        columns = (
            TextColumn("[bold]›[/] {task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self.console) as progress:
            task = progress.add_task(title, total=100)
            yield lambda percent: progress.update(task, completed=percent)


def table(found: Sequence[Figure]) -> Table:
    """Return the money as a table, without the books: these are one of their own."""
    found = [figure for figure in found if step_of(figure) != BOOKS]
    shown = Table(title="The money, in kroner")
    shown.add_column("")
    shown.add_column("by the rules", justify="right")
    shown.add_column("as it was", justify="right")
    for figure, following in zip_longest(found, found[1:]):
        style = "" if figure.holds else "bold red"
        shown.add_row(
            figure.name,
            _text(figure, figure.expected),
            _text(figure, figure.actual),
            style=style,
            end_section=following is not None and step_of(figure) != step_of(following),
        )
    return shown


def _text(figure: Figure, amount: int | str | None) -> str:
    return money(amount) if figure.is_money and isinstance(amount, int) else str(amount)


def ledger(found: Sequence[Account]) -> Table:
    """Return the books of the suite as a table."""
    shown = Table(title="The books of the suite, in kroner; debit is positive", show_footer=True)
    shown.add_column("", "all", no_wrap=True)
    for service, sum_ore in sums(found).items():
        shown.add_column(service, money(sum_ore), justify="right")
    shown.add_column("together", money(sum(sums(found).values())), justify="right")
    shown.add_column("rule", money(0), justify="right")
    shown.add_column("proven", _mark(all(each.proven for each in found)), justify="center")
    for each in found:
        sides = (each.by_service.get(service) for service in KEEPERS)
        shown.add_row(
            f"{each.number} {each.word}",
            *("" if ore is None else money(ore) for ore in sides),
            money(each.balance_ore),
            money(each.expected_ore),
            _mark(each.proven),
            style=("" if each.is_used else "dim") if each.holds else "bold red",
        )
    return shown


def _mark(good: bool) -> str:
    return "✓" if good else "no"
