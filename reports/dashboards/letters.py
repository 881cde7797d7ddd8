"""Funding letters on Today: for whoever issues them, those that say what is not true any more."""

from django.urls import reverse

from accounts.roles import GRANTS, Role
from funding.models import FundingLetter
from funding.services.letters import stale_ones
from programmes.models import Programme
from reports.dashboards.rows import mine


def letter_items(user, acting, today):
    """A line for each stage: whoever checks such a letter is told that it does not hold any more, and its school waits
    for another. One query where there is none; the coordinator's lines come with the programmes."""
    if acting.role not in GRANTS["letters.issue"] or acting.role == Role.COORDINATOR:
        return []
    return items_of(user, acting)


def coordinators_items(user, acting, programmes):
    """The same where any of these programmes (with its `letters_to_look_at`) has letters to be looked at."""
    return items_of(user, acting) if any(programme.letters_to_look_at for programme in programmes) else []


def items_of(user, acting):
    rows = mine(FundingLetter, user, acting, "letters.issue").filter(stage__plan__programme__status=OPEN)
    found = {}
    for letter in stale_ones(rows):
        found.setdefault(letter.stage, []).append(letter)
    return [letter_item(stage, letters) for stage, letters in found.items()]


OPEN = Programme.Status.ACTIVE


def letter_item(stage, letters):
    first, *others = letters
    programme, more = stage.plan.programme, f" and {len(others)} more" if others else ""
    says = f"{len(letters)} funding letters say" if others else "A funding letter says"
    return {
        "title": f"{says} what is not true any more",
        "text": f"{stage} stage: to {first.school}{more}. Issue {'new ones' if others else 'a new one'}.",
        "url": reverse("funding:letters", args=[programme.slug, stage.pk]),
        "programmes": [programme],
    }
