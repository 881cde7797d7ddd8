"""Release time and money of one school in one programme: what was given, what was received, what is still to come."""

from accounts.models import School
from funding.models import FundingPlan, Release
from funding.of_school import part_for
from funding.printing.school import part_facts
from programmes.models import Partnership, Programme
from visits.ledger.figures import Side, total
from visits.ledger.numbers import COVERS
from visits.ledger.reading import lines_of
from visits.models import Booking, Visit


def spent_words(programme: Programme, school: School) -> dict:
    """Half-days of both sides on which the school stands, those given to it by others, and its money by stage."""
    either = Partnership.objects.filter(programme=programme, partner_school=school)
    either |= Partnership.objects.filter(programme=programme, specialist__home_school=school)
    lines = [line for line in lines_of(either.order_by("ref")) if line.school == school]
    own = total(line.account for line in lines)
    guests = Booking.objects.filter(
        visit__partnership__programme=programme,
        visit__host=school,
        visit__status=Visit.Status.TOOK_PLACE,
        is_out=True,
    ).exclude(school=school)
    return {
        "out": own.used,
        "promised": own.promised,
        "late": own.late,
        "sides": [side.value for side in Side if any(line.side == side for line in lines)],
        "covered": [{"by": COVERS[by], "n": n} for by, n in own.covers.most_common() if n],
        "time_in": guests.count(),
        "money": money_words(programme, school),
    }


def money_words(programme: Programme, school: School) -> dict | None:
    """What the school gets of the plan that is in force, stage by stage; None where there is no money in it."""
    plan = FundingPlan.objects.in_force().filter(programme=programme).first()
    if plan is None:
        return None
    part = part_for(plan, school, Release.objects.filter(stage__plan=plan))
    if not part.stages:
        return None
    facts = part_facts(part)
    return {
        **{
            name: facts[name]
            for name in ("entitled", "paid_net", "held_total", "held", "to_come", "owed", "is_owed", "rate")
        },
        "stages": [
            {"stage": stage["name"], "amount": entry["amount"], "of": entry["label"], "state": entry["tag"]}
            for stage in facts["stages"]
            for entry in stage["entries"]
        ],
    }
