"""Access ends before a unit or after it: the frame's third step of schema.

`revoked` gets the bans that stand: `banned_until` ('infinity' without an end, '-infinity' without
a ban) as of the time of the last event that said so. Every token of a user that is drawn before
`banned_until` is refused.

Who writes for a person holds that person's access shared, until their transaction ends; who ends
it holds it alone. So what is appended for a person comes before the end of their access, whole, or
is refused. All locks of an append are taken in one order, and last of all: nobody deadlocks.
"""

from sqlalchemy import Connection, text

_BANS = """
alter table revoked
    add column banned_until timestamptz not null default '-infinity',
    add column banned_as_of timestamptz not null default '-infinity';
"""

_STANDS = """
create function access_stands(caller jsonb) returns boolean language plpgsql stable as $$
begin
    return not exists (
        select from revoked where kind = 'session' and id = caller->>'session'
    ) and not exists (
        select from revoked
        where kind = 'user' and id = any (array(select jsonb_array_elements_text(caller->'users')))
            and (not_before >= (caller->>'issued_at')::timestamptz
                or banned_until > (caller->>'issued_at')::timestamptz));
end $$;
"""

_HOLD = """
create function hold_access(caller jsonb, revocations jsonb) returns void language plpgsql as $$
declare
    held record;
begin
    for held in
        select person, bool_or(alone) as alone from (
            select jsonb_array_elements_text(caller->'users') as person, false as alone
            union all
            select person, true from jsonb_to_recordset(revocations) as r(person text)) access
        group by person order by person
    loop
        if held.alone then
            perform pg_advisory_xact_lock(hashtextextended('access-' || held.person, 0));
        else
            perform pg_advisory_xact_lock_shared(hashtextextended('access-' || held.person, 0));
        end if;
    end loop;
end $$;
"""

# Of a ban and its end the later one counts, in whatever order and however often they are heard; of
# two that are as late, the one that is heard last. What was drawn while a ban stood stays refused
# after it, and what is drawn at its end is good.
_REVOKE = """
create function revoke_access(revocations jsonb) returns void language plpgsql as $$
declare
    each record;
    bans boolean;
    lifts boolean;
begin
    for each in
        select * from jsonb_to_recordset(revocations) as r(
            kind text, id text, at timestamptz, banned_until timestamptz)
    loop
        bans := each.banned_until is not null;
        lifts := bans and each.banned_until = '-infinity';
        insert into revoked as known (kind, id, not_before, banned_until, banned_as_of)
            values (each.kind, each.id,
                case when lifts then '-infinity' else each.at end,
                case when bans then each.banned_until else '-infinity' end,
                case when bans then each.at else '-infinity' end)
            on conflict (kind, id) do update set
                not_before = greatest(known.not_before, case when lifts
                    then least(known.banned_until, each.at) - interval '1 microsecond'
                    else excluded.not_before end),
                banned_until = case when excluded.banned_as_of >= known.banned_as_of
                    then excluded.banned_until else known.banned_until end,
                banned_as_of = greatest(known.banned_as_of, excluded.banned_as_of);
    end loop;
end $$;
"""

# The access is looked at before the unit's own revocations: who signs out may.
_APPEND = """
create function append(new_events jsonb, new_jobs jsonb, command jsonb, caller jsonb,
                       revocations jsonb)
    returns boolean language plpgsql as $$
begin
    if caller is not null or revocations is not null then
        perform hold_access(caller, revocations);
    end if;
    if caller is not null and not access_stands(caller) then
        return false;
    end if;
    if revocations is not null then
        perform revoke_access(revocations);
    end if;
    perform append(new_events, new_jobs, command);
    return true;
end $$;
"""


def make(connection: Connection, roles: str) -> None:
    """Let bans stand until they are lifted, and units ask for their caller's access."""
    for made in (_BANS, _STANDS, _HOLD, _REVOKE, _APPEND):
        connection.execute(text(made))
