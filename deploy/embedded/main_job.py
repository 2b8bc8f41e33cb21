"""The main job: one household's photographs, from sign-up to an affiliate's commission.

Every step may be repeated: it carries the idempotency key of its name, so a run that was stopped
anywhere goes on where it was.
"""

import hashlib
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any, Protocol

import requests

from chassis.domain import value
from chassis.errors import Rejected
from embedded.notes import Notes
from embedded.people import Person
from embedded.suite import Suite

POLL_S = 0.1
WORK_TIMEOUT_S = 600

BUYER = {
    "organization_number": "701730496",
    "legal_name": "Eksempel Bolig AS",
    "billing_address": {"street": "Storgata 2", "postal_code": "0155", "city": "Oslo"},
    "invoice_email": "faktura@buyer.example",
    "invoice_reference": "Boligannonse 7",
}
PAYEE = {
    "legal_name": "Anbefaling AS",
    "organization_number": "310000019",
    "vat_registered": False,
    "account": "98765432103",
    "invoice_email": "oppgjor@affiliate.example",
}


class Display(Protocol):
    """Where the main job says what it does; long work shows how far it is."""

    def step(self, title: str) -> None:
        """A step begins."""

    def work(self, title: str) -> AbstractContextManager[Callable[[float], None]]:
        """Long work begins; the function it gives is told the percentage done."""


@value
class Photo:
    """One photograph and the room it shows."""

    path: Path
    room: str


@value
class Outcome:
    """What came of it: ids to ask further, and the money at each step in øre."""

    project: dict[str, Any]
    video: dict[str, Any]
    lines: list[dict[str, Any]]
    invoice: dict[str, Any]
    document: dict[str, Any]  # the invoice's PDF: url, sha256, size
    earned_after_part: int
    earnings: list[dict[str, Any]]
    payout: dict[str, Any]
    stats: dict[str, Any]


