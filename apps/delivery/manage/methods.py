"""A call with another method than its address has is refused with a problem document, too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from apps.delivery.problems import Problem

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"}


def refuse_others(router: Router) -> Router:
    for path, view in list(router.path_operations.items()):
        known = {method for operation in view.operations for method in operation.methods}
        hidden: Any = {"auth": None, "include_in_schema": False}
        refusing = _refusing(path, ", ".join(sorted(known)))
        router.api_operation(sorted(METHODS - known), path, **hidden)(refusing)
    return router


def _refusing(path: str, allowed: str) -> Callable[..., HttpResponse]:
    def refuse(request: HttpRequest) -> HttpResponse:
        words = f"{request.method} does not work here. Use {allowed}."
        raise Problem("method_not_allowed", words, headers={"Allow": allowed})

    def refuse_prompt(request: HttpRequest, prompt: str) -> HttpResponse:
        return refuse(request)

    def refuse_review(request: HttpRequest, review: int) -> HttpResponse:
        return refuse(request)

    def refuse_suite(request: HttpRequest, suite: int) -> HttpResponse:
        return refuse(request)

    def refuse_run(request: HttpRequest, run: int) -> HttpResponse:
        return refuse(request)

    of_part = {
        "{path:prompt}": refuse_prompt,
        "{int:review}": refuse_review,
        "{int:suite}": refuse_suite,
        "{int:run}": refuse_run,
    }
    return next((found for part, found in of_part.items() if part in path), refuse)
