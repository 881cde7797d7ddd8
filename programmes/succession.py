"""What of a programme follows a school that has closed to its successor. Closed programmes keep their schools."""

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.register.succession import Following
from jobs.models import Job
from programmes.closures import holds
from programmes.models import (
    Acceptance,
    Agreement,
    ConflictOfInterest,
    Objection,
    PartnerSchool,
    Partnership,
    Programme,
    SchoolClosure,
    SchoolLimits,
    Signature,
    SpecialistTeacher,
    TermDate,
)
from programmes.services.agreements import follow_schools


def of_open_programmes(organisation, prefix=""):
    return ~Q(**{f"{prefix}programme__status": Programme.Status.CLOSED}) & Q(
        **{f"{prefix}programme__organisation": organisation}
    )


def partnerships(organisation):
    return Partnership.objects.filter(of_open_programmes(organisation))


def specialists(organisation):
    return SpecialistTeacher.objects.filter(of_open_programmes(organisation))


def signatures(organisation):
    """Those that are still waited for. What is signed stays as it was signed, and what was replaced too."""
    rows = Signature.objects.filter(signed_at=None, agreement__superseded_at=None)
    return rows.filter(of_open_programmes(organisation, "agreement__partnership__"))


def leave_out_signatures_asked_twice(person, rows, successor):
    """Where the successor is asked in the same capacity already, once is enough."""
    there = Signature.objects.filter(agreement=OuterRef("agreement"), capacity=OuterRef("capacity"), school=successor)
    same_person = Q(person=OuterRef("person")) | Q(person=None, capacity__endswith="head")
    rows.filter(Exists(there.filter(same_person))).delete()


def objections(organisation):
    return Objection.objects.filter(of_open_programmes(organisation, "partnership__"), answered_at=None)


def close_objections_made_twice(person, rows, successor):
    """Where the successor objects to the same pairing, its objection stands for both."""
    there = Objection.objects.filter(partnership=OuterRef("partnership"), school=successor, answered_at=None)
    rows.filter(Exists(there)).update(
        answered_at=timezone.now(),
        answered_by=person,
        answer="The school has closed. Its successor has an objection of its own.",
        outcome=Objection.Outcome.KEEP,
    )


def acceptances(organisation):
    """Of partnerships that are still proposed: what the school has agreed counts for its successor."""
    rows = Acceptance.objects.filter(of_open_programmes(organisation, "partnership__"), taken_back_at=None)
    return rows.filter(partnership__status=Partnership.Status.PROPOSED)


def take_back_what_is_agreed_twice(person, rows, successor):
    there = Acceptance.objects.filter(partnership=OuterRef("partnership"), school=successor, taken_back_at=None)
    rows.filter(Exists(there)).update(taken_back_at=timezone.now(), taken_back_by=person)


def partner_schools(organisation):
    return PartnerSchool.objects.filter(of_open_programmes(organisation))


def join_what_stands_twice(person, rows, successor):
    """Where the successor stands in the programme's list already, that row gets the talks and what it did not know."""
    for row in rows.select_related("programme"):
        there = PartnerSchool.objects.filter(programme=row.programme, school=successor).first()
        if there is None:
            continue
        row.contacts.update(partner_school=there)
        row.letters.filter(state__in=[Job.State.DONE, Job.State.FAILED]).update(partner_school=there)
        for name in ("chosen_because", "recommended_by", "capacity", "capacity_note", "subject", "year_group", "area"):
            setattr(there, name, getattr(there, name) or getattr(row, name))
        there.tags = list(dict.fromkeys([*there.tags, *row.tags]))
        there.other_projects = list(dict.fromkeys([*there.other_projects, *row.other_projects]))
        there.save()
        row.delete()


def conflicts(organisation):
    return ConflictOfInterest.objects.filter(of_open_programmes(organisation, "specialist__"))


def leave_out_conflicts_declared_twice(person, rows, successor):
    there = ConflictOfInterest.objects.filter(specialist=OuterRef("specialist"), school=successor)
    rows.filter(Exists(there)).delete()


def of_schools_taking_part(organisation):
    """Facts of a school follow with the programmes in which it takes part, whoever else runs one there."""
    return (
        Q(school__in=partnerships(organisation).order_by().values("partner_school"))
        | Q(school__in=specialists(organisation).order_by().values("home_school"))
        | Q(school__in=partner_schools(organisation).order_by().values("school"))
    )


def closures_to_come(organisation):
    return SchoolClosure.objects.filter(of_schools_taking_part(organisation), last_on__gte=timezone.localdate())


def leave_out_days_entered_twice(person, rows, successor):
    """What the successor's calendar says already, of all the days, is said once. Of days in part both stand."""
    there = list(SchoolClosure.objects.filter(school=successor))
    for row in rows:
        if any(holds(other, row) for other in there):
            row.delete()


def limits(organisation):
    return SchoolLimits.objects.filter(of_schools_taking_part(organisation))


def leave_out_limits_in_the_way(person, rows, successor):
    """A successor that has said how much it can spare keeps that."""
    if SchoolLimits.objects.filter(school=successor).exists():
        rows.delete()


def term_dates(organisation):
    return TermDate.objects.filter(organisation=organisation, school__isnull=False)


def leave_out_dates_in_the_way(person, rows, successor):
    """A successor with dates of its own keeps them."""
    if TermDate.objects.filter(school=successor, organisation__in=rows.values("organisation")).exists():
        rows.delete()


def make_agreements_anew(person, organisation, school, successor):
    """An agreement that not everyone has signed names the school that is there now, in a new version."""
    named = Q(sections__home_school_id=school.pk) | Q(sections__partner_school_id=school.pk)
    rows = Agreement.objects.waiting().filter(named, partnership__programme__organisation=organisation)
    for agreement in rows.select_related("partnership").order_by("partnership"):
        follow_schools(person, agreement.partnership, f"The school became {successor}"[:200])


# What is known by the programmes in which a school takes part comes before these.
FOLLOWING = [
    Following(
        "closure or no-go to come,closures and no-gos to come",
        closures_to_come,
        "school",
        leave_out_days_entered_twice,
    ),
    Following(
        "limit of what the school can spare,limits of what the school can spare",
        limits,
        "school",
        leave_out_limits_in_the_way,
    ),
    Following("partnership", partnerships, "partner_school"),
    Following(
        "specialist teacher with this home school,specialist teachers with this home school",
        specialists,
        "home_school",
    ),
    Following(
        "signature still waited for,signatures still waited for",
        signatures,
        "school",
        leave_out_signatures_asked_twice,
    ),
    Following(
        "open objection to a pairing,open objections to a pairing", objections, "school", close_objections_made_twice
    ),
    Following(
        "agreement of the school to a proposed partnership,agreements of the school to proposed partnerships",
        acceptances,
        "school",
        take_back_what_is_agreed_twice,
    ),
    Following(
        "place in a list of partner schools,places in lists of partner schools",
        partner_schools,
        "school",
        join_what_stands_twice,
    ),
    Following(
        "declared conflict of interest,declared conflicts of interest",
        conflicts,
        "school",
        leave_out_conflicts_declared_twice,
    ),
    Following("own half term", term_dates, "school", leave_out_dates_in_the_way),
]
