"""How far a run is: what has become of its film's pieces, and what the jobs tell that make them."""

import hmac
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from chassis.errors import NotFound
from chassis.identity import Actor

CLIPS, TRANSITIONS, COMPILE = 70, 15, 15  # percent of the whole
RUNNING = ("generating", "compiling")  # statuses of a video
MADE = ("working", "joining")  # … of a film that is being made
BROKEN = ("failed", "broken")  # … of both, after a run that has failed
MAKING = ("render_piece", "ask_provider", "await_answer")  # kinds of job, of a piece each

Row = Mapping[str, Any]


def of_run(
    connection: Connection, run_id: UUID, actor: Actor, token: str | None, now: datetime
) -> dict[str, Any]:
    """Return how far a run is: {percent, step, at}; to who sees its video or has its token.

    Raises `NotFound("video.run_not_found")` to everybody else.
    """
    # one statement sees one moment: a piece is never neither being made nor ended
    found = connection.execute(_RUN, {"run_id": str(run_id), "making": list(MAKING)})
    row = dict(next(iter(found.mappings()), {}))
    if not row or not (_sees(actor, row) or _lets_in(token, row, now)):
        raise NotFound("video.run_not_found", "no such run")
    status = _status(row)
    return {"percent": percent(status, row), "step": _step(status, row), "at": row["at"]}


def _sees(actor: Actor, row: Row) -> bool:
    return actor.kind == "person" and actor.sees(UUID(row["workspace_id"]))


def _lets_in(token: str | None, row: Row, now: datetime) -> bool:
    """Return whether a token is that of the run's last start, and of the last hour."""
    if token is None or row["token_sha256"] is None or not row["is_present"]:
        return False
    hashed = sha256(token.encode(errors="replace")).hexdigest()
    # only what we gave out has that hash: it begins with when it ends
    is_ours = hmac.compare_digest(hashed, row["token_sha256"])
    return is_ours and int(token.partition(".")[0]) > now.timestamp()


def _status(row: Row) -> str:
    if row["is_present"]:
        return str(row["status"])
    return "completed" if row["film"] == "made" else "failed"  # of an earlier revision


def percent(status: str, row: Row) -> int:
    """Return the percent done: clips 70, transitions 15, joining 15; 100 for a finished film.

    Without transitions clips weigh for both. It never falls within a run.

    Args:
        status: of the run, as a video has it.
        row: `film`: the film's status, if there is one; `kinds` and `pieces`: by piece its kind
            and what has become of it; `told`: by piece the percent of the job that makes it;
            `joined`: that of the joining; `floor`.
    """
    if status == "completed":
        return 100
    if not (status in RUNNING and row["film"] in MADE) and (status, row["film"]) != BROKEN:
        return 0
    shares: dict[str, list[int]] = {"clip": [], "transition": []}
    for piece_id, kind in row["kinds"].items():
        shares[kind].append(_share(row["pieces"][piece_id], row["told"].get(piece_id, 0)))
    weights = {"clip": CLIPS, "transition": TRANSITIONS}
    if not shares["transition"]:
        weights = {"clip": CLIPS + TRANSITIONS}
    done = sum(
        weight * sum(shares[kind]) // (100 * len(shares[kind])) for kind, weight in weights.items()
    )
    joined = COMPILE * (row["joined"] or 0) // 100
    return min(99, max(done, int(row["floor"])) + joined)


def _share(piece: Row, told: int) -> int:
    """Return how much of a piece is done, in percent: a lost one holds nothing up."""
    return min(99, told) if piece["state"] == "wanted" else 100


def _step(status: str, row: Row) -> str:
    if status == "draft":
        return "waiting"
    if status in RUNNING and row["film"] not in MADE:
        return "fetching"  # also where an earlier run has left a film
    return status


_RUN = text(
    "select p.workspace_id, p.status, p.trigger_access_token as token_sha256,"
    " p.trigger_run_id = :run_id as is_present,"
    " f.status as film, f.pieces, f.percent_floor as floor,"
    " (select jsonb_object_agg(w ->> 'piece_id', w -> 'spec' ->> 'kind')"
    "  from jsonb_array_elements(f.begun -> 'wanted') w) as kinds,"
    " coalesce(m.told, '{}') as told, c.percent as joined,"
    " greatest(p.updated_at, f.updated_at, m.at, c.at) as at"
    " from video_project p left join film f on f.id = :run_id"
    " left join lateral (select max(at) as at, jsonb_object_agg(subject, percent) as told"
    "  from (select subject, max(cast(progress ->> 'at' as timestamptz)) as at, max(coalesce("
    "   cast(progress ->> 'percent' as int), case kind when 'await_answer' then 50 else 0 end))"
    "   as percent from jobs where kind = any(:making) and state in ('waiting', 'claimed')"
    "   and subject = any(array(select jsonb_object_keys(f.pieces))) group by subject) each) m"
    "  on true"
    " left join lateral (select cast(progress ->> 'percent' as int) as percent,"
    "  cast(progress ->> 'at' as timestamptz) as at from jobs where kind = 'compile_film'"
    "  and subject = f.id and state in ('waiting', 'claimed')) c on true"
    " where p.id = coalesce((select video_project_id from film where id = :run_id),"
    "  (select id from video_project where trigger_run_id = :run_id))"
)
