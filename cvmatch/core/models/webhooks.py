"""Who is told of what has happened, at which address, and how each telling went."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cvmatch.core.models.stages import Staged, StagedQuerySet, Status

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
# The last of so many attempts is about 20 hours after the first.
MOST_ATTEMPTS = 12


class WebhookEvent(models.TextChoices):
    """What a webhook can be told of."""

    MATCH_READY = "match.ready", _("A list of matches is ready")
    ALERT_MATCHES = "alert.matches", _("Something new came in for an alert")
    CV_READ = "cv.read", _("A CV has been read")
    CV_FAILED = "cv.failed", _("A CV could not be read")


# What only a test sends; nobody has to ask for it.
TEST_EVENT = "webhook.test"


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def listening(self, event: WebhookEvent) -> Self:
        return self.filter(is_active=True, events__contains=[event], user__is_active=True)


class Webhook(models.Model):
    """One address that is told of events about what its user may see.

    ``off_reason`` says why it was switched off where that was not its user's doing.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="webhooks")
    url = models.CharField(max_length=500)
    events = ArrayField(models.CharField(max_length=20, choices=WebhookEvent))
    secret = models.TextField(help_text="Sealed; what deliveries are signed with.")
    is_active = models.BooleanField(default=True)
    failing_since = models.DateTimeField(null=True, blank=True, help_text="The first failure since the last success.")
    off_reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WebhookQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Webhook {self.pk}"


class WebhookDeliveryQuerySet(StagedQuerySet["WebhookDelivery"]):
    def claimable(self) -> Self:
        """Failed ones too, once their wait is over: the hourly round of retries would be late for the first minutes."""
        now = timezone.now()
        lapsed = Q(status=Status.PROCESSING, lease_until__lt=now)
        return self.filter(Q(status=Status.PENDING) | lapsed | Q(status=Status.FAILED, retry_at__lte=now))


class WebhookDelivery(Staged):
    """One event on its way to one webhook (see :class:`Staged`); how the last attempt went stays with it.

    ``message_id`` is the same at every attempt: whoever gets an event twice knows it by that.
    """

    stages: ClassVar[tuple[str, ...]] = ("deliver_webhooks",)

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    message_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    event = models.CharField(max_length=20)
    payload_json = models.JSONField(help_text="Ids and addresses only.")
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    response_status = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Empty where there was none.")
    latency_ms = models.PositiveIntegerField(null=True, blank=True)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "webhook deliveries"
        indexes = Staged.stage_indexes("core_delivery")

    def __str__(self) -> str:
        return f"{self.event} {self.message_id}"

    @property
    def most_attempts(self) -> int:
        return MOST_ATTEMPTS

    def next_retry(self) -> datetime:
        wait: timedelta = min(LONGEST_WAIT, FIRST_WAIT * 2 ** max(self.attempts - 1, 0))
        return timezone.now() + wait
