"""`make prove`: break the code in one place after another; a named test has to notice each time.

Works on copies of the files as they are now, committed or not. First the named tests must pass on
an unbroken copy. Arguments are names of mutants; without any, all are run.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from mutants.mutant import ROOT, Mutant, Stale, all_mutants

AT_ONCE = 2
TIMEOUT_S = 240
FAILED = 1  # pytest's exit code; an error before the test has the same
LINES_SHOWN = 25
KILLED, SURVIVED, UNCLEAR = "killed", "SURVIVED", "UNCLEAR"


@dataclass(frozen=True, kw_only=True)
class Run:
    """What pytest came to."""

    code: int | None  # None: not ended in time
    said: str
    seconds: float

    @property
    def verdict(self) -> str:
        """Whether a test failed; a test that could not even run has noticed nothing."""
        if self.code == 0:
            return SURVIVED
        # its last line, but for what the interpreter says as it ends
        failed = re.search(r"^\d+ failed\b.* in [\d.]+s", self.said, re.MULTILINE)
        return KILLED if self.code == FAILED and failed else UNCLEAR


def main(names: Sequence[str]) -> int:
    """Run the mutants; return 1 unless a test noticed each of them, 2 for a name of none."""
    known = all_mutants()
    if unknown := set(names) - {each.name for each in known}:
        print(f"no mutants: {', '.join(sorted(unknown))}")
        return 2
    chosen = [each for each in known if not names or each.name in names]
    with tempfile.TemporaryDirectory(prefix="prove-") as folder:
        try:
            trees = [_infected(Path(folder), each) for each in chosen]
        except Stale as stale:
            print(stale)
            return 1
        clean = _copied(Path(folder, "clean"))
        tests = sorted({each.test for each in chosen})
        print(f"{len(tests)} tests on the code as it is ...", flush=True)
        run = _run(clean, *tests, "-n", str(AT_ONCE), "--dist", "loadfile")
        if run.code != 0:
            print(run.said)
            return 1
        print(f"pass in {run.seconds:.0f} s", flush=True)
        with ThreadPoolExecutor(AT_ONCE) as threads:
            runs = threads.map(lambda of: _run(of[0], of[1].test), zip(trees, chosen, strict=True))
            verdicts = [_told(each, run) for each, run in zip(chosen, runs, strict=True)]
    killed = verdicts.count(KILLED)
    print(f"{killed} killed, {len(verdicts) - killed} survived")
    return 0 if killed == len(verdicts) else 1


def _infected(folder: Path, mutant: Mutant) -> Path:
    tree = _copied(folder / mutant.name)
    mutant.infect(tree)
    return tree


def _copied(tree: Path) -> Path:
    """Copy what git knows or would add."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in names.split("\0"):
        if name and (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tree / name)
    return tree


def _run(tree: Path, *arguments: str) -> Run:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    environment = {name: os.environ[name] for name in os.environ if name != "PYTHONPATH"}
    environment["CI"] = "true"  # without a broker a test fails instead of being skipped
    started = time.monotonic()
    pytest = subprocess.Popen(
        command,
        cwd=tree,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        said, code = pytest.communicate(timeout=TIMEOUT_S)[0], pytest.returncode
    except subprocess.TimeoutExpired:
        pytest.terminate()  # it stops its servers
        said, code = pytest.communicate()[0], None
    return Run(code=code, said=said.rstrip(), seconds=time.monotonic() - started)


def _told(mutant: Mutant, run: Run) -> str:
    print(f"{run.verdict:8}  {run.seconds:4.0f} s  {mutant.name:32}  {mutant.breaks}", flush=True)
    if run.verdict != KILLED:
        print(f"          {mutant.test}")
    if run.verdict == UNCLEAR:
        print("\n".join(run.said.splitlines()[-LINES_SHOWN:]), flush=True)
    return run.verdict


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
