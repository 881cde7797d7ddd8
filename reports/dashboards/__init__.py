"""What a person must do now and what is next: one plain dict for each role, for one template.

Every dashboard is about the membership as which the person works, and costs the same however many rows stand behind it.
"""

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils import timezone

from accounts.models import Invitation, Membership, Organisation
from accounts.roles import Role
from funding.owing import asked_and_ended, to_be_asked_back, to_be_made_good
from funding.services.letters import any_to_be_looked_at
from programmes.models import Partnership, Programme
from reports.dashboards.actions import action_items
from reports.dashboards.agreements import coordinating_items, revisit_items, signing_items
from reports.dashboards.approvals import approval_items
from reports.dashboards.asked_back import TOLD_FOR, ask_ended_items, asked_back_items, made_good_items, to_ask_items
from reports.dashboards.changes import change_items, took_of
from reports.dashboards.choosing import choosing_items, moved_items, pupils_moved, target_items, with_pupils
from reports.dashboards.erasing import erasing_items
from reports.dashboards.events import coming_events, event_items
from reports.dashboards.findings import finding_items
from reports.dashboards.guests import guest_items
from reports.dashboards.heat import grades_sentence, heat, heat_of
from reports.dashboards.letters import coordinators_items, letter_items
from reports.dashboards.money import approving_items, by_stage, confirming_items, held_items, paying_items
from reports.dashboards.months import visits_by_month
from reports.dashboards.pairing import objection_items, proposed_items, waiting_items
from reports.dashboards.records import record_items, unrecorded, unrecorded_items
from reports.dashboards.rounds import reports_not_made, round_items
from reports.dashboards.rows import (
    ahead,
    by_programme,
    impact,
    mine,
    next_grades,
    offers,
    parts,
    programmes,
    school_calendar,
    weeks,
)
from reports.dashboards.slipping import SUPPORTED, facts_of, radar, slip_items, standings
from reports.dashboards.studies import study_lines
from reports.dashboards.to_do import (
    beginning_items,
    closed_school_items,
    count_in_words,
    ended_items,
    owed_and_coming_items,
    owed_by_point,
    owed_items,
    partner_week_items,
    told_apart,
    week_items,
)

__all__ = ["dashboard"]

# What may need anyone: (user, acting, today) -> items; none for a role that the matter is not about.
MOST = 20  # programmes that are shown
MOST_FOLLOWED = 3  # programmes whose pupils' progress is shown
LINES = [
    approving_items,
    confirming_items,
    paying_items,
    asked_back_items,
    approval_items,
    letter_items,
    held_items,
    event_items,
    action_items,
    record_items,
    finding_items,
]


def dashboard(user, acting) -> dict:
    """The dashboard of the role that the person works in; without a role only a sentence."""
    today = timezone.localdate()
    if acting is None:
        return {"title": "You have no role at present", "today": today, "no_role": True}
    made = DASHBOARDS[acting.role](user, acting, today) | {"events": coming_events(user, acting, today)}
    for lines in LINES:
        for item in lines(user, acting, today):
            made.setdefault("waiting" if item.get("is_for_others") else "to_do", []).append(item)
    made["to_do"].sort(key=lambda item: not item.get("late"))
    made["skip_to"] = next((item for item in made["to_do"] if item.get("is_of_grades")), None)
    others = [membership for membership in user.live_memberships if membership != acting]
    return {"today": today, "title": count_in_words(made["to_do"]), "other_roles": others, **made}


def coordinator(user, acting, today):
    sums = {"to_ask_back": to_be_asked_back(), "to_make_good": to_be_made_good(), "not_made": reports_not_made()}
    sums |= {"ask_ended": asked_and_ended(user, today - TOLD_FOR), "letters_to_look_at": any_to_be_looked_at()}
    sums["pupils_moved"] = pupils_moved()
    theirs = programmes(user, acting, **sums)
    facts = facts_of(user, acting, today, theirs)
    found, good = radar(facts), made_good_items(theirs)
    to_do = objection_items(user, acting, today) + owed_by_point(found, today)
    to_do += ended_items(theirs, today) + waiting_items(user, acting)
    to_do += round_items(theirs) + to_ask_items(theirs) + ask_ended_items(theirs)
    to_do += coordinators_items(user, acting, theirs) + moved_items(theirs)
    to_do += closed_school_items(user, acting, today) + erasing_items(theirs, today)
    to_do += [item for item in good if not item["is_for_others"]]
    past = by_programme(unrecorded(user, acting, today), "partnership__programme")
    if n := sum(number for _, number in past):
        to_do.append(
            {
                "title": f"{n} past visit{' has' if n == 1 else 's have'} no record",
                "text": f"The teachers write {'it' if n == 1 else 'them'}. One that did not take place is cancelled.",
                "url": f"{reverse('visits:list')}?when=waiting",
                "act": "See the visits",
                "programmes": [programme for programme, _ in past],
            }
        )
    invitations = mine(Invitation, user, acting, "people.view").open().filter(expires_at__lt=timezone.now()).count()
    if invitations:
        to_do.append(
            {
                "title": f"{invitations} invitation{' has' if invitations == 1 else 's have'} expired",
                "text": "Send again to whoever is still needed.",
                "url": reverse("programmes:invite_many"),
                "act": "Invite again",
            }
        )
    to_do += coordinating_items(user, acting, today, found) + slip_items(found)
    return {
        "standings": standings(found),
        "to_do": told_apart(to_do, found) + beginning_items(theirs, found, today),
        "waiting": told_apart([item for item in good if item["is_for_others"]], found),
        **ahead(user, acting, today, most=12, took_of=facts.took_of),
        "heat": heat_of(facts),
        "months": visits_by_month(facts),
        "followed": list(found)[:MOST_FOLLOWED],
        "money": by_stage(theirs),
        "programmes": theirs[:MOST] or None,
        "results": True,
    }


