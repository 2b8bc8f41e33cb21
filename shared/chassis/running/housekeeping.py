"""What every service clears away by itself, and why nobody misses it."""

from datetime import timedelta

from chassis.door import revocations
from chassis.jobs import pruning

# For a week an equal call is answered with the first reply; then it is a call like any other.
REPLIES = pruning.schedule(
    "prune_replies", timedelta(days=7), pruning.rows("commands", since="recorded_at")
)
# No token lives nearly as long as its revocation; a ban stays until it is lifted.
REVOCATIONS = pruning.schedule(
    "prune_revocations",
    revocations.KEPT,
    pruning.rows("revoked", since="greatest(not_before, banned_until)"),
)
# A job is done once because its row stands: a source that was restored tells the same events
# again, and what follows from them is the same jobs. Nobody restores a backup of last month. Jobs
# that were given up stay: they say what is missing.
JOBS = pruning.schedule(
    "prune_jobs",
    timedelta(days=30),
    pruning.rows("jobs", since="run_at", where="state in ('done', 'cancelled')"),
)
SCHEDULES = (REPLIES, REVOCATIONS, JOBS)
