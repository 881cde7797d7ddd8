"""What a person must do now and what is next: one plain dict for each role, for one template.

Every dashboard is about the membership as which the person works, and costs the same however many rows stand behind it.
"""

import datetime as dt
from collections import Counter

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Invitation, Membership, Organisation, School
from accounts.roles import Role
from programmes.models import DataReturn, Partnership, Programme
from reports.models import Report
from visits.models import Half, Visit

FORTNIGHT = dt.timedelta(days=14)


def dashboard(user, acting) -> dict:
    """The dashboard of the role that the person works in; without a role only a sentence."""
    today = timezone.localdate()
    if acting is None:
        return {"title": "You have no role at present", "today": today, "no_role": True}
    made = DASHBOARDS[acting.role](user, acting, today)
    made["to_do"].sort(key=lambda item: not item.get("late"))
    return {"today": today, "title": count_in_words(made["to_do"]), **made}


def count_in_words(items):
    if not items:
        return "Nothing needs you now"
    late = sum(bool(item.get("late")) for item in items)
    words = "1 thing needs you" if len(items) == 1 else f"{len(items)} things need you"
    return f"{words}, {late} overdue" if late else words


# What several roles see ------------------------------------------------------------------------------------------


def mine(model, user, acting, action):
    """The rows of this role in this place alone: the menu says as what the person works."""
    rows = model.objects.allowed(user, action)
    rule = model.objects.all().reach[acting.role]
    return rows.filter(rule(acting))


def owed(user, acting, today):
    """Returns of running partnerships that lack grades after their day."""
    return (
        mine(DataReturn, user, acting, "returns.owed")
        .filter(
            data_point__due_on__lt=today,
            expected__gt=F("assessed") + F("excused"),
            partnership__status__in=[Partnership.Status.ACTIVE, Partnership.Status.PAUSED],
            partnership__programme__status=Programme.Status.ACTIVE,
        )
        .select_related("data_point", "partnership__partner_school", "partnership__specialist__user")
        .order_by("data_point__due_on", "partnership__ref")
    )


def owed_items(user, acting, today):
    items = []
    for row in owed(user, acting, today)[:20]:
        p = row.partnership
        items.append(
            {
                "title": f"{row.missing} of {row.expected} {row.data_point} grades "
                f"{'is' if row.missing == 1 else 'are'} missing: {p.label}",
                "text": f"{p.partner_school}, with {p.specialist}. Its teachers enter them, or say why there is none.",
                "url": p.get_absolute_url(),
                "when": f"Overdue since {row.data_point.due_on:%-d %B}",
                "late": True,
            }
        )
    return items


def unrecorded(user, acting, today):
    """Visits whose day is past and of which nobody has said that they took place."""
    return (
        mine(Visit, user, acting, "visits.view")
        .filter(status=Visit.Status.PLANNED, on__lt=today, partnership__programme__status=Programme.Status.ACTIVE)
        .with_people()
    )


def unrecorded_items(user, acting, today):
    items = []
    for visit in unrecorded(user, acting, today)[:10]:
        items.append(
            {
                "title": f"Did the {visit.get_kind_display().lower()} of {visit.on:%-d %B} take place?",
                "text": f"{visit.partnership.label} at {visit.host}. Confirm it, or cancel it with the reason.",
                "url": visit.get_absolute_url(),
                "when": f"Since {visit.on:%-d %B}",
                "late": (today - visit.on).days > 2,
            }
        )
    return items


def next_visits(user, acting, today):
    rows = mine(Visit, user, acting, "visits.view").standing().filter(on__gte=today, on__lte=today + FORTNIGHT)
    return list(rows.with_people()[:40])


def heat(user, acting, action="returns.view"):
    """Partnerships whose grades are all in, of those that owe them: a row for each area, a column for each data point.

    One table for each running programme. Counts of grades received are never hidden.
    """
    today = timezone.localdate()
    rows = (
        mine(DataReturn, user, acting, action)
        .filter(partnership__programme__status=Programme.Status.ACTIVE, expected__gt=0)
        .exclude(partnership__status=Partnership.Status.FOLDED)
        .values(
            "partnership__programme",
            "partnership__programme__name",
            "partnership__area__name",
            "data_point__name",
            "data_point__due_on",
        )
        .annotate(owing=Count("pk"), complete=Count("pk", filter=Q(expected=F("assessed") + F("excused"))))
        .order_by("partnership__programme__name", "data_point__due_on", "partnership__area__name")
    )
    tables = {}
    for row in rows:
        table = tables.setdefault(
            row["partnership__programme"], {"name": row["partnership__programme__name"], "points": {}, "areas": {}}
        )
        point, area = row["data_point__name"], row["partnership__area__name"] or "No area"
        table["points"][point] = row["data_point__due_on"]
        for name in (area, "All"):
            cell = (
                table["areas"]
                .setdefault(name, {})
                .setdefault(point, {"owing": 0, "complete": 0, "late": 0, "due": row["data_point__due_on"]})
            )
            cell["owing"] += row["owing"]
            cell["complete"] += row["complete"]
            if cell["due"] < today:
                cell["late"] = cell["owing"] - cell["complete"]
    return [heat_table(table, today) for table in tables.values()]


