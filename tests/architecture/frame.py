"""The rooms of the frame: what each is for, what it may use, and how large it may be.

`docs/architecture.md` shows this table; a room that outgrows its budget is cut, or says here why
it may be larger.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Room:
    """One room of `shared/chassis`."""

    name: str  # '' is the ground
    what: str
    modules: str
    may_use: tuple[str, ...]
    code_lines: int  # the budget, without docstrings, comments and blanks
    why: str

    @property
    def words(self) -> tuple[str, ...]:
        """The modules' names."""
        return tuple(self.modules.split())


_GROUND = ("ground",)
_DATABASE = (*_GROUND, "database")
_UNIT = (*_DATABASE, "unit")
_BESIDE = (*_UNIT, "broker", "jobs")
_DOOR = (*_BESIDE, "hearing", "door")

ROOMS = (
    Room(
        name="ground",
        what="what everybody speaks: values, ids, errors, JSON, settings, deadlines, metrics",
        modules="domain errors ids money codec identity settings deadline telemetry metrics port"
        " personal decision_table blobs",
        may_use=(),
        code_lines=1_150,
        why="the codec, the errors and the stores of bytes are a third of it; `blobs` will leave",
    ),
    Room(
        name="database",
        what="PostgreSQL: reaching it, its tables and their steps, what waits in it",
        modules="postgres lease migrations schema schema_pending schema_numbering schema_rule"
        " backlog tables_beside",
        may_use=_GROUND,
        code_lines=850,
        why="half of it is the text of the frame's own tables and functions",
    ),
    Room(
        name="unit",
        what="decide, append, project; read on from a position; rebuild",
        modules="handling store calls envelope projection pages service feed rebuilding",
        may_use=_DATABASE,
        code_lines=950,
        why="it is what everything else exists for",
    ),
    Room(
        name="broker",
        what="RabbitMQ: connections, telling, receiving, calling",
        modules="link rabbit relay rpc line",
        may_use=_UNIT,
        code_lines=500,
        why="what a broker may do to a connection is handled here, and nowhere else",
    ),
    Room(
        name="jobs",
        what="work outside a transaction: claims, attempts, schedules",
        modules="jobs schedules",
        may_use=_UNIT,
        code_lines=280,
        why="a claim is fenced in one file",
    ),
    Room(
        name="hearing",
        what="cursors, parking, forks, groups: hearing others in order and once",
        modules="cursors member groups failures parking inbox forks hearing",
        may_use=(*_UNIT, "broker", "jobs"),
        code_lines=880,
        why="each fault of a stream that is heard has its own answer",
    ),
    Room(
        name="door",
        what="who calls, by RPC and by HTTP, and what they may",
        modules="edge revocations web internal_door http_server",
        may_use=(*_UNIT, "hearing"),
        code_lines=500,
        why="every check of a call is here",
    ),
    Room(
        name="green",
        what="nameko and eventlet",
        modules="green nameko_ext nameko_queue",
        may_use=(*_UNIT, "broker", "door"),
        code_lines=350,
        why="the only room that knows either of them",
    ),
    Room(
        name="running",
        what="a service put together, its processes and its command line",
        modules="parts process serve work loops readiness housekeeping regroup check tasks"
        " command_line",
        may_use=(*_DOOR, "green"),
        code_lines=520,
        why="a process has many ends",
    ),
)
BY_NAME = {each.name: each for each in ROOMS}
