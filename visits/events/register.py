"""Who was there: one mark a person, walk-ins, and the register once it is closed."""

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts import audit
from programmes.models import ActionItem, Partnership
from programmes.services import actions
from visits.events.arranging import day_of
from visits.events.audience import audience
from visits.models import Attendance, Event, WrongState
from visits.used import used_otherwise


def is_open(event, today):
    """A register is kept from the day of the event on."""
    return event.is_planned and event.on <= today


def held(event):
    """The event, if its register may be kept; two who mark at once do so one after the other."""
    event = Event.objects.select_for_update(of=("self",)).select_related("programme", "area").get(pk=event.pk)
    if not is_open(event, timezone.localdate()):
        raise WrongState(f"event {event.pk} has no register")
    return event


@transaction.atomic
def mark(person, event, someone, present) -> Attendance:
    """The person was there or not. The state is given, not turned round: two taps say the same as one."""
    event = held(event)
    one = next((one for one in audience(event) if one.person == someone), None)
    if one is None:
        raise WrongState(f"event {event.pk} does not expect this person")
    row, _ = Attendance.objects.update_or_create(
        event=event,
        person=someone,
        defaults={"role": one.role, "school": one.school} | marked(person, present, event),
    )
    audit.record(person, "events.marked", row)
    after_correction(person, event, row)
    return row


def after_correction(person, event, row):
    """A register that is still open says nothing yet."""
    if event.register_closed_at:
        why = f"The register of {day_of(event)} was corrected."
        used_otherwise(person, partnerships_of(event.programme_id, row), why)


def partnerships_of(programme, row) -> set[int]:
    """Those in which this person teaches or has taught, and those of the school as one of whose staff they came."""
    rows = Partnership.objects.filter(programme=programme)
    own = Q(specialist__user=row.person) | Q(partner_teachers__user=row.person)
    own |= Q(past_specialists__specialist__user=row.person) | Q(partner_school=row.school)
    return set(rows.filter(own).values_list("pk", flat=True))


def marked(person, present, event):
    """A closed register knows only yes and no; in an open one a mark that is taken back leaves nothing."""
    if not present and event.register_closed_at is None:
        return {"present": None, "recorded_by": None, "recorded_at": None}
    return {"present": present, "recorded_by": person, "recorded_at": timezone.now()}


@transaction.atomic
def mark_guest(person, row, present):
    """As `mark`, for a guest; one who was not there after all leaves no row."""
    held(row.event)
    if present:
        Attendance.objects.filter(pk=row.pk).update(present=True, recorded_by=person, recorded_at=timezone.now())
    else:
        Attendance.objects.filter(pk=row.pk).delete()
    audit.record(person, "events.marked", row)


@transaction.atomic
def walk_in(person, event, known) -> Attendance:
    """Someone of the programme came without being expected, and is marked present."""
    event = held(event)
    row, _ = Attendance.objects.update_or_create(
        event=event,
        person=known.person,
        defaults={
            "walk_in": True,
            "role": known.role,
            "school": known.school,
            "present": True,
            "recorded_by": person,
            "recorded_at": timezone.now(),
        },
    )
    audit.record(person, "events.walk-in", row)
    after_correction(person, event, row)
    return row


@transaction.atomic
def guest(person, event, name, school) -> bool:
    """Someone from outside the programme is marked present; False when this guest was on the list already."""
    event = held(event)
    try:
        with transaction.atomic():
            row = Attendance.objects.create(
                event=event,
                guest_name=name,
                guest_school=school,
                walk_in=True,
                present=True,
                recorded_by=person,
                recorded_at=timezone.now(),
            )
    except IntegrityError:
        return False
    audit.record(person, "events.walk-in", row)
    return True


@transaction.atomic
def close_register(person, event) -> int | None:
    """Everyone expected who is not marked present was absent, and the list is fixed; how many were absent.

    None when someone else had closed it before.

    Marks can still be corrected. Whoever joins the programme from now on was not expected at this event.
    """
    event = held(event)
    if event.register_closed_at:
        return None
    now, absent = timezone.now(), [one for one in audience(event) if one.person and not one.present]
    Attendance.objects.bulk_create(
        [
            Attendance(
                event=event,
                person=one.person,
                role=one.role,
                school=one.school,
                present=False,
                recorded_by=person,
                recorded_at=now,
            )
            for one in absent
        ],
        update_conflicts=True,
        unique_fields=["event", "person"],
        update_fields=["role", "school", "present", "recorded_by", "recorded_at"],
    )
    Event.objects.filter(pk=event.pk).update(register_closed_at=now)
    audit.record(person, "events.register closed", event)
    everyone = Partnership.objects.filter(programme=event.programme_id).values_list("pk", flat=True)
    used_otherwise(person, everyone, f"The register of {day_of(event)} was closed.")
    return len(absent)


@transaction.atomic
def add_action(person, event, action) -> ActionItem:
    """Something that was agreed at the event: it stands in the programme's plan, and its owner finds it on Today."""
    action.programme = event.programme
    actions.keep_action(person, action)
    event.actions.add(action)
    return action
