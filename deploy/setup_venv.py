"""Make `.venv` hold what requirements.lock pins; do nothing where it does already.

It runs before anything is installed, so it is standard library only. It writes inside the
checkout alone, hence no cache of pip's.
"""

import hashlib
import shlex
import shutil
import subprocess
import sys
import sysconfig
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV, LOCK = ROOT / ".venv", ROOT / "requirements.lock"
PYTHON = VENV / "bin" / "python"
SOURCE_ROOTS = ("services", "shared", "deploy")


def main() -> None:
    """Make `.venv` current and say how long it took."""
    if sys.version_info < (3, 11):  # noqa: UP036 - here any Python may still run us
        sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.11 …")
    if is_current():
        return
    print("setting up .venv …", flush=True)
    started = time.monotonic()
    stamp().unlink(missing_ok=True)
    make_venv()
    install()
    write_source_roots()
    write_command("suitectl")
    stamp().write_text(fingerprint(), encoding="ascii")
    print(f".venv is ready after {time.monotonic() - started:.0f} s", flush=True)


def is_current() -> bool:
    """Return whether `.venv` was made from what is there now."""
    return PYTHON.exists() and stamp().exists() and stamp().read_text("ascii") == fingerprint()


def stamp() -> Path:
    """The file that says what `.venv` was made from; written last, so half a venv has none."""
    return VENV / "made-from"


def fingerprint() -> str:
    """Name the lock, the interpreter and the place: a venv works with none of them changed."""
    made_from = f"{LOCK.read_text('utf-8')}\n{sys.version}\n{sys.base_prefix}\n{ROOT}"
    return hashlib.sha256(made_from.encode()).hexdigest()


def make_venv() -> None:
    """Make the venv, or keep the one there is: pip then installs only what differs."""
    if PYTHON.exists() and runs_this_python():
        return
    shutil.rmtree(VENV, ignore_errors=True)
    try:
        venv.create(VENV, with_pip=True)
    except (subprocess.CalledProcessError, OSError) as error:
        sys.exit(f"python could not make .venv (on Debian: install python3-venv): {error}")


def runs_this_python() -> bool:
    """Return whether the venv's Python still is the one that runs us, at this place."""
    ask = "import sys; print(sys.version, sys.prefix)"
    said = subprocess.run([PYTHON, "-c", ask], capture_output=True, text=True)
    return said.returncode == 0 and said.stdout.strip() == f"{sys.version} {VENV}"


def install() -> None:
    """Install what the lock pins."""
    pip = [str(PYTHON), "-m", "pip", "-qq", "--disable-pip-version-check", "--no-cache-dir"]
    # The lock is the whole set, so there is nothing to resolve; what has another hash is refused.
    told = ["install", "--no-deps", "--require-hashes", "--requirement", str(LOCK)]
    done = subprocess.run([*pip, *told], cwd=ROOT)
    if done.returncode != 0:
        sys.exit("pip could not install requirements.lock; what it said stands above")


def write_source_roots() -> None:
    """Let the venv's Python import the services as `billing`, the frame as `chassis`."""
    places = {"base": str(VENV), "platbase": str(VENV)}
    packages = Path(sysconfig.get_path("purelib", scheme="venv", vars=places))
    lines = [str(ROOT / folder) for folder in SOURCE_ROOTS]
    (packages / "ai_studio.pth").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_command(package: str) -> None:
    """Let `.venv/bin/<package>` run the package's `__main__`."""
    script = VENV / "bin" / package
    script.write_text(
        f'#!/bin/sh\nexec {shlex.quote(str(PYTHON))} -m {package} "$@"\n', encoding="utf-8"
    )
    script.chmod(0o755)


if __name__ == "__main__":
    main()
