"""Numbering at random: transactions open at once, ended in any order, sequencers that die.

A long run: see `machines`.
"""

from contextlib import ExitStack
from typing import Any
from uuid import UUID, uuid4

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import Connection

from chassis.database.schema import NONE_TOLD
from chassis.unit import feed, store
from integration.stages import boxes, machines
from integration.stages.box_database import MINE, NOON, call, database, positions
from servers.postgres import Server

WRITERS = 4
some_writer = st.integers(0, WRITERS - 1)
some_streams = st.lists(st.sampled_from([UUID(int=n) for n in range(5)]), min_size=1, max_size=4)
limits = st.sampled_from([1, 2, 3, 200])


class Writer:
    """One connection's transaction: the appends that it has made until now."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.appends: list[list[UUID]] = []  # of event ids
        self.added: dict[UUID, int] = {}  # by stream

    def end(self) -> None:
        self.appends, self.added = [], {}


class Sequencer(RuleBasedStateMachine):
    def __init__(self, server: Server) -> None:
        super().__init__()
        self.opened = ExitStack()
        own = self.opened.enter_context(database(server))
        self.app = self.opened.enter_context(own.app(connections=WRITERS + 2))
        connect = self.app.engine.connect
        self.writers = [Writer(self.opened.enter_context(connect())) for _ in range(WRITERS)]
        self.rival = self.opened.enter_context(connect())
        self.committed: list[list[UUID]] = []  # appends
        self.versions: dict[UUID, int] = {}
        self.seen: list[UUID] = []  # the log as it was last seen: it only grows
        self.held: int | None = None  # what a sequencer has numbered that has not committed

    def teardown(self) -> None:
        self.opened.close()

    @property
    def missing(self) -> list[list[UUID]]:
        return [each for each in self.committed if each[0] not in self.seen]

    @rule(number=some_writer)
    def begin(self, number: int) -> None:
        """Take a transaction's id long before it writes."""
        self.writers[number].connection.exec_driver_sql("select pg_current_xact_id()")

    @rule(number=some_writer, streams=some_streams, told=st.booleans())
    def append(self, number: int, streams: list[UUID], told: bool) -> None:
        """Append to streams that no other transaction holds, on what is committed by now."""
        writer = self.writers[number]
        held = {each for rival in self.writers if rival is not writer for each in rival.added}
        outbox = {"type": "boxes.box_appeared", "data": {}} if told else None
        records = []
        for stream in streams:
            if stream in held:
                continue
            writer.added[stream] = writer.added.get(stream, 0) + 1
            records.append(
                store.Recorded(
                    event_id=uuid4(),
                    stream_id=store.stream_name("box", stream),
                    subject=stream,
                    version=self.versions.get(stream, 0) + writer.added[stream],
                    event=boxes.BoxSealed(),
                    meta=call().meta(MINE),
                    recorded_at=NOON,
                )
            )
        store.append(writer.connection, [(each, outbox) for each in records], [], None)
        if records:
            writer.appends.append([each.event_id for each in records])

    @rule(number=some_writer)
    def commit(self, number: int) -> None:
        writer = self.writers[number]
        writer.connection.commit()
        self.committed += writer.appends
        for stream, count in writer.added.items():
            self.versions[stream] = self.versions.get(stream, 0) + count
        writer.end()

    @rule(number=some_writer)
    def roll_back(self, number: int) -> None:
        self.writers[number].connection.rollback()
        self.writers[number].end()

    @rule(most=limits)
    def number(self, most: int) -> None:
        """Number as many appends; nothing while another sequencer is at it."""
        waiting = len(self.missing)
        before = len(self.seen)
        found = feed.number(self.app.engine, most)
        self.look()
        if self.held is not None:
            assert found == 0
            return
        assert found == len(self.seen) - before
        assert len(self.missing) == max(0, waiting - most)

    @precondition(lambda self: self.held is None)
    @rule(most=limits)
    def begin_to_number(self, most: int) -> None:
        statement = "select number_events(%s)"
        self.held = self.rival.exec_driver_sql(statement, (most,)).scalar_one()

    @precondition(lambda self: self.held is not None)
    @rule(dies=st.booleans())
    def end_to_number(self, dies: bool) -> None:
        before = len(self.seen)
        if dies:
            self.rival.rollback()
        else:
            self.rival.commit()
        self.look()
        assert len(self.seen) - before == (0 if dies else self.held)
        self.held = None

    def look(self) -> list[Any]:
        log = positions(self.app)
        assert [each.event_id for each in log[: len(self.seen)]] == self.seen
        self.seen = [each.event_id for each in log]
        return log

    @invariant()
    def positions_are_dense_and_streams_in_order_and_the_chain_whole(self) -> None:
        log = self.look()
        assert [each.position for each in log] == list(range(1, len(log) + 1))
        previous, versions = NONE_TOLD, dict[str, int]()
        for each in log:
            assert each.version == versions.get(each.stream_id, 0) + 1
            versions[each.stream_id] = each.version
            assert each.previous is None if each.outbox is None else str(each.previous) == previous
            previous = str(each.event_id) if each.outbox else previous

    @invariant()
    def the_log_consists_of_whole_committed_appends(self) -> None:
        first = {append[0]: append for append in self.committed}
        place = 0
        while place < len(self.seen):
            append = first[self.seen[place]]
            assert self.seen[place : place + len(append)] == append
            place += len(append)


def test_every_order_of_commits_and_numbering_keeps_the_log_whole(postgres_server: Server) -> None:
    machines.run(lambda: Sequencer(postgres_server), percent=8)
