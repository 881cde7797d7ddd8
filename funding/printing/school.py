"""The statement of a school on paper: the page "Why has our money not been released?" and every line behind it."""

from accounts.models import Organisation, School
from funding.models import Recovery, Release
from funding.of_school import ProgrammePart, part_for, plans_of
from funding.printing.words import day, plan_facts, reasons_of, sums_facts
from funding.services.releasing import approvers
from funding.showing import Part
from papers.templatetags.plain import listed
from programmes.models import Programme


def school_figures(organisation: Organisation, school: School) -> dict:
    """Of all programmes of this organiser that have begun: what a head may read, whoever asked for it."""
    releases = Release.objects.filter(stage__plan__programme__organisation=organisation)
    releases = releases.exclude(stage__plan__programme__status=Programme.Status.DRAFT)
    return {
        "organiser": organisation.name,
        "school": school.name,
        "urn": school.urn,
        "programmes": [part_facts(part_for(plan, school, releases)) for plan in plans_of(school, releases)],
    }


def part_facts(part: ProgrammePart) -> dict:
    approving = listed([str(person) for person in approvers(part.plan)], "or")
    return plan_facts(part.plan) | {
        "sums": sums_facts(part.sums),
        "held": len(part.held),
        "held_total": str(part.held_total),
        "stopped": len(part.stopped),
        "stopped_total": str(part.stopped_total),
        "released": str(part.sum_of(Part.PAID) + part.sum_of(Part.FINANCE)),
        "paid": str(part.sum_of(Part.PAID)),
        "to_come": str(part.sum_of(Part.APPROVAL) + part.sum_of(Part.LATER)),
        "paid_back": str(part.paid_back),
        "paid_net": str(part.paid_net),
        "net": str(part.net),
        "is_owed": part.owed > 0,
        "has_paid_back": part.paid_back > 0,
        "owed": str(part.owed),
        "entitled": str(part.entitled),
        "stages": [
            {
                "name": stage.stage.name,
                "due_on": day(stage.stage.due_on),
                "entries": [entry_facts(entry, approving) for entry in stage.entries],
            }
            for stage in part.stages
        ],
        "asked_back": [back_facts(recovery) for recovery in part.asked_back],
    }


def entry_facts(entry, approving) -> dict:
    row = entry.row
    return {
        "partnership": row.partnership.ref,
        "label": entry.label,
        "tag": entry.tag.text,
        "reasons": reasons_of(row, approving) or payment_of(row.release),
        "lines": [{"words": line.words, "amount": str(line.amount)} for line in row.lines],
        "amount": str(row.amount),
    }


def payment_of(release: Release) -> list[str]:
    return [f"In the payment {release.payment.reference}."] if release.payment else []


def back_facts(recovery: Recovery) -> dict:
    return {
        "partnership": recovery.partnership.ref,
        "label": recovery.partnership.label,
        "reason": recovery.get_reason_display(),
        "state": recovery.how_it_stands,
        "on": day(recovery.ended_on),
        "amount": str(recovery.amount),
    }
