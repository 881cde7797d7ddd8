"""The rows of a dashboard: those of one role in one place, and what the sentences about them are made of."""

import datetime as dt

from django.db.models import Count, Q, Window

from programmes.models import (
    DataPoint,
    DataReturn,
    HeadsLetter,
    PartnerSchool,
    Partnership,
    PartnerTeacher,
    Programme,
    SchoolClosure,
    SpecialistTeacher,
    academic_year,
)
from programmes.years import written
from reports.kinds.whose import told_to
from reports.models import Report
from visits.models import Visit
from visits.planning.what_took import what_took

FORTNIGHT = dt.timedelta(days=14)


def mine(model, user, acting, action):
    """The rows of this role in this place alone: the menu says as what the person works."""
    rows = model.objects.allowed(user, action)
    if user.memberships_granting(action) == [acting]:
        return rows  # most people have one role, which need not be said to the database twice
    rule = model.objects.all().reach[acting.role]
    return rows.filter(rule(acting))


def by_programme(rows, path):
    """Each programme to which `path` leads from these rows, with how many of them are its own; one query."""
    fields = ["pk", "slug", "name", "starts_on", "ends_on"]
    found = rows.order_by(f"{path}__name", f"{path}__slug").values_list(*(f"{path}__{field}" for field in fields))
    return [
        (Programme(**dict(zip(fields, given, strict=True))), number) for *given, number in found.annotate(Count("pk"))
    ]


def ahead(user, acting, today, most=40, took_of=what_took):
    """The visits of the next two weeks, or else the one that comes next, with what took their half-days as `took_of`
    knows it."""
    to_come = mine(Visit, user, acting, "visits.view").standing().filter(on__gte=today).with_people()
    near = to_come.filter(on__lte=today + FORTNIGHT)
    visits = list(near.annotate(of_all=Window(Count("pk")))[:most])
    next_visit = None if visits else to_come.first()
    shown = visits or [next_visit] * bool(next_visit)
    took = took_of(shown, today)
    for visit in shown:
        visit.took = took.get(visit.pk, "")
    return {
        "visits": visits,
        "visit_count": visits[0].of_all if visits else 0,
        "next_visit": next_visit,
    }


def programmes(user, acting, **besides):
    """With what is worked out `besides` for each, in the same query."""
    rows = mine(Programme, user, acting, "programmes.view").select_related("organisation", "funding_plan")
    return list(rows.annotate(**besides).order_by("status", "-starts_on", "name"))


def verb(status, n):
    if status in {Partnership.Status.COMPLETED, Partnership.Status.FOLDED}:
        return "has" if n == 1 else "have"
    return "is" if n == 1 else "are"


def next_grades(partnerships, today):
    """Which day of grades comes next, of the programmes of these partnerships: "December grades are due on ..."."""
    partnerships = [p for p in partnerships if not p.is_not_agreed]
    running = {p.programme_id for p in partnerships if p.programme.status == Programme.Status.ACTIVE}
    own = DataReturn.objects.filter(partnership__in=partnerships)
    waiting, begun = own.unfinished().values("data_point"), own.values("data_point")
    coming = DataPoint.objects.filter(programme__in=running, due_on__gte=today)
    point = coming.filter(Q(pk__in=waiting) | ~Q(pk__in=begun)).first()  # what is submitted whole asks nobody any more
    return f"The {point.name} grades are due on {point.due_on:%A %-d %B}." if point else ""


def offers(user, acting):
    """What each running programme offers this school: staff funded for training, and the letter that was sent last."""
    schools = mine(PartnerSchool, user, acting, "offer.view").taking_part().select_related("programme", "school")
    rows = list(schools.exclude(programme__status=Programme.Status.CLOSED).order_by("-programme__starts_on", "pk"))
    letters = {}
    for letter in mine(HeadsLetter, user, acting, "offer.view").defer("facts").order_by("sent_at", "pk"):
        letters[letter.partner_school_id] = letter
    return [(row, letters.get(row.pk)) for row in rows]


def parts(user, acting):
    """The programmes in which the person is a specialist teacher, those that are over left out."""
    rows = mine(SpecialistTeacher, user, acting, "release.keep").select_related("programme", "buddy__user")
    return list(rows.exclude(programme__status=Programme.Status.CLOSED).order_by("-programme__starts_on", "pk"))


def weeks(user, acting):
    """The partnerships in which the person is a partner teacher, those that are over left out."""
    rows = mine(PartnerTeacher, user, acting, "teaching.keep").of_open_programmes()
    rows = rows.select_related("partnership__programme")
    return list(rows.order_by("-partnership__programme__starts_on", "partnership__ref", "pk"))


def impact(user, acting):
    """For each programme with this school as a partner, the newest impact report and one that is being made."""
    newest = {}
    reports = mine(Report, user, acting, "reports.view").filter(kind=Report.Kind.SCHOOL)
    for report in reports.defer("figures").order_by("queued_at", "pk"):
        kind = "latest" if report.is_done else "in_hand" if report.in_hand else "failed"
        newest[report.programme_id, kind] = report
    return [
        {
            "programme": programme,
            "school": acting.school,
            "report": Report(kind=Report.Kind.SCHOOL, programme=programme, school=acting.school),
            "hidden": f" of {programme.title}",
            "last_point": list(programme.data_points.all())[-1:],
            "latest": newest.get((programme.pk, "latest")),
            "in_hand": newest.get((programme.pk, "in_hand")),
        }
        for programme in told_to(acting.organisation_id, acting.school_id).prefetch_related("data_points")
    ]


def school_calendar(user, acting, today):
    """What the own school has entered for the present school year: INSET days, and other days without visits."""
    first, last = academic_year(today)
    kinds = mine(SchoolClosure, user, acting, "closures.keep").between(first, last).values_list("kind", flat=True)
    inset = sum(kind == SchoolClosure.Kind.INSET for kind in kinds)
    return {"school": acting.school, "inset": inset, "others": len(kinds) - inset, "written": written(first)}
