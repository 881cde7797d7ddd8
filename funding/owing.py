"""The reminder: what holds money back, in the sentences of the page "Why has our money not been released?"."""

from django.db.models import Exists, OuterRef, Q, Subquery, Sum
from django.utils import timezone

from accounts.models import School, User
from funding.models import FundingPlan, Hold, PlanChange, Recovery, Release, VisitNotHeld
from funding.of_school import next_step, of_school, part_for, plans_of
from funding.reasons import TEACHERS, person_of
from funding.standing import Standing, Word, is_nothing, standing_of
from papers.templatetags.plain import listed, money
from visits.models import Event


def held_of_school(school: School, releases) -> list[str]:
    """To a head: each release of the own school that is held back, of these (a queryset), with every reason."""
    if not waiting(of_school(school, releases)).exists():
        return []
    return [
        f"{money(entry.row.amount)}, {stage.stage} stage, {entry.label}: {' '.join(sentences_of(entry.row))}"
        for plan in plans_of(school, waiting(releases))
        for stage in part_for(plan, school, releases).stages
        for entry in stage.entries
        if entry.is_late
    ]


def to_be_asked_back() -> Subquery:
    """Of a programme: what was paid and not used, and nobody has asked for yet. A part of a query, not one more."""
    rows = Recovery.objects.filter(plan__programme=OuterRef("pk"), state=Recovery.State.PROPOSED).order_by()
    return Subquery(rows.values("plan__programme").annotate(sum=Sum("amount")).values("sum"))


def asked_and_ended(person: User, since) -> Subquery:
    """Of a programme: what this person has asked back, and others have ended after this day. As above."""
    rows = Recovery.objects.filter(plan__programme=OuterRef("pk"), state=Recovery.State.DROPPED, ended_on__gt=since)
    rows = rows.filter(Q(ended_by=None) | ~Q(ended_by=person), requested_by=person).order_by()
    return Subquery(rows.values("plan__programme").annotate(sum=Sum("amount")).values("sum"))


def to_be_made_good() -> Subquery:
    """Of a programme: what was given back, and no release has paid more since. As above."""
    rows = Recovery.objects.given_back().filter(plan__programme=OuterRef("pk")).order_by()
    return Subquery(rows.values("plan__programme").annotate(sum=Sum("amount")).values("sum"))


def perhaps_paid_ahead():
    """Of a release: whether earlier stages may have paid its share. A part of a query, not one more: what has made
    less due since something was approved is looked for, and the rest is worked out where any is found."""
    side = {"partnership": OuterRef("partnership"), "side": OuterRef("side")}
    registers = Event.objects.filter(step__isnull=False, register_closed_at__isnull=False)
    return Exists(Release.objects.fixed().filter(**side)) & (
        Exists(PlanChange.objects.filter(plan=OuterRef("stage__plan")))
        | Exists(Recovery.objects.filter(**side))
        | Exists(VisitNotHeld.objects.filter(partnership=OuterRef("partnership")))
        | Exists(registers.filter(programme=OuterRef("stage__plan__programme")))
    )


def asked_back_of(school: School, organisation) -> list[Recovery]:
    """What this organiser asks back of the school, and nobody has paid back or set against a stage."""
    rows = Recovery.objects.owed().filter(school=school, plan__programme__organisation=organisation)
    return list(rows.select_related("plan__programme").order_by("approved_at", "pk"))


def waiting(releases):
    """Those that were due and are not approved, or approved and on hold. What is missing is worked out only where
    there are any."""
    held = Hold.objects.filter(ended_at=None).values("release")
    standing = Q(state=Release.State.OPEN) | Q(state=Release.State.APPROVED, pk__in=held)
    active = Q(stage__plan__status=FundingPlan.Status.ACTIVE)
    return releases.filter(standing, active, stage__due_on__lte=timezone.localdate())


def sentences_of(row: Standing) -> list[str]:
    sentences = [reason.sentence for reason in row.missing] if row.word == Word.AWAITING else []
    return [*sentences, *([step] if (step := next_step(row, "")) else [])]


def owed_by_teacher(person: User, partnerships) -> list[str]:
    """To a teacher: what they owe in these partnerships (a queryset) that holds money back, and whose money it is.

    No amount: it is the schools' business.
    """
    open_ones = waiting(Release.objects.filter(partnership__in=partnerships.values("pk")))
    keys = set(open_ones.values_list("partnership", flat=True))
    if not keys:
        return []
    plans = FundingPlan.objects.filter(stages__releases__in=open_ones).distinct().select_related("programme")
    found = {}
    for plan in plans.order_by("pk"):
        for row in standing_of(plan, keys).of(word=Word.AWAITING):
            if is_nothing(row):
                continue
            for reason in row.missing:
                if reason.owed in {TEACHERS, person_of(person)}:
                    held = found.setdefault((row.partnership, reason.sentence), ([], []))
                    held[0].append(row.school.name)
                    held[1].append(row.stage.name)
    return [
        f"{partnership.label}: {sentence} It holds back the money of {once(schools)} for the {once(stages)} stage."
        for (partnership, sentence), (schools, stages) in found.items()
    ]


def once(names) -> str:
    return listed(list(dict.fromkeys(names)))
