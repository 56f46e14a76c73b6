"""Where mail goes: to the server of GALLEY_MAIL_URL, else to the log."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True)
class MailServer:
    host: str = "localhost"
    port: int = 25
    user: str = ""
    password: str = ""
    ssl: bool = False
    tls: bool = False


def configured(url: str) -> tuple[str, MailServer]:
    """Backend and server. `smtps://` is TLS from the start, `smtp://` asks for TLS first."""
    if not url:
        return "django.core.mail.backends.console.EmailBackend", MailServer()
    parts = urlsplit(url)
    ssl = parts.scheme == "smtps"
    server = MailServer(
        host=parts.hostname or "",
        port=parts.port or (465 if ssl else 587),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        ssl=ssl,
        tls=not ssl and parts.query != "tls=0",
    )
    return "django.core.mail.backends.smtp.EmailBackend", server
