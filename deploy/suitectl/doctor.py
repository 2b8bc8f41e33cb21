"""Look at every database and the broker, and say what is wrong; the limits are the alerts' own."""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile
from prometheus_client.samples import Sample
from sqlalchemy import Engine, text

from chassis.database import migrations, schema_projections, schema_rule
from chassis.database.backlog import Backlog
from chassis.errors import ServiceError, Unavailable
from chassis.hearing import forgotten
from chassis.unit.digests import digests
from suitectl import broker_findings, lag, show, site
from suitectl.finding import Finding
from suitectl.site import Site

RELAY_S, NUMBERING_S = 60, 30  # the oldest event that waits
REVOCATIONS_S = 30  # since who was signed out was last known for certain
CHECKED_S = 180  # the same of other sources, which are asked every minute
PARKED_STREAMS = 10
RECENTLY = "1 hour"  # in which a job that died is news

METRICS = CollectorRegistry()
OK = Gauge(
    "suitectl_doctor_ok",
    "1 if a check of `suitectl doctor --metrics` found nothing wrong, else 0",
    ("of", "check"),
    registry=METRICS,
)

Gauges = Mapping[str, Sequence[Sample]]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    site.arguments(parser)
    about = "write the checks as metrics too, for node_exporter's textfile collector"
    parser.add_argument("--metrics", type=Path, metavar="FILE.prom", help=about)


def run(chosen: argparse.Namespace) -> int:
    """Print every check; return 1 if one is not ok."""
    suite = Site(chosen.inventory)
    findings = list(examine(suite))
    if chosen.metrics is not None:
        _write(chosen.metrics, findings)
    show.table([asdict(each) for each in findings], chosen.json)
    return 0 if all(each.ok for each in findings) else 1


def examine(suite: Site) -> Iterator[Finding]:
    """Yield what every check finds; of a database that is away only that."""
    yield from broker_findings.broker(suite)
    yield from broker_findings.each_queue(suite)
    for service in suite.services():
        try:
            with suite.engine(service) as engine:
                yield from _schema(service, engine)
                yield from _feed(service, engine)
                yield from _hearing(suite, service, engine)
                yield from _jobs(service, engine)
                yield from projections(service, engine)
                yield from _awaited(service, engine)
        except ServiceError as error:
            yield Finding(of=service, check="database", ok=False, found=error.message)


def _write(path: Path, findings: Sequence[Finding]) -> None:
    OK.clear()
    for each in findings:
        OK.labels(each.of, each.check).set(each.ok)
    write_to_textfile(str(path), METRICS)


def _schema(service: str, engine: Engine) -> Iterator[Finding]:
    site.code(service)
    needed = migrations.newest(service)
    with engine.connect() as connection:
        found = migrations.found(connection, service)
    for check, has, needs in (
        ("schema", found.service, needed.service),
        ("frame's schema", found.frame, needed.frame),
    ):
        said = f"{has:04}" if has == needs else f"{has:04}, this version has {needs:04}"
        yield Finding(of=service, check=check, ok=has >= needs, found=said)


def _feed(service: str, engine: Engine) -> Iterator[Finding]:
    gauges = _gauges(service, engine)
    for check, name, limit_s in (
        ("numbering", "unnumbered", NUMBERING_S),
        ("relay", "unrelayed", RELAY_S),
    ):
        count = _one(gauges, f"service_events_{name}")
        oldest_s = _one(gauges, f"service_events_{name}_oldest_seconds")
        found = f"{count:.0f} wait, the oldest for {oldest_s:.0f} s" if count else "nothing waits"
        yield Finding(of=service, check=check, ok=oldest_s <= limit_s, found=found)
    with engine.connect() as connection:
        holder = connection.execute(_RELAYER).scalar_one_or_none()
    found = f"held by {holder}" if holder else "nobody: no work process runs"
    yield Finding(of=service, check="relay's lease", ok=holder is not None, found=found)
    gaps = _one(gauges, "service_position_gaps")
    found = f"{gaps:.0f} are missing" if gaps else "no gap"
    yield Finding(of=service, check="positions", ok=not gaps, found=found)


