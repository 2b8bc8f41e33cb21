"""What must hold of films of which some share pieces: at every moment, at rest, in the end."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chassis import codec
from chassis.database import postgres
from chassis.unit import rebuilding
from integration.stages.box_database import number_all
from integration.stages.films_at_work import Films, Tour
from integration.stages.rebuilds import DIFFERENT
from video.domain import film as film_decider
from video.domain.film_state import Broken, Finished
from video.domain.plan import run_id
from video.domain.video_events import ClipEnd
from video.projections.video_clips import become

FOR_NOBODY = """
select 'a film for nobody', f.id, f.status, p.status
from film f left join video_project p on p.id = f.video_project_id
where f.status in ('working', 'joining') and (p.id is null or p.trigger_run_id <> f.id
    or p.status not in ('generating', 'compiling'))"""
BY_NOBODY = """
select 'a piece by nobody', p.id from piece p where p.state = 'wanted' and not exists (
    select from jobs j where j.subject = p.id and j.state in ('waiting', 'claimed'))"""
BUGS = """
select 'a bug', kind, error from jobs where error like '%%job_failed%%' or error like '%%Error%%'"""
JOINERS = ("FilmMade", "FilmFailed", "FilmStopped", "PiecesMissing")  # which end a joining
ASKED = ("StartRequested", "RevisionOpened", "RunBegun")


def forgotten(films: Films) -> list[Any]:
    """Return whom nobody thinks of, and what nobody is to be at work at."""
    found = [row for query in (FOR_NOBODY, BY_NOBODY, BUGS) for row in films.rows(query)]
    return [*films.forgotten(), *map(tuple, found)]


def status(films: Films, film: Tour) -> str | None:
    """Return a video's status; None where it was deleted."""
    rows = films.rows("select status from video_project where id = :id", id=film.id)
    return str(rows[0].status) if rows else None


def events(films: Films, stream_id: str) -> list[Any]:
    """Return what has happened in a stream."""
    query = "select type, data, meta ->> 'actor' as actor, outbox from events"
    return films.rows(f"{query} where stream_id = :id order by version", id=stream_id)


def runs(films: Films, film: Tour) -> int:
    """Return how often billing was asked for a video."""
    of = events(films, f"video_project-{film.id}")
    return sum(each.type == "StartRequested" for each in of)


def at_rest(films: Films, tours: Iterable[Tour]) -> list[str]:
    """Return what is wrong of videos, whichever are at work."""
    wrong: list[str] = []
    for each in tours:
        happened = events(films, f"video_project-{each.id}")
        wrong += _ends(happened)
        for revision in range(1, 2 + sum(one.type == "RevisionOpened" for one in happened)):
            wrong += _joinings(films, run_id(each.uuid, revision))
        if status(films, each) in ("draft", "completed", "failed"):
            wrong += _clips(films, each, happened)
    return [*wrong, *_costs(films, tours)]


def in_the_end(films: Films, tours: Iterable[Tour]) -> list[str]:
    """Return which videos were not made, though nothing kept them from it."""
    stand = [(each.id, status(films, each)) for each in tours]
    return [f"{id} is {word} in the end" for id, word in stand if word not in ("completed", None)]


def _ends(happened: Sequence[Any]) -> list[str]:
    """What has ended begins again when a person asks; each revision is completed once."""
    wrong, running, asked = [], False, True
    for each in happened:
        by_person = each.actor.startswith("person")
        if each.type == "RunBegun" and not (asked or by_person):
            wrong.append("what has ended began by itself")
        if each.type == "RunEnded" and not running:
            wrong.append("what has ended ended again")
        running = each.type == "RunBegun" or (running and each.type != "RunEnded")
        asked = (asked or (each.type in ASKED and by_person)) and each.type != "RunEnded"
    told = [each for each in happened if each.outbox and "completed" in each.outbox["type"]]
    if any(count > 1 for count in Counter(each.data["revision"] for each in told).values()):
        wrong.append("a revision was told of as completed twice")
    return wrong


