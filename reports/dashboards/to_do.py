"""The lines of what must be done: each with a title, a sentence, the address that does it, and whether it is late."""

import datetime as dt

from django.db.models import Count, F, Q
from django.urls import reverse

from accounts.models import School
from programmes.models import DataReturn, PartnerSchool, Partnership, Programme, academic_year
from programmes.models.partnerships import RESTING
from reports.dashboards.rows import mine
from reports.figures.words import list_words

SOON = dt.timedelta(days=21)


def count_in_words(items):
    if not items:
        return "Nothing needs you now"
    late = sum(bool(item.get("late")) for item in items)
    if len(items) == 1:
        return "1 thing needs you, and it is overdue" if late else "1 thing needs you"
    how = f"{late} overdue" if late < len(items) else "both overdue" if late == 2 else "all overdue"
    return f"{len(items)} things need you{f', {how}' if late else ''}"


def told_apart(items, running):
    """Each line says in `of` which of its `programmes` it is about, where there are several and it could be another."""
    about = [item.pop("programmes", ()) for item in items]
    titles = {programme.title for programmes in (*about, running) for programme in programmes}
    if len(titles) > 1:
        for item, programmes in zip(items, about, strict=True):
            item["of"] = list_words([programme.title for programme in programmes])
    return items


def owing(user, acting, today):
    """Returns that lack grades, of running programmes whose year is not over."""
    return (
        mine(DataReturn, user, acting, "returns.owed")
        .owing()
        .filter(partnership__programme__status=Programme.Status.ACTIVE, partnership__programme__ends_on__gte=today)
        .select_related("data_point", "partnership__partner_school", "partnership__specialist__user")
        .prefetch_related("partnership__partner_teachers__user")
        .order_by("data_point__due_on", "partnership__ref")
    )


def owed(user, acting, today):
    """Those of them whose day is past."""
    return owing(user, acting, today).filter(data_point__due_on__lt=today)


def owed_items(user, acting, today):
    """A line for each return that a school owes."""
    return owed_lines(user, owed(user, acting, today)[:20], today)


def owed_and_coming_items(user, acting, today):
    """A teacher's lines: for each return that is owed; and for each whose day is near, or that has only to be checked
    and submitted, whenever its day is."""
    asked = Q(data_point__due_on__lte=today + SOON) | Q(expected__gt=0, expected__lte=F("assessed") + F("excused"))
    past, to_come = [], []
    for row in owing(user, acting, today).filter(asked):
        (past if row.data_point.due_on < today else to_come).append(row)
    return owed_lines(user, past[:20], today), coming_lines(user, to_come[:20], today)


def owed_lines(user, rows, today):
    return [
        {
            "title": f"{what_is_owed(row)}: {row.partnership.label}",
            "text": f"{row.partnership.partner_school}. {since_when(row)}Waiting for {teachers_of(row.partnership)}.",
            "url": where_to(user, row),
            "when": f"Overdue since {day_of(row.data_point.due_on, today)}",
            "late": True,
            "is_of_grades": True,
        }
        for row in rows
    ]


def coming_lines(user, rows, today):
    return [
        {
            "title": f"{what_is_owed(row)}: {row.partnership.label}"
            if row.is_complete
            else f"{grades(row.missing, row.data_point)} to come: {row.partnership.label}",
            "text": f"{row.partnership.partner_school}. {since_when(row)}{received_words(row)}",
            "url": where_to(user, row),
            "when": f"Due on {row.data_point.due_on:%A} {day_of(row.data_point.due_on, today)}",
            "is_of_grades": True,
        }
        for row in rows
    ]


def what_is_owed(row):
    """2 of 6 March grades are missing; or the last step, where none is."""
    if row.is_complete:
        return f"Check and submit {grades(row.expected, row.data_point)}"
    return f"{row.missing} of {grades(row.expected, row.data_point)} {'is' if row.missing == 1 else 'are'} missing"


def since_when(row):
    """Of a submitted return that lacks a grade: how it is added."""
    if row.state != DataReturn.State.SUBMITTED:
        return ""
    return "The others are submitted: the grades are opened again to add what is missing. "


def where_to(person, row):
    """A teacher goes on at the first empty box; who cannot enter grades sees the partnership."""
    if not person.may("returns.enter"):
        return row.partnership.get_absolute_url()
    if row.state == DataReturn.State.SUBMITTED:
        return reverse("pupils:return_correct", args=[row.pk])
    if row.is_complete:
        return reverse("pupils:return_check", args=[row.pk])
    return f"{reverse('pupils:return', args=[row.pk])}#first"


def received_words(row) -> str:
    """What is typed is not in before it is submitted, and who has left has no grade that anybody typed."""
    if row.state != row.State.OPEN or not row.received:
        return f"{row.received} of {row.expected} are in."
    without = f", {row.excused} without a grade" if row.excused else ""
    return f"{row.assessed} of {row.expected} are typed{without}, and not submitted."


