"""The rooms of the frame: what each is for, what it may use, and how large it may be.

`docs/architecture.md` shows this table; a room that outgrows its budget is cut, or says here why
it may be larger.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Room:
    """One room: `shared/chassis/<name>`; the ground is `shared/chassis` itself."""

    name: str
    what: str
    may_use: tuple[str, ...]
    code_lines: int  # the budget, without docstrings, comments and blanks
    why: str


_GROUND = ("ground",)
_DATABASE = (*_GROUND, "database")
_UNIT = (*_DATABASE, "unit")
_BESIDE = (*_UNIT, "broker", "jobs")
_DOOR = (*_BESIDE, "hearing", "door")

ROOMS = (
    Room(
        name="ground",
        what="what everybody speaks: values, ids, errors, JSON, settings, deadlines, metrics",
        may_use=(),
        code_lines=1_259,
        why="the codec, the errors, the metrics and the settings with their rules are half of it",
    ),
    Room(
        name="database",
        what="PostgreSQL: reaching it, whose it is, its tables and their steps, what waits in it",
        may_use=_GROUND,
        code_lines=1_280,
        why="two thirds of it are the text of the frame's own tables and functions, of an older"
        " release's too; whose a database is, is asked here",
    ),
    Room(
        name="unit",
        what="decide, append, project; read on from a position; rebuild",
        may_use=_DATABASE,
        code_lines=1_174,
        why="it is what everything else exists for; who is let at a stream, and which code built a"
        " projection, is asked here",
    ),
    Room(
        name="broker",
        what="RabbitMQ: connections, telling, receiving, calling",
        may_use=_UNIT,
        code_lines=755,
        why="what a broker may do to a connection, hold up or refuse is handled here alone",
    ),
    Room(
        name="jobs",
        what="work outside a transaction: claims, attempts, schedules, pruning",
        may_use=_UNIT,
        code_lines=357,
        why="a claim is fenced in one file, and who died of it counted; what has ended is pruned by"
        " one schedule; a schedule makes up for its last turn",
    ),
    Room(
        name="hearing",
        what="cursors, parking, forks, groups: hearing others in order and once; forgetting people",
        may_use=(*_UNIT, "broker", "jobs"),
        code_lines=1_040,
        why="each fault of a stream that is heard has its own answer, a source's lost past too; and"
        " what all do alike about somebody who is to be forgotten",
    ),
    Room(
        name="door",
        what="who calls, by RPC and by HTTP, and what they may",
        may_use=(*_UNIT, "hearing"),
        code_lines=920,
        why="every check of a call is here, from its length on, the tokens it rests on, what"
        " listeners were given, and what logs and strangers are told",
    ),
    Room(
        name="green",
        what="nameko and eventlet",
        may_use=(*_UNIT, "broker", "door"),
        code_lines=415,
        why="the only room that knows either of them",
    ),
    Room(
        name="running",
        what="a service put together, its processes and its command line",
        may_use=(*_DOOR, "green"),
        code_lines=715,
        why="a process has many ends; the loops of both suites, who wakes them, and the"
        " figures that they ask for are here, and what a service's own commands and check hang on",
    ),
)
GATEWAYS = Room(  # beside the frame: `shared/gateways`; what it may import: `test_imports.py`
    name="gateways",
    what="the world outside, for several services: blobs, fetches, pictures, children, mail, paper,"
    " fal",
    may_use=_GROUND,
    code_lines=2_700,
    why="two stores behind one port, and two ways to send mail behind another; a fetch and a"
    " decoder, the only ways to what strangers send; copies of a picture, and what is kept of what"
    " it says of itself; the paper that sales documents and settlement notes are drawn on; fal,"
    " whose every answer, or none, has a meaning, behind the port to a provider",
)
BOOKS = Room(  # beside the frame: `shared/books`; its rooms have the laws of a service's
    name="books",
    what="double entry, for each service that moves money: what it has rooms for like a service",
    may_use=(),
    code_lines=600,
    why="a journal's table, its proofs, its frozen days, and the books in print",
)
ASKING = Room(  # beside the frame: `shared/asking`
    name="asking",
    what="work that a provider is paid for: asked for once, awaited, settled at what it cost",
    may_use=(),
    code_lines=650,
    why="a call's table with its statements is a third; and what may become of each step of it",
)
EMPTYING = Room(  # beside the frame: `shared/emptying`
    name="emptying",
    what="what services alike do about a workspace that is suspended, closed or erased",
    may_use=(),
    code_lines=130,
    why="three kinds of job: taking back, emptying, and files that go until nobody writes any more",
)
BY_NAME = {each.name: each for each in ROOMS}
