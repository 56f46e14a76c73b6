"""Personal data in a text: e-mail addresses, telephone, card and account numbers. Pure.

Numbers with check digits are believed only when the digits are right: cards by Luhn (ISO/IEC
7812-1, annex B), accounts by modulo 97 (ISO 13616). Every pattern is bounded, so time grows with
length alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_EMAIL = re.compile(
    r"(?<![\w.%+-])([A-Za-z0-9_%+-][A-Za-z0-9._%+-]{0,63})@((?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24})\b"
)
_PHONE = re.compile(r"(?<![\w+])\+[1-9](?:[ ()/.-]{0,2}\d){7,14}(?!\d)")
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{2,4}){3,8}(?![A-Za-z0-9])")
_CARD = re.compile(r"(?<![\d.-])[3-6](?:[ -]?\d){12,18}(?![\d-])")
# Mailboxes of a role, and the domains that are reserved for examples (RFC 2606, RFC 6761).
_ROLE_WORDS = """
abuse admin billing contact feedback hello help info legal mail news no-reply noreply office press
privacy sales security service support team
"""
_ROLES = frozenset(_ROLE_WORDS.split())
_EXAMPLES = re.compile(r"(?:^|\.)(?:example\.(?:com|net|org)|example|test|invalid|localhost)$")

PROVEN = frozenset({"an account number", "a card number"})  # kinds whose check digits are right


def personal_data(text: str) -> Iterator[tuple[str, str]]:
    """(kind, what was found), kind in words: "an e-mail address"."""
    for found in _EMAIL.finditer(text):
        name, domain = found[1].lower(), found[2].lower()
        if name not in _ROLES and not _EXAMPLES.search(domain):
            yield "an e-mail address", found[0]
    for found in _PHONE.finditer(text):
        yield "a telephone number", found[0]
    for found in _IBAN.finditer(text):
        if _fits_modulo_97(found[0].replace(" ", "")):
            yield "an account number", found[0]
    for found in _CARD.finditer(text):
        if _fits_luhn(re.sub(r"[ -]", "", found[0])):
            yield "a card number", found[0]


def _fits_modulo_97(account: str) -> bool:
    if not 15 <= len(account) <= 34:
        return False
    digits = "".join(str(int(letter, 36)) for letter in account[4:] + account[:4])
    return int(digits) % 97 == 1


def _fits_luhn(card: str) -> bool:
    digits = [int(digit) for digit in reversed(card)]
    doubled = [2 * digit - 9 * (digit > 4) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
