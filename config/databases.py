"""Django's two aliases: `default` is the run-time role, `owner` migrates."""

from typing import Any

from config import postgres
from config.environment import DatabaseAddress, Environment
from config.data_folder import read_secret

RUNTIME_ROLE_FILE = "database-url-runtime.password"


def configured(env: Environment) -> dict[str, dict[str, Any]]:
    owner, runtime = _elsewhere(env) if env.database or env.database_runtime else _embedded(env)
    runtime.update(_kept_connections(env.process))
    runtime["TEST"] = {"MIRROR": "owner"}
    return {"default": runtime} if owner is None else {"default": runtime, "owner": owner}


def _embedded(env: Environment) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """The server under the data folder; address and password are found at the first connection."""
    shape = {"ENGINE": "config.database", "NAME": env.embedded_name, "CONN_HEALTH_CHECKS": True}
    owner = None if env.process else {**shape, "USER": postgres.OWNER}
    return owner, {**shape, "USER": postgres.RUNTIME}


def _elsewhere(env: Environment) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    runtime = runtime_address(env)
    owner = _settings(env.database) if env.database and not env.process else None
    return owner, _settings(runtime)


def runtime_address(env: Environment) -> DatabaseAddress:
    """Who serves pages: as told, or the role that the first start made."""
    if env.database_runtime is not None:
        return env.database_runtime
    assert env.database is not None
    kept = read_secret(env.data, RUNTIME_ROLE_FILE) or ""
    at = env.database
    return DatabaseAddress(at.host, at.port, at.name, postgres.RUNTIME, kept)


def _settings(at: DatabaseAddress) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": at.host,
        "PORT": at.port,
        "NAME": at.name,
        "USER": at.user,
        "PASSWORD": at.password,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 10},
    }


def _kept_connections(process: str) -> dict[str, Any]:
    """The web process has a pool (its threads come and go); others keep their one connection."""
    if process == "web":
        pool = {"min_size": 2, "max_size": 20, "timeout": 10}
        return {"CONN_MAX_AGE": 0, "OPTIONS": {"pool": pool}}
    return {"CONN_MAX_AGE": 600 if process else 0}
