"""Making the row of a person: a clean name, one account an address, a password that will do."""

from __future__ import annotations

import unicodedata

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.errors import Invalid

MAX_NAME = 120
DIRECTIONS = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _unseen(character: str) -> bool:
    """Control characters, breaks, direction changes; the joiners that some scripts need stay."""
    category = unicodedata.category(character)
    return category in ("Cc", "Cs", "Zl", "Zp", "Zs") or character in DIRECTIONS


def clean_name(name: str) -> str:
    """One line without control or direction-changing characters. Invalid when nothing is left."""
    plain = "".join(" " if _unseen(c) else c for c in name)
    plain = " ".join(plain.split())
    if not plain:
        raise Invalid({"name": [_("Give the name that others will see.")]})
    if len(plain) > MAX_NAME:
        raise Invalid({"name": [_("Use at most %(n)s characters.") % {"n": MAX_NAME}]})
    return plain


def clean_address(email: str) -> str:
    email = email.strip()
    try:
        validate_email(email)
    except ValidationError:
        words = _("This is not an e-mail address. Write it like ana@example.org.")
        raise Invalid({"email": [words]}) from None
    return email.lower()


def check_new_address(email: str) -> str:
    """The address in its one form; Invalid when somebody has it."""
    email = clean_address(email)
    if User.objects.filter(email__iexact=email).exists():
        raise Invalid({"email": [_("Somebody has an account with this address.")]})
    return email


def check_password(password: str, person: User) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Invalid({"password": list(error.messages)}) from None


def make_person(*, email: str, name: str, password: str | None) -> User:
    """Called by a governed action. Without a password one has to set one by mail first."""
    person = User(email=check_new_address(email), name=clean_name(name))
    if password is None:
        person.set_unusable_password()
    else:
        check_password(password, person)
        person.set_password(password)
    person.save()
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
    return person
