from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from apps.core.history import History
from apps.environments.keys import beginning
from apps.environments.states import ChangeKind, ChangeState, How, KeyKind, OnLastApproval
from apps.prompts.models import Prompt, Version
from apps.teams.models import Capability, Namespace, Team

PERSON = settings.AUTH_USER_MODEL


class Environment(models.Model):
    """Where a version can be live. `position` is its place in the order; none = outside it."""

    name = models.CharField(max_length=63, unique=True)
    position = models.PositiveSmallIntegerField(null=True, unique=True)
    protected = models.BooleanField(default=False)
    history = History()

    class Meta:
        default_permissions = ()
        ordering = [models.F("position").asc(nulls_first=True)]

    def __str__(self) -> str:
        return self.name.capitalize()

    @property
    def right_to_release(self) -> Capability:
        """What it takes to change what is live there."""
        return Capability.PUBLISH if self.protected else Capability.RELEASE


class Rule(models.Model):
    """What a release into an environment needs, in a namespace and below it.

    The rule on the nearest namespace holds. `teams` empty: anyone with `review` may approve.
    """

    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="rules")
    namespace = models.ForeignKey(Namespace, on_delete=models.PROTECT, related_name="rules")
    approvals = models.PositiveSmallIntegerField(default=0)
    teams = models.ManyToManyField(Team, blank=True, related_name="rules")
    own_approval = models.BooleanField(default=False)
    in_order = models.BooleanField(default=True)
    on_last_approval = models.CharField(
        max_length=8, choices=OnLastApproval, default=OnLastApproval.WAIT
    )
    approvals_survive = models.BooleanField(default=False)  # another version going live meanwhile
    approval_days = models.PositiveSmallIntegerField(default=14)  # older ones do not count
    roll_back_approved = models.BooleanField(default=False)  # a roll back needs them, too
    freezes = models.JSONField(default=list)  # of `freezes.Freeze`; those above hold as well
    locks = models.JSONField(default=list)  # [{type of block, id of the team that signs}]; as well
    history = History(m2m_fields=[teams])

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["environment", "namespace"], name="one_rule_a_place")
        ]

    def __str__(self) -> str:
        return f"{self.environment}, {self.namespace}"


class RuleChange(models.Model):
    """A change that loosens a rule of a protected environment: it waits for a second person.

    `before` and `after` are terms as written down in the trail. Once decided it stays as it is (a
    trigger); the database takes looser terms only from one that somebody else approved.
    """

    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="changes")
    namespace = models.ForeignKey(Namespace, on_delete=models.PROTECT, related_name="rule_changes")
    kind = models.CharField(max_length=8, choices=ChangeKind)
    before = models.JSONField()
    after = models.JSONField()
    reason = models.TextField()
    state = models.CharField(max_length=9, choices=ChangeState, default=ChangeState.OPEN)
    proposed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(db_default=Now())
    decided_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True, default="")
    decided_in = models.BigIntegerField(null=True)  # the transaction; the database fills it

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["environment", "namespace"],
                condition=models.Q(state="open"),
                name="one_open_change_a_place",
            )
        ]

    def __str__(self) -> str:
        return f"{self.environment}, {self.namespace}"


class Release(models.Model):
    """The record that a version went live. Append-only; `revision` counts within its place.

    `split`: None, or the shares of a release by steps or of an experiment, as delivered: {id, salt,
    unit, arms: [{arm, version (number), weight (percent)}]}. The first arm is what was live before;
    by steps the last one is `version`, in an experiment the first is: what is live stays.
    """

    append_only = True

    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="releases")
    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="releases")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="releases")
    replaced = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField()
    how = models.CharField(max_length=12, choices=How)
    reason = models.TextField(blank=True, default="")
    split = models.JSONField(null=True)
    approvals_needed = models.PositiveSmallIntegerField(default=0)  # by the rule, at that moment
    made_by_kind = models.CharField(max_length=10)  # person, key, system
    made_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["prompt", "environment", "revision"], name="one_release_a_revision"
            )
        ]

    def __str__(self) -> str:
        return f"{self.prompt} {self.version} in {self.environment}"

    @property
    def share(self) -> int:
        """What its version gets of the traffic, in percent: 100 where nothing shares it."""
        if not self.split:
            return 100
        return int(self.split["arms"][0 if self.is_experiment else -1]["weight"])

    @property
    def is_experiment(self) -> bool:
        """Whether it gives others a part of the traffic, and leaves live what is live."""
        return self.split is not None and self.how == How.EXPERIMENT


class Deployment(models.Model):
    """The one mutable pointer: which release is live. A trigger checks each move (releases app)."""

    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="deployments")
    environment = models.ForeignKey(
        Environment, on_delete=models.PROTECT, related_name="deployments"
    )
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["prompt", "environment"], name="one_deployment_a_place")
        ]

    def __str__(self) -> str:
        return f"{self.release}"


class Label(models.Model):
    """A further named pointer beside what is live, to a release of the same place. Moved by the
    actions of releases; a trigger checks each move."""

    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="labels")
    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="labels")
    name = models.CharField(max_length=63)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="labels")
    history = History()

    class Meta:
        default_permissions = ()
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["prompt", "environment", "name"], name="one_label_a_name"
            )
        ]

    def __str__(self) -> str:
        return self.name


class ApiKey(models.Model):
    """A key of an application. The secret is kept as SHA-256 and shown once.

    What is done with it counts as its owner's doing; `made_by` saw the secret too. `replaces`: the
    key whose successor it is.
    """

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=KeyKind)
    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="keys")
    namespaces = models.ManyToManyField(Namespace, related_name="keys")
    owner = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="keys")
    made_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    replaces = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="successors"
    )
    selector = models.CharField(max_length=16, unique=True)
    secret_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name

    @property
    def audit_id(self) -> str:
        return str(self.pk)

    @property
    def label(self) -> str:
        return self.name

    @property
    def beginning(self) -> str:
        return beginning(self.environment.name, self.kind, self.selector)


class KeyUse(models.Model):
    """That a key fetched a prompt, and the last minute in which it did. No fetch is counted."""

    key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="uses")
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="uses")
    first_used_at = models.DateTimeField()
    last_used_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["key", "prompt"], name="one_use_a_key")]

    def __str__(self) -> str:
        return f"{self.key} fetches {self.prompt}"
