"""Tables are changed by their owner; everything else goes through the run-time role."""

from typing import Any


class OwnerMigrates:
    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"

    def allow_relation(self, *objects: Any, **hints: Any) -> bool:
        return True
