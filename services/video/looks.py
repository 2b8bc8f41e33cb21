"""What a film shows of its workspace: pictures that are made here of how it looks just now."""

from collections.abc import Callable
from pathlib import Path

from chassis.domain import value
from chassis.errors import Rejected
from chassis.jobs.jobs import Task
from clients.auth import Auth
from contracts.auth.workspaces import Branding, LogoFile
from gateways.addresses import Refused
from gateways.fetch import fetch
from gateways.port import blob_of_chunks
from gateways.work_folder import scratch
from video.gateways.engine import size_of
from video.gateways.look import end_card, logo_overlay
from video.jobs.equipment import Tools, workspace

MAX_LOGO_BYTES = 5 * 1024 * 1024


@value
class Shown:
    """Blobs: a picture that lies over the whole film, and one that stands at its end."""

    logo_key: str | None = None
    card_key: str | None = None


def fetched(tools: Tools, task: Task, check: Callable[[], None]) -> Shown:
    """Make what the film is to show; nothing where nothing is asked for, or there is no logo."""
    if not (task.args["show_logo"] or task.args["end_card"]):
        return Shown()
    size = size_of(task.args["aspect_ratio"])
    branding = Auth(tools.peers("auth")).branding(workspace_id=workspace(task))
    logo = _logo(tools, branding.logo, check) if branding.logo is not None else None
    over = logo_overlay(size, logo) if task.args["show_logo"] and logo is not None else None
    return Shown(
        logo_key=_kept(tools, task, over) if over is not None else None,
        card_key=_kept(tools, task, _card(branding, size, logo)) if task.args["end_card"] else None,
    )


def _logo(tools: Tools, logo: LogoFile, check: Callable[[], None]) -> bytes:
    with scratch(tools.work.path) as folder:
        to: Path = folder / "logo"
        most, bytes_of = MAX_LOGO_BYTES, logo.sha256
        try:
            fetch(logo.url, to, ours=tools.sources, max_bytes=most, sha256=bytes_of, check=check)
        except Refused as refusal:
            details = {"word": refusal.word}
            raise Rejected("video.source_refused", "the logo", details=details) from None
        return to.read_bytes()


def _card(branding: Branding, size: tuple[int, int], logo: bytes | None) -> bytes:
    return end_card(size, name=branding.name, colour=branding.primary_color, logo=logo)


def _kept(tools: Tools, task: Task, picture: bytes) -> str:
    sha256 = blob_of_chunks("", iter([picture])).sha256
    return tools.blobs.put(f"{workspace(task)}/looks/{sha256}.png", picture).key
