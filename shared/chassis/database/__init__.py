"""PostgreSQL: reaching it, the frame's own tables and their steps, and what waits in them.

Read `postgres` first: which errors are a rival, an outage or a bug. Then `schema`, the tables.
"""
