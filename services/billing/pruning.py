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
    # Who was about to pay by card and did not. Stripe asks for money for a day at most; once it
    # came, its buyer stays until a document names them.
    pruning.schedule(
        "prune_payers", timedelta(days=90), pruning.rows("buyer", since="unpaid_since")
    ),
    # An expired Checkout is answered to nobody.
    pruning.schedule(
        "prune_checkouts", timedelta(days=1), pruning.rows("checkout", since="expires_at")
    ),
)
