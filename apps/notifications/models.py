from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from apps.environments.models import RuleChange
from apps.evaluations.models import RatingRequest
from apps.prompts.models import Prompt
from apps.reviews.models import Comment, Review, Suggestion, Thread
from apps.teams.models import AccessRequest, Namespace

PERSON = settings.AUTH_USER_MODEL


class InboxItem(models.Model):
    """Something that one person should know or do. `seq` is the audit entry that it came from; what
    comments say has no entry, so an item of theirs has the comment instead."""

    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="inbox")
    seq = models.BigIntegerField(null=True)
    comment = models.ForeignKey(Comment, null=True, on_delete=models.PROTECT, related_name="+")
    event = models.CharField(max_length=80)
    needs_action = models.BooleanField(default=False)
    # False: this person hears of it by e-mail alone, and the list does not show it.
    in_inbox = models.BooleanField(db_default=True, default=True)
    prompt = models.ForeignKey(Prompt, null=True, on_delete=models.PROTECT, related_name="+")
    review = models.ForeignKey(Review, null=True, on_delete=models.PROTECT, related_name="+")
    access_request = models.ForeignKey(
        AccessRequest, null=True, on_delete=models.PROTECT, related_name="+"
    )
    rule_change = models.ForeignKey(
        RuleChange, null=True, on_delete=models.PROTECT, related_name="+"
    )
    rating_request = models.ForeignKey(
        RatingRequest, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "seq"], name="one_item_an_event"),
            models.UniqueConstraint(
                fields=["person", "comment", "event"], name="one_item_a_comment"
            ),
            models.CheckConstraint(
                condition=models.Q(seq__isnull=False, comment=None)
                | models.Q(seq=None, comment__isnull=False),
                name="item_of_an_entry_or_a_comment",
            ),
        ]
        indexes = [models.Index(fields=["person", "done_at", "-id"], name="inbox_open")]

    def __str__(self) -> str:
        return f"{self.event} for {self.person}"


class ToldComment(models.Model):
    """This comment's readers have their items. What is not told is found by its absence, so no
    comment that commits late is passed over. `edited_at` is what the comment's was: who is named
    by a later edit is told, too."""

    comment = models.OneToOneField(Comment, on_delete=models.PROTECT, related_name="+")
    edited_at = models.DateTimeField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"Told: {self.comment_id}"


class ToldSuggestion(models.Model):
    """The writer of this suggestion knows that it came to `state`; as with comments."""

    suggestion = models.OneToOneField(Suggestion, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, default="")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"Told: {self.suggestion_id}"


class NoticeChoice(models.Model):
    """How one person wants to hear of one kind of event. No row: the default of that kind."""

    class Email(models.TextChoices):
        NONE = "none", "No e-mail"
        NOW = "now", "At once"
        DIGEST = "digest", "Daily digest"

    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="notice_choices")
    kind = models.CharField(max_length=40)
    inbox = models.BooleanField(default=True)
    email = models.CharField(max_length=6, choices=Email, default=Email.NONE)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="one_choice_a_kind")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.email}"


class Following(models.Model):
    """A person watches, or has muted, one prompt or everything in a namespace; or has muted one
    conversation. What names them after `at` still reaches who muted a conversation."""

    class Level(models.TextChoices):
        WATCH = "watch", "Watching"
        MUTE = "mute", "Muted"

    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="followings")
    prompt = models.ForeignKey(Prompt, null=True, on_delete=models.PROTECT, related_name="+")
    namespace = models.ForeignKey(Namespace, null=True, on_delete=models.PROTECT, related_name="+")
    thread = models.ForeignKey(Thread, null=True, on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=5, choices=Level)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["person", "prompt"], name="one_level_a_prompt"),
            models.UniqueConstraint(fields=["person", "namespace"], name="one_level_a_namespace"),
            models.UniqueConstraint(fields=["person", "thread"], name="one_level_a_thread"),
            models.CheckConstraint(
                condition=models.Q(prompt=None, namespace__isnull=False, thread=None)
                | models.Q(prompt__isnull=False, namespace=None, thread=None)
                | models.Q(prompt=None, namespace=None, thread__isnull=False, level="mute"),
                name="following_of_one_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level}: {self.prompt or self.namespace or self.thread}"


class Letter(models.Model):
    """One e-mail to one person: the truth of the sending. `items` are what it tells of.

    It waits until it is sent, dropped (nothing in it was worth telling any more) or parked (the
    server refused it for good: an admin reads why). `problem` is the last one, also while it waits.
    """

    class Kind(models.TextChoices):
        NOW = "now", "At once"
        DIGEST = "digest", "Daily digest"

    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=6, choices=Kind)
    items = models.ManyToManyField(InboxItem, related_name="letters")
    due_at = models.DateTimeField(db_default=Now())
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(sent_at=None), name="letters_to_send"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(kind="digest", sent_at=None, dropped_at=None, parked_at=None),
                name="one_open_digest_a_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.person}"
