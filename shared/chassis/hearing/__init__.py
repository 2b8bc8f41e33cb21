"""Hearing others in order and once: the cursor of a consumer moves with what it has brought about.

Read `inbox` (what comes next is taken or parked), then `reacting` (what follows from it, in one
unit) and `cursors`; `live` joins messages and feed. What may go wrong has a file each: `failures`,
`parking`, `forks`; `groups` and `member` share the work.
"""
