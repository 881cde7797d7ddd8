"""A secret address is made, read and revoked. Only a hash of the secret is kept."""

import datetime as dt
import hashlib
import secrets

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts import audit
from visits.models import CalendarFeed

READ_NOTED_EVERY = dt.timedelta(hours=1)


def hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def make_feed(person, school=None) -> tuple[CalendarFeed, str]:
    """A new address for the person's own calendar or for the school's, and its secret; the one before is revoked."""
    secret = secrets.token_urlsafe(32)
    whose = {"school": school} if school else {"person": person}
    try:
        return made(person, whose, secret), secret
    except IntegrityError:  # two clicks at once: the later address counts
        return made(person, whose, secret), secret


@transaction.atomic
def made(person, whose, secret):
    CalendarFeed.objects.filter(**whose, revoked_at=None).update(revoked_at=timezone.now())
    feed = CalendarFeed.objects.create(**whose, secret_hash=hashed(secret), made_by=person)
    audit.record(person, "calendars.address made", feed)
    return feed


def revoke(person, feed) -> bool:
    """The address gives nothing any more; False when it did not before."""
    revoked = CalendarFeed.objects.filter(pk=feed.pk, revoked_at=None).update(revoked_at=timezone.now())
    if revoked:
        audit.record(person, "calendars.address revoked", feed)
    return bool(revoked)


def feed_behind(secret: str) -> CalendarFeed | None:
    """The address that is in force; it ends with the account, and a school's with the role of whoever made it."""
    rows = CalendarFeed.objects.filter(secret_hash=hashed(secret), revoked_at=None)
    feed = rows.select_related("person", "school", "made_by").first()
    if feed is None or not feed.made_by.is_active:
        return None
    places = {m.school_id for m in feed.made_by.memberships_granting("cover.view")}
    return feed if feed.school_id is None or feed.school_id in places else None


def note_reading(feed):
    """When it was read last, to the hour: whoever made it sees whether it is in use."""
    now = timezone.now()
    rows = CalendarFeed.objects.filter(pk=feed.pk)
    rows.filter(Q(read_at=None) | Q(read_at__lt=now - READ_NOTED_EVERY)).update(read_at=now)


def may_have_own(person) -> bool:
    """Whether visits or events can be the person's own: an office has neither."""
    return person.may("events.view")


def schools_of(person):
    """The schools for whose cover the person cares."""
    return list(dict.fromkeys(m.school for m in person.memberships_granting("cover.view")))


def feeds_of(person):
    return CalendarFeed.objects.filter(
        Q(person=person) | Q(school__in=[school.pk for school in schools_of(person)]), revoked_at=None
    )
