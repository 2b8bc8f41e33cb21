"""What media holds of somebody who is forgotten, and what it names as kept."""

from functools import partial

from chassis.hearing import forgetting
from chassis.hearing.forgetting import SubjectForgotten
from chassis.testing.heard import heard
from contracts.auth import events as auth
from media.app import SERVICE
from media.inbound import reactions
from media.projections import images, projects
from unit.stages.forgotten import ERASURE, OTHER, USER, WORKSPACE, held

hears = partial(heard, SERVICE, reactions)
gone = auth.SubjectErased(erasure_id=ERASURE, user_id=USER, workspace_id=None)
with_all = auth.SubjectErased(erasure_id=ERASURE, user_id=USER, workspace_id=WORKSPACE)
THIS = (forgetting.decider, ERASURE)
nothing_kept = SubjectForgotten(user_id=USER, kept=())


def test_what_is_held_of_them_goes_and_of_others_stays() -> None:
    with held(projects.table, images.table) as media:
        media.text(ERASURE, "file_name", USER)
        media.text(OTHER, "file_name", OTHER)
        media.answered(f"person:{USER}", f"person:{OTHER} as {USER}", f"person:{USER} as {OTHER}")
        media.answered(f"person:{OTHER}", "anyone:anonymous")

        hears(gone).beside(media.tables).then({THIS: [nothing_kept]})

        assert media.texts() == {(str(OTHER), "file_name")}
        assert media.callers() == [f"person:{OTHER}", "anyone:anonymous"]


def test_it_is_said_once() -> None:
    with held(projects.table, images.table) as media:
        hears(gone).given({THIS: [nothing_kept]}).beside(media.tables).then_nothing()


def test_of_a_workspace_that_goes_too_it_is_said_once_its_projects_are_gone() -> None:
    with held(projects.table, images.table) as media:
        hears(with_all).beside(media.tables).then({THIS: [nothing_kept]})
        media.text(OTHER, "reason", WORKSPACE)
        row = {"id": OTHER, "workspace_id": WORKSPACE, "user_id": USER, "name": "Storgata 4"}
        media.row(projects.table, **row, style_template_id="modern")

        hears(with_all).beside(media.tables).then_nothing()

        assert media.texts() == set()
        hears(gone).beside(media.tables).then({THIS: [nothing_kept]})
