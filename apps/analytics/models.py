"""What the calls come to: sums by hour and by day, made of the events and remade from them at any
time, and the alarms that are watched over them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from apps.analytics.states import AlarmState, LiveState, Measure
from apps.environments.models import ApiKey, Environment
from apps.evaluations.models import Suite
from apps.prompts.models import Prompt, Version
from apps.teams.models import Namespace

PERSON = settings.AUTH_USER_MODEL


class Place(models.Model):
    """Which version of which prompt ran where."""

    environment = models.ForeignKey(
        Environment, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        abstract = True


class Sums(models.Model):
    """What can be added up. `unpriced`: calls whose cost nobody told and no price is known of."""

    calls = models.BigIntegerField()
    errors = models.BigIntegerField()
    input_tokens = models.BigIntegerField()
    output_tokens = models.BigIntegerField()
    cost = models.DecimalField(max_digits=24, decimal_places=9)
    unpriced = models.BigIntegerField()
    latency_sum = models.FloatField()

    class Meta:
        abstract = True


class Figure(Place, Sums):
    """Of the calls with one version, arm, model and key. `split_id` and `arm`: "" for none.
    `latency_bins`: the logarithmic bins of a sketch, packed (see `sketches`)."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="+", db_index=False)
    arm = models.CharField(max_length=20, blank=True, default="")
    split_id = models.CharField(max_length=40, blank=True, default="")
    model = models.CharField(max_length=200)
    latency_bins = models.BinaryField()

    class Meta:
        abstract = True


ONE = ["version", "arm", "split_id", "model", "key"]


class HourFigure(Figure):
    hour = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["hour"], name="hour_figures_by_hour")]
        constraints = [
            models.UniqueConstraint(
                fields=["prompt", "environment", "hour", *ONE], name="one_hour_figure"
            )
        ]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H}: {self.calls}"


class DayFigure(Figure):
    """The hours of one day, in UTC, added up."""

    day = models.DateField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["day"], name="day_figures_by_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["prompt", "environment", "day", *ONE], name="one_day_figure"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.calls}"


class FeedbackHour(Place):
    """Feedback of one name, by the hour of the call that it is about. `positive`: how many were
    above zero."""

    version = models.ForeignKey(
        Version, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    arm = models.CharField(max_length=20, blank=True, default="")
    split_id = models.CharField(max_length=40, blank=True, default="")
    name = models.CharField(max_length=64)
    kind = models.CharField(max_length=8)
    hour = models.DateTimeField()
    count = models.BigIntegerField()
    total = models.FloatField()
    squares = models.FloatField()
    positive = models.BigIntegerField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["hour"], name="feedback_hours_by_hour")]
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "prompt",
                    "environment",
                    "hour",
                    "version",
                    "arm",
                    "split_id",
                    "name",
                    "kind",
                ],
                nulls_distinct=False,
                name="one_feedback_hour",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.hour:%Y-%m-%d %H}: {self.count}"


class TagHour(Place, Sums):
    """Of the calls that carry one tag; a call with two tags is in two rows. `latency_bins` as in
    `Figure`."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+", db_index=False)
    tag = models.CharField(max_length=40)
    hour = models.DateTimeField()
    latency_bins = models.BinaryField(default=b"")

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["hour"], name="tag_hours_by_hour")]
        constraints = [
            models.UniqueConstraint(
                fields=["prompt", "environment", "hour", "version", "tag"], name="one_tag_hour"
            )
        ]

    def __str__(self) -> str:
        return f"{self.tag}, {self.hour:%Y-%m-%d %H}: {self.calls}"


class PartHour(Place):
    """Feedback of one name about the calls of one model, or with one tag: `part` says which of
    both, `value` its name. A call with two tags is in two rows."""

    version = models.ForeignKey(
        Version, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    part = models.CharField(max_length=5)
    value = models.CharField(max_length=200)
    name = models.CharField(max_length=64)
    kind = models.CharField(max_length=8)
    hour = models.DateTimeField()
    count = models.BigIntegerField()
    positive = models.BigIntegerField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["hour"], name="part_hours_by_hour")]
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "prompt", "environment", "hour", "version", "part", "value", "name", "kind",
                ],
                nulls_distinct=False, name="one_part_hour",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.value}: {self.name}, {self.hour:%Y-%m-%d %H}: {self.count}"


class Alarm(models.Model):
    """Tells people when a measure goes over its bound, or satisfaction under it. Of one prompt, or
    of every call in a namespace and below. It rings once, and is armed again when the measure is
    back inside."""

    namespace = models.ForeignKey(Namespace, on_delete=models.PROTECT, related_name="+")
    prompt = models.ForeignKey(Prompt, null=True, on_delete=models.PROTECT, related_name="+")
    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="+")
    measure = models.CharField(max_length=12, choices=Measure)
    subject = models.CharField(max_length=64, blank=True, default="")  # the name of a sampled check
    bound = models.FloatField()
    hours = models.PositiveSmallIntegerField()  # the last so many, this one included
    state = models.CharField(max_length=8, choices=AlarmState, default=AlarmState.ARMED)
    value = models.FloatField(null=True)  # what it rang at
    rang_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["namespace", "prompt", "environment", "measure", "subject", "hours"],
                condition=~models.Q(state=AlarmState.REMOVED), nulls_distinct=False,
                name="one_alarm_a_measure",
            ),
            models.CheckConstraint(
                condition=models.Q(hours__gte=1, hours__lte=168), name="alarm_looks_back_a_week"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.prompt or self.namespace}: {self.get_measure_display()}"


class LiveCheck(models.Model):
    """That a share of a prompt's live answers is judged by the checks of a suite, and by which
    model where a check names none. `share`: percent of the calls whose answers are kept."""

    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="+")
    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="+")
    suite = models.ForeignKey(Suite, on_delete=models.PROTECT, related_name="+")
    judge = models.CharField(max_length=200)
    share = models.PositiveSmallIntegerField()
    most_a_day = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=LiveState, default=LiveState.ON)
    set_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["prompt", "environment"], name="one_live_check_a_place"
            ),
            models.CheckConstraint(
                condition=models.Q(share__range=(1, 100), most_a_day__range=(1, 10_000)),
                name="live_check_within_bounds",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prompt}: {self.suite}"


class LiveWork(models.Model):
    """Where the judging of live answers stands: who works on it until when, when it was last looked
    for answers, and why it waits, in a sentence ("" where it does not)."""

    live = models.OneToOneField(LiveCheck, on_delete=models.PROTECT, related_name="work")
    busy_until = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    held = models.TextField(blank=True, default="")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.live}"


class LiveLook(models.Model):
    """A call that was judged: never again by the same setting. `unsaid`: name of a check → why it
    could not say anything; what it said is feedback on the call."""

    live = models.ForeignKey(LiveCheck, on_delete=models.PROTECT, related_name="looks")
    ident = models.CharField(max_length=128)
    day = models.DateField()
    unsaid = models.JSONField(default=dict)
    cost = models.DecimalField(max_digits=18, decimal_places=8, default=0)
    looked_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["live", "looked_at"], name="live_looks_of_a_day")]
        constraints = [
            models.UniqueConstraint(fields=["live", "ident", "day"], name="one_look_a_call")
        ]

    def __str__(self) -> str:
        return self.ident
