"""Which engine a service has, and what it needs of fal: its settings, and the fal they describe."""

from dataclasses import dataclass, field
from functools import partial
from ipaddress import ip_address
from typing import Annotated, ClassVar, Literal
from urllib.parse import urlsplit

from chassis.setting_rules import WebAddress
from chassis.settings import Together
from gateways.addresses import Prefix, is_global, parsed_prefixes
from gateways.fal import Fal

QUEUE = "https://queue.fal.run"
REST = "https://api.fal.ai/v1"
JWKS = "https://rest.fal.ai/.well-known/jwks.json"
AT_HOME = (".localhost", ".local", ".internal", ".test", ".invalid")


def _key(written: str | None) -> None:
    if written is not None and (not written.isascii() or len(written.split()) != 1):
        raise ValueError("is no key of fal's: one word")


def needed(setting: object, engine: str) -> None:
    """Take what `ENGINE=fal` cannot do without."""
    if engine == "fal" and not setting:
        raise ValueError("ENGINE=fal needs it")


def reachable(url: str, engine: str, queue_url: str) -> None:
    """Take an address that fal itself reaches, where it is asked: it fetches and tells there."""
    if engine != "fal" or queue_url.rstrip("/") != QUEUE or not url:
        return
    parts = urlsplit(url)
    if parts.scheme != "https":
        raise ValueError("ENGINE=fal needs https: fal fetches pictures and tells of them there")
    host = (parts.hostname or "").rstrip(".")
    if not _is_public(host):
        raise ValueError(f"fal does not reach {host}: ENGINE=fal needs a host of the internet")


def _is_public(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:  # a name
        return "." in host and not host.endswith(AT_HOME)
    return is_global(host)


def _fals_own(own: str, base: str, env: str) -> None:
    if env == "production" and base.rstrip("/") != own:
        raise ValueError(f"production asks {own} alone")


@dataclass(frozen=True, kw_only=True)  # a value without slots: of a class's bases one may have some
class FalSettings:
    """The settings of an engine that may be fal, for a service's own `Settings` to extend."""

    env: Literal["embedded", "demo", "production"]
    public_url: WebAddress  # where fal tells, and fetches what lies in a folder
    engine: Literal["local", "fal"]
    fal_key: Annotated[str | None, _key] = field(default=None, repr=False)
    fal_queue_url: WebAddress = QUEUE
    fal_rest_url: WebAddress = REST
    fal_jwks_url: WebAddress = JWKS

    TOGETHER: ClassVar[tuple[Together, ...]] = (
        Together(of=("fal_key", "engine"), rule=needed),
        Together(of=("public_url", "engine", "fal_queue_url"), rule=reachable),
        Together(of=("fal_queue_url", "env"), rule=partial(_fals_own, QUEUE)),
        Together(of=("fal_rest_url", "env"), rule=partial(_fals_own, REST)),
        Together(of=("fal_jwks_url", "env"), rule=partial(_fals_own, JWKS)),
    )

    def fal_files(self) -> tuple[Prefix, ...]:
        """Return where results lie besides fal's own hosts: with a stand-in, at its queue's."""
        if self.fal_queue_url.rstrip("/") == QUEUE:
            return ()
        parts = urlsplit(self.fal_queue_url)
        return parsed_prefixes(f"{parts.scheme}://{parts.netloc}")


# of a service that has blobs, too: `Settings.blobs_endpoint`
FILES_REACHED = Together(of=("blobs_endpoint", "engine", "fal_queue_url"), rule=reachable)


def opened(given: FalSettings) -> Fal:
    """Return the fal that the settings describe. Nobody is connected to yet."""
    return Fal(given.fal_key or "", given.fal_queue_url, given.fal_rest_url)
