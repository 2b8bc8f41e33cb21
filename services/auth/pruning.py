"""What auth clears away by itself: links that nobody followed, and traces of old sessions."""

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

_AN_HOUR = timedelta(hours=1)  # for clocks that differ: whoever comes later is refused in any case

SCHEDULES = (
    pruning.schedule(
        "prune_verifications", _AN_HOUR, pruning.rows("verification", since="expires_at")
    ),
    pruning.schedule("prune_claims", _AN_HOUR, pruning.rows("claim", since="expires_at")),
    # mails of more than a day ago count no more
    pruning.schedule("prune_mailed", A_DAY, pruning.rows("mailed", since="updated_at")),
    pruning.schedule("prune_sessions", ABSOLUTE - IDLE + timedelta(days=1), _FORGET, _BLANK),
)