def heat_table(table, today):
    areas = [name for name in sorted(table["areas"]) if name != "All"] + ["All"]
    if len(areas) == 2:
        areas = ["All"]
    return {
        "name": table["name"],
        "points": [{"name": name, "due": due, "past": due < today} for name, due in table["points"].items()],
        "rows": [
            {
                "name": area,
                "total": area == "All",
                "cells": [
                    cell | {"tone": tone(cell, today)}
                    for cell in (table["areas"][area].get(point) for point in table["points"])
                    if cell
                ],
            }
            for area in areas
        ],
    }


def tone(cell, today):
    if cell["late"]:
        return "late"
    if cell["complete"] == cell["owing"]:
        return "all"
    return "most" if cell["complete"] else "later"


def programmes(user, acting):
    rows = mine(Programme, user, acting, "programmes.view").select_related("organisation")
    return list(rows.order_by("status", "-starts_on", "name")[:20])


def standing(user, acting):
    """How the running partnerships stand: "48 of 50 partnerships are active, 1 is paused, 1 has folded"."""
    statuses = Counter(
        dict(
            mine(Partnership, user, acting, "partnerships.view")
            .filter(programme__status=Programme.Status.ACTIVE)
            .order_by()
            .values_list("status")
            .annotate(Count("pk"))
        )
    )
    total = statuses.total()
    if not total:
        return ""
    rest = ", ".join(
        f"{n} {Partnership.Status(status).label.lower()}"
        for status, n in sorted(statuses.items())
        if n and status != Partnership.Status.ACTIVE
    )
    return f"{statuses[Partnership.Status.ACTIVE]} of {total} partnerships are active{f'; {rest}' if rest else ''}."


# Roles ------------------------------------------------------------------------------------------------------------


def coordinator(user, acting, today):
    to_do = []
    late = list(owed(user, acting, today))
    for point, due in dict.fromkeys((row.data_point.name, row.data_point.due_on) for row in late):
        rows = [row for row in late if row.data_point.name == point and row.data_point.due_on == due]
        grades = sum(row.missing for row in rows)
        schools = sorted({row.partnership.partner_school.name for row in rows})
        more = f" and {len(schools) - 4} more" if len(schools) > 4 else ""
        to_do.append(
            {
                "title": f"{len(rows)} partnership{'' if len(rows) == 1 else 's'} "
                f"owe{'s' if len(rows) == 1 else ''} {grades} {point} grade{'' if grades == 1 else 's'}",
                "text": f"Due on {due:%-d %B}. {', '.join(schools[:4])}{more}.",
                "url": rows[0].partnership.get_absolute_url()
                if len(rows) == 1
                else f"{reverse('programmes:partnerships')}?owes={rows[0].data_point_id}",
                "act": "See which",
                "when": f"{(today - due).days} days late",
                "late": True,
            }
        )
    past = unrecorded(user, acting, today)
    if n := past.count():
        to_do.append(
            {
                "title": f"{n} past visit{'' if n == 1 else 's'} not confirmed",
                "text": "The teachers say whether it took place; you can too.",
                "url": f"{reverse('visits:list')}?when=past",
                "act": "See the visits",
            }
        )
    invitations = mine(Invitation, user, acting, "people.view").open().filter(expires_at__lt=timezone.now()).count()
    if invitations:
        to_do.append(
            {
                "title": f"{invitations} invitation{' has' if invitations == 1 else 's have'} expired",
                "text": "Send again to whoever is still needed.",
                "url": reverse("accounts:people"),
                "act": "See the invitations",
            }
        )
    if n := schools_without_head(acting):
        to_do.append(
            {
                "title": f"{n} partner school{' has' if n == 1 else 's have'} no headteacher who can sign in",
                "text": "Invite the head from the page of the partnership: the impact report is theirs to download.",
                "url": reverse("programmes:partnerships") + "?status=active",
                "act": "See the partnerships",
            }
        )
    return {
        "lead": standing(user, acting),
        "to_do": to_do,
        "visits": next_visits(user, acting, today),
        "heat": heat(user, acting),
        "programmes": programmes(user, acting),
        "results": True,
    }


