"""What of a programme follows a school that has closed to its successor. Closed programmes keep their schools."""

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.register.succession import Following
from jobs.models import Job
from programmes.models import (
    Acceptance,
    Agreement,
    ConflictOfInterest,
    Objection,
    PartnerSchool,
    Partnership,
    Programme,
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


FOLLOWING = [
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
