from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Now

from apps.core.history import History
from apps.llm.states import ConnectionKind, ModelUse, Standing
from apps.teams.models import Namespace, Team


class Connection(models.Model):
    """A provider of models. `secret` is encrypted (secrets.py); people only see its last letters.

    `allow_private`: an installation admin allowed that it lies inside the network.
    """

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=10, choices=ConnectionKind)
    base_url = models.CharField(max_length=300, blank=True, default="")  # "": the provider's own
    secret = models.BinaryField(default=b"")
    secret_key_id = models.CharField(max_length=16, blank=True, default="")
    secret_last4 = models.CharField(max_length=4, blank=True, default="")
    allow_private = models.BooleanField(default=False)
    max_parallel = models.PositiveSmallIntegerField(default=8)
    timeout_s = models.PositiveSmallIntegerField(default=60)
    state = models.CharField(max_length=8, choices=Standing, default=Standing.ACTIVE)
    created_at = models.DateTimeField(db_default=Now())
    history = History(excluded_fields=["secret"])

    class Meta:
        default_permissions = ()
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ConnectedModel(models.Model):
    """A model as prompts name it. Prices are US dollars for a million tokens; none: by the list."""

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="models")
    name = models.CharField(max_length=200, unique=True)
    remote_name = models.CharField(max_length=200)
    use = models.CharField(max_length=10, choices=ModelUse, default=ModelUse.CHAT)
    input_price = models.DecimalField(
        max_digits=12, decimal_places=6, null=True, validators=[MinValueValidator(0)]
    )
    output_price = models.DecimalField(
        max_digits=12, decimal_places=6, null=True, validators=[MinValueValidator(0)]
    )
    state = models.CharField(max_length=8, choices=Standing, default=Standing.ACTIVE)
    history = History()

    class Meta:
        default_permissions = ()
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(input_price=None, output_price=None)
                | models.Q(input_price__gte=0, output_price__gte=0),
                name="both_prices_or_none",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ModelPermit(models.Model):
    """A model that prompts of a namespace may use. The nearest namespace with permits holds; none
    on the whole path: every model is allowed."""

    namespace = models.ForeignKey(Namespace, on_delete=models.PROTECT, related_name="permits")
    model = models.ForeignKey(ConnectedModel, on_delete=models.PROTECT, related_name="permits")
    history = History()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["namespace", "model"], name="one_permit_a_model")
        ]

    def __str__(self) -> str:
        return f"{self.model} in {self.namespace}"


class Budget(models.Model):
    """What the runs of a team may cost in a calendar month (UTC), in US dollars. None: no limit."""

    team = models.OneToOneField(Team, on_delete=models.PROTECT, related_name="budget")
    month_limit = models.DecimalField(
        max_digits=12, decimal_places=2, validators=[MinValueValidator(0)]
    )
    history = History()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(month_limit__gte=0), name="budget_not_below_nothing"
            )
        ]

    def __str__(self) -> str:
        return f"{self.team}: {self.month_limit}"


class Reservation(models.Model):
    """Money set aside before models are asked. It counts in the month in which it was made: with
    `amount` until it is settled, from then on with what was really spent."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="reservations")
    amount = models.DecimalField(max_digits=18, decimal_places=8)
    settled_amount = models.DecimalField(max_digits=18, decimal_places=8, null=True)
    purpose = models.CharField(max_length=40)
    run_ref = models.CharField(max_length=80, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())
    settled_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["team", "created_at"], name="reservation_month"),
            models.Index(
                fields=["created_at"],
                condition=models.Q(settled_at=None),
                name="reservation_open",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__gte=0)
                & (models.Q(settled_amount=None) | models.Q(settled_amount__gte=0)),
                name="reservation_not_below_nothing",
            ),
            models.CheckConstraint(
                condition=models.Q(settled_amount=None, settled_at=None)
                | models.Q(settled_amount__isnull=False, settled_at__isnull=False),
                name="reservation_settled_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} for {self.purpose}"
