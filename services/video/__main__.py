"""`python -m video …`."""

from chassis import command_line

command_line.run("video")
