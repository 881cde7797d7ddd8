"""A list on its way from being sent to being taken, and a pupil who is added by hand."""

import datetime as dt
import hashlib
import hmac
import json
import re

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts import audit
from programmes.models import Partnership, Programme
from programmes.models.partnerships import OPEN_TO_VISITS
from pupils.choosing import lines
from pupils.choosing.checking import Known, check, pupil_of
from pupils.choosing.reading import cut
from pupils.models import Place, PlaceChange, PupilList, TargetPupil
from pupils.returns.counting import count_returns

TAKES_OVER = "Takes over from "
WAITS_FOR = dt.timedelta(days=7)
REF = re.compile(r"([A-Za-z]{0,3})(\d+)", re.ASCII)
State, What = PupilList.State, PlaceChange.What


class NotNow(Exception):
    """A sentence: what was in the way. Nothing was changed."""


def why_closed(partnership: Partnership) -> str:
    """Why nobody can become a target pupil of this partnership at present, or ""."""
    if partnership.programme.status == Programme.Status.CLOSED:
        return "The programme is closed: its results stand, so no pupil is added any more."
    return {
        Partnership.Status.PAUSED: "The partnership is paused: target pupils are chosen when it goes on. "
        "The coordinator sets it going again.",
        Partnership.Status.FOLDED: "The partnership has folded, so no pupil is added any more.",
        Partnership.Status.COMPLETED: "The partnership is completed, so no pupil is added any more.",
    }.get(partnership.status, "")


def where_to_choose(partnerships) -> dict:
    """Of these partnerships (a queryset) the keys of those that take pupils, and the running ones that have none."""
    rows = partnerships.open_to_entries().exclude(status=Partnership.Status.COMPLETED).select_related("partner_school")
    rows = list(rows.annotate(has_pupils=Exists(Place.objects.filter(partnership=OuterRef("pk")))).order_by("ref"))
    return {
        "may_choose": {row.pk for row in rows},
        "without": [row for row in rows if not row.has_pupils and row.status in OPEN_TO_VISITS],
    }


def digest_of(content: dict) -> bytes:
    """The same for the same list, whatever was corrected in it since; it cannot be worked out without the key."""
    rows = [[row["n"], row["cells"]] for row in content["rows"]]
    said = json.dumps([content["columns"], rows]).encode()
    return hmac.digest(settings.UPN_INDEX_KEY.encode(), said, hashlib.sha256)


@transaction.atomic
def keep_list(person, partnership: Partnership, content: dict, *, pasted: bool) -> PupilList:
    """The list waits to be looked at. One that waits already is that one."""
    content = as_kept(partnership, content)
    Partnership.objects.select_for_update(no_key=True).get(pk=partnership.pk)
    digest = digest_of(content)
    if waiting := partnership.pupil_lists.waiting().filter(digest=digest).first():
        return waiting
    kept = PupilList.objects.create(
        partnership=partnership, sent_by=person, pasted=pasted, digest=digest, content=content
    )
    audit.record(person, "pupils.sent", kept)
    return kept


def read_before(waiting: PupilList) -> PupilList | None:
    """The last time that the same list of the partnership was taken."""
    earlier = waiting.partnership.pupil_lists.filter(digest=bytes(waiting.digest), state=State.TAKEN)
    return earlier.exclude(pk=waiting.pk).select_related("ended_by").first()


def as_kept(partnership: Partnership, content: dict) -> dict:
    """The content cut to initials where the programme keeps no more, which it may have said a moment ago."""
    programme = Programme.objects.select_for_update(of=["self"], no_key=True).get(pk=partnership.programme_id)
    return cut(content) if programme.initials_only else content


@transaction.atomic
def cut_lists(programme: Programme):
    """In the lists of a programme that has gone over to initials no name waits either."""
    for waiting in PupilList.objects.waiting().filter(partnership__programme=programme):
        content = cut(waiting.content)
        PupilList.objects.waiting().filter(pk=waiting.pk).update(content=content, digest=digest_of(content))


@transaction.atomic
def keep_content(waiting: PupilList, content: dict) -> bool:
    """What was corrected is kept, unless the list was taken or set aside meanwhile."""
    content = as_kept(waiting.partnership, content)
    rows = PupilList.objects.waiting().filter(pk=waiting.pk)
    waiting.content = content
    return bool(rows.update(content=content))


