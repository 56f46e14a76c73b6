from __future__ import annotations

import pytest

from apps.audit.models import AuditEntry
from apps.core.errors import Invalid, NotAllowed, NotPossible, NotVisible
from apps.environments.models import Environment
from apps.prompts.actions import archive_prompt
from apps.prompts.content import canonical_bytes, new_variable
from apps.prompts.models import Version
from apps.prompts.queries import version_document
from apps.releases.actions import release_version, roll_back
from apps.releases.gates import gates, text_gates
from apps.releases.queries import rollback_targets
from apps.teams.actions import grant
from tests.releases.world import approve, loosen, standing

NOT_LIVE = "Nothing of this is live in Production, so no application can break"


def said(version, place, **more):
    return [(gate.code, gate.open, gate.sentence) for gate in gates(version, place, **more)]


def test_gates_say_what_is_missing_and_then_what_is_met(world):
    prompt = world.prompt()
    version = world.version(prompt, "One")
    review = world.review(prompt, version, "production")

    before = gates(version, world.places["production"])
    approve(review, world["reviewer"])

    assert [(g.code, g.open, g.sentence, g.detail) for g in before] == [
        ("approvals", False, "One approval is missing", "Reviewer or Reviewer2 can approve it."),
        ("contract", True, NOT_LIVE, ""),
        ("order", False, "Staging comes first", "One approval is missing."),
        ("text", True, "Nothing found in the text", ""),
    ]
    assert before[0].review == review
    assert said(version, world.places["production"]) == [
        ("approvals", True, "Reviewer approved this version"),
        ("contract", True, NOT_LIVE),
        ("order", True, "It goes to Staging as well"),
        ("text", True, "Nothing found in the text"),
    ]
    assert said(version, world.places["development"])[0] == (
        "approvals", True, "No approval is needed",
    )  # fmt: skip


def test_gate_of_approvals_says_when_nobody_is_left(world):
    from apps.teams.actions import revoke

    for name in ("reviewer", "reviewer2"):
        revoke(world.desk, role="reviewer", to=world[name], actor=world.admin)
    prompt = world.prompt()

    gate = gates(world.version(prompt, "One"), world.places["staging"])[0]

    assert gate.detail == "Nobody who may approve is left: an admin can add reviewers."


def test_staging_with_more_approvals_keeps_production_waiting(world):
    """Each environment on the way has its own gates."""
    rule = world.places["staging"].rules.get()
    rule.approvals = 2
    rule.save()
    prompt = world.prompt()
    version = world.version(prompt, "One")
    world.approved(prompt, version, "production")

    with pytest.raises(NotPossible) as refused:
        world.release(prompt, version, "production")

    assert refused.value.verdict.sentence == "Staging comes first. One approval is missing."


@pytest.mark.parametrize(
    ("protected", "right"), [("production", "publish"), ("staging", "release")]
)
def test_refusal_on_the_way_is_written_down_once(world, protected, right):
    """The right for production, none for staging; protected is the one or the other."""
    for name, place in world.places.items():
        place.protected = name == protected
        place.save()
    grant(world.desk, capabilities=["view", right], to=world["outsider"], actor=world.admin)
    prompt = world.prompt()
    version = world.version(prompt, "One")
    world.approved(prompt, version, "production")
    before = standing()

    with pytest.raises(NotAllowed):
        world.release(prompt, version, "production", by="outsider")

    after = standing()
    assert (after.pointers, after.denied - before.denied) == (before.pointers, 1)
    entry = AuditEntry.objects.get(event="releases.release.made", outcome="denied")
    assert (entry.environment, entry.actor_id, entry.after) == (
        protected, str(world["outsider"].pk), {"refused": "missing_right"},
    )  # fmt: skip
    Environment.objects.filter(name="production").update(protected=True)  # or it is not kept


def test_rule_can_take_the_order_away(world):
    loosen(world, in_order=False)
    prompt = world.prompt()
    version = world.version(prompt, "One")
    world.approved(prompt, version, "production")

    world.release(prompt, version, "production")

    assert (world.live(prompt, "staging"), world.live(prompt, "production")) == (None, 1)


def test_red_finding_closes_the_gate_everywhere(world):
    prompt = world.prompt()
    version = world.version(prompt, "Greet {{customer_name}}.")

    with pytest.raises(NotPossible) as refused:
        world.release(prompt, version, "development")

    assert refused.value.verdict.facts == {"gates": ["text"]}
    assert "customer_name" in refused.value.verdict.sentence


