"""What comes into a suite is cleaned and checked here; what does not fit is Invalid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from apps.core.errors import Invalid
from apps.evaluations.new_case import NewCase
from apps.prompts.content import MAX_VARIABLES, canonical_bytes, check_variable_name
from apps.prompts.content.text import ContentError, normalise_document
from apps.prompts.entrance import clean_line, clean_tags, clean_text

MAX_CASES = 10_000
MAX_CHECKS = 50
MAX_CASE_NAME = 200
MAX_CASE_BYTES = 256 * 1024


def clean_case(case: NewCase) -> NewCase:
    """Cleaned; Invalid under `values`, a variable's name, `expected`, `name` or `tags`."""
    cleaned = NewCase(
        values=clean_values(case.values),
        expected=clean_text("expected", case.expected),
        name=clean_line("name", case.name, MAX_CASE_NAME),
        tags=tuple(clean_tags(case.tags)),
    )
    _require_fits(cleaned)
    return cleaned


def clean_values(values: Mapping[str, Any]) -> dict[str, Any]:
    require_names(values)
    try:
        cleaned: dict[str, Any] = normalise_document(dict(values))
        canonical_bytes(cleaned)
    except ContentError as error:
        raise Invalid({"values": [str(error)]}) from error
    return {name: value for name, value in cleaned.items() if value not in (None, "")}


def require_names(names: Iterable[str]) -> None:
    errors = {name: [sentence] for name in names if (sentence := check_variable_name(name))}
    if errors:
        raise Invalid(errors)


def require_variables(names: list[str]) -> None:
    require_names(names)
    if len(names) > MAX_VARIABLES:
        sentence = _("A case has at most %(most)s variables.") % {"most": MAX_VARIABLES}
        raise Invalid({"variables": [sentence]})


def clean_threshold(threshold: float | None) -> float | None:
    if threshold is not None and not 0 <= threshold <= 1:
        raise Invalid({"threshold": [_("Give a share between 0 and 100 %.")]})
    return threshold


def clean_weight(weight: float) -> float:
    if not 0 <= weight <= 1000:
        raise Invalid({"weight": [_("Give a weight between 0 and 1000.")]})
    return float(weight)


def _require_fits(case: NewCase) -> None:
    if not case.values and not case.expected.strip() and not case.name:
        raise Invalid({"values": [_("An empty case tests nothing. Fill in at least one value.")]})
    size = len(canonical_bytes([dict(case.values), case.expected]))
    if size > MAX_CASE_BYTES:
        sentence = _("This case holds %(have)s KiB; the most is %(most)s KiB. Shorten it.")
        words = {"have": f"{-(-size // 1024):,}", "most": MAX_CASE_BYTES // 1024}
        raise Invalid({"values": [sentence % words]})
