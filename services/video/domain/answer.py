"""An answer of billing that came before a video had asked: kept for when it does.

Our database was restored to a time before it asked. Asked again it is the same question, which
billing has answered, and answers no more.
"""

from uuid import UUID

from chassis.domain import Decider, value


@value
class KeepAnswer:
    workspace_id: UUID
    run: int
    reason: str | None  # why it may not begin; None where it may


@value
class AnswerKept:
    workspace_id: UUID
    run: int
    reason: str | None


@value
class Answer:
    workspace_id: UUID
    run: int
    reason: str | None

    def is_for(self, workspace_id: UUID, run: int) -> bool:
        """Whether it answers that run: it is the last of what was answered then."""
        return self.workspace_id == workspace_id and self.run >= run


Command = KeepAnswer
Event = AnswerKept


def decide(answer: Answer | None, command: Command) -> list[Event]:
    match answer, command:
        case Answer(), KeepAnswer() if _is_kept(answer, command):
            return []
        case _, KeepAnswer(workspace_id=workspace_id, run=run, reason=reason):
            return [AnswerKept(workspace_id=workspace_id, run=run, reason=reason)]


def _is_kept(answer: Answer, command: KeepAnswer) -> bool:
    kept = Answer(workspace_id=command.workspace_id, run=command.run, reason=command.reason)
    return answer == kept


def evolve(answer: Answer | None, event: Event) -> Answer:
    match event:  # the last one counts
        case AnswerKept():
            return Answer(workspace_id=event.workspace_id, run=event.run, reason=event.reason)


decider = Decider(
    name="answer", decide=decide, evolve=evolve, events=(AnswerKept,), creates=(KeepAnswer,)
)
