"""`python -m video …`."""

from chassis.running import command_line

command_line.run("video")
