"""affiliate beside billing, each on a database of its own: it hears what billing really tells."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb

from affiliate import app as affiliate
from affiliate.invariants import AGREEMENTS
from affiliate.service import AffiliateService
from affiliate.settings import Settings
from chassis import settings
from chassis.codec import plain
from chassis.database import postgres
from chassis.database.schema import NONE_TOLD
from chassis.door.edge import Caller
from chassis.door.tokens import TokenIssuer, new_key_pair
from chassis.hearing.inbox import Consumer
from chassis.identity import Actor
from chassis.running.parts import Parts
from chassis.unit import feed, rebuilding
from chassis.unit.envelope import Heard, heard
from embedded import assembly
from embedded.direct import DirectPort
from integration.stages.billing_shop import Billing, billing_database, billing_shop, owner_of
from servers.postgres import Server

LINE = "select id from invoice_line_item where invoice_id = %(id)s order by id"
REASON = "Kari på kundesenteret ble enig med dem"
TOLD = """
select event_id::text as id, recorded_at::text as time, outbox->'data' as data
from events where outbox->>'type' = %(type)s order by seq"""


class Affiliate:
    """affiliate at work: who is known to it, what it is asked, what it has heard of billing."""

    def __init__(
        self,
        shop: Billing,
        parts: Parts,
        issuer: TokenIssuer,
        owner_url: str,
        variables: dict[str, str],
    ) -> None:
        self.shop, self.parts, self.issuer, self.owner_url = shop, parts, issuer, owner_url
        self.variables = variables
        self.consumers = {
            source: Consumer(parts.app, source, reactions)
            for source, reactions in parts.sources().items()
        }
        parts.consumers()  # makes their cursors, the one of revocations too
        self.owners = owner_of(owner_url)
        # nobody is banned while these tests run
        self.owners.execute("update cursors set checked_at = now() + interval '1 hour'")
        self.admin_id = str(uuid4())
        self._auth: tuple[int, UUID] = (0, UUID(NONE_TOLD))

    def knows(self, workspace_id: UUID, number: str, owner: UUID | None = None) -> UUID:
        """Let auth tell of a workspace."""
        who = {"workspace_id": workspace_id}
        self.hear_auth("workspace_created", **who, owner_user_id=owner or uuid4())
        self.hear_auth(
            "workspace_profile_changed", **who, organization_number=number, invoice_eligible=True
        )
        return workspace_id

    def hear_auth(self, name: str, **data: Any) -> None:
        """Hear one event of auth."""
        position, previous = self._auth
        self._auth = (position + 1, uuid4())
        told = Heard(
            source="auth",
            position=position + 1,
            previous=previous,
            event_id=self._auth[1],
            type=f"auth.{name}",
            stream_id=f"told-{position}",
            time=self.shop.now,
            correlation_id="the-correlation",
            workspace_id=None,
            data=plain(data),
        )
        assert self.consumers["auth"].accept([told])

    def hear(self, most: int = 200) -> int:
        """Hear the next of what billing has told, in one batch, delivered twice; say how many."""
        billing, consumer = self.shop.parts.app, self.consumers["billing"]
        while feed.number(billing.engine):
            pass
        after = consumer.cursor()
        items = billing.query(lambda db: feed.read(db, "billing", after, None, most).items)
        for _ in range(2):
            assert consumer.accept([heard(each) for each in items])
        assert self.rows("select * from parked") == []
        return len(items)

    def hear_all(self) -> None:
        """Hear all that billing has told."""
        while self.hear():
            pass

    def credit(self, invoice_id: str, net_ore: int) -> None:
        """Let billing credit that much of an invoice's first line."""
        self.shop.pass_seconds(1)
        line = self.shop.rows(LINE, id=invoice_id)[0]
        lines = [{"line_item_id": line["id"], "net_ore": net_ore}]
        self.shop.do("credit_invoice", invoice_id=invoice_id, lines=lines, reason=REASON)

    def call(self, method: str, /, **arguments: Any) -> Any:
        """Ask as a system admin."""
        return self._port(is_system_admin=True, id=self.admin_id).call(method, **arguments)

    def do(self, method: str, /, **arguments: Any) -> Any:
        """Command as a system admin, under a new key."""
        return self.call(method, **arguments, idempotency_key=str(uuid4()))

    def owner(self, workspace_id: UUID) -> DirectPort:
        """Return how the owner of a workspace calls."""
        return self._port(workspace_id=workspace_id, role="owner", id=str(uuid4()))

    def _port(self, **who: Any) -> DirectPort:
        person = Actor(kind="person", session_id=uuid4(), **who)
        caller = Caller(auth_token=self.issuer.issue(person, self.shop.now))
        return DirectPort(facade=AffiliateService, door=lambda: self.parts.door, caller=caller)

    def rows(self, query: str, **parameters: Any) -> list[dict[str, Any]]:
        """Return what the database's owner sees."""
        return self.owners.execute(query.encode(), parameters).fetchall()

    def broken(self) -> Mapping[str, Any]:
        """Return the invariants that do not hold, with what breaks them."""
        found = {each.name: self.rows(each.query) for each in affiliate.SERVICE.invariants}
        found["reconciled"] = self._unlike_billing()
        return {name: rows for name, rows in found.items() if rows}

    def _unlike_billing(self) -> list[dict[str, Any]]:
        """Return of what affiliate and billing do not know the same; all was heard."""
        said = self.call("reconcile", date_from="2026-01-01", date_to="2026-12-31")
        return [said] if said["different"] or said["only_in_billing"] else []

    def disagreements(self) -> Mapping[str, Any]:
        """Return the agreements with billing that do not hold, with what breaks them."""
        engine, found = postgres.engine(self.owner_url, name="owner"), {}
        for each in AGREEMENTS:
            told = Jsonb(self.shop.rows(TOLD, type=each.type))
            with engine.connect() as connection:
                rows = connection.exec_driver_sql(each.query, {"told": told}).mappings().all()
            found[each.name] = [dict(row) for row in rows]
        engine.dispose()
        return {name: rows for name, rows in found.items() if rows}

    def changed_by_a_rebuild(self) -> Mapping[str, Any]:
        """Rebuild every projection; return by table the rows that are others now."""
        before = self._tables()
        engine = postgres.engine(self.owner_url, name="owner")
        rebuilding.rebuild(engine, self.parts.app.service)
        engine.dispose()
        after = self._tables()
        return {name: before[name] ^ after[name] for name in before if before[name] != after[name]}

    def _tables(self) -> Mapping[str, set[str]]:
        names = [each.table.name for each in self.parts.app.service.projections]
        return {
            name: {each["row"] for each in self.rows(f"select t::text as row from {name} t")}
            for name in names
        }


@contextmanager
def affiliate_shop(server: Server, folder: Path, **settings_of: str) -> Iterator[Affiliate]:
    """Yield affiliate and billing, sharing a clock; `settings_of` affiliate."""
    private, public = new_key_pair()
    with (
        billing_shop(server, folder) as shop,
        billing_database(server, "affiliate") as (owner_url, app_url),
    ):
        urls = {"affiliate": "https://affiliate.example"}
        keys = {"public_keys": {"1": public}, "blobs": {"affiliate": "only-for-tests-" * 3}}
        variables = assembly.environment("affiliate", folder / "affiliate", keys, urls)
        variables |= {"DATABASE_URL": app_url, **settings_of}
        assembly.make_folders(variables)
        given = settings.load(Settings, variables)
        peers = {"billing": shop.as_service("affiliate")}
        parts = affiliate.build(given, lambda service: peers[service], lambda: shop.now)
        office = Affiliate(shop, parts, TokenIssuer("1", private), owner_url, variables)
        try:
            yield office
        finally:
            office.owners.close()
        parts.app.engine.dispose()