@transaction.atomic
def take(person, waiting: PupilList, most=None) -> PupilList:
    """The lines that are right become target pupils, all of them or none. NotNow where something is wrong."""
    partnership = locked(waiting.partnership)
    row = PupilList.objects.select_for_update().get(pk=waiting.pk)
    if not row.waits:
        raise NotNow(f"This list was {row.get_state_display().lower()} already: nothing of it is added twice.")
    if partnership.programme.initials_only:
        row.content = cut(row.content)
    checked = check(row.content, partnership, *([] if most is None else [most]))
    if checked.wrong:
        raise NotNow("Some cells are to be mended first: they are marked below.")
    if checked.has_no_room:
        raise NotNow(f"With these there would be {checked.together} target pupils: leave some of the rows out.")
    if checked.joined.lacks:
        raise NotNow(checked.joined.lacks)
    if not checked.added:
        raise NotNow("No pupil would be added: every row is left out or is a target pupil already.")
    try:
        with transaction.atomic():
            places = place_all(person, partnership, checked.added)
    except IntegrityError:
        raise NotNow("Somebody changed a pupil of this programme at the same moment. Look at the rows again.") from None
    row.added = sum(line.is_known == "" for line in checked.added)
    row.second_places = len(places) - row.added
    row.places = places
    end(row, person, State.TAKEN)
    return row


def place_all(person, partnership, lines) -> list[Place]:
    new = [line for line in lines if not line.is_known]
    refs = next_refs(partnership.programme, len(new))
    pupils = TargetPupil.objects.bulk_create(
        [pupil_of(line, partnership.programme, ref) for line, ref in zip(new, refs, strict=True)]
    )
    whose = {id(line): pupil for line, pupil in zip(new, pupils, strict=True)}
    whose |= {id(line): line.found for line in lines if line.found}
    return begin_places(
        person,
        partnership,
        [(whose[id(line)], line.values["class_name"], line.values["since"]) for line in lines],
    )


def begin_places(person, partnership, given, reason="") -> list[Place]:
    """Places for (pupil, class, first day or None) each, with all that follows from them."""
    places = Place.objects.bulk_create(
        Place(pupil=pupil, partnership=partnership, class_name=class_name, since=since)
        for pupil, class_name, since in given
    )
    today = timezone.localdate()
    PlaceChange.objects.bulk_create(
        PlaceChange(pupil=place.pupil, place=place, what=What.CHOSEN, on=place.since or today, by=person, reason=reason)
        for place in places
    )
    audit.record_all(person, "pupils.chosen", [(place, "") for place in places])
    count_returns(partnership.programme, Partnership.objects.filter(pk=partnership.pk))
    return places


def locked(partnership) -> Partnership:
    """The partnership, with nobody else adding pupils to its programme meanwhile. NotNow where none may be added."""
    Programme.objects.select_for_update(of=["self"], no_key=True).get(pk=partnership.programme_id)
    row = Partnership.objects.select_related("programme", "specialist__user").get(pk=partnership.pk)
    if why := why_closed(row):
        raise NotNow(why)
    return row


def next_refs(programme: Programme, number: int) -> list[str]:
    """References that go on where those of the programme end: after C068 comes C069."""
    highest, letters, width = 0, "C", 3
    for ref in programme.pupils.values_list("ref", flat=True):
        if (found := REF.fullmatch(ref)) and int(found[2]) > highest:
            highest, letters, width = int(found[2]), found[1] or "C", len(found[2])
    return [f"{letters}{n:0{width}}" for n in range(highest + 1, highest + 1 + number)]


@transaction.atomic
def set_aside(person, waiting: PupilList) -> bool:
    """The list is forgotten and nothing of it is written. False when it was taken or set aside before."""
    row = PupilList.objects.select_for_update().get(pk=waiting.pk)
    if not row.waits:
        return False
    end(row, person, State.SET_ASIDE)
    return True


def end(row, person, state):
    row.state, row.ended_by, row.ended_at, row.content = state, person, timezone.now(), None
    row.save()
    audit.record(person, f"pupils.list_{state.value.replace(' ', '_')}", row)


def forget_lists(now=None) -> int:
    """Of lists that waited for a week nothing is kept but that they were there."""
    now = now or timezone.now()
    old = PupilList.objects.waiting().filter(sent_at__lt=now - WAITS_FOR)
    return old.update(state=State.FORGOTTEN, ended_at=now, content=None)


@transaction.atomic
def add(
    person, partnership: Partnership, pupil: TargetPupil, class_name="", since=None, *, line, follows=None
) -> Place:
    """One pupil by hand: new, or known to the programme and so with a second place, as `line` was found to be.

    NotNow where somebody has added or changed the pupil since.
    """
    partnership = locked(partnership)
    again = lines.Line(line.number, {}, values=line.values, chosen=line.chosen)
    Known(partnership).recognise(again)
    if again.wrong or (again.is_known, again.found) != (line.is_known, line.found):
        raise NotNow("Somebody changed the target pupils at the same moment. Look at them, and then try again.")
    if pupil.pk is None:
        (pupil.ref,) = next_refs(partnership.programme, 1)
        pupil.programme = partnership.programme
        pupil.cut_names()
        pupil.save(force_insert=True)
    reason = takes_over_from(follows) if follows else ""
    return begin_places(person, partnership, [(pupil, class_name, since)], reason)[0]


def takes_over_from(place: Place) -> str:
    """What the history of the successor says, by the reference: it also finds the successor."""
    return f"{TAKES_OVER}{place.pupil.ref}"
