"""What Galley's delivery is measured beside: a file server, and the servers of other products, each
with its defaults. Products are installed from PyPI into var/bench, once."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.live import free_port

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "bench"
TEXT = "You answer for {{shop}}. " + "Say what is the case, and what to do next. " * 80

NGINX = """
%(user)s worker_processes 2; daemon off; pid %(folder)s/pid; error_log %(folder)s/error.log;
events { worker_connections 1024; }
http {
  access_log off; default_type application/json; keepalive_requests 1000000; sendfile on;
  open_file_cache max=20000 inactive=10m;
  client_body_temp_path %(folder)s/t1; proxy_temp_path %(folder)s/t2;
  fastcgi_temp_path %(folder)s/t3; uwsgi_temp_path %(folder)s/t4;
  scgi_temp_path %(folder)s/t5;
  server { listen 127.0.0.1:%(port)s; root %(folder)s/files; }
}
"""

MLFLOW = """
import sys, mlflow
mlflow.set_tracking_uri(sys.argv[1])
mlflow.genai.register_prompt(name="reply", template=sys.argv[2])
mlflow.genai.set_prompt_alias("reply", alias="production", version=1)
"""


def installed(name: str, package: str) -> Path:
    """The folder of programs of a product in an environment of its own."""
    place = FOLDER / name
    done = place / "installed"
    if not done.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(place)], check=True)
        pip = [str(place / "bin" / "python"), "-m", "pip", "install", "-q", package]
        subprocess.run(pip, check=True, timeout=1200)
        done.touch()
    return place / "bin"


@contextmanager
def nginx(files: Mapping[str, bytes], folder: Path) -> Iterator[int]:
    """These bytes as files at these paths; two processes. Yields the port."""
    port, user = free_port(), "user root;" if os.getuid() == 0 else ""
    for path, data in files.items():
        place = folder / "files" / path.partition("?")[0].lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    (folder / "nginx.conf").write_text(NGINX % {"folder": folder, "port": port, "user": user})
    words = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    with _running(words, folder, f"http://127.0.0.1:{port}{next(iter(files))}"):
        yield port


@contextmanager
def mlflow(folder: Path) -> Iterator[tuple[int, str]]:
    """One prompt with an alias. Yields the port and the path that fetches it by its alias."""
    programs, port = installed("mlflow", "mlflow"), free_port()
    url = f"http://127.0.0.1:{port}"
    words = [str(programs / "mlflow"), "server", "--host", "127.0.0.1", "--port", str(port)]
    words += ["--backend-store-uri", f"sqlite:///{folder}/mlflow.db"]
    with _running(words, folder, f"{url}/health"):
        made = [str(programs / "python"), "-c", MLFLOW, url, TEXT]
        subprocess.run(made, check=True, capture_output=True, cwd=folder, timeout=120)
        yield port, "/api/2.0/mlflow/registered-models/alias?name=reply&alias=production"


@contextmanager
def phoenix(folder: Path) -> Iterator[tuple[int, str]]:
    """One prompt with a tag. Yields the port and the path that fetches it by its tag."""
    programs, port = installed("phoenix", "arize-phoenix"), free_port()
    url = f"http://127.0.0.1:{port}"
    own = {
        "PHOENIX_PORT": str(port), "PHOENIX_GRPC_PORT": str(free_port()),
        "PHOENIX_HOST": "127.0.0.1", "PHOENIX_WORKING_DIR": str(folder),
        "PHOENIX_TELEMETRY_ENABLED": "false",
    }  # fmt: skip
    with _running([str(programs / "phoenix"), "serve"], folder, f"{url}/healthz", own):
        template = {"type": "chat", "messages": [{"role": "system", "content": TEXT}]}
        version = {
            "model_provider": "OPENAI", "model_name": "gpt-4o", "template": template,
            "template_type": "CHAT", "template_format": "MUSTACHE",
            "invocation_parameters": {"type": "openai", "openai": {"temperature": 0.2}},
        }  # fmt: skip
        prompt = {"prompt": {"name": "reply", "description": ""}, "version": version}
        made = json.loads(_post(f"{url}/v1/prompts", prompt))["data"]["id"]
        _post(f"{url}/v1/prompt_versions/{made}/tags", {"name": "production", "description": ""})
        yield port, "/v1/prompts/reply/tags/production"


def _post(url: str, document: object) -> bytes:
    data, headers = json.dumps(document).encode(), {"Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=30) as answer:
        return bytes(answer.read())


@contextmanager
def _running(
    words: Sequence[str], folder: Path, url: str, own: Mapping[str, str] | None = None
) -> Iterator[None]:
    """A server and what it starts, in a group of their own, ended together."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "server.log"
    with log.open("wb") as output:
        child = subprocess.Popen(
            words, cwd=folder, env={**os.environ, **(own or {})}, stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip
    try:
        _wait(url, child, log)
        yield
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            child.wait(10)
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait(10)


def _wait(url: str, child: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + 180
    while time.monotonic() < end and child.poll() is None:
        with suppress(OSError):
            urllib.request.urlopen(url, timeout=5).close()
            return
        time.sleep(0.2)
    raise RuntimeError(f"{url} did not answer: {log.read_text(errors='replace')[-2000:]}")
