"""The head of each school agrees to a proposed partnership; when both schools have, it is agreed."""

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import School
from papers.templatetags.plain import listed
from programmes.models import Acceptance, Partnership, Programme
from programmes.services import life

PROPOSED, AGREED = Partnership.Status.PROPOSED, Partnership.Status.AGREED
CHANGED = "This proposal has changed since you opened the page, and nothing was saved. Read it again before you agree."


class NotOpen(Exception):
    """The person has nothing to agree to here; the sentence says why."""


class Changed(Exception):
    """It is not the proposal that the person has read."""


def schools_of_head(person, partnership, action) -> list[School]:
    """The schools of the partnership whose head the person is here and for which they may act so."""
    heads = {
        m.school_id
        for m in person.memberships_granting(action)
        if m.organisation_id == partnership.programme.organisation_id
    }
    return [school for school in partnership.schools if school.pk in heads]


def asked_of(person, partnership) -> list[School]:
    """The schools for which the person is asked to agree; NotOpen says why there is none."""
    own = schools_of_head(person, partnership, "pairing.agree")
    if partnership.programme.status == Programme.Status.CLOSED:
        raise NotOpen("This programme is closed, and its partnerships stay as they are.")
    if partnership.status == AGREED:
        raise NotOpen("This partnership is agreed already. Thank you.")
    if partnership.status != PROPOSED:
        raise NotOpen(f"There is nothing to agree to: this partnership is {partnership.get_status_display().lower()}.")
    waiting = [school for school in own if school in partnership.awaited]
    if not waiting:
        raise NotOpen(f"{listed(own)} {'has' if len(own) == 1 else 'have'} agreed already. Thank you.")
    open_to_it = [school for school in waiting if school.pk not in objecting(partnership)]
    if not open_to_it:
        raise NotOpen(
            f"{listed(waiting)} has raised something about this pairing. The coordinator answers first; you can agree "
            "after that."
        )
    return open_to_it


def mark(partnership) -> str:
    """What a head has read: who would work with which school."""
    people = sorted(teacher.pk for teacher in partnership.current_partner_teachers)
    return "-".join(map(str, [partnership.specialist_id, *(school.pk for school in partnership.schools), *people]))


@transaction.atomic
def agree(person, partnership, read) -> tuple[Partnership, list[School]]:
    """The person's schools have agreed to what they have `read`; once both sides have, the partnership is agreed.

    Whoever agrees holds the partnership, so of two heads at once the second sees the first. NotOpen when there is
    nothing to agree to any more, Changed when it is another proposal by now.
    """
    Partnership.objects.select_for_update().get(pk=partnership.pk)
    partnership = read_again(partnership)
    schools = asked_of(person, partnership)
    if read != mark(partnership):
        raise Changed
    return keep(person, partnership, schools)


@transaction.atomic
def count_signature(person, partnership, school_id):
    """A head who signs the agreement of a proposed partnership has agreed to it.

    The caller holds the partnership.
    """
    partnership = read_again(partnership)
    schools = [school for school in partnership.awaited if school.pk == school_id]
    if partnership.status == PROPOSED and schools and school_id not in objecting(partnership):
        keep(person, partnership, schools)


def read_again(partnership):
    return Partnership.objects.with_people().with_acceptances().get(pk=partnership.pk)


def objecting(partnership) -> set[int]:
    """The schools whose objection waits for an answer."""
    return set(partnership.objections.open().values_list("school", flat=True))


def keep(person, partnership, schools):
    for school in schools:
        row = Acceptance.objects.create(partnership=partnership, school=school, by=person)
        audit.record(person, "pairing.agreed", row)
    waiting = [school for school in partnership.awaited if school not in schools]
    if not waiting:
        reason = "The school has agreed" if partnership.is_in_own_school else "Both schools have agreed"
        life.move(person, partnership, AGREED, on=life.day_of_step(partnership, AGREED), reason=reason)
    return partnership, waiting


def take_back(person, partnership, school=None):
    """What was agreed to a partnership that is still proposed no longer counts: of one school, or of both."""
    if partnership.status != PROPOSED:
        return
    rows = Acceptance.objects.filter(partnership=partnership, taken_back_at=None)
    rows = rows.filter(school=school) if school else rows
    rows.update(taken_back_at=timezone.now(), taken_back_by=person)
