"""`python -m affiliate …`."""

from chassis.running import command_line

command_line.run("affiliate")
