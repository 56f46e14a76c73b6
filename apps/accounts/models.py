from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.crypto import salted_hmac

from apps.core.actors import person_holds


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username or "")


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Rights are capabilities on namespaces, never this row: no user is a superuser."""

    class Theme(models.TextChoices):
        SYSTEM = "system", "As the system"
        PAPER = "paper", "Light"
        INK = "ink", "Dark"

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    theme = models.CharField(max_length=6, choices=Theme, default=Theme.SYSTEM)
    plain_text_boxes = models.BooleanField(default=False)
    single_key_shortcuts = models.BooleanField(default=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    session_epoch = models.PositiveIntegerField(default=0)  # raised to end every session for ever
    joined_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    kind = "person"

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=models.Q(is_superuser=False), name="no_superuser"),
            models.UniqueConstraint(Lower("email"), name="one_account_an_address"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def audit_id(self) -> str:
        return str(self.pk)

    @property
    def label(self) -> str:
        return str(self)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] or self.email

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Sessions of an earlier epoch stay ended, also when the account is switched on again."""
        value = f"{self.session_epoch}:{self.password}"
        key = "apps.accounts.models.User.session"
        return salted_hmac(key, value, secret=secret, algorithm="sha256").hexdigest()

    def holds(self, capability: str, namespace: Any, environment: Any = None) -> bool:
        return self.is_active and person_holds(self, capability, namespace)
