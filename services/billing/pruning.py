"""What billing clears away by itself."""

from datetime import timedelta

from chassis.jobs import pruning

# An event counts once because its row stands. Stripe delivers one again for three days, and by
# hand for thirty.
SCHEDULES = (
    pruning.schedule(
        "prune_stripe_events",
        timedelta(days=90),
        pruning.rows("stripe_event", since="received_at"),
    ),
)
