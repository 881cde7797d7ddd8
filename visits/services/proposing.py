"""Another time for a visit: one teacher proposes it, one of the others (or the coordinator) accepts it or declines."""

import copy

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit
from accounts.mail import post_all
from visits import mails
from visits.models import Booking, ProposedTime, Visit, VisitChange, WrongState
from visits.services.changing import check_seen, held, move_visit, who_comes
from visits.services.history import tell
from visits.services.keeping import Taken, in_the_way
from visits.services.telling import tell_people


class AlreadyProposed(WrongState):
    """Another time is proposed already, and waits for its answer."""


@transaction.atomic
def propose_time(person, visit, on, half, reason="", *, seen=None) -> ProposedTime:
    """The half-day is proposed, and the other teachers are asked; the visit stays where it is until one accepts.

    Raises Taken where somebody is booked on it already, so that nobody is asked for what cannot be.
    """
    (visit,) = held([visit])
    check_seen(visit, seen)
    there = at(visit, on, half)
    if taken := in_the_way(there, who_comes(visit)):
        raise Taken(taken)
    try:
        with transaction.atomic():
            proposal = ProposedTime.objects.create(visit=visit, on=on, half=half, reason=reason, by=person)
    except IntegrityError as error:
        raise AlreadyProposed(f"visit {visit.pk}") from error
    tell(person, there, before=visit, what=VisitChange.What.PROPOSED, reason=reason)
    audit.record(person, "visits.proposed", visit)
    others = [teacher for teacher in visit.partnership.teachers if teacher != person]
    post_about(mails.TIME_PROPOSED, person, proposal, others)
    return proposal


def at(visit, on, half) -> Visit:
    """The visit as it would stand on that half-day; nothing is kept."""
    there = copy.copy(visit)
    there.on, there.half = on, half
    return there


@transaction.atomic
def answer_proposal(person, proposal, *, accept) -> Visit:
    """Accepted, the visit has moved, and suits both who proposed and who accepted it; declined, it stays.

    Nobody answers for themselves. Raises Taken where somebody was booked meanwhile: the proposal stays open then.
    """
    (visit,) = held([proposal.visit])
    if person.pk == proposal.by_id:
        raise WrongState(f"proposal {proposal.pk} is this person's own")
    close(proposal, ProposedTime.Answer.ACCEPTED if accept else ProposedTime.Answer.DECLINED, person)
    if not accept:
        tell(person, at(visit, proposal.on, proposal.half), before=visit, what=VisitChange.What.DECLINED)
        post_about(mails.TIME_DECLINED, person, proposal, [proposal.by])
        return visit
    changes = []
    visit = move_visit(person, visit, proposal.on, proposal.half, proposal.reason, changes=changes)
    Booking.objects.filter(visit=visit, person=proposal.by_id).update(confirmed_at=timezone.now())
    tell_people(person, changes)
    return visit


@transaction.atomic
def withdraw(person, proposal) -> None:
    """Whoever proposed it does not any more: the visit stays where it is."""
    (visit,) = held([proposal.visit])
    close(proposal, ProposedTime.Answer.WITHDRAWN, person)
    tell(person, at(visit, proposal.on, proposal.half), before=visit, what=VisitChange.What.WITHDRAWN)


def close(proposal, answer, person):
    """Of two who answer at once one does, and the other is told."""
    open_ones = ProposedTime.objects.filter(pk=proposal.pk, answer="")
    if not open_ones.update(answer=answer, answered_by=person, answered_at=timezone.now()):
        raise WrongState(f"proposal {proposal.pk} has its answer")
    audit.record(person, f"visits.time {answer}", proposal.visit)


def post_about(kind, person, proposal, people):
    visit = Visit.objects.with_people().select_related("partnership__programme__organisation").get(pk=proposal.visit_id)
    context = {"visit": visit, "proposal": proposal}
    organisation = visit.partnership.programme.organisation
    return post_all(kind, [(to, context) for to in people], about=visit, organisation=organisation, by=person)
