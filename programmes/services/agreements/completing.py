from django.utils import timezone

from accounts import audit
from programmes.models import Agreement, Partnership, PartnerTeacher
from programmes.services import life
from programmes.services.agreements.telling import tell_complete


def complete_if_all_signed(person, agreement) -> bool:
    """In the transaction of the last signature the agreement becomes complete, and a proposed partnership agreed.

    Without a partner teacher it waits for one, since nobody stands for that side of it.
    The caller holds the agreement, so of two who sign last at once the second sees the signature of the first.
    """
    if agreement.signatures.filter(signed_at=None).exists():
        return False
    if not PartnerTeacher.objects.filter(partnership=agreement.partnership_id, until=None).exists():
        return False
    completed = Agreement.objects.filter(pk=agreement.pk, completed_at=None).update(completed_at=timezone.now())
    if not completed:
        return False
    agreement.refresh_from_db(fields=["completed_at"])
    audit.record(person, "agreements.complete", agreement)
    agree(person, agreement)
    tell_complete(agreement)
    return True


def agree(person, agreement):
    """The step of a proposed partnership; where the step is not open that day, the coordinator takes it later."""
    partnership = Partnership.objects.with_people().get(pk=agreement.partnership_id)
    if partnership.status != Partnership.Status.PROPOSED:
        return
    reason = f"Version {agreement.version} of the agreement is signed by all {agreement.signatures.count()}"
    try:
        on = life.day_of_step(partnership, Partnership.Status.AGREED)
        life.move(person, partnership, Partnership.Status.AGREED, on=on, reason=reason)
    except life.WrongStep:
        audit.record(person, "agreements.complete, not agreed", partnership)
