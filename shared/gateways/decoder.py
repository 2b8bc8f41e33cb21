"""The program in which hostile bytes are decoded, with limits and nothing else to lose.

`python decoder.py <path> <bytes of memory> <seconds of processor> [order]` prints a line of JSON
that says what it found, and behind it what was ordered, a JSON object: `pixels` (true), or `copies`
(fields of `Copy`) and `credits_of` (the path of the picture whose credits they have).
"""

import json
import resource
import sys
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parent.parent))  # an isolated program finds nothing of ours

from PIL import Image  # noqa: E402

from gateways.copies import Copy  # noqa: E402
from gateways.copying import copied  # noqa: E402
from gateways.credits import credits_of  # noqa: E402
from gateways.decoding import Undecodable, decoded  # noqa: E402


def main(path: str, memory_bytes: int, cpu_s: int, order: str = "{}") -> None:
    """Decode one picture within limits; the one of time is noticed before the one that kills."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    wanted, made = json.loads(order), list[bytes]()
    try:
        content = Path(path).read_bytes()
        content_type, picture = decoded(content)
        found: dict[str, Any] = {
            "content_type": content_type,
            "width": picture.width,
            "height": picture.height,
        }
        if wanted.get("pixels"):
            made = [picture.tobytes()]
        if "copies" in wanted:
            found["copies"], made = _copies(picture, content, wanted)
    except Undecodable as refusal:
        found = {"error": refusal.word}
    sys.stdout.buffer.write(json.dumps(found).encode() + b"\n")
    sys.stdout.buffer.writelines(made)


def _copies(
    picture: Image.Image, content: bytes, wanted: dict[str, Any]
) -> tuple[list[dict[str, int]], list[bytes]]:
    """Return what each copy is, and the copies."""
    of = wanted["credits_of"]
    credits = credits_of(Path(of).read_bytes() if of else content)
    made = [copied(picture, Copy(**each), credits) for each in wanted["copies"]]
    told = [{"width": width, "height": height, "size": len(copy)} for copy, (width, height) in made]
    return told, [copy for copy, _ in made]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:])
