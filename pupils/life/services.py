"""Each step of a place leaves a change with its day and reason; the counts of the returns follow from its days."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import audit
from papers.templatetags.plain import listed, year_words
from programmes.models import Partnership, Programme
from pupils.choosing.joining import waiting_again, what_waits
from pupils.choosing.services import NotNow, begin_places, takes_over_from, why_closed
from pupils.models import FormerDetails, Place, PlaceChange, TargetPupil
from pupils.models.places import PupilDetails
from pupils.returns.counting import count_returns

What, Ended = PlaceChange.What, Place.Ended
DAY = dt.timedelta(days=1)
FROM_ELSEWHERE = "Moved from another partner school"
GONE = {Ended.LEFT, Ended.MOVED}  # from the school


def why_fixed(partnership: Partnership) -> str:
    """Why nothing of its places changes at present, or ""."""
    return "" if partnership.is_open_to_entries else why_closed(partnership)


@transaction.atomic
def end_place(person, place: Place, *, because, last_on, reason="") -> Place:
    """The place is held for the last time on `last_on`: from the day after no grade is asked for.

    Who has gone from the school has gone from each place there: `place.ended_too` are the others that end with it.
    """
    place = locked(place)
    if place.until:
        raise NotNow("Somebody ended this place before. Look at what stands on the page of the pupil.")
    begun = Q(since=None) | Q(since__lte=last_on + DAY)
    place.ended_too = list(others_there(place).filter(begun)) if because in GONE else []
    for one in [place, *place.ended_too]:
        one.until, one.ended_because = last_on + DAY, because
        one.save(update_fields=["until", "ended_because"])
        note(person, one, What.ENDED, one.until, after=Ended(because).label, reason=reason)
        follow(person, one, "pupils.place_ended")
    return place


def others_there(place: Place):
    """Places of the pupil at the same school that go on, and of which something may be changed."""
    rows = Place.objects.filter(pupil=place.pupil_id, until=None).exclude(pk=place.pk)
    rows = rows.filter(partnership__in=Partnership.objects.open_to_entries())
    rows = rows.filter(partnership__partner_school=place.partnership.partner_school_id)
    return rows.select_related("pupil", "partnership__programme").order_by("partnership__ref")


@transaction.atomic
def take_back(person, place: Place, reason="") -> Place:
    """The place goes on as if it had never ended: grades are asked for again."""
    place = locked(place)
    if why := why_not_back(place):
        raise NotNow(why)
    note(person, place, What.BACK, timezone.localdate(), before=place.get_ended_because_display(), reason=reason)
    FormerDetails.objects.filter(place=place).delete()
    place.until, place.ended_because = None, ""
    place.save(update_fields=["until", "ended_because"])
    follow(person, place, "pupils.place_taken_back")
    return place


def why_not_back(place: Place) -> str:
    """Why a place does not go on after all, or ""."""
    if not place.until:
        return "This place goes on already."
    if twice_in_subject(place.pupil, place.partnership, timezone.localdate(), place):
        return f"The pupil has a place in {place.partnership.subject} elsewhere by now."
    return ""


@transaction.atomic
def change_place(person, place: Place, *, class_name, since, on, year_group=None, reason="") -> Place:
    """Class, year group and first day as they are from `on`; what they were stays in the history.

    The year group of somebody who has gone to another school is not changed here any more.
    """
    place = locked(place)
    if since and place.until and since > place.last_on:
        raise NotNow(f"The place ended on {place.last_on:%-d %B %Y} meanwhile: the first day cannot be after that.")
    pupil = place.pupil
    if class_name != place.class_name:
        note(person, place, What.CLASS, on, before=place.class_name, after=class_name, reason=reason)
        place.class_name = class_name
    if year_group not in {None, pupil.year_group} and not place.is_gone:
        note(
            person,
            place,
            What.YEAR,
            on,
            before=year_words(pupil.year_group),
            after=year_words(year_group),
            reason=reason,
        )
        pupil.year_group = year_group
        pupil.save(update_fields=["year_group"])
    if since != place.since:
        before, after = (f"{day:%-d %B %Y}" if day else "The beginning" for day in (place.since, since))
        note(person, place, What.SINCE, on, before=before, after=after, reason=reason)
        place.since = since
    place.save(update_fields=["class_name", "since"])
    follow(person, place, "pupils.place_changed")
    return place


@transaction.atomic
def take_over(person, partnership: Partnership, pupil: TargetPupil, since, reason="") -> Place:
    """A pupil who has moved from another partner school of the programme has a place here from `since` on."""
    Programme.objects.select_for_update(of=["self"], no_key=True).get(pk=partnership.programme_id)
    partnership = Partnership.objects.select_related("programme").get(pk=partnership.pk)
    if why := why_closed(partnership):
        raise NotNow(why)
    if pupil.pk not in moved(partnership.programme).values_list("pk", flat=True):
        raise NotNow("This pupil has not been marked as moved, or was taken over already.")
    if why := why_not_taken_over(pupil, partnership, since):
        raise NotNow(why)
    keep_former(pupil, partnership)
    return begin_places(person, partnership, [(pupil, "", since)], ": ".join(filter(None, (FROM_ELSEWHERE, reason))))[0]


def why_not_taken_over(pupil: TargetPupil, partnership: Partnership, since) -> str:
    """What is in the way of a place there from this day on, of a pupil who has moved; "" where nothing is."""
    if partnership.is_not_agreed:
        return "The partnership is not agreed yet: a pupil of another school is taken over once it is."
    if pupil.places.filter(partnership=partnership).exists():
        return "The pupil had a place in this partnership before: take its ending back on the page of the pupil."
    began, last = since or partnership.programme.starts_on, last_elsewhere(pupil)
    if last and began <= last:
        return f"The pupil is at the other school until {last:%-d %B %Y}: give a later day."
    if twice_in_subject(pupil, partnership, began):
        return f"The pupil has a place in {partnership.subject} already."
    return ""


def last_elsewhere(pupil: TargetPupil):
    """The last day at the schools from which the pupil has moved."""
    return max((place.last_on for place in pupil.places.filter(ended_because=Ended.MOVED)), default=None)


def after_take_over(partnership: Partnership, since, pupil: TargetPupil) -> list[str]:
    """What follows from a place there since this day, as sentences that say no more of the pupil than the year."""
    where = f"{partnership.label} at {partnership.partner_school}"
    people = listed([partnership.specialist.user, *partnership.current_partner_teachers])
    points = list(partnership.programme.data_points.all())
    asked = [point for point in points if since is None or point.due_on >= since]
    before = [point for point in points if point not in asked]
    years = [year_words(one.year_group) for one in (pupil, partnership)]
    other = f"Is it the right partnership? The pupil is in {years[0]}, and it is for {years[1]}."
    return [
        *([other] if years[0] != years[1] else []),
        f"The teachers of {where} ({people}) and the head of that school see the name and details of the pupil from "
        "now on. The school before keeps what it knows today.",
        f"Grades are asked for from then on: {dated(asked)}." if asked else "No more grade is asked for this year.",
        *([f"No grade is asked for before: {dated(before)}."] if before else []),
        *filter(None, [what_waits(waiting_again(partnership, since), "the pupil")]),
        "The place before stays with its grades. In the results each place counts for itself, where it has both the "
        "first and the last grade.",
        "Nobody is told by email: tell the teachers.",
    ]


def dated(points) -> str:
    return listed([f"{point} ({point.due_on:%-d %B %Y})" for point in points])


def keep_former(pupil: TargetPupil, partnership: Partnership):
    """The schools where the pupil was keep what they know now, and no more."""
    pupil = TargetPupil.objects.select_for_update(of=["self"], no_key=True).get(pk=pupil.pk)
    names = [field.name for field in PupilDetails._meta.fields]
    details = {name: getattr(pupil, name) for name in names}
    before = pupil.places.exclude(partnership__partner_school=partnership.partner_school_id)
    for place in before.filter(Place.gone_by(), former=None):
        FormerDetails.objects.create(place=place, **details)


def successor(place: Place) -> Place | None:
    """Who took the place over, where it ended because another pupil takes it."""
    took = PlaceChange.objects.filter(
        place__partnership=place.partnership_id, what=What.CHOSEN, reason=takes_over_from(place)
    )
    found = took.exclude(place=place).select_related("place__pupil").order_by("-pk").first()
    return found and found.place


def untaken(places) -> list[Place]:
    """Of places of one partnership those that another pupil takes, where nobody has said who."""
    gaps = [place for place in places if place.ended_because == Place.Ended.REPLACED]
    if not gaps:
        return []
    took = PlaceChange.objects.filter(place__partnership=gaps[0].partnership_id, what=What.CHOSEN)
    taken = set(took.values_list("reason", flat=True))
    return [place for place in gaps if takes_over_from(place) not in taken]


def after_back(place: Place) -> str:
    """What follows where the place goes on: whose place was taken meanwhile, and which submitted grades lack one."""
    said = [what_waits(waiting_again(place.partnership, place.since, place), place.pupil.full_name)]
    if taker := successor(place):
        name = taker.pupil.full_name
        said.insert(0, f"{name} has taken over this place. {name} stays a target pupil too, unless you end that place.")
    return " ".join(filter(None, said))


def after_change(place: Place) -> str:
    """Which submitted grades the place has been spared so far by its first day."""
    if place.until or not place.since:
        return ""
    rows = [row for row in waiting_again(place.partnership, None, place) if row.data_point.due_on < place.since]
    if not rows:
        return ""
    return (
        f"The grades of {dated(row.data_point for row in rows)} are submitted. Those whose day is not before a new "
        f"first day wait for a grade of {place.pupil.full_name} again, and are incomplete until a teacher enters it."
    )


def moved(*programmes: Programme):
    """Pupils whose last place ended because they moved, and who have none at present."""
    going = Place.objects.filter(partnership__programme__in=programmes, until=None)
    gone = Place.objects.filter(partnership__programme__in=programmes, ended_because=Ended.MOVED)
    rows = TargetPupil.objects.filter(programme__in=programmes, pk__in=gone.values("pupil"))
    return rows.exclude(pk__in=going.values("pupil")).order_by("ref")


def twice_in_subject(pupil, partnership, since, place=None):
    """Whether the pupil has, from that day on, a place in the same subject elsewhere."""
    others = pupil.places.filter(partnership__subject__iexact=partnership.subject).exclude(pk=place and place.pk)
    return any(other.until is None or other.until > since for other in others)


def hold(place: Place):
    """Nobody else changes the place, or the year group of its pupil, until the transaction ends."""
    of_pupil = Place.objects.filter(pupil=place.pupil_id).values("partnership")
    rows = Partnership.objects.filter(pk__in=of_pupil).order_by("pk")
    list(rows.select_for_update(of=["self"], no_key=True))  # a pupil who has left ends all of their places
    TargetPupil.objects.select_for_update(of=["self"], no_key=True).get(pk=place.pupil_id)


def locked(place: Place) -> Place:
    """The place with nobody else changing it meanwhile. NotNow where nothing may be changed."""
    hold(place)
    rows = Place.objects.select_for_update(of=["self"], no_key=True)
    row = rows.select_related("pupil", "partnership__programme").get(pk=place.pk)
    if why := why_fixed(row.partnership):
        raise NotNow(why)
    return row


def note(person, place, what, on, *, before="", after="", reason=""):
    PlaceChange.objects.create(
        pupil=place.pupil, place=place, what=what, on=on, before=before, after=after, reason=reason, by=person
    )


def follow(person, place, did):
    audit.record(person, did, place)
    count_returns(place.partnership.programme, Partnership.objects.filter(pk=place.partnership_id))


def open_to_entries(places):
    """Keys of those of these places (a queryset) of which something may be changed at present."""
    return places.filter(partnership__in=Partnership.objects.open_to_entries()).values_list("pk", flat=True)


def history(places):
    """What happened to these places, the first thing first."""
    return PlaceChange.objects.filter(place__in=places).select_related("by", "place__partnership")
