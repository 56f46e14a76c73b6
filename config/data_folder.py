"""Passwords and keys that Galley makes for itself: files of the data folder, mode 0600."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

from config.environment import BadEnvironment


def make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
        (path / ".writable").touch()
        (path / ".writable").unlink()
    except FileNotFoundError:
        if not path.is_dir():  # another process removed its own probe between our two lines
            raise BadEnvironment(f"The data folder {path} cannot be made.") from None
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise BadEnvironment(
            f"The data folder {path} cannot be written ({reason}); choose another with GALLEY_DATA."
        ) from None


def keep_secret(data: Path, name: str, make: Callable[[], str]) -> str:
    """The secret of this name, made at its first use; two processes at once get the same one."""
    folder = data / "secrets"
    path = folder / name
    if not path.exists():
        make_folder(data)
        make_folder(folder)
        folder.chmod(0o700)
        new = folder / f"{name}.{os.getpid()}.{threading.get_ident()}"
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(make())
        try:
            os.link(new, path)  # fails where another process was first: then its secret counts
        except FileExistsError:
            pass
        finally:
            new.unlink()
    return path.read_text()


def read_secret(data: Path, name: str) -> str | None:
    path = data / "secrets" / name
    return path.read_text() if path.exists() else None
