"""What video holds of somebody who is forgotten, and when it says that nothing is left."""

from dataclasses import replace
from functools import partial

from chassis.hearing import forgetting
from chassis.hearing.forgetting import SubjectForgotten
from chassis.testing.heard import heard
from contracts.auth import events as auth
from unit.stages.forgotten import ERASURE, OTHER, USER, WORKSPACE, held
from video import kept
from video.app import SERVICE
from video.inbound import reactions
from video.projections import video_clips, video_projects

hears = partial(heard, SERVICE, reactions)
gone = auth.SubjectErased(erasure_id=ERASURE, user_id=USER, workspace_id=WORKSPACE)
THIS = (forgetting.decider, ERASURE)
TABLES = (video_projects.table, video_clips.table, kept.own_upload)
nothing_kept = SubjectForgotten(user_id=USER, kept=())


def test_a_workspaces_own_words_go_at_once_and_it_is_said_once_its_films_are_gone() -> None:
    with held(*TABLES) as video:
        film = {"workspace_id": WORKSPACE, "user_id": USER, "name": "A film", "revision": 1}
        video.row(video_projects.table, id=OTHER, description="Kari", **film)
        video.text(OTHER, "description", WORKSPACE)

        hears(gone).beside(video.tables).then_nothing()

        assert video.texts() == set()
        (row,) = video.tables.rows(video_projects.table)
        assert (row["name"], row["description"]) == ("A film", None)


def test_where_no_workspace_goes_it_is_said_at_once() -> None:
    with held(*TABLES) as video:
        alone = replace(gone, workspace_id=None)
        hears(alone).beside(video.tables).then({THIS: [nothing_kept]})


def test_of_a_workspace_without_films_it_is_said_once_nothing_of_any_can_be_left() -> None:
    with held(*TABLES) as video:
        hears(gone).beside(video.tables).then_nothing()