def _hearing(suite: Site, service: str, engine: Engine) -> Iterator[Finding]:
    gauges = _gauges(service, engine)
    for each in lag.standings(suite, service):
        check, trouble = f"{each.consumer} hears {each.source}", _trouble(each)
        found = "; ".join(trouble) or f"{each.behind} behind"
        yield Finding(of=service, check=check, ok=not trouble, found=found)
    streams = sum(each.value for each in gauges["service_parked_streams"])
    dead = sum(each.value for each in gauges["service_parked_streams_dead"])
    found = f"{streams:.0f} streams, {dead:.0f} of them dead" if streams else "nothing"
    yield Finding(of=service, check="parked", ok=not dead and streams < PARKED_STREAMS, found=found)
    with engine.connect() as connection:
        count = len(forgotten.unsettled(connection))
    found = f"{count} effects of what is forgotten: see suitectl fork" if count else "all settled"
    yield Finding(of=service, check="forks", ok=not count, found=found)


def _trouble(each: lag.Standing) -> list[str]:
    """Return what is wrong with one consumer, in words."""
    limit_s = REVOCATIONS_S if each.consumer.endswith(".revocations") else CHECKED_S
    late = each.checked_s is None or each.checked_s > limit_s
    age = "never" if each.checked_s is None else f"{each.checked_s:.0f} s ago"
    wrong = {
        "stopped: see suitectl fork": each.stopped,
        f"{each.source} does not know the event at {each.position}": each.known is False,
        f"ahead of its source, whose head is {each.head}": (
            each.head is not None and each.position > each.head
        ),
        f"last seen at the head: {age}": late and not each.stopped,
    }
    return [said for said, is_so in wrong.items() if is_so]


def _jobs(service: str, engine: Engine) -> Iterator[Finding]:
    with engine.connect() as connection:
        dead = connection.execute(_DEAD, {"recently": RECENTLY}).all()
    found = ", ".join(f"{each.count} of {each.kind}" for each in dead) or "none"
    yield Finding(of=service, check=f"jobs that died within {RECENTLY}", ok=not dead, found=found)


def projections(service: str, engine: Engine) -> Iterator[Finding]:
    """Yield which code has built the rows of each projection; a newer one's is its own to judge."""
    with engine.connect() as connection:
        found, built = migrations.found(connection, service), schema_projections.noted(connection)
    if schema_rule.newer(found, migrations.newest(service)):
        said = "the schema is newer than this version: ask the doctor of that one"
        yield Finding(of=service, check="projections", ok=True, found=said)
        return
    for name, own in digests(site.code(service).projections).items():
        noted = built.get(name)
        wrong = "other code: rebuild" if noted else "what is not known, or several: rebuild once"
        said = f"built by {'this code' if noted == own else wrong}"
        yield Finding(of=service, check=f"projection {name}", ok=noted == own, found=said)


def _awaited(service: str, engine: Engine) -> Iterator[Finding]:
    """Yield what a service waits for a person to say."""
    for each in site.code(service).awaited:
        with engine.connect() as connection:
            waits = connection.exec_driver_sql(each.query).first() is not None
        found = f"wanted: {each.wanted}" if waits else "nothing is wanted"
        yield Finding(of=service, check=each.name, ok=not waits, found=found)


def _gauges(service: str, engine: Engine) -> Gauges:
    gauges = {family.name: family.samples for family in Backlog(engine, service).collect()}
    if not _one(gauges, "service_database_up"):
        raise Unavailable("suitectl.no_figures", "its figures cannot be read in time")
    return gauges


def _one(gauges: Gauges, name: str) -> float:
    (sample,) = gauges[name]
    return sample.value


_RELAYER = text("select holder from leases where name = 'relay' and until > now()")
_DEAD = text(
    "select kind, count(*) as count from jobs where state = 'dead'"
    " and run_at > now() - cast(:recently as interval) group by kind order by kind"
)
