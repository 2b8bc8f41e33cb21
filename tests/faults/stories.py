"""The stories: a customer's way to the last payment, and what an affiliate is paid for it."""

import hashlib
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

import requests
from PIL import Image

from affiliate.domain.oslo import day
from chassis import ids
from chassis.domain import value
from chassis.errors import Rejected
from contracts.media.uploads import FileToUpload
from faults.people import Person, newcomer
from faults.plan import StoryPlan

NUMBERS = ("701730496", "310000019")  # organisation numbers: a customer's, the affiliate's
SEND_S = 5


@value
class Outcome:
    """What a story's customer must have come to."""

    workspace_id: UUID
    project_ids: tuple[UUID, ...]
    invoice_id: UUID
    percent: int


def today() -> date:
    """Return the day in Oslo."""
    return day(ids.now())


def affiliate(person: Person) -> UUID:
    """Become somebody who can be paid out to; return the workspace."""
    workspace_id = person.sign_up()
    person.do(
        "affiliate",
        "set_payout_details",
        "details",
        legal_name="Anbefaling AS",
        organization_number=NUMBERS[1],
        vat_registered=False,
        account="98765432103",
        invoice_email="oppgjor@affiliate.example",
    )
    return workspace_id


class Story:
    """One customer's way, as it was planned."""

    def __init__(self, plan: StoryPlan, admin: Person, affiliate_id: UUID) -> None:
        self.plan, self.admin, self.affiliate_id = plan, admin, affiliate_id
        self.scene = admin.scene
        self.name = f"customer{plan.number}"
        self.customer = newcomer(self.scene, self.name)

    def run(self) -> Outcome:
        """Go the whole way. Raises `TimeoutError` where it does not go on."""
        workspace_id = self.customer.sign_up()
        if self.plan.percent:
            self._refer(workspace_id)
        if not self.plan.early:
            self._become_eligible(workspace_id)
        project_ids = tuple(self._project(number) for number in range(self.plan.projects))
        if self.plan.early:
            self._become_eligible(workspace_id)
        for project_id in project_ids:
            self._await_line(project_id)
        invoice_id = self._invoice(workspace_id)
        for number, amount_ore in enumerate(self.plan.payments):
            self._pay(invoice_id, number, amount_ore)
        if self.plan.leaves:
            self.customer.do("auth", "sign_out", "leave")
        return Outcome(
            workspace_id=workspace_id,
            project_ids=project_ids,
            invoice_id=invoice_id,
            percent=self.plan.percent,
        )

    def _refer(self, workspace_id: UUID) -> None:
        given = {
            "affiliate_workspace_id": self.affiliate_id,
            "referred_workspace_id": workspace_id,
            "commission_percent": self.plan.percent,
        }
        self._twice(lambda: self._admin("affiliate", "create_relationship", "refer", **given))

    def _become_eligible(self, workspace_id: UUID) -> None:
        me = self.customer
        named: dict[str, Any] = {
            "organization_number": NUMBERS[0],
            "legal_name": f"Kunde {self.plan.number} AS",
        }
        named["expected_version"] = me.ask("auth", "get_workspace").version
        self._twice(lambda: me.do("auth", "update_workspace", "company", **named))
        me.try_once("auth", "update_workspace", "person", contact_person="Kari")
        given = {"workspace_id": workspace_id, "eligible": True, "reason": "it was looked up"}
        self._twice(lambda: self._admin("auth", "set_invoice_eligibility", "eligible", **given))

    def _project(self, number: int) -> UUID:
        me, name = self.customer, f"project {number}"
        wanted = {"name": name, "style_template_id": "modern"}
        made = self._twice(lambda: me.do("media", "create_project", name, **wanted))
        me.try_once("media", "create_project", f"{name} by the way", **wanted)
        of_it = {"project_id": made.id}
        image_ids = (self._upload(name, made.id),)
        me.do("media", "confirm_uploads", f"{name} confirm", **of_it, image_ids=image_ids)
        room = {"image_ids": image_ids, "room_type": "kitchen"}
        me.do("media", "set_room_type", f"{name} room", **of_it, **room)
        self._twice(lambda: me.do("media", "start_project", f"{name} start", **of_it))
        return UUID(str(made.id))

    def _upload(self, name: str, project_id: UUID) -> UUID:
        content = picture()
        announced = FileToUpload(
            file_name="p.jpg",
            content_type="image/jpeg",
            size_bytes=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
        )
        wanted = {"project_id": project_id, "files": (announced,)}
        reply = self.customer.do("media", "request_uploads", f"{name} announce", **wanted)
        (upload,) = reply.items
        self.scene.wait(lambda: _sent(upload, content), "a picture to be taken")
        return UUID(str(upload.image_id))

    def _await_line(self, project_id: UUID) -> None:
        def billed() -> bool:
            page = self.customer.ask("billing", "list_line_items")
            return any(each.target_id == project_id for each in page.items)

        self.scene.wait(billed, f"the line of project {project_id}")

    def _invoice(self, workspace_id: UUID) -> UUID:
        def draft(what: str) -> Any:
            return self._admin("billing", "create_invoices", what, workspace_id=workspace_id)

        def issue(what: str) -> Any:
            return self._admin("billing", "issue_invoice", what, invoice_id=invoice_id)

        drafts = self._rivals("draft", draft)
        (invoice_id,) = {each.invoice_id for reply in drafts for each in reply.items}
        self._rivals("issue", issue)
        return UUID(str(invoice_id))

    def _pay(self, invoice_id: UUID, number: int, amount_ore: int) -> None:
        def pay(what: str) -> Any:
            given = {"amount_ore": amount_ore, "paid_on": today(), "source": "bank"}
            named = {"invoice_id": invoice_id, "external_id": f"{invoice_id} {what}"}
            with suppress(Rejected):  # a rival has paid what was left
                return self._admin("billing", "record_invoice_payment", what, **named, **given)

        if number == len(self.plan.payments) - 1:
            self._rivals(f"pay {number}", pay)
        else:
            self._twice(lambda: pay(f"pay {number}"))

    def _admin(self, service: str, method: str, what: str, **arguments: Any) -> Any:
        return self.admin.do(service, method, f"{self.name} {what}", **arguments)

    def _twice(self, call: Callable[[], Any]) -> Any:
        """Make a call; twice at once with the same key, if that is the plan."""
        if not self.plan.again:
            return call()
        with ThreadPoolExecutor(2) as both:
            one, other = both.submit(call), both.submit(call)
            return one.result() or other.result()

    def _rivals(self, what: str, call: Callable[[str], Any]) -> list[Any]:
        """Make a call, and if that is the plan the same under another name at the same time."""
        names = [what, f"{what} too"] if self.plan.rival else [what]
        with ThreadPoolExecutor(2) as both:
            return list(both.map(call, names))


