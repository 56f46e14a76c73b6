"""Django's PostgreSQL backend that starts the embedded server at the first connection."""

from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base

from config import postgres


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, Any]:
        role = self.settings_dict["USER"]
        server = postgres.server(settings.DATA)
        self.settings_dict["HOST"] = "127.0.0.1"
        self.settings_dict["PORT"] = server.ensure()
        self.settings_dict["PASSWORD"] = postgres.password(settings.DATA, role)
        return super().get_connection_params()
