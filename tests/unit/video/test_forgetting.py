"""What video holds of somebody who is forgotten, and what it names as kept."""

from functools import partial

from chassis.hearing import forgetting
from chassis.hearing.forgetting import Kept, SubjectForgotten
from chassis.testing.heard import heard
from contracts.auth import events as auth
from unit.stages.forgotten import ERASURE, OTHER, USER, WORKSPACE, held
from video.app import SERVICE
from video.inbound import reactions
from video.projections import progress, video_clips, video_projects

hears = partial(heard, SERVICE, reactions)
gone = auth.SubjectErased(erasure_id=ERASURE, user_id=USER, workspace_id=WORKSPACE)
THIS = (forgetting.decider, ERASURE)
TABLES = (video_projects.table, video_clips.table, progress.table)


def test_a_workspaces_own_words_go_at_once_and_its_films_are_named_as_kept() -> None:
    with held(*TABLES) as video:
        film = {"workspace_id": WORKSPACE, "user_id": USER, "name": "A film", "revision": 1}
        video.row(video_projects.table, id=OTHER, description="Kari", **film)
        video.text(OTHER, "description", WORKSPACE)

        kept = SubjectForgotten(user_id=USER, kept=(Kept(what="projects", until=None),))
        hears(gone).beside(video.tables).then({THIS: [kept]})

        assert video.texts() == set()
        (row,) = video.tables.rows(video_projects.table)
        assert (row["name"], row["description"]) == ("A film", None)


def test_where_there_are_no_films_nothing_is_kept() -> None:
    with held(*TABLES) as video:
        nothing_kept = SubjectForgotten(user_id=USER, kept=())
        hears(gone).beside(video.tables).then({THIS: [nothing_kept]})
