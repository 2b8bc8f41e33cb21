"""History stays readable: every event ever written loads, here and in everybody who hears it."""

from importlib import import_module

import pytest

from chassis import codec
from chassis.codec import Codec
from chassis.hearing.reacting import Reaction
from chassis.testing import golden
from contract.golden_files import load, written
from embedded.keys import SERVICES

each_service = pytest.mark.parametrize("service", SERVICES)


@each_service
def test_every_event_has_a_sample_of_the_version_it_is_written_in(service: str) -> None:
    samples = load(service)

    for kind, events in written(service).items():
        assert {golden.name(event) for event in events} <= set(samples[kind])


@each_service
def test_every_stored_event_of_every_version_loads(service: str) -> None:
    built = import_module(f"{service}.app").SERVICE
    reader = Codec(written(service)["stored"], built.upcasters)

    for name, data in load(service)["stored"].items():
        kind, _, version = name.rpartition(".v")
        assert type(reader.load(kind, int(version), data)).__name__ == kind


@each_service
def test_what_is_written_today_is_written_as_in_the_sample(service: str) -> None:
    for kind, events in written(service).items():
        samples = load(service)[kind]
        for event in events:
            sample = samples[golden.name(event)]
            assert codec.dump(codec.load(event, sample)) == sample


@each_service
def test_every_sample_loads_in_every_service_that_hears_it(service: str) -> None:
    reactions: tuple[Reaction, ...] = import_module(f"{service}.inbound").reactions
    for reaction in reactions:
        sample = load(reaction.source)["told"][golden.name(reaction.hears)]
        heard = codec.load(reaction.hears, {**sample, "added_later": 1}, tolerant=True)
        assert codec.dump(heard) == sample
