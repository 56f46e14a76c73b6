"""Seeds the demo through the same actions as the pages, so each row has its right and its entry."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import timedelta

from django.utils import timezone

from apps.accounts.models import User
from apps.core.actors import SYSTEM
from apps.delivery.actions import set_keeping_rule
from apps.delivery.keeping_terms import Terms as Keeping
from apps.demo import texts
from apps.demo.calls import seed_calls
from apps.demo.experiments import Desk, decided, running
from apps.demo.live import seed_live
from apps.demo.people import NAMESPACES, PEOPLE, TEAMS
from apps.demo.ratings import seed_ratings
from apps.demo.shadows import seed_shadow
from apps.demo.suites import (
    add_pin_mails,
    run_for,
    seed_required_suite,
    seed_suite,
    seed_update,
)
from apps.environments.actions import create_key, override_rule
from apps.environments.freezes import Freeze
from apps.environments.models import ApiKey, Environment, Release
from apps.environments.queries import live_revision, rule_for, terms_of
from apps.environments.rules import Lock
from apps.prompts.actions import (
    change_prompt,
    create_prompt,
    make_version,
    save_sample,
    write_document,
)
from apps.prompts.models import Prompt, Version
from apps.prompts.queries import draft_of
from apps.releases.actions import release_version, roll_back, step_rollout
from apps.releases.queries import live_release
from apps.reviews.actions import approve_review, request_review, start_thread
from apps.reviews.models import Review
from apps.teams.actions import (
    accept_invitation,
    add_member,
    create_first_admin,
    create_namespace,
    create_team,
    grant,
    invite_person,
)
from apps.teams.models import Namespace, Team
from apps.teams.queries import root_namespace


@dataclass
class Story:
    """What was made so far, by its short name."""

    password: str
    people: dict[str, User] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    spaces: dict[str, Namespace] = field(default_factory=dict)
    places: dict[str, Environment] = field(default_factory=dict)

    @property
    def admin(self) -> User:
        return self.people["mei"]


def seed() -> tuple[Story, str]:
    """Fill an empty installation; return the story and a read key for support in production."""
    story = Story(password=secrets.token_urlsafe(12))
    _people(story)
    _namespaces(story)
    story.places = {e.name: e for e in Environment.objects.all()}
    _refund_reply(story)
    _card_triage(story)
    _smaller_prompts(story)
    _identity_check(story)
    _mail_routing(story)
    _rule_of_fraud(story)
    key, secret = create_key(
        story.places["production"],
        name="Support desk",
        kind="read",
        namespaces=[story.spaces["support"]],
        owner=story.admin,
        actor=story.admin,
    )
    _keep_disputes(story)
    seed_calls(story.places["production"], key)
    seed_live(story.places["production"], story.people["sara"], story.people["bo"])
    _document_check(story, key)
    _refund_shadow(story, key)
    return story, secret


def _keep_disputes(story: Story) -> None:
    """What customers wrote and got is kept there, so that it can be judged."""
    terms = Keeping(keep_values=True, keep_days=30)
    set_keeping_rule(story.spaces["support/disputes"], terms=terms, actor=story.admin)


def _people(story: Story) -> None:
    mei = next(person for person in PEOPLE if person.what == "admin")
    story.people["mei"] = create_first_admin(
        email=mei.email, name=mei.name, password=story.password, actor=SYSTEM
    )
    for name, purpose in TEAMS.items():
        story.teams[name] = create_team(name=name, purpose=purpose, actor=story.admin)
    for person in PEOPLE:
        if person is not mei:
            _, token = invite_person(email=person.email, name=person.name, actor=story.admin)
            user = accept_invitation(token, name=person.name, password=story.password, actor=SYSTEM)
            story.people[person.email.split("@")[0]] = user
    for person in PEOPLE:
        for team in person.teams:
            user = story.people[person.email.split("@")[0]]
            add_member(story.teams[team], person=user, actor=story.admin)


def _namespaces(story: Story) -> None:
    story.spaces[""] = root_namespace()
    for path, purpose in NAMESPACES.items():
        parent, _, segment = path.rpartition("/")
        story.spaces[path] = create_namespace(
            story.spaces[parent], segment=segment, purpose=purpose, actor=story.admin
        )
    for person in PEOPLE:
        user = story.people[person.email.split("@")[0]]
        for role, path in person.roles:
            if not (person.what == "admin" and role == "admin"):  # given with the first sign-in
                grant(story.spaces[path], role=role, to=user, actor=story.admin)


def _rule_of_fraud(story: Story) -> None:
    """A rule of its own: guardrails are locked, and a freeze is announced."""
    place, space = story.places["production"], story.spaces["fraud"]
    team, begin = story.teams["Compliance"], timezone.now() + timedelta(days=28)
    freeze = Freeze(
        "once", "Move to the new card system", "Europe/Berlin",
        f"{begin:%Y-%m-%d}T18:00", f"{begin + timedelta(days=3):%Y-%m-%d}T08:00",
    )  # fmt: skip
    terms = replace(
        terms_of(rule_for(place, space)),
        freezes=frozenset({freeze}),
        locks=frozenset({Lock("guardrails", team.pk, team.name)}),
    )
    override_rule(
        place, namespace=space, terms=terms, reason="Compliance signs what may never be said",
        actor=story.admin,
    )  # fmt: skip


def _prompt(
    story: Story, path: str, name: str, purpose: str, owner: str, tags: list[str],
    documents: tuple[texts.Document, ...], reasons: tuple[str, ...], author: str = "sara",
) -> tuple[Prompt, list[Version]]:  # fmt: skip
    place, _, segment = path.rpartition("/")
    actor = story.people[author]
    prompt = create_prompt(
        story.spaces[place], segment=segment, name=name, purpose=purpose,
        owner=story.teams[owner], tags=tags, document=documents[0], actor=actor,
    )  # fmt: skip
    versions = [make_version(draft_of(prompt), reason=reasons[0], actor=actor)]
    for document, reason in zip(documents[1:], reasons[1:], strict=True):
        write_document(draft_of(prompt), document=document, actor=actor)
        versions.append(make_version(draft_of(prompt), reason=reason, actor=actor))
    return prompt, versions


def _approved(
    story: Story, prompt: Prompt, version: Version, environment: str, reason: str,
    *, asks: str = "sara", approves: str = "ana", at_once: bool = False, words: str = "",
) -> Review:  # fmt: skip
    review = request_review(
        prompt, environment=story.places[environment], version=version, reason=reason,
        release_when_approved=at_once, actor=story.people[asks],
    )  # fmt: skip
    approve_review(
        review,
        content_hash=version.content_hash,
        live_revision=live_revision(prompt, story.places[environment]),
        reason=words,
        actor=story.people[approves],
    )
    return review


def _live(
    story: Story, prompt: Prompt, version: Version, environment: str, note: str,
    share: int | None = None,
) -> Release:  # fmt: skip
    """Ask, approve and release, each by the person whose work it is."""
    _approved(story, prompt, version, environment, note)
    prompt.refresh_from_db()
    live = live_release(prompt, story.places[environment])
    return release_version(
        prompt, version=version, environment=story.places[environment],
        expects=live.pk if live else None, reason=note, share=share, actor=story.people["bo"],
    )  # fmt: skip


def _refund_reply(story: Story) -> None:
    prompt, versions = _prompt(
        story, "support/refunds/reply", "Refund reply",
        "Answers a customer who asks where a refund is", "Support", ["refunds", "e-mail"],
        texts.REFUND,
        (
            "First version, from the reply that agents used until now",
            "Customers kept asking how long it takes, so the reply names a time",
            "Customers write back when the money is not there after three days. "
            "This names the real time and says what happens next.",
        ),
    )  # fmt: skip
    for name, values in texts.REFUND_SAMPLES.items():
        save_sample(prompt, name=name, values=values, actor=story.people["sara"])
    _live(story, prompt, versions[0], "production", "The first one, as agents write it today")
    _live(story, prompt, versions[1], "production", "Names three days, as agreed with the desk")
    review = request_review(
        prompt, environment=story.places["production"], version=versions[2],
        reason="Customers write back when the money is not there after three days. "
        "This names the real time and says what happens next.",
        release_when_approved=False, actor=story.people["sara"],
    )  # fmt: skip
    key = texts.block("refund", "instructions", "instructions")["key"]
    start_thread(
        review, block_key=key, body="An apology can be read as fault. Is “once” enough?",
        quote="apologise once, say what happens next,", actor=story.people["jonas"],
    )  # fmt: skip


def _card_triage(story: Story) -> None:
    prompt, versions = _prompt(
        story, "support/cards/triage", "Card triage",
        "Sorts card messages into one of six queues", "Support", ["cards", "routing"],
        texts.TRIAGE, ("The six queues of the new routing table",), author="priya",
    )  # fmt: skip
    for name, values in texts.TRIAGE_SAMPLES.items():
        save_sample(prompt, name=name, values=values, actor=story.people["priya"])
    _live(story, prompt, versions[0], "production", "Agreed with the contact centre")
    suite = seed_suite(prompt.namespace, versions[0], story.people["priya"])
    seed_ratings(suite, story.people)
    seed_update(prompt.namespace, story.people["priya"], story.people["priya"])
    write_document(draft_of(prompt), document=texts.TRIAGE_DRAFT, actor=story.people["sara"])


def _smaller_prompts(story: Story) -> None:
    lost, versions = _prompt(
        story, "support/cards/lost-stolen", "Lost or stolen card",
        "Says how to block a card and when a new one comes", "Support", ["cards"],
        texts.LOST, ("First version",),
    )  # fmt: skip
    _live(story, lost, versions[0], "production", "Replaces the old text of the help page")
    write_document(draft_of(lost), document=texts.LOST_DRAFT, actor=story.people["priya"])
    delivery, versions = _prompt(
        story, "support/cards/delivery", "Delivery of a new card",
        "Answers “where is my card?”", "Support", ["cards"], texts.DELIVERY, ("First version",),
    )  # fmt: skip
    _live(story, delivery, versions[0], "staging", "To try it with the desk first")
    dispute, versions = _prompt(
        story, "support/disputes/summary", "Dispute summary",
        "Sums up a dispute for the agent who decides it", "Support", ["disputes"],
        texts.DISPUTE, ("First version", "Names the papers that are missing"),
    )  # fmt: skip
    _live(story, dispute, versions[0], "production", "Agreed with the agents who decide")
    note = "Agents asked for the missing papers"
    begun = _live(story, dispute, versions[1], "production", note, share=10)
    step_rollout(
        dispute, environment=story.places["production"], share=25, expects=begun.pk,
        reason="A day without complaints", actor=story.people["bo"],
    )  # fmt: skip
    blocked, versions = _prompt(
        story, "fraud/alerts/explain-block", "Blocked payment, explained",
        "Tells a customer why a payment was stopped", "Fraud", ["fraud", "e-mail"],
        texts.BLOCKED, ("First version", "Customers want to call, not to read"),
    )  # fmt: skip
    _live(story, blocked, versions[0], "production", "First text for stopped payments")
    _live(story, blocked, versions[1], "production", "Offers the service line")
    live = live_release(blocked, story.places["production"])
    assert live is not None
    roll_back(
        blocked, environment=story.places["production"], version=versions[0], expects=live.pk,
        reason="v2 named a service line that is closed at night.", actor=story.people["bo"],
    )  # fmt: skip
    change_prompt(
        blocked, name=blocked.name, purpose=blocked.purpose,
        tags=["fraud", "e-mail", "legal"], actor=story.people["sara"],
    )  # fmt: skip


def _refund_shadow(story: Story, key: ApiKey) -> None:
    """v3, which waits for its review, answered what was asked of v2."""
    prompt = Prompt.objects.select_related("namespace").get(path="support/refunds/reply")
    live, candidate = prompt.versions.order_by("number")[1:3]
    live.prompt = candidate.prompt = prompt
    seed_shadow(live, candidate, story.places["production"], key, story.people["sara"], story.admin)


def _document_check(story: Story, key: ApiKey) -> None:
    """Two experiments: v2 won against v1, and v3 runs against v2."""
    prompt, versions = _prompt(
        story, "onboarding/document-check", "Document check, second try",
        "Helps a customer whose photo was refused to send a good one", "Compliance",
        ["onboarding"], texts.DOCUMENT,
        ("First version", "Names the papers that are taken", "Names the one thing to change"),
        author="tomas",
    )  # fmt: skip
    place = story.places["production"]
    desk = Desk(place, key.pk, story.people["tomas"], story.people["bo"])
    _live(story, prompt, versions[0], "production", "First text for a refused photo")
    _approved(story, prompt, versions[1], "production", "To compare it with v1")
    decided(desk, versions[0], versions[1])
    _approved(story, prompt, versions[2], "production", "To compare it with v2")
    running(desk, versions[1], versions[2])


def _identity_check(story: Story) -> None:
    prompt, versions = _prompt(
        story, "onboarding/identity-check", "Identity check, explained",
        "Says why a photo of a passport was refused", "Compliance", ["onboarding"],
        texts.IDENTITY,
        ("First version", "Plain words for why a photo of a passport was refused."),
        author="tomas",
    )  # fmt: skip
    request_review(
        prompt, environment=story.places["staging"], version=versions[1],
        reason="Plain words for why a photo of a passport was refused.",
        release_when_approved=True, actor=story.people["tomas"],
    )  # fmt: skip


def _mail_routing(story: Story) -> None:
    """Its releases ask for a suite, which has changed since the one that is live."""
    place, priya = story.places["production"], story.people["priya"]
    prompt, versions = _prompt(
        story, "support/mail/route", "Mail routing",
        "Sorts e-mails before anybody reads them", "Support", ["mail", "routing"],
        texts.MAIL, ("The queues of the old routing table", "Questions about a PIN have a queue"),
        author="priya",
    )  # fmt: skip
    suite = seed_required_suite(place, prompt.namespace, priya, story.admin)
    run_for(place, suite, versions[0], priya)
    _live(story, prompt, versions[0], "production", "Replaces the rules of the old mailbox")
    add_pin_mails(suite, priya)
    run_for(place, suite, versions[1], priya)
    request_review(
        prompt, environment=place, version=versions[1],
        reason="Half of “other” were questions about a PIN: they have a queue of their own.",
        release_when_approved=False, actor=priya,
    )  # fmt: skip
