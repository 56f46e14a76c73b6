from __future__ import annotations

from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet

from apps.accounts.models import User


def people() -> QuerySet[User]:
    """Everybody, by name; `second_factor` says whether a code or passkey is set up."""
    factors = Authenticator.objects.filter(user=OuterRef("pk")).exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )
    return User.objects.annotate(second_factor=Exists(factors)).order_by("name", "pk")


def active_people() -> QuerySet[User]:
    return people().filter(is_active=True)


def names_of(ids: Iterable[str]) -> dict[str, str]:
    """Names by id as text, for the people among `ids`."""
    wanted = [int(ident) for ident in ids if ident.isdecimal()]
    rows = User.objects.filter(pk__in=wanted).values_list("pk", "name")
    return {str(pk): name for pk, name in rows}


def demo_people() -> QuerySet[User]:
    """The people of the demo data, who have no mail box anywhere."""
    return active_people().filter(email__endswith="@alder.example")
