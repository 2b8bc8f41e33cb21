"""Ask whether a weakness is known of what requirements.lock pins: pip-audit, where it is reached.

Without the network nothing can be asked: that is said in a line, and is no failure.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).resolve().parents[1] / "requirements.lock"
ASK = (
    "-m",
    "pip_audit",
    "--disable-pip",
    "--require-hashes",
    "--progress-spinner=off",
    "--timeout=5",
)
UNREACHED = re.compile("requests.exceptions|ConnectionError|Could not connect")
AWAY = "the advisories cannot be reached: nobody has looked whether the libraries are safe"


def main() -> int:
    """Print what is known; return 1 where something is."""
    told = ("--format=json", "--requirement", str(LOCK))
    asked = subprocess.run([sys.executable, *ASK, *told], capture_output=True, text=True)
    code, lines = judged(asked.stdout, asked.stderr)
    for line in lines:
        print(f"pip-audit: {line}")
    return code


def judged(stdout: str, stderr: str) -> tuple[int, list[str]]:
    """Return the exit code and what is to be said of pip-audit's answer.

    A library that the service has never heard of is told; if it knows none, it is another service
    that answers: a mirror of the registry without advisories.
    """
    if not stdout.strip():
        return (0, [AWAY]) if UNREACHED.search(stderr) else (1, stderr.splitlines()[-5:])
    libraries = json.loads(stdout)["dependencies"]
    unheard = [each["name"] for each in libraries if "skip_reason" in each]
    if len(unheard) == len(libraries):
        return 0, [AWAY]
    weak = [
        f"{each['name']} {each['version']}: {known['id']}, mended in"
        f" {', '.join(known['fix_versions']) or 'no version yet'}"
        for each in libraries
        for known in each.get("vulns", ())
    ]
    unsaid = [f"nothing is known of {', '.join(unheard)}"] if unheard else []
    return (1 if weak else 0), weak + unsaid


if __name__ == "__main__":
    sys.exit(main())
