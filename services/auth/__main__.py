"""`python -m auth …`."""

from chassis.running import command_line

command_line.run("auth", own={"asvs": lambda parser: None})
