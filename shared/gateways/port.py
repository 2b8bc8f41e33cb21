"""What the outside is to those who use it: values and protocols, and the form of a reference."""

from chassis.domain import value

SCHEME = "blob:"


@value
class Blob:
    """What is known of stored bytes."""

    key: str
    sha256: str
    size: int  # bytes

    @property
    def ref(self) -> str:
        """The stable reference that the seed's `*_url` columns hold."""
        return ref_of(self.key)


def ref_of(key: str) -> str:
    """Return the reference to what lies under that key."""
    return f"{SCHEME}{key}"


def key_of(ref: str) -> str:
    """Return under which key lies what a reference names."""
    return ref.removeprefix(SCHEME)
