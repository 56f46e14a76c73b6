"""What this app writes into the audit trail. Names of people come from labels, never from data."""

from __future__ import annotations

from apps.audit.registry import declare

TEAM_CREATED = declare("teams.team.created", "{actor} made the team {target}")
TEAM_CHANGED = declare("teams.team.changed", "{actor} changed the team {target}")
MEMBER_ADDED = declare(
    "teams.member.added", "{actor} added {target} to the team {team}", "team", "team_id"
)
MEMBER_REMOVED = declare(
    "teams.member.removed", "{actor} took {target} out of the team {team}", "team", "team_id"
)
NAMESPACE_CREATED = declare("teams.namespace.created", "{actor} made the namespace {target}")
NAMESPACE_CHANGED = declare(
    "teams.namespace.changed", "{actor} changed what the namespace {target} says it is for"
)
RIGHTS_GIVEN = declare(
    "teams.rights.given", "{actor} gave {target} {rights} on {place}", "rights", "place"
)
RIGHTS_TAKEN = declare(
    "teams.rights.taken", "{actor} took {rights} on {place} from {target}", "rights", "place"
)
RIGHTS_CHANGED = declare(
    "teams.rights.changed", "{actor} changed what {target} may do on {place}", "rights", "place"
)
PERSON_ADDED = declare("teams.person.added", "{actor} made an account for {target}")
PERSON_SWITCHED_OFF = declare(
    "teams.person.switched_off", "{actor} switched off the account of {target}"
)
PERSON_SWITCHED_ON = declare(
    "teams.person.switched_on", "{actor} switched the account of {target} on again"
)
PERSON_ERASED = declare("teams.person.erased", "{actor} erased the name of {target}")
FIRST_ADMIN_MADE = declare("teams.admin.first", "{actor} set Galley up, as its first admin")
ADMIN_MADE = declare("teams.admin.made", "{actor} made {target} an admin, from the command line")
INVITED = declare("teams.invitation.sent", "{actor} invited {target}")
INVITATION_ACCEPTED = declare("teams.invitation.accepted", "{actor} accepted the invitation")
INVITATION_WITHDRAWN = declare(
    "teams.invitation.withdrawn", "{actor} withdrew the invitation of {target}"
)
ACCESS_REQUESTED = declare(
    "teams.access.requested", "{actor} asked for {right} on {target}", "request", "right", "place"
)
ACCESS_GRANTED = declare(
    "teams.access.granted",
    "{actor} granted {target} what they had asked for: {right} on {place}",
    "request", "right", "place",
)  # fmt: skip
ACCESS_DECLINED = declare(
    "teams.access.declined",
    "{actor} declined what {target} had asked for: {right} on {place}",
    "request", "right", "place",
)  # fmt: skip
