"""`python -m auth decide <name>` prints what auth decides of one kind of stream."""

import pytest

from chassis import decision_table
from chassis.running import command_line

ROWS = {
    "user": "| User | Erase |  | UserErased |",
    "workspace": "| Closed | any |  | Rejected `auth.workspace_closed` |",
    "invitation": "| Ended | Cancel |  | nothing |",
    "session": "| Session | EndSession |  | SessionEnded |",
}


@pytest.mark.parametrize("name", ROWS)
def test_a_decision_table_is_printed(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command_line.run("auth", ["decide", name])

    printed = capsys.readouterr().out.splitlines()
    assert ended.value.code == 0
    assert printed[0] == "| " + " | ".join(decision_table.HEAD) + " |"
    assert ROWS[name] in printed
    assert printed[-1] == "| any other | any other |  | AssertionError |"
