"""Where a form goes after it was taken: back to the page that showed it, and nowhere else."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme


def back(request: HttpRequest, default: str = "/") -> HttpResponseRedirect:
    """Redirect to the form's own `next` (same host only), else to `default`."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        return HttpResponseRedirect(wanted)
    return HttpResponseRedirect(default)
