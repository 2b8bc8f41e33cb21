"""The cases that the package `eventsourcing` ships for recorders of others, as they are.

They are unittest's classes. What they leave open is set: their first version is 0, as some of
their own events have it.
"""

import threading
from collections.abc import Iterator

import pytest
from eventsourcing.tests import persistence

from integration.stages.box_database import database
from integration.stages.recorder_adapter import LogRecorder, StreamRecorder
from servers.postgres import Server

DEADLINE_S = 60.0
CONNECTIONS = 14  # ten writers and two readers at once, and some to spare


class OnOurStore:
    """Each case has a database of its own."""

    INITIAL_VERSION = 0

    @pytest.fixture(autouse=True)
    def _with_a_database(self, postgres_server: Server) -> Iterator[None]:
        before = set(threading.enumerate())
        with database(postgres_server) as own, own.app(connections=CONNECTIONS) as app:
            self.engine = app.engine
            yield
            for reader in set(threading.enumerate()) - before:  # told to stop, and not waited for
                reader.join(DEADLINE_S)


class TestStreams(OnOurStore, persistence.AggregateRecorderTestCase):
    def create_recorder(self) -> StreamRecorder:
        return StreamRecorder(self.engine)


class TestLog(OnOurStore, persistence.ApplicationRecorderTestCase[LogRecorder]):
    def create_recorder(self) -> LogRecorder:
        return LogRecorder(self.engine)

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestTransactionsDoNotInterleave(
    OnOurStore, persistence.NonInterleavingNotificationIDsBaseCase
):
    def create_recorder(self) -> LogRecorder:
        return LogRecorder(self.engine)