class MainJob:
    """The people of the story and what they do, in order."""

    def __init__(self, suite: Suite, photos: Sequence[Photo], display: Display) -> None:
        """`photos`: two or more; their rooms become the film's order."""
        self.suite, self.photos, self.display = suite, photos, display
        self.notes = Notes(suite.data_dir / "main-job.json")
        self.today = self.notes["today"]  # of the first start, so that a repeat is equal
        password = self.notes["password"]
        self.customer = Person(suite, "kari@buyer.example", password)
        self.affiliate = Person(suite, "ola@affiliate.example", password)
        self.admin = Person(suite, "admin@ai-studio.example", password)

    def run(self) -> Outcome:
        """Do all of it, or what is left of it."""
        self.display.step("Three people, two workspaces")
        customer, affiliate = self._sign_up()
        self.display.step("Company details, eligibility and the relationship")
        self._agree(customer, affiliate)
        project = self._photographs()
        video = self._film(project)
        self.display.step("One invoice for both, paid in two parts")
        invoice_id = self._invoice(customer)
        document = self._document(invoice_id)
        earned_after_part = self._pay(invoice_id)
        self.display.step("The commission, and its payout")
        payout = self._pay_out(affiliate)
        return Outcome(
            project=self._project_now(project["id"]),  # with links that are fresh
            video=video,
            lines=self._items("billing", "list_line_items", workspace_id=customer),
            invoice=self.admin.call("billing", "get_invoice", invoice_id=invoice_id),
            document=document,
            earned_after_part=earned_after_part,
            earnings=self._items("affiliate", "list_earnings", affiliate_workspace_id=affiliate),
            payout=payout,
            stats=self.admin.call("affiliate", "affiliate_stats"),
        )

    def _sign_up(self) -> tuple[str, str]:
        with suppress(Rejected):  # made before
            self.suite.create_admin(self.admin.email, self.admin.password)
        customer = self.customer.sign_up("Kari Eksempel", "sign up the customer")
        affiliate = self.affiliate.sign_up("Ola Eksempel", "sign up the affiliate")
        return customer, affiliate

    def _agree(self, customer: str, affiliate: str) -> None:
        self.customer.call("auth", "update_workspace", **BUYER)
        number = PAYEE["organization_number"]
        self.affiliate.call(
            "auth", "update_workspace", organization_number=number, legal_name=PAYEE["legal_name"]
        )
        self.admin.call(
            "auth",
            "set_invoice_eligibility",
            workspace_id=customer,
            eligible=True,
            reason="the company was looked up and approved",
        )
        self.affiliate.call("affiliate", "set_payout_details", **PAYEE)
        self.admin.call(
            "affiliate",
            "create_relationship",
            affiliate_workspace_id=affiliate,
            referred_workspace_id=customer,
            idempotency_key="create the relationship",
        )

    def _photographs(self) -> dict[str, Any]:
        with self.display.work(f"{len(self.photos)} photographs, enhanced") as done:
            project_id = self._project()
            self.customer.call(
                "media", "start_project", project_id=project_id, idempotency_key="start the project"
            )
            return self._wait(
                lambda: self._project_now(project_id),
                lambda row: 100 * row["completed_count"] / max(1, row["image_count"]),
                done,
            )

    def _project_now(self, project_id: str) -> dict[str, Any]:
        row: dict[str, Any] = self.customer.call("media", "get_project", project_id=project_id)
        return row

    def _project(self) -> str:
        project_id: str = self.customer.call(
            "media",
            "create_project",
            name="Storgata 2",
            style_template_id="scandinavian",
            idempotency_key="create the project",
        )["id"]
        contents = [photo.path.read_bytes() for photo in self.photos]
        files = [
            {
                "file_name": photo.path.name,
                "content_type": "image/jpeg",
                "size_bytes": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
            for photo, content in zip(self.photos, contents, strict=True)
        ]
        uploads = self.customer.call(
            "media",
            "request_uploads",
            project_id=project_id,
            files=files,
            idempotency_key="announce the photographs",
        )["items"]
        for upload, content in zip(uploads, contents, strict=True):
            sent = requests.put(upload["url"], content, headers=upload["headers"], timeout=30)
            sent.raise_for_status()
        image_ids = [upload["image_id"] for upload in uploads]
        self.customer.call("media", "confirm_uploads", project_id=project_id, image_ids=image_ids)
        for image_id, photo in zip(image_ids, self.photos, strict=True):
            self.customer.call(
                "media",
                "set_room_type",
                project_id=project_id,
                image_ids=[image_id],
                room_type=photo.room,
            )
        return project_id

    def _film(self, project: dict[str, Any]) -> dict[str, Any]:
        images = sorted(project["images"], key=lambda image: self._place(image["room_type"]))
        with self.display.work("A film of them") as done:
            video_id = self.customer.call(
                "video",
                "create_video",
                name="Storgata 2",
                clips=[
                    {
                        "image_generation_id": image["id"],
                        "room_type": image["room_type"],
                        "transition_type": "cut",
                    }
                    for image in images
                ],
                idempotency_key="create the video",
            )["id"]
            run_id = self.customer.call(
                "video",
                "start_video",
                video_project_id=video_id,
                idempotency_key="start the video",
            )["run_id"]
            return self._wait(
                lambda: self.customer.call("video", "get_video", video_project_id=video_id),
                lambda row: self.customer.call("video", "progress", run_id=run_id)["percent"],
                done,
            )

    def _place(self, room: str) -> int:
        return [photo.room for photo in self.photos].index(room)

    def _wait(
        self,
        look: Callable[[], dict[str, Any]],
        percent: Callable[[dict[str, Any]], float],
        done: Callable[[float], None],
    ) -> dict[str, Any]:
        deadline = time.monotonic() + WORK_TIMEOUT_S
        while (row := look())["status"] not in ("completed", "failed"):
            done(percent(row))
            if time.monotonic() > deadline:
                raise TimeoutError(f"still {row['status']} after {WORK_TIMEOUT_S} s")
            time.sleep(POLL_S)
        if row["status"] == "failed":
            raise RuntimeError(f"the work failed: {row}")
        done(100)
        return row

    def _invoice(self, customer: str) -> str:
        self.suite.settle()  # both line items are there
        drafted = self.admin.call(
            "billing",
            "create_invoices",
            workspace_id=customer,
            idempotency_key="create the invoices",
        )
        invoice_id: str = drafted["items"][0]["invoice_id"]
        self.admin.call(
            "billing", "issue_invoice", invoice_id=invoice_id, idempotency_key="issue the invoice"
        )
        self.suite.settle()
        return invoice_id

    def _document(self, invoice_id: str) -> dict[str, Any]:
        link: dict[str, Any] = self.customer.call("billing", "invoice_pdf", invoice_id=invoice_id)
        return link

    def _pay(self, invoice_id: str) -> int:
        """Pay in two parts; return what had been earned after the first of them."""
        if self.admin.call("billing", "get_invoice", invoice_id=invoice_id)["state"] != "Paid":
            self._payment(invoice_id, 100_000, "bank-1")
            self.suite.settle()
            stats = self.admin.call("affiliate", "affiliate_stats")
            self.notes.keep("earned_after_part", stats["pending_ore"] + stats["paid_out_ore"])
        self._payment(invoice_id, 150_000, "bank-2")
        self.suite.settle()
        earned: int = self.notes["earned_after_part"]
        return earned

    def _payment(self, invoice_id: str, amount_ore: int, external_id: str) -> None:
        self.admin.call(
            "billing",
            "record_invoice_payment",
            invoice_id=invoice_id,
            amount_ore=amount_ore,
            paid_on=self.today,
            source="bank",
            external_id=external_id,
            idempotency_key=f"record {external_id}",
        )

    def _pay_out(self, affiliate: str) -> dict[str, Any]:
        created = self.admin.call(
            "affiliate",
            "create_payout",
            cutoff=self.today,
            affiliate_workspace_id=affiliate,
            idempotency_key="create the payout",
        )
        payout_id = created["items"][0]["id"]
        self.admin.call(
            "affiliate",
            "approve_payout",
            payout_id=payout_id,
            idempotency_key="approve the payout",
        )
        self.admin.call(
            "affiliate",
            "confirm_payout",
            payout_id=payout_id,
            reference="DEMO-1",
            paid_on=self.today,
            idempotency_key="confirm the payout",
        )
        self.suite.settle()
        row: dict[str, Any] = self.admin.call("affiliate", "get_payout", payout_id=payout_id)
        return row

    def _items(self, service: str, method: str, **wanted: Any) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.admin.call(service, method, **wanted)["items"]
        return items[::-1]  # oldest first, as it came about
