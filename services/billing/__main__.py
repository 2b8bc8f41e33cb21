"""`python -m billing …`."""

from chassis.running import command_line

command_line.run("billing")
