"""What is counted; and that alerts and dashboards speak of what exists."""

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from sqlalchemy import create_engine

from billing import webhooks
from chassis import metrics
from chassis.database.backlog import Backlog
from chassis.door import internal_door
from chassis.errors import Conflict, ServiceError, Unavailable
from contracts import SERVICES
from gateways import fal_line
from suitectl import doctor

DEPLOY = Path(__file__).parents[3] / "deploy"
RUNBOOKS = DEPLOY / "runbooks"
OURS = re.compile(r"\bservice_[a-z0-9_]+")
IDENTIFIER = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b")
FIGURES = [each for service in SERVICES for each in import_module(f"{service}.app").SERVICE.figures]
MODULES = (metrics, internal_door, doctor, webhooks, fal_line)
FUNCTIONS = {"label_replace", "histogram_quantile", "group_right"}


def defined() -> dict[str, Metric]:
    """Return the metrics that exist, by the name that a query gives each of their values."""
    of_modules = [
        each
        for module in MODULES
        for each in vars(module).values()
        if hasattr(each, "describe")
        and not isinstance(each, type)
        and each not in (REGISTRY, doctor.METRICS)
    ]
    engine = create_engine("postgresql+psycopg://nobody@nowhere/nothing")
    figures = [GaugeMetricFamily(each.name, each.meaning, labels=("service",)) for each in FIGURES]
    asked = (*of_modules, Backlog(engine, "any"))
    found = [*figures, *(metric for each in asked for metric in each.describe())]
    return {f"{each.name}{suffix}": each for each in found for suffix in suffixes(each)}


def suffixes(metric: Metric) -> tuple[str, ...]:
    match metric.type:
        case "counter":
            return ("_total",)
        case "histogram":
            return ("_bucket", "_count", "_sum")
    return ("",)