def test_proven_personal_data_closes_the_gate_and_advice_stands_beside_it(world):
    prompt = world.prompt()
    proven = world.version(prompt, "Charge 4111 1111 1111 1111.")
    with pytest.raises(NotPossible) as refused:
        world.release(prompt, proven, "development")
    advised = world.version(prompt, "Call +49 30 901820 or ask sara.okafor@alderbank.eu.")
    gate = next(g for g in gates(advised, world.places["development"]) if g.code == "text")

    assert refused.value.verdict.facts == {"gates": ["text"]}
    assert "Instructions holds a card number" in refused.value.verdict.sentence
    assert (gate.open, gate.sentence) == (True, "Nothing in the text stops it")
    for words in ("Instructions holds an e-mail address", "Instructions holds a telephone number"):
        assert words in gate.detail


def test_gate_counts_the_advice_that_it_does_not_say(world):
    version = world.version(world.prompt(), "Ask +49 30 901820 or a.b@alderbank.eu {{1}} {{}}.")
    document = version_document(version)
    document["variables"] += [new_variable("one"), new_variable("two")]

    (gate,) = text_gates(Version(content=canonical_bytes(document)), acknowledged=False)

    assert gate.open and gate.detail.endswith(" And 2 more.")


def test_hidden_characters_want_a_word_before_a_release(world):
    prompt = world.prompt()
    version = world.version(prompt, "Say hello\u200b now.")

    with pytest.raises(NotPossible) as refused:
        world.release(prompt, version, "development")
    world.release(prompt, version, "development", acknowledged=True)

    assert refused.value.verdict.facts == {"gates": ["invisible"]}
    entry = AuditEntry.objects.get(event="releases.release.made")
    assert entry.data["acknowledged"] is True


def test_version_that_is_live_is_not_released_again(world):
    prompt = world.prompt()
    version = world.version(prompt, "One")
    world.release(prompt, version, "development")

    with pytest.raises(NotPossible) as refused:
        world.release(prompt, version, "development")

    assert refused.value.code == "already_live"


def test_archived_prompt_is_not_released(world):
    prompt = world.prompt()
    version = world.version(prompt, "One")
    archive_prompt(prompt, reason="Not used any more", actor=world["author"])

    with pytest.raises(NotPossible) as refused:
        world.release(prompt, version, "development")

    assert refused.value.code == "archived"


def test_version_of_another_prompt_is_not_to_be_found(world):
    prompt, other = world.prompt("a"), world.prompt("b")
    foreign = world.version(other, "One")

    with pytest.raises(NotVisible):
        release_version(
            prompt, version=foreign, environment=world.places["development"], expects=None,
            actor=world["releaser"],
        )  # fmt: skip


class TestRollBack:
    @pytest.fixture
    def prompt(self, world):
        prompt = world.prompt()
        for number in (1, 2, 3):
            world.release(prompt, world.version(prompt, f"Words {number}"), "development")
        return prompt

    def back(self, world, prompt, number, reason="Worse", by="author"):
        live = world.places["development"].releases.filter(prompt=prompt).order_by("-pk").first()
        return roll_back(
            prompt, environment=world.places["development"],
            version=prompt.versions.get(number=number), expects=live.pk, reason=reason,
            actor=world[by],
        )  # fmt: skip

    def test_needs_a_reason(self, world, prompt):
        with pytest.raises(Invalid) as refused:
            self.back(world, prompt, 2, reason="  ")

        assert list(refused.value.errors) == ["reason"]
        assert world.live(prompt, "development") == 3

    def test_goes_only_to_what_was_live_there(self, world, prompt):
        world.version(prompt, "Words 4")

        with pytest.raises(NotPossible) as never:
            self.back(world, prompt, 4)
        with pytest.raises(NotPossible) as now:
            self.back(world, prompt, 3)

        assert (never.value.code, now.value.code) == ("never_live", "already_live")

    def test_offers_what_was_live_last_first(self, world, prompt):
        self.back(world, prompt, 1)

        found = rollback_targets(prompt, world.places["development"])

        assert [target.version.number for target in found] == [3, 2]
        assert all(target.live_from < target.live_to for target in found)

    def test_of_an_archived_prompt_is_possible(self, world, prompt):
        archive_prompt(prompt, reason="Over", actor=world["author"])

        self.back(world, prompt, 2)

        assert world.live(prompt, "development") == 2

    def test_where_nothing_else_was_live_is_refused(self, world):
        prompt = world.prompt("other")
        world.release(prompt, world.version(prompt, "One"), "development")

        with pytest.raises(NotPossible) as refused:
            self.back(world, prompt, 1)

        assert refused.value.code == "nothing_before"
