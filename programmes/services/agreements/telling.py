"""The mails about agreements: one when there is something to sign, one when all have signed, and reminders."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.mail import NudgedLately, nudge, post_all
from accounts.models import OutgoingMail, User
from programmes import mails
from programmes.models import Agreement
from programmes.services.agreements.standing import signers_of


def tell_ready(person, agreements, only=None):
    """One mail to each person who signs, with all of these agreements that wait for them; `only` these people.

    Where nobody did it, but a folder was loaded, nobody is written to.
    """
    if person is None:
        return
    rows = list(Agreement.objects.filter(pk__in=[agreement.pk for agreement in agreements]).with_signatures())
    signers, to_sign = signers_of(rows), defaultdict(dict)
    for agreement in rows:
        waiting = [signer for signer in signers[agreement.pk] if not signer.signed]
        for someone in (someone for signer in waiting for someone in signer.people):
            if only is None or someone.pk in only:
                to_sign[someone][agreement.pk] = agreement
    first = rows[0].partnership
    letters = [(someone, {"agreements": list(theirs.values())}) for someone, theirs in to_sign.items()]
    about = first if len(rows) == 1 else first.programme
    post_all(mails.AGREEMENT_READY, letters, about=about, organisation=first.programme.organisation, by=person)


def tell_complete(agreement):
    """Everyone who signed it learns that all have, and so does whoever made it."""
    agreement = Agreement.objects.with_signatures().select_related("made_by").get(pk=agreement.pk)
    people = [row.signed_by for row in agreement.signatures.all()]
    if agreement.made_by:
        people.append(agreement.made_by)
    partnership = agreement.partnership
    post_all(
        mails.AGREEMENT_COMPLETE,
        [(someone, {"agreement": agreement}) for someone in dict.fromkeys(people)],
        about=partnership,
        organisation=partnership.programme.organisation,
    )


@dataclass
class Reminded:
    """What became of a click on "Remind": who was mailed, whose last reminder still rests, who cannot sign in yet."""

    sent: list[User] = field(default_factory=list)
    resting: list[OutgoingMail] = field(default_factory=list)
    cannot_sign_in: list[str] = field(default_factory=list)


def to_remind(signers) -> list[User]:
    """Whoever has not signed and can sign in, each once, whatever the capacities. The head, not the deputy, where the
    head can sign in."""
    people = []
    for signer in signers:
        if not signer.signed:
            own = [someone for someone in signer.people if someone not in signer.deputies]
            people += own or signer.people
    return list(dict.fromkeys(people))


def lately_reminded(agreement) -> dict[int, OutgoingMail]:
    """The last nudge about the agreement of each person to whom none may go for now, by the person's id."""
    rows = OutgoingMail.objects.about(agreement).exclude(state=OutgoingMail.State.FAILED)
    rows = rows.filter(nudge_rests_until__gt=timezone.now()).select_related("to").order_by("queued_at")
    return {mail.to_id: mail for mail in rows}


@transaction.atomic
def remind(person, agreement) -> Reminded:
    """A reminder to each who has not signed and can sign in, never twice in three days to one of them."""
    agreement = Agreement.objects.with_signatures().get(pk=agreement.pk)
    done = Reminded()
    if not agreement.takes_signatures:
        return done
    signers = signers_of([agreement])[agreement.pk]
    done.cannot_sign_in = [signer.who for signer in signers if not signer.signed and not signer.can_sign_in]
    organisation = agreement.partnership.programme.organisation
    for someone in sorted(to_remind(signers), key=lambda someone: someone.pk):
        capacities = [signer for signer in signers if not signer.signed and someone in signer.people]
        context = {"agreement": agreement, "capacities": capacities}
        try:
            nudge(mails.AGREEMENT_REMINDER, someone, context, about=agreement, organisation=organisation, by=person)
        except NudgedLately as lately:
            done.resting.append(lately.mail)
        else:
            done.sent.append(someone)
    if done.sent:
        audit.record(person, "agreements.reminded", agreement)
    return done