def rules() -> list[dict[str, Any]]:
    document = yaml.safe_load((DEPLOY / "prometheus/alerts.yml").read_text(encoding="utf-8"))
    return [rule for group in document["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    board = json.loads((DEPLOY / "grafana/suite.json").read_text(encoding="utf-8"))
    return list(board["panels"])


def expressions() -> list[str]:
    shown = [target["expr"] for panel in panels() for target in panel["targets"]]
    return [rule["expr"] for rule in rules()] + shown


def test_every_metric_that_is_asked_for_exists() -> None:
    exist = defined().keys()
    asked = {
        expression: set(IDENTIFIER.findall(re.sub('"[^"]*"', '""', expression))) - FUNCTIONS
        for expression in expressions()
    }
    assert asked
    assert {
        each: names - exist for each, names in asked.items() if not names or names - exist
    } == {}


def test_every_alert_says_what_is_the_matter_and_has_a_runbook_that_names_it() -> None:
    for rule in rules():
        alert = rule["alert"]
        assert rule["annotations"]["summary"], alert
        assert rule["labels"]["severity"] in ("page", "ticket"), alert
        runbook = (RUNBOOKS / rule["annotations"]["runbook"]).read_text(encoding="utf-8")
        wanted = (f"`{alert}`", "**What it means.**", "**Look**", "**Do**", "**Over when**")
        assert [each for each in wanted if each not in runbook] == [], alert


def cases() -> list[dict[str, Any]]:
    """Return the cases of what fires when, which promtool runs where it is installed."""
    document = yaml.safe_load((DEPLOY / "prometheus/alerts.test.yml").read_text(encoding="utf-8"))
    return list(document["tests"])


def test_every_alert_fires_in_a_case_and_is_silent_where_all_is_well() -> None:
    alerts = {rule["alert"]: rule for rule in rules()}
    well, *ill = [case["alert_rule_test"] for case in cases()]
    assert {asked["alertname"] for asked in well} == alerts.keys()
    assert not any("exp_alerts" in asked for asked in well)
    fire = {asked["alertname"]: asked for case in ill for asked in case if "exp_alerts" in asked}
    assert fire.keys() == alerts.keys()
    for name, asked in fire.items():
        for expected in asked["exp_alerts"]:
            assert expected["exp_labels"]["severity"] == alerts[name]["labels"]["severity"]
            assert expected["exp_annotations"].keys() == alerts[name]["annotations"].keys()
            assert expected["exp_annotations"]["runbook"] == alerts[name]["annotations"]["runbook"]


def test_the_cases_speak_of_metrics_and_labels_that_exist() -> None:
    exist, scraped = defined(), {"job", "instance"}
    labels = {name: {*metric_labels(exist[name]), *scraped} for name in exist}
    for case in cases():
        for series in case["input_series"]:
            name, given = series["series"].rstrip("}").split("{")
            assert name in exist, series
            assert set(re.findall("([a-z]+)=", given)) <= labels[name], series


def metric_labels(metric: Metric) -> tuple[str, ...]:
    """Return the labels that a metric has beside those of whoever asks for it."""
    of_modules = [each for of in MODULES for each in vars(of).values()]
    for each in of_modules:
        if getattr(each, "_name", None) == metric.name:
            return tuple(each._labelnames)
    return tuple(getattr(metric, "_labelnames", ()))


def test_every_runbook_speaks_of_alerts_metrics_and_runbooks_that_exist() -> None:
    alerts = {rule["alert"]: rule["annotations"]["runbook"] for rule in rules()}
    exist = {*defined(), *alerts, "MessageNacked"}
    wrong: dict[str, set[str]] = {}
    for runbook in sorted(RUNBOOKS.glob("*.md")):
        text = runbook.read_text(encoding="utf-8")
        named = {*OURS.findall(text), *re.findall(r"`([A-Z][a-z]+(?:[A-Z][a-z]+)*)`", text)}
        links = re.findall(r"\]\(([^)]+)\)", text)
        wrong[runbook.name] = named - exist
        wrong[runbook.name] |= {each for each in links if not (RUNBOOKS / each).is_file()}
    assert set(wrong) == set(alerts.values())
    assert {name: each for name, each in wrong.items() if each} == {}


def test_the_panels_of_the_dashboard_do_not_overlap() -> None:
    places = [tuple(panel["gridPos"][each] for each in "xywh") for panel in panels()]
    assert len({(x, y) for x, y, _, _ in places}) == len(places)
    assert {(w, h) for _, _, w, h in places} == {(12, 8)}
    assert len({panel["id"] for panel in panels()}) == len(places)


def test_no_label_is_an_id() -> None:
    asked = {
        label
        for each in (metrics, internal_door, webhooks, fal_line)
        for metric in vars(each).values()
        for label in getattr(metric, "_labelnames", ())
    }
    frames = {"service", "method", "outcome", "consumer", "source", "kind", "check", "schedule"}
    assert asked == frames | {"queue", "way", "reason"}


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def timed(context: Callable[[], AbstractContextManager[object]], error: Exception | None) -> None:
    def work() -> None:
        with context():
            if error is not None:
                raise error

    if error is None:
        work()
        return
    with pytest.raises(type(error)):
        work()


@pytest.mark.parametrize(
    "error,outcome",
    [
        (None, "ok"),
        (Conflict("chassis.busy"), "Conflict"),
        (Unavailable("chassis.away"), "Unavailable"),
        (ZeroDivisionError(), "Internal"),
    ],
)
def test_calls_and_batches_are_counted_by_their_outcome(
    error: ServiceError | None, outcome: str
) -> None:
    called = {"service": "billing", "method": f"pay_{outcome}", "outcome": outcome}
    timed(lambda: metrics.rpc("billing", f"pay_{outcome}"), error)
    assert value("service_rpc_seconds_count", **called) == 1
    batch = {"consumer": "billing", "source": f"media_{outcome}", "outcome": outcome}
    timed(lambda: metrics.reaction("billing", f"media_{outcome}"), error)
    assert value("service_reaction_batch_seconds_count", **batch) == 1


def test_an_attempt_whose_end_was_not_recorded_is_broken() -> None:
    timed(lambda: metrics.job("billing", "broken_off"), ZeroDivisionError())
    with metrics.job("billing", "sent") as attempt:
        attempt.outcome = "done"
    counted = "service_job_seconds_count"
    assert value(counted, service="billing", kind="broken_off", outcome="broken") == 1
    assert value(counted, service="billing", kind="sent", outcome="done") == 1


def test_counts_add_up() -> None:
    for count in (3, 4):
        metrics.heard("counted", "auth", "taken", count)
        metrics.pulled("counted", "auth", count)
        metrics.relayed("counted", count)
        metrics.numbered("counted", count)
        metrics.repeated("counted", "start")
    heard = {"consumer": "counted", "source": "auth"}
    assert value("service_events_heard_total", **heard, outcome="taken") == 7
    assert value("service_events_pulled_total", **heard) == 7
    assert value("service_events_relayed_total", service="counted") == 7
    assert value("service_relay_batches_total", service="counted") == 2
    assert value("service_events_numbered_total", service="counted") == 7
    assert value("service_rpc_repeated_total", service="counted", method="start") == 2
