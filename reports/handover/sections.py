"""What the hand-over pack says, in sections: a part that is built later brings its own.

Each section is plain values for a reader: what that person may not see is not in them.
"""

from dataclasses import dataclass

from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Role
from programmes.models import ActionItem, Agreement, Partnership, TimetableStep
from programmes.services.agreements import signers_of
from programmes.services.history import history_of
from pupils.models import Place
from pupils.services import show_grades
from visits.models import Visit

PEOPLE = [
    "partner_teachers__user",
    "partner_teachers__ended_by",
    "past_specialists__specialist__user",
    "past_specialists__specialist__home_school",
    "past_specialists__ended_by",
    "steps__by",
    "acceptances__by",
    "acceptances__school",
    "acceptances__taken_back_by",
]


@dataclass(frozen=True)
class Section:
    """One part of the pack. `figures` gives its values for (partnership, reader, today), or None to leave it out."""

    title: str
    template: str
    figures: object


def handover(partnership, reader) -> dict:
    """The pack as plain values, as this reader may see it today."""
    today = timezone.localdate()
    partnership = Partnership.objects.with_people().prefetch_related(*PEOPLE).get(pk=partnership.pk)
    partnership.names_pupils = names_pupils(partnership, reader)  # for the section of the pupils
    made = [
        (section, found) for section in SECTIONS if (found := section.figures(partnership, reader, today)) is not None
    ]
    return {
        "title": f"{partnership.label}, {partnership.partner_school}",
        "programme": partnership.programme.title,
        "status": partnership.get_status_display(),
        "is_paused": partnership.is_paused,
        "today": today,
        "names_pupils": partnership.names_pupils,
        "sections": [{"title": section.title, "template": section.template, "v": found} for section, found in made],
    }


def names_pupils(partnership, reader) -> bool:
    """Pupils stand by name for the partnership's own teachers; for everyone else by reference and initials."""
    return Partnership.objects.allowed(reader, "pupils.edit").filter(pk=partnership.pk).exists()


def people(partnership, reader, today):
    """Who is in it and who was, with the schools and how to reach them."""
    rows = [person_row("Specialist teacher", partnership.specialist.user, partnership.specialist.home_school)]
    rows += [
        person_row("Partner teacher", someone, partnership.partner_school)
        for someone in partnership.current_partner_teachers
    ]
    organisation = partnership.programme.organisation
    schools = {school.pk: school for school in (partnership.specialist.home_school, partnership.partner_school)}
    live = Membership.objects.live().filter(organisation=organisation).select_related("user")
    heads = list(live.filter(role=Role.HEADTEACHER, school__in=schools).order_by("school", "deputy", "pk"))
    rows += [person_row(m.role_label, m.user, schools[m.school_id]) for m in heads]
    known = {m.school_id for m in heads}
    rows += [
        {"role": "Headteacher", "name": school.head_name or "Not known", "school": school.name, "email": ""}
        for pk, school in schools.items()
        if pk not in known
    ]
    area = partnership.area
    consultants = [row.user for row in area.consultants.select_related("user")] if area else []
    rows += [person_row("Area consultant", someone, None) for someone in consultants]
    rows += [
        person_row("Coordinator", m.user, None) for m in live.filter(role=Role.COORDINATOR).order_by("starts_on", "pk")
    ]
    return {
        "people": rows + past_people(partnership),
        "schools": [{"name": school.name, "address": address(school)} for school in schools.values()],
    }


def person_row(role, user, school):
    return {"role": role, "name": str(user), "school": school.name if school else "", "email": user.email}


def address(school):
    return ", ".join(part for part in (school.street, f"{school.town} {school.postcode}".strip()) if part)


def past_people(partnership):
    rows = [
        person_row(f"Specialist teacher {span(row)}", row.specialist.user, row.specialist.home_school)
        for row in partnership.past_specialists.all()
    ]
    return rows + [
        person_row(f"Partner teacher {span(row)}", row.user, partnership.partner_school)
        for row in partnership.partner_teachers.all()
        if row.until
    ]


def span(row):
    return f"until {row.until:%-d %B %Y}"


def history(partnership, reader, today):
    events = history_of(partnership)
    return {"events": [event | {"by": str(event["by"]) if event["by"] else ""} for event in events]}


def visits_so_far(partnership, reader, today):
    past = partnership.visits.standing().filter(on__lte=today).select_related("host").prefetch_related("people")
    past = [visit for visit in past if visit.on < today or not visit.is_planned]
    return {
        "visits": [visit_row(visit) | {"took_place": not visit.is_planned} for visit in past],
        "took_place": sum(not visit.is_planned for visit in past),
    }


def visit_row(visit):
    return {
        "on": visit.on,
        "half": visit.get_half_display(),
        "kind": visit.get_kind_display(),
        "host": visit.host.name,
        "people": [str(someone) for someone in visit.people.all()],
    }