def schools_without_head(acting):
    """Partner schools of running programmes where no live headteacher has an account that signs in."""
    partner_schools = Partnership.objects.filter(
        programme__organisation=acting.organisation_id, programme__status=Programme.Status.ACTIVE
    ).values("partner_school")
    with_head = Membership.objects.live().filter(
        organisation=acting.organisation_id, role=Role.HEADTEACHER, user__is_active=True
    )
    return School.objects.filter(pk__in=partner_schools).exclude(pk__in=with_head.values("school")).count()


def headteacher(user, acting, today):
    reports = []
    own = (
        Programme.objects.filter(organisation=acting.organisation_id, partnerships__partner_school=acting.school_id)
        .distinct()
        .order_by("-starts_on")
    )
    made = {}
    for report in mine(Report, user, acting, "reports.view").filter(state=Report.State.DONE).order_by("queued_at"):
        made[report.programme_id] = report
    for programme in own:
        reports.append({"programme": programme, "school": acting.school, "latest": made.get(programme.pk)})
    return {
        "lead": acting.school.name,
        "to_do": owed_items(user, acting, today),
        "visits": next_visits(user, acting, today),
        "partnerships": list(
            mine(Partnership, user, acting, "partnerships.view")
            .filter(programme__status=Programme.Status.ACTIVE)
            .with_people()[:40]
        ),
        "impact": reports,
    }


def teacher(user, acting, today):
    partnerships = (
        mine(Partnership, user, acting, "partnerships.view").with_people().order_by("-programme__starts_on", "ref")
    )
    return {
        "lead": "",
        "to_do": unrecorded_items(user, acting, today) + owed_items(user, acting, today),
        "visits": next_visits(user, acting, today),
        "partnerships": list(partnerships[:40]),
    }


def consultant(user, acting, today):
    return {
        "lead": standing(user, acting),
        "to_do": owed_items(user, acting, today),
        "visits": next_visits(user, acting, today),
        "heat": heat(user, acting),
        "programmes": programmes(user, acting),
        "results": True,
    }


def budget_holder(user, acting, today):
    return {
        "lead": "",
        "to_do": [],
        "heat": heat(user, acting),
        "programmes": programmes(user, acting),
        "results": True,
    }


def finance(user, acting, today):
    return {"lead": "", "to_do": [], "heat": heat(user, acting), "programmes": programmes(user, acting)}


def office(user, acting, today):
    """Who is out of class when, for whoever finds the cover."""
    return {"lead": acting.school.name, "to_do": [], "out_of_class": out_of_class(user, acting, today)}


def out_of_class(user, acting, today):
    """This school's teachers who are booked in the next two weeks: day, half-day, who, where."""
    found = []
    for visit in next_visits(user, acting, today):
        partnership = visit.partnership
        own = []
        if partnership.specialist.home_school_id == acting.school_id:
            own.append(partnership.specialist.user)
        if partnership.partner_school_id == acting.school_id:
            own += partnership.current_partner_teachers
        booked = {person.pk for person in visit.people.all()}
        for person in own:
            if person.pk in booked:
                found.append({"on": visit.on, "half": Half(visit.half).label, "person": person, "host": visit.host})
    return found


def administrator(user, acting, today):
    organisations = Organisation.objects.allowed(user, "system.view").count()
    to_do = []
    if not organisations:
        to_do.append(
            {
                "title": "Add the first organisation",
                "text": "A local authority, a trust or a network of schools. Then invite its coordinator.",
                "url": reverse("accounts:organisation_create"),
                "act": "Add an organisation",
            }
        )
    elif not Membership.objects.live().filter(role=Role.COORDINATOR, user__is_active=True).exists():
        to_do.append(
            {
                "title": "Invite the first coordinator",
                "text": "Whoever runs the programmes invites everyone else.",
                "url": reverse("accounts:invite") + "?role=coordinator",
                "act": "Invite a coordinator",
            }
        )
    return {"lead": "", "to_do": to_do, "organisations": organisations, "system": True}


DASHBOARDS = {
    Role.COORDINATOR: coordinator,
    Role.BUDGET_HOLDER: budget_holder,
    Role.CONSULTANT: consultant,
    Role.FINANCE: finance,
    Role.SPECIALIST: teacher,
    Role.PARTNER: teacher,
    Role.HEADTEACHER: headteacher,
    Role.OFFICE: office,
    Role.ADMINISTRATOR: administrator,
}