def pay_out(admin: Person, affiliate_id: UUID, how: str) -> None:
    """Pay an affiliate what is there, or begin to; two people try it at once."""

    def create(what: str) -> Any:
        wanted = {"cutoff": today(), "affiliate_workspace_id": affiliate_id}
        return admin.do("affiliate", "create_payout", what, **wanted)

    with ThreadPoolExecutor(2) as both:
        replies = list(both.map(create, ("pay out", "pay out too")))
    for payout in (each for reply in replies for each in reply.items):
        given, name = {"payout_id": payout.id}, f"payout {payout.id}"
        if how == "cancel":
            admin.do("affiliate", "cancel_payout", f"{name} cancel", **given, reason="a trial")
            continue
        admin.do("affiliate", "approve_payout", f"{name} approve", **given)
        if how == "fail":
            admin.do("affiliate", "fail_payout", f"{name} fail", **given, reason="a trial")
        else:
            paid = {"reference": f"R {payout.id}", "paid_on": today()}
            admin.do("affiliate", "confirm_payout", f"{name} confirm", **given, **paid)


def _sent(upload: Any, content: bytes) -> bool:
    try:
        sent = requests.put(upload.url, content, headers=dict(upload.headers), timeout=SEND_S)
    except requests.RequestException:
        return False
    return sent.ok


@cache
def picture() -> bytes:
    written = io.BytesIO()
    Image.effect_noise((64, 64), 40).convert("RGB").save(written, "JPEG")
    return written.getvalue()