def running_of(partnerships):
    """The programmes that run of these partnerships, each once."""
    found = {p.programme_id: p.programme for p in partnerships if p.programme.status == Programme.Status.ACTIVE}
    return list(found.values())[:MOST_FOLLOWED]


def headteacher(user, acting, today):
    partnerships = list(
        mine(Partnership, user, acting, "partnerships.view")
        .filter(programme__status=Programme.Status.ACTIVE)
        .with_people()
        .with_acceptances()[:40]
    )
    return {
        "lead": next_grades(partnerships, today),
        "to_do": signing_items(user, acting, today) + proposed_items(user, acting, today),
        "waiting": owed_items(user, acting, today),
        **ahead(user, acting, today),
        "partnerships": partnerships,
        "followed": running_of(p for p in partnerships if p.partner_school_id == acting.school_id),
        "own_money": acting.school,
        "offers": offers(user, acting),
        "impact": impact(user, acting),
        "ledger": True,
        "calendar": school_calendar(user, acting, today),
    }


def teacher(user, acting, today):
    rows = mine(Partnership, user, acting, "partnerships.view").with_people().with_acceptances()
    partnerships = list(with_pupils(rows, user, acting).order_by("-programme__starts_on", "ref")[:40])
    took = took_of(user, acting, today)
    of_studies, without_study = study_lines(user, acting, today, partnerships)
    owed, coming = owed_and_coming_items(user, acting, today)
    own, taught = (parts(user, acting), []) if acting.role == Role.SPECIALIST else ([], weeks(user, acting))
    return {
        "lead": next_grades(partnerships, today),
        "to_do": signing_items(user, acting, today)
        + choosing_items(partnerships, today)
        + target_items(partnerships)
        + of_studies
        + unrecorded_items(user, acting, today)
        + owed
        + week_items(own)
        + partner_week_items(taught)
        + revisit_items(user, acting, today)
        + coming
        + change_items(user, acting, today, took),
        **ahead(user, acting, today, took_of=lambda *_: {visit.pk: why for visit, why in took.items()}),
        "partnerships": partnerships,
        "followed": running_of(partnerships),
        "without_study": without_study,
        "parts": own,
        "weeks": taught,
        "days_away": user.pk,
    }


def consultant(user, acting, today):
    theirs = programmes(user, acting)
    facts = facts_of(user, acting, today, theirs)
    found = radar(facts)
    return {
        "standings": standings(found),
        "to_do": told_apart(owed_by_point(found, today) + slip_items(found, SUPPORTED), found),
        **ahead(user, acting, today, most=12, took_of=facts.took_of),
        "heat": heat_of(facts),
        "months": visits_by_month(facts),
        "followed": list(found)[:MOST_FOLLOWED],
        "programmes": theirs[:MOST],
        "results": True,
    }


def budget_holder(user, acting, today):
    return finance(user, acting, today) | {"results": True}


def finance(user, acting, today):
    tables, theirs = heat(user, acting), programmes(user, acting)
    return {
        "lead": grades_sentence(tables),
        "to_do": [],
        "heat": tables,
        "money": by_stage(theirs),
        "programmes": theirs[:MOST],
    }


def office(user, acting, today):
    """Who is out of class when, for whoever finds the cover."""
    coming = ahead(user, acting, today)
    found = out_of_class(coming["visits"], acting.school_id)
    taken = f"{len(found)} half-day{'' if len(found) == 1 else 's'}" if found else "Nobody is"
    return {
        "title": f"{taken} out of class in the next two weeks",
        "lead": f"Teachers of {acting.school.name} who are booked for a visit. Their classes need cover."
        if found
        else "",
        "to_do": [],
        "out_of_class": found,
        "next_visit": coming["next_visit"],
        "calendar": school_calendar(user, acting, today),
    }


def out_of_class(visits, school):
    """This school's teachers who are booked: day, half-day, who, where."""
    prefetch_related_objects(visits, "partnership__partner_teachers__user")
    found = []
    for visit in visits:
        partnership = visit.partnership
        own = []
        if partnership.specialist.home_school_id == school:
            own.append(partnership.specialist.user)
        if partnership.partner_school_id == school:
            own += partnership.current_partner_teachers
        booked = set(visit.people.all())
        found += [
            {
                "on": visit.on,
                "half": visit.get_half_display(),
                "person": person,
                "host": visit.host,
                "here": visit.host_id == school,
            }
            for person in own
            if person in booked
        ]
    return found


def guest(user, acting, today):
    """The lessons to which somebody is invited."""
    found = guest_items(user, acting, today)
    number = f"{len(found)} research lesson{'' if len(found) == 1 else 's'}"
    return {
        "title": f"You are invited to observe {number}" if found else "No research lesson to observe",
        "lead": "" if found else "You are not invited to a research lesson at present.",
        "to_do": found,
    }


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
    Role.GUEST: guest,
    Role.ADMINISTRATOR: administrator,
}
