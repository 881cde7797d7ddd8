"""From a day of the programme on, signed agreements are looked at again: each side says whether it still holds."""

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from accounts import audit
from programmes.models import Agreement, Revisit
from programmes.services.agreements.signing import Capacity, memberships_to_sign

Side = Revisit.Side


class NotDue(Exception):
    """There is nothing to say about this agreement at present."""


def to_revisit(agreements, today):
    """Complete ones whose day has come and that were made before it, of which not both sides have said they hold."""
    said = Revisit.objects.filter(
        agreement=OuterRef("pk"), due_on=OuterRef("partnership__programme__agreement_revisited_on")
    )
    return (
        agreements.current()
        .filter(
            completed_at__isnull=False,
            partnership__status__in=Agreement.SIGNED_WHILE,
            partnership__programme__agreement_revisited_on__lte=today,
            partnership__programme__status="active",
            made_at__date__lt=F("partnership__programme__agreement_revisited_on"),
        )
        .exclude(Exists(said.filter(side=Side.BOTH)))
        .exclude(Exists(said.filter(side=Side.SPECIALIST)) & Exists(said.filter(side=Side.PARTNER)))
    )


def unsaid_by(side):
    """Of rows that are to be revisited, those of which this side has not said yet that they hold."""
    said = Revisit.objects.filter(
        agreement=OuterRef("pk"), due_on=OuterRef("partnership__programme__agreement_revisited_on"), side=side
    )
    return ~Q(Exists(said))


def is_due(agreement, today):
    return to_revisit(Agreement.objects.filter(pk=agreement.pk), today).exists()


def side_of(person, agreement):
    """For whom the person may say that it holds: the own side, or both sides as the coordinator; None for others."""
    for row in agreement.signatures.all():
        if not row.is_of_a_head and memberships_to_sign(person, agreement, row):
            return Side.SPECIALIST if row.capacity == Capacity.SPECIALIST else Side.PARTNER
    organisation = agreement.partnership.programme.organisation_id
    coordinates = any(m.organisation_id == organisation for m in person.memberships_granting("agreements.manage"))
    return Side.BOTH if coordinates else None


@transaction.atomic
def still_holds(person, agreement, today) -> Revisit:
    """It is recorded who said for which side that the agreement still holds. A second click records nothing more."""
    side = side_of(person, agreement)
    if side is None or not is_due(agreement, today):
        raise NotDue(f"agreement {agreement.pk}")
    row, new = Revisit.objects.get_or_create(
        agreement=agreement,
        side=side,
        due_on=agreement.partnership.programme.agreement_revisited_on,
        defaults={"by": person},
    )
    if new:
        audit.record(person, "agreements.still holds", agreement, about=side)
    return row
