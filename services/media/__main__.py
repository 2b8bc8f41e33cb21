"""`python -m media …`."""

from chassis.running import command_line

command_line.run("media")