def next_dates(partnership, reader, today):
    """Visits that are booked, grades that are due, and steps of the timetable that have no half-day yet."""
    booked = list(
        partnership.visits.filter(status=Visit.Status.PLANNED, on__gte=today)
        .select_related("host")
        .prefetch_related("people")
    )
    waiting = set(partnership.visits.waiting_for_a_successor(today).values_list("pk", flat=True))
    dates = [
        {
            "on": visit.on,
            "when": visit.get_half_display(),
            "what": f"{visit.get_kind_display()} at {visit.host}",
            "who": [str(someone) for someone in visit.people.all()],
            "note": "Waits for someone: a person who is booked has left"
            if visit.pk in waiting
            else "Rests: the partnership is paused"
            if partnership.is_paused
            else "",
        }
        for visit in booked
    ]
    if partnership.is_asked:
        points = partnership.programme.data_points.filter(due_on__gte=today)
        dates += [
            {"on": point.due_on, "when": "", "what": f"{point.name} grades are due", "who": [], "note": ""}
            for point in points
        ]
    revisited_on = partnership.programme.agreement_revisited_on
    if revisited_on and revisited_on >= today:
        dates.append({"on": revisited_on, "when": "", "what": "The agreement is revisited", "who": [], "note": ""})
    return {"dates": sorted(dates, key=lambda date: date["on"]), "to_book": to_book(partnership, today)}


def to_book(partnership, today):
    if not partnership.is_open_to_visits:
        return []
    done = partnership.visits.standing().exclude(step=None).values("step")
    steps = partnership.programme.timetable.filter(type=TimetableStep.Type.VISIT, window_end__gte=today)
    return [
        {"name": step.name, "first": step.window_start, "last": step.window_end} for step in steps.exclude(pk__in=done)
    ]


def open_actions(partnership, reader, today):
    """Those of the partnership that its people own, those who left included; the coordinator sees all."""
    rows = partnership.actions.open().select_related("owner")
    theirs = {row.user_id for row in partnership.partner_teachers.all()} | {partnership.specialist.user_id}
    theirs |= {row.specialist.user_id for row in partnership.past_specialists.all()}
    allowed = ActionItem.objects.allowed(reader, "actions.view").values("pk")
    shown = rows.filter(owner__in=theirs) | rows.filter(pk__in=allowed)
    return {
        "actions": [
            {
                "what": row.what,
                "owner": str(row.owner),
                "due_on": row.due_on,
                "late": row.due_on < today,
                "measure": row.success_measure,
            }
            for row in shown
        ]
    }


def agreement(partnership, reader, today):
    """In which capacities it is signed, and by whom; left out where the programme has none."""
    current = Agreement.objects.current().filter(partnership=partnership).with_signatures().first()
    if current is None:
        return None
    signers = signers_of([current])[current.pk]
    return {
        "version": current.version,
        "made_on": timezone.localdate(current.made_at),
        "signed": sum(signer.signed for signer in signers),
        "signers": [
            {
                "capacity": signer.capacity,
                "name": signer.name or "Not known",
                "school": signer.school_name,
                "signed_on": signer.signed and timezone.localdate(signer.signature.signed_at),
            }
            for signer in signers
        ],
    }


def returns(partnership, reader, today):
    rows = partnership.returns.select_related("data_point")
    return {
        "returns": [
            {
                "name": row.data_point.name,
                "due_on": row.data_point.due_on,
                "expected": row.expected,
                "received": row.assessed if row.state == row.State.CLOSED else row.received,
                "missing": row.missing,
                "closed": row.state == row.State.CLOSED,
                "submitted": row.submitted_by_id is not None,
                "late": row.is_owed and row.data_point.due_on < today and partnership.is_open_to_entries,
            }
            for row in rows
        ],
        "ended_on": partnership.ended_on,
        "not_agreed": partnership.is_not_agreed,
    }


def target_pupils(partnership, reader, today):
    """By name for the partnership's own teachers; by reference, initials and year for coordinator and consultant."""
    named = partnership.names_pupils
    action = "pupils.edit" if named else "pupils.reference"
    if not reader.may(action):
        return None
    rows = Place.objects.allowed(reader, action).filter(partnership=partnership)
    order = ("pupil__last_name", "pupil__first_name", "pk") if named else ("pupil__ref", "pk")
    places = list(rows.select_related("pupil", "former", "partnership__programme").order_by(*order))
    show_grades(places)
    return {
        "named": named,
        "pupils": [
            {
                "name": place.known.full_name if named else place.pupil.ref,
                "initials": "" if named else place.pupil.initials,
                "year": place.pupil.year_group,
                "class_name": place.class_name,
                "first": grade_words(place.first_grade),
                "latest": grade_words(place.latest_grade),
            }
            for place in places
        ],
    }


def grade_words(found):
    return {"point": found[0].name, "grade": found[1]} if found else None


SECTIONS = [
    Section("Who and where", "reports/handover/_people.html", people),
    Section("Next dates", "reports/handover/_dates.html", next_dates),
    Section("Open actions", "reports/handover/_actions.html", open_actions),
    Section("Agreement", "reports/handover/_agreement.html", agreement),
    Section("Visits so far", "reports/handover/_visits.html", visits_so_far),
    Section("Grades", "reports/handover/_returns.html", returns),
    Section("Target pupils", "reports/handover/_pupils.html", target_pupils),
    Section("What happened", "reports/handover/_history.html", history),
]
