"""A school says that its pairing does not suit it, and the coordinator answers."""

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.mail import post, post_all
from accounts.models import Membership, School, User
from accounts.roles import Role
from programmes.mails import OBJECTION_ANSWERED, OBJECTION_RAISED
from programmes.models import Objection, Partnership
from programmes.services import life
from programmes.services.acceptances import schools_of_head, take_back

# Also once it is agreed or has begun: the days are the school's, whoever takes the next step meanwhile.
OPEN_TO_IT = {
    Partnership.Status.PROPOSED,
    Partnership.Status.AGREED,
    Partnership.Status.ACTIVE,
    Partnership.Status.PAUSED,
    Partnership.Status.EMBEDDING,
}
DECLINED = "Declined by the school"
FOLDED_MEANWHILE = "The partnership has folded, so there is nothing left to answer."

REASONS = [
    "The other school is too far away",
    "The subject or the year group does not fit",
    "No cover to be found",
    "The teacher leaves or is away for long",
    "Too much else going on at present",
    "A conflict of interest",
]
ANOTHER_REASON = "Another reason"  # a note says which


class NotOpen(Exception):
    """The pairing cannot be objected to any more; the sentence says why."""


class AnsweredMeanwhile(Exception):
    """Someone else answered first."""


@dataclass(frozen=True)
class Window:
    """Until when a school can object to a pairing, whether it can now, and whether the days are over."""

    until: dt.date
    is_open: bool
    is_over: bool


def window(partnership, on=None) -> Window | None:
    """As it stands on a day, or today. None for a pairing never proposed here, such as one loaded as running."""
    proposed = partnership.steps.filter(status=Partnership.Status.PROPOSED).aggregate(on=Max("on"))["on"]
    if proposed is None:
        return None
    until = proposed + Objection.WITHIN
    is_over = (on or timezone.localdate()) > until
    return Window(until, partnership.status in OPEN_TO_IT and not is_over, is_over)


def schools_for(person, partnership):
    """The schools of the partnership for which this person may object: those whose head they are here."""
    own = schools_of_head(person, partnership, "pairing.object")
    return School.objects.filter(pk__in=[school.pk for school in own]).order_by("name")


@transaction.atomic
def object_to(person, objection) -> Objection:
    """The objection stands, and the coordinators are told. NotOpen when it is too late or a colleague was first.

    A school that had agreed to a partnership that is only proposed has not, until it agrees again.
    """
    partnership = Partnership.objects.select_for_update(of=["self"]).get(pk=objection.partnership_id)
    found = window(partnership, timezone.localdate(objection.at))
    if found is None or not found.is_open:
        raise NotOpen("This pairing can no longer be declined here.")
    objection.by = person
    try:
        with transaction.atomic():
            objection.save(force_insert=True)
    except IntegrityError as error:
        raise NotOpen("Someone of your school has objected already, and the coordinator has it.") from error
    take_back(person, partnership, objection.school)
    audit.record(person, "pairing.objected", objection, about=objection.kind)
    context = {
        "objection": objection,
        "partnership": objection.partnership,
        "answer_url": reverse("programmes:objection_answer", args=[objection.pk]),
    }
    organisation = objection.partnership.programme.organisation
    letters = [(user, context) for user in coordinators_of(organisation)]
    post_all(OBJECTION_RAISED, letters, about=objection, organisation=organisation, by=person)
    return objection


def coordinators_of(organisation):
    live = Membership.objects.live().filter(role=Role.COORDINATOR, organisation=organisation)
    return User.objects.filter(pk__in=live.values("user")).order_by("pk")


@transaction.atomic
def answer(person, objection, outcome, text) -> Objection:
    """The school has its answer, and the pairing stays or folds. Of two who answer at once one wins."""
    given = {"answer": text, "outcome": outcome, "answered_by": person, "answered_at": timezone.now()}
    if not Objection.objects.open().filter(pk=objection.pk).update(**given):
        raise AnsweredMeanwhile(f"objection {objection.pk}")
    objection.refresh_from_db()
    partnership = objection.partnership
    audit.record(person, "pairing.answered", objection, about=outcome)
    if outcome == Objection.Outcome.DISSOLVE and partnership.status != Partnership.Status.FOLDED:
        on = life.day_of_step(partnership, Partnership.Status.FOLDED)
        told = {objection.by}  # by the answer, and one mail is enough
        life.move(person, partnership, Partnership.Status.FOLDED, on=on, reason=DECLINED, told=told)
    tell(person, objection)
    return objection


def tell(person, objection):
    partnership = objection.partnership
    post(
        OBJECTION_ANSWERED,
        objection.by,
        {"objection": objection, "partnership": partnership},
        about=objection,
        organisation=partnership.programme.organisation,
        by=person,
    )


def close_objections(person, partnership, on):
    """After a fold nothing waits for an answer. The mail about the fold tells whoever objected."""
    given = {"answer": FOLDED_MEANWHILE, "outcome": Objection.Outcome.DISSOLVE}
    partnership.objections.open().update(**given, answered_by=person, answered_at=timezone.now())


def of_page(person, partnership, coordinating, heading) -> dict:
    """What the page of a partnership says: for its coordinators and heads the objections, for others that there is one.

    `coordinating` and `heading` are whether the person may answer here, and may object here.
    """
    rows = partnership.objections.select_related("school", "by", "answered_by")
    seen = list(rows.allowed(person, "pairing.manage")) if coordinating else []
    found = window(partnership) if heading else None
    if heading:
        own = rows.allowed(person, "pairing.object")
        seen += [row for row in own if row not in seen]
    waits = rows.open().filter(~Q(pk__in=[row.pk for row in seen])).exists()
    objecting = {row.school_id for row in seen if row.answered_at is None}
    may = bool(heading and found and found.is_open)
    return {
        "objections": seen,
        "another_waits": waits,
        "window": found,
        "may_object": may and any(school.pk not in objecting for school in schools_for(person, partnership)),
        "may_answer": coordinating,
    }
