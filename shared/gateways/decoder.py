"""The program in which hostile bytes are decoded, with limits and nothing else to lose.

`python decoder.py <path> <bytes of memory> <seconds of processor> [pixels]` prints a line of JSON
that says what it found, and behind it the pixels, where they are asked for.
"""

import json
import resource
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent))  # an isolated program finds nothing of ours

from gateways.decoding import Undecodable, decoded  # noqa: E402


def main(path: str, memory_bytes: int, cpu_s: int, wanted: str = "") -> None:
    """Decode one picture within limits; the one of time is noticed before the one that kills."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pixels = b""
    try:
        content_type, picture = decoded(Path(path).read_bytes())
        found = {"content_type": content_type, "width": picture.width, "height": picture.height}
        if wanted == "pixels":
            pixels = picture.tobytes()
    except Undecodable as refusal:
        found = {"error": refusal.word}
    sys.stdout.buffer.write(json.dumps(found).encode() + b"\n")
    sys.stdout.buffer.write(pixels)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:])
