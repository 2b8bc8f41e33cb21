"""What holds in auth's tables at every moment: who is in which workspace, and who owns it.

And who has acted as somebody, for how long.
"""

from chassis.unit.service import Invariant

OWNED = Invariant(
    name="workspaces_owned",
    holds="An open workspace that ever had an owner has one.",
    query="""
select w.id, w.status
from workspace w
where w.closed_at is null
    and not exists (select from "user" u where u.workspace_id = w.id and u.role = 'owner')
    and exists (
        select from events e
        where e.stream_id = 'workspace-' || w.id
            and (e.type = 'WorkspaceOpened' and e.data->>'owner_user_id' is not null
                or e.type in ('MemberJoined', 'MemberRoleChanged') and e.data->>'role' = 'owner'))
""",
)
MEMBERS_AGREE = Invariant(
    name="members_agree",
    holds="A person is in the workspace that counts them as a member, in that role, and no other.",
    query="""
with told as (
    select substr(stream_id, length('workspace-') + 1) as workspace_id,
        coalesce(data->>'user_id', data->>'owner_user_id') as user_id,
        case type when 'WorkspaceOpened' then 'owner' else data->>'role' end as role,
        row_number() over (
            partition by stream_id, coalesce(data->>'user_id', data->>'owner_user_id')
            order by version desc) as back
    from events
    where starts_with(stream_id, 'workspace-')
        and type in ('WorkspaceOpened', 'MemberJoined', 'MemberRoleChanged', 'MemberLeft')),
member as (
    select workspace_id, user_id, role from told
    where back = 1 and user_id is not null and role is not null)
select coalesce(u.id, m.user_id) as user_id, m.workspace_id, m.role,
    u.workspace_id as of_the_user, u.role as role_of_the_user
from member m
    full join (select id, workspace_id, role from "user" where workspace_id is not null) u
    on u.id = m.user_id and u.workspace_id = m.workspace_id
where m.role is distinct from u.role""",
)

IMPERSONATIONS_END = Invariant(
    name="impersonations_end",
    holds="An admin acts as somebody for an hour at most; an hour later its end is in the log.",
    query="""
select s.stream_id, s.data->>'impersonated_by' as admin_id, s.data->>'expires_at' as expires_at
from events s
where s.type = 'SessionStarted' and s.data->>'impersonated_by' is not null
    and ((s.data->>'expires_at')::timestamptz > s.recorded_at + interval '1 hour'
        or (s.data->>'expires_at')::timestamptz < now() - interval '1 hour'
            and not exists (
                select from events e where e.stream_id = s.stream_id and e.type = 'SessionEnded'))
""",
)

INVARIANTS = (OWNED, MEMBERS_AGREE, IMPERSONATIONS_END)
