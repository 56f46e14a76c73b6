"""Django's two aliases: `default` is the run-time role, `owner` migrates."""

from typing import Any

from config import elsewhere, postgres
from config.environment import DatabaseAddress, Environment


def configured(env: Environment) -> dict[str, dict[str, Any]]:
    owner, runtime = _elsewhere(env) if env.database or env.database_runtime else _embedded(env)
    _keep_connections(runtime, env.process)
    runtime["TEST"] = {"MIRROR": "owner"}
    return {"default": runtime} if owner is None else {"default": runtime, "owner": owner}


def _embedded(env: Environment) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """The server under the data folder; address and password are found at the first connection."""
    shape = {"ENGINE": "config.database", "NAME": env.embedded_name, "CONN_HEALTH_CHECKS": True}
    owner = None if env.process else {**shape, "USER": postgres.OWNER}
    return owner, {**shape, "USER": postgres.RUNTIME}


def _elsewhere(env: Environment) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    runtime = elsewhere.runtime_address(env)
    owner = _settings(env.database) if env.database and not env.process else None
    return owner, _settings(runtime)


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


def _keep_connections(runtime: dict[str, Any], process: str) -> None:
    """The web process has a pool (its threads come and go); others keep their one connection."""
    if process == "web":
        pool = {"min_size": 2, "max_size": 20, "timeout": 3}
        runtime["OPTIONS"] = {**runtime.get("OPTIONS", {}), "pool": pool}
    runtime["CONN_MAX_AGE"] = 600 if process in {"worker", "beat"} else 0
