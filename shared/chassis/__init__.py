"""The frame: what all five services stand on, in rooms with one-way doors.

Here on the ground lies what everybody speaks: values and deciders (`domain`), what is asked and
replied (`asked`, `every_service`), errors, ids, JSON (`codec`, `marshalling`), settings, deadlines.
The rooms, each using only those before it: `database`, `unit`, `broker`, `jobs`, `hearing`, `door`,
`green`, `running`. To see a command run, begin with `door/edge.py`.
"""
