"""The page of the report: its template, and how it writes money and durations."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from gateways.norwegian import money, percent


def template() -> Template:
    """Return the template."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        money=money, percent=percent, duration=_duration, short=lambda id: id[:8]
    )
    return environment.get_template("report.html.j2")


def _duration(ms: float) -> str:
    """Return '4.2 ms', '340 ms' or '12.3 s'."""
    if ms < 999.5:
        return f"{ms:.2g} ms" if ms < 10 else f"{ms:.0f} ms"
    return f"{ms / 1000:.1f} s"
