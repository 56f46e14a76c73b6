"""Letters of this app. A mail server that is away never fails an act: the link is on the page."""

from __future__ import annotations

import logging
from smtplib import SMTPException

from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from apps.teams.models import Invitation

log = logging.getLogger("galley.mail")


def send_invitation(invitation: Invitation, link: str) -> bool:
    """Called after the invitation is committed. False when the mail could not be sent."""
    inviter = invitation.invited_by.name if invitation.invited_by else "Galley"
    context = {"invitation": invitation, "inviter": inviter, "link": link}
    subject = _("%(name)s invites you to Galley") % {"name": " ".join(inviter.split())}
    try:
        send_mail(
            subject, render_to_string("teams/email/invitation.txt", context), None,
            [invitation.email],
        )  # fmt: skip
    except (OSError, SMTPException) as error:
        log.warning("an invitation could not be mailed: %s", error)
        return False
    return True
