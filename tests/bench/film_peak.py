"""Join a film and print the most memory, in MB, of a process: `film_peak.py <logo> <piece> …`.

A program of its own, which loads little: who is started inherits the figure of who starts it.
"""

import resource
import sys
import tempfile
from pathlib import Path

from integration.stages.parents import Unhurried
from video.gateways.compile import Look, compile_film


def main(logo: str, *pieces: str) -> None:
    """Join the pieces under the logo."""
    look = Look(aspect_ratio="16:9", logo=Path(logo))
    with tempfile.TemporaryDirectory() as folder:
        out, still = Path(folder, "film.mp4"), Path(folder, "film.jpg")
        compile_film([Path(each) for each in pieces], out, still, look=look, control=Unhurried())
    own, started = (
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(max(own, started) / 1024)


if __name__ == "__main__":
    main(*sys.argv[1:])