def owed_by_point(radar, today):
    """A line for each data point whose day is past: how many partnerships of the radar owe how many grades."""
    late = [
        (row.partnership, owed)
        for rows in radar.values()
        for row in rows
        if row.partnership.status not in RESTING and row.partnership.programme.ends_on >= today
        for owed in row.facts.returns.get(row.pk, [])
        if owed.is_owed and owed.data_point.due_on < today
    ]
    items = []
    for point in sorted({owed.data_point for _, owed in late}, key=lambda point: (point.due_on, point.pk)):
        rows = [(partnership, owed) for partnership, owed in late if owed.data_point == point]
        schools = sorted({partnership.partner_school.name for partnership, _ in rows})
        one, missing = len(rows) == 1, sum(owed.missing for _, owed in rows)
        what = what_they_owe(rows, missing, point)
        items.append(
            {
                "title": f"{len(rows)} {'partnership owes' if one else 'partnerships owe'} {what}",
                "text": f"Due on {day_of(point.due_on, today)}, {days(today - point.due_on)} ago. {some(schools)}.",
                "url": rows[0][0].get_absolute_url()
                if one
                else f"{reverse('reports:roster')}?programme={point.programme_id}&owes={point.pk}",
                "act": "See which grades" if one else "See which partnerships",
                "late": True,
                "programmes": [rows[0][0].programme],
            }
        )
    return items


def what_they_owe(rows, missing, point):
    """6 October grades; the last step, where all are typed; or both, of some and of others."""
    to_submit = sum(not owed.missing for _, owed in rows)
    if not missing:
        return f"the last step: to submit the {point} grades"
    if not to_submit:
        return grades(missing, point)
    lacking = len(rows) - to_submit
    some_lack = f"{lacking} {'lacks' if lacking == 1 else 'lack'} {missing}"
    return f"{point} grades: {some_lack}, {to_submit} {'has' if to_submit == 1 else 'have'} still to submit"


def beginning_items(programmes, radar, today):
    """A line for each programme that is being set up, or that runs and has nobody; the first one is added first."""
    if not programmes:
        return [
            {
                "title": "Add the first programme",
                "text": "A list of tasks leads through it, and it can be left and resumed.",
                "url": reverse("programmes:add"),
                "act": "Add a programme",
            }
        ]
    drafts = [programme for programme in programmes if programme.status == Programme.Status.DRAFT]
    running = [p for p in programmes if p.status == Programme.Status.ACTIVE and p.ends_on >= today]
    unpaired = [programme for programme in running if programme not in radar]
    taking_part = PartnerSchool.objects.filter(programme__in=unpaired).taking_part()
    peopled = set(taking_part.values_list("programme", flat=True))
    return [
        *(
            {
                "title": f"{programme.title} is being set up",
                "text": "What is saved stays. It runs once its tasks are completed and you have started it.",
                "url": reverse("programmes:set_up", args=[programme.slug]),
                "act": "Go on setting up",
            }
            for programme in drafts
        ),
        *(
            {
                "title": f"Nobody takes part in {programme.title} yet",
                "text": "Add specialist teachers and partner schools, then pair them.",
                "url": programme.get_absolute_url(),
                "act": "See the programme",
            }
            for programme in unpaired
            if programme.pk not in peopled
        ),
    ]


def ended_items(programmes, today):
    """A line for each programme whose year is over and that still runs: its grades are not asked for any more."""
    return [
        {
            "title": f"The year of {programme.title} ended on {day_of(programme.ends_on, today)} "
            "and it is still marked as running",
            "text": "Its missing grades are not asked for any more.",
            "url": programme.get_absolute_url(),
            "act": "See the programme",
        }
        for programme in programmes
        if programme.status == Programme.Status.ACTIVE and programme.ends_on < today
    ]


def closed_school_items(user, acting, today):
    """A line for each school that has closed and is still in partnerships of programmes that are not closed."""
    rows = mine(Partnership, user, acting, "partnerships.move").exclude(programme__status=Programme.Status.CLOSED)
    schools = rows.filter(partner_school__status=School.Status.CLOSED).values_list(
        "partner_school__urn", "partner_school__name", "partner_school__closed_on"
    )
    return [
        {
            "title": f"{name} has closed and is still in {number} partnership{'' if number == 1 else 's'}",
            "text": "Move its partnerships, people and visits to come to the school that takes its place."
            + (f" Closed on {day_of(closed_on, today)}." if closed_on else ""),
            "url": reverse("accounts:succeed", args=[urn]),
            "act": "Name the successor",
        }
        for urn, name, closed_on, number in schools.annotate(Count("pk")).order_by("partner_school__name")[:20]
    ]


def day_of(day, today):
    """29 June, or 29 June 2012 where that is not in the current academic year."""
    first, last = academic_year(today)
    return f"{day:%-d %B}" if first <= day <= last else f"{day:%-d %B %Y}"


def grades(n, point):
    return f"{n} {point} grade{'' if n == 1 else 's'}"


def some(names):
    """All of a few names, else the first ones and how many more."""
    return list_words(names if len(names) < 5 else [*names[:3], f"{len(names) - 3} more"])


def days(span):
    return "1 day" if span.days == 1 else f"{span.days} days"


def teachers_of(partnership):
    """Who can cure it: the teachers of both sides."""
    people = [partnership.specialist.user, *partnership.current_partner_teachers]
    return " or ".join(dict.fromkeys(str(person) for person in people))


def week_items(parts):
    """Of someone's rows as a specialist teacher those that do not say when they can be out of class."""
    return [
        {
            "title": "Say on which half-days you can usually be out of class",
            "text": f"{row.programme.title}: visits are planned on these first.",
            "url": reverse("programmes:specialist_release", args=[row.pk]),
        }
        for row in parts
        if not row.release_half_days
    ]


def partner_week_items(rows):
    """The same of someone's rows as a partner teacher."""
    return [
        {
            "title": "Say on which half-days you can usually be out of class",
            "text": f"{row.partnership.label}, and when you teach the class: visits are planned by it.",
            "url": reverse("programmes:partner_week", args=[row.pk]),
        }
        for row in rows
        if not row.release_half_days
    ]
