"""Figures: numbers that `work` asks its database for now and then, too dear for every scrape."""

from collections.abc import Callable

from prometheus_client import Gauge

from chassis.unit.handling import App
from chassis.unit.service import Figure

EVERY_S = 300.0


def gauge(figure: Figure) -> Gauge:
    """Return the gauge of a figure; each process has one of a name."""
    return Gauge(figure.name, figure.meaning, ("service",))


def asking(app: App, figure: Figure, shown: Gauge) -> Callable[[], None]:
    """Return what asks once and shows it; the figure stays where the database is away."""
    of_service = shown.labels(app.service.name)

    def ask() -> None:
        of_service.set(app.query(lambda db: db.exec_driver_sql(figure.query).scalar_one()))

    return ask
