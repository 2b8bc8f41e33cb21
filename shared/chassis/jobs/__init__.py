"""Work outside a transaction: claimed, tried, given up.

Read `jobs`, then `control`, which a running job holds; `schedules` is work by the clock. Which job
is next, the database says (`database/schema_claims`).
"""