def _joinings(films: Films, film_id: UUID) -> list[str]:
    """Each joining is begun once, by one job."""
    happened = [each.type for each in events(films, f"film-{film_id}")]
    begun, wrong, joining = happened.count("CompileStarted"), list[str](), False
    for type in happened:
        if type == "CompileStarted" and joining:
            wrong.append("a joining was begun twice")
        joining = type == "CompileStarted" or (joining and type not in JOINERS)
    query = "select 1 from jobs where kind = 'compile_film' and subject = :id"
    jobs = len(films.rows(query, id=str(film_id)))
    return wrong if jobs == begun else [*wrong, f"{jobs} jobs for {begun} joinings"]


def _clips(films: Films, film: Tour, happened: Sequence[Any]) -> list[str]:
    """What is shown of clips is what came of their last run, or nothing since they were changed."""
    of_clips = ("VideoCreated", "ClipsChanged", "RunEnded")
    last = [each for each in happened if each.type in of_clips][-1]
    shown = {each["id"]: each for each in film.shown()["clips"]}
    ends = [codec.load(ClipEnd, each) for each in last.data["clips"] if last.type == "RunEnded"]
    wrong = list[str]()
    for end in ends or [_nothing(UUID(id)) for id in shown]:
        row = shown[str(end.clip_id)]
        became = become(end, "pending")
        if any(row[name] != each for name, each in became.items()):
            wrong.append(f"clip {end.clip_id} is shown as {row['status']}, not {became['status']}")
    state = films.decide(
        lambda unit: unit.state(film_decider.decider, run_id(film.uuid, film.shown()["revision"]))
    )
    is_its = isinstance(state, Finished | Broken) and last.type == "RunEnded"
    if is_its and last.data["revision"] == state.film.begun.revision:
        wrong += ["the clips are not the film's"] if tuple(ends) != state.film.ends else []
        wrong += (
            ["the film is not of its clips"]
            if [each.id for each in state.film.begun.clips] != [UUID(id) for id in shown]
            else []
        )
    return wrong


def _nothing(clip_id: UUID) -> ClipEnd:
    return ClipEnd(clip_id=clip_id, clip_key=None, transition_key=None, cause=None)


def _costs(films: Films, tours: Iterable[Tour]) -> list[str]:
    """What a video and its film at work have cost is what the pieces did that it asked for."""
    query = """
select e.stream_id, e.type, e.data from events e
where e.stream_id like 'piece-%%' and e.meta ->> 'workspace' = :id order by e.stream_id, e.version
"""
    tours, costs, payer = list(tours), Counter[str](), dict[str, str]()
    for stream_id, type, data in films.rows(query, id=str(tours[0].workspace_id)):
        if type == "PieceWanted":
            payer[stream_id] = data["video_project_id"]
        costs[payer[stream_id]] += data.get("cost_micro_usd", 0)
    spent = """
select p.id, p.cost_micro_usd + coalesce(f.cost_micro_usd, 0) as spent from video_project p
left join film f on f.id = p.trigger_run_id and f.status in ('working', 'joining')
where p.workspace_id = :id"""
    rows = films.rows(spent, id=str(tours[0].workspace_id))
    return [f"{id} has cost {cost}, not {costs[id]}" for id, cost in rows if cost != costs[id]]


def rebuilt_otherwise(films: Films) -> list[Any]:
    """Return what a rebuild of all rows would make otherwise."""
    app = films.parts.app
    number_all(app)
    url = films.variables["DATABASE_URL"].replace("video_app:", "video_owner:")
    engine = postgres.engine(url, name="owner")
    with engine.begin() as connection:
        rebuilding.fill(connection, app.codec, app.service.projections)
        names = [each.table.name for each in app.service.projections]
        found = [connection.execute(text(DIFFERENT.format(name))).all() for name in names]
        connection.execute(text("drop schema rebuilt cascade"))
    engine.dispose()
    return [row for rows in found for row in rows]
