"""What auth clears away by itself: links that nobody followed, traces of sessions and tries."""

from datetime import timedelta

from auth.domain.claims import A_DAY
from auth.domain.session import ABSOLUTE, IDLE
from chassis.jobs import pruning

# A session is over once it is as old as `ABSOLUTE`, however it ended; its secret says `IDLE` after
# its beginning. Its token is then answered with `auth.session_unknown`, as one that never was.
_FORGET = """
with over as (
    delete from secrets where (row_id, kind) in (
        select row_id, kind from secrets where kind = 'session' and expires_at < :before
        limit :page for update skip locked)
    returning row_id
), traces as (
    delete from personal using over
    where personal.row_id = over.row_id and field in ('ip_address', 'user_agent')
)
select row_id from over"""

# As a rebuild would fill these columns now; also what one that ran meanwhile has filled before.
_BLANK = """
update session set token = '[erased]-' || id, ip_address = null, user_agent = null
where created_at < :before and id in (
    select id from session s where token <> '[erased]-' || id and not exists (
        select from secrets where row_id = s.id and kind = 'session')
    limit :page for update skip locked)"""

# The same of an invitation whose mailed tokens are gone; what it is opened by was past its end.
_FORGET_TOKENS = """
update invitation set token = '[erased]-' || id
where created_at < :before and id in (
    select id from invitation i where token <> '[erased]-' || id and not exists (
        select from verification where subject_id = i.id and purpose = 'invitation')
    limit :page for update skip locked)"""

A_WEEK = timedelta(days=7)  # so long it can be said what became of a link
A_SEASON, HALF_A_YEAR = timedelta(days=90), timedelta(days=180)

SCHEDULES = (
    pruning.schedule(
        "prune_verifications",
        A_WEEK,
        pruning.rows("verification", since="expires_at"),
        _FORGET_TOKENS,
    ),
    pruning.schedule("prune_claims", A_WEEK, pruning.rows("claim", since="expires_at")),
    # mails of more than a day ago count no more
    pruning.schedule("prune_mailed", A_DAY, pruning.rows("mailed", since="updated_at")),
    # by then nothing counts any more: what is waited for is a quarter of an hour at most
    pruning.schedule("prune_attempts", A_DAY, pruning.rows("attempt", since="last_at")),
    pruning.schedule("prune_refusals", A_SEASON, pruning.rows("refusal", since="minute")),
    pruning.schedule("prune_devices", HALF_A_YEAR, pruning.rows("seen_device", since="last_at")),
    pruning.schedule(
        "prune_secrets_of_nobody",
        A_DAY,
        pruning.rows("totp", since="created_at", where="confirmed_at is null"),
    ),
    pruning.schedule(
        "prune_recovery_codes", A_WEEK, pruning.rows("recovery_code", since="used_at")
    ),
    pruning.schedule("prune_sessions", ABSOLUTE - IDLE + timedelta(days=1), _FORGET, _BLANK),
)
