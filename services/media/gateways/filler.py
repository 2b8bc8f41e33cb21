"""The program in which PatchMatch fills holes, with limits and nothing else to lose.

`python filler.py <bytes of memory> <seconds of processor> <rows> <columns> <seed>` reads pixels
(RGB) and a mask (255 where a hole is), and prints the pixels with the holes filled.
"""

import resource
import sys

PATCH_RADIUS = 5  # px; of 3, 5 and 7 the one nearest to the truth in the known holes


def main(memory_bytes: int, cpu_s: int, rows: int, columns: int, seed: int) -> None:
    """Fill the holes within limits; the one of time is noticed before the one that kills."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import numpy as np  # native code too: within the limits
    import patchmatch

    sent = np.frombuffer(sys.stdin.buffer.read(), np.uint8).reshape(rows, columns, 4)
    patchmatch.set_random_seed(seed)
    filled = patchmatch.inpaint(sent[..., :3], sent[..., 3], patch_size=PATCH_RADIUS)
    sys.stdout.buffer.write(filled.tobytes())


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
