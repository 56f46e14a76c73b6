"""The one file that reads the environment. A bad value ends the process with one sentence."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}
PROCESSES = {"", "web", "worker", "beat"}


class BadEnvironment(SystemExit):
    """Printed as its sentence, without a traceback, wherever it surfaces."""


@dataclass(frozen=True)
class DatabaseAddress:
    host: str
    port: int
    name: str
    user: str
    password: str


@dataclass(frozen=True)
class Environment:
    host: str
    port: int
    data: Path
    checkpoints: Path
    demo: bool
    database: DatabaseAddress | None
    database_runtime: DatabaseAddress | None
    embedded_name: str
    broker: str
    secret_key: str
    model_keys: str
    public_url: str
    allowed_hosts: tuple[str, ...]
    sample_data: Path | None
    mail_url: str
    mail_from: str
    process: str
    drain: float
    calls_engine: str
    calls_url: str

    @property
    def database_name(self) -> str:
        elsewhere = self.database_runtime or self.database
        return elsewhere.name if elsewhere else self.embedded_name

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https://")


def read(env: Mapping[str, str] = os.environ) -> Environment:
    """Every setting of the process, typed. Exits with one sentence on a bad value."""
    sample = env.get("GALLEY_SAMPLE_DATA", "")
    process = env.get("GALLEY_PROCESS", "")
    if process not in PROCESSES:
        raise BadEnvironment(f"GALLEY_PROCESS is {process!r}; use web, worker or beat.")
    data = Path(env.get("GALLEY_DATA") or ROOT / "var").expanduser().absolute()
    return Environment(
        host=env.get("GALLEY_HOST") or "127.0.0.1",
        port=_port(env.get("GALLEY_PORT") or "8000"),
        data=data,
        checkpoints=Path(env.get("GALLEY_CHECKPOINTS") or data / "checkpoints").expanduser(),
        demo=_flag("GALLEY_DEMO", env.get("GALLEY_DEMO", "1")),
        database=_database("DATABASE_URL", env),
        database_runtime=_database("DATABASE_RUNTIME_URL", env),
        embedded_name=env.get("GALLEY_DATABASE_NAME") or "galley",
        broker=env.get("CELERY_BROKER_URL", ""),
        secret_key=_secret(env.get("GALLEY_SECRET_KEY", "")),
        model_keys=env.get("GALLEY_MODEL_KEYS", ""),
        public_url=_public_url(env.get("GALLEY_PUBLIC_URL", "")),
        allowed_hosts=tuple(h for h in env.get("GALLEY_ALLOWED_HOSTS", "").split(",") if h),
        sample_data=Path(sample).expanduser().absolute() if sample else None,
        mail_url=_mail(env.get("GALLEY_MAIL_URL", "")),
        mail_from=env.get("GALLEY_MAIL_FROM") or "Galley <galley@localhost>",
        process=process,
        drain=_seconds("GALLEY_DRAIN", env.get("GALLEY_DRAIN") or "0"),
        calls_engine=_calls_engine(env.get("GALLEY_CALLS_ENGINE", "")),
        calls_url=_calls_url(env.get("GALLEY_CALLS_URL", "")),
    )


def _port(text: str) -> int:
    if text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    raise BadEnvironment(f"GALLEY_PORT is {text!r}; use a number from 1 to 65535.")


def _seconds(name: str, text: str) -> float:
    if text.isdecimal() and int(text) <= 3600:
        return float(text)
    raise BadEnvironment(f"{name} is {text!r}; use a number of seconds from 0 to 3600.")


def _calls_engine(text: str) -> str:
    if text in {"", "postgres", "columnar"}:
        return text or "postgres"
    raise BadEnvironment(f"GALLEY_CALLS_ENGINE is {text!r}; use postgres or columnar.")


def _calls_url(text: str) -> str:
    if text and (urlsplit(text).scheme not in {"http", "https"} or not urlsplit(text).hostname):
        raise BadEnvironment(
            "GALLEY_CALLS_URL is no address; use http://user:password@host:8123/database."
        )
    return text


def _flag(name: str, text: str) -> bool:
    if text.lower() in TRUE:
        return True
    if text.lower() in FALSE:
        return False
    raise BadEnvironment(f"{name} is {text!r}; use 1 or 0.")


def _secret(text: str) -> str:
    weak = len(text) < 50 or len(set(text)) < 5 or text.startswith("django-insecure-")
    if text and weak:
        raise BadEnvironment(
            "GALLEY_SECRET_KEY is too weak; use at least 50 random characters, "
            "or leave it out and Galley makes one."
        )
    return text


def _public_url(text: str) -> str:
    if not text:
        return ""
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"}:
        raise BadEnvironment(
            f"GALLEY_PUBLIC_URL is {text!r}; use an address such as https://galley.example.org."
        )
    return text.rstrip("/")


def _mail(text: str) -> str:
    if text and (urlsplit(text).scheme not in {"smtp", "smtps"} or not urlsplit(text).hostname):
        raise BadEnvironment(
            "GALLEY_MAIL_URL is not a mail server; use smtp://user:password@host:587."
        )
    return text


def _database(name: str, env: Mapping[str, str]) -> DatabaseAddress | None:
    text = env.get(name, "")
    if not text:
        return None
    wrong = BadEnvironment(
        f"{name} is not a PostgreSQL address; use postgresql://user:password@host:5432/database."
    )
    try:
        parts = urlsplit(text)
        port = parts.port or 5432
    except ValueError:
        raise wrong from None
    database = unquote(parts.path.removeprefix("/"))
    usable = parts.scheme in {"postgres", "postgresql"} and parts.hostname and parts.username
    if not usable or not database or "/" in database:
        raise wrong
    return DatabaseAddress(
        host=parts.hostname or "",
        port=port,
        name=database,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def allowed_hosts(env: Environment) -> list[str]:
    """Names under which pages may be asked for: loopback, the told ones, and our own addresses."""
    hosts = {"localhost", "127.0.0.1", "[::1]", env.host, *env.allowed_hosts}
    if env.public_url:
        hosts.add(urlsplit(env.public_url).hostname or "")
    elif env.host in {"0.0.0.0", "::"}:
        hosts.update(_own_addresses())
    return sorted(hosts - {"0.0.0.0", "::"})


def address(env: Environment) -> str:
    """The address that the supervisor of this data folder chose, else the one asked for."""
    kept = env.data / "address"
    return kept.read_text() if kept.exists() else f"http://127.0.0.1:{env.port}"


def _own_addresses() -> set[str]:
    name = socket.gethostname()
    try:
        found = socket.getaddrinfo(name, None)
    except OSError:
        return {name}
    return {name, *(str(address[4][0]) for address in found)}
