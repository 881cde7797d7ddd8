"""What the page of one agreement says to its reader, and the sentences after an act on it."""

from django.contrib.messages import INFO, SUCCESS, WARNING
from django.utils import timezone

from papers.templatetags.plain import listed, longday
from programmes.models import Agreement
from programmes.resting import again_from
from programmes.services.agreements.making import became, has_other_people
from programmes.services.agreements.revisiting import is_due, side_of
from programmes.services.agreements.signing import memberships_to_sign
from programmes.services.agreements.standing import find_invitations, signers_of, standing_of
from programmes.services.agreements.telling import lately_reminded, to_remind


def waiting_signer(person, agreement, pk=None, capacity=None, signed=False):
    """The capacity in which the person signs next, or the one asked for; None when there is none.

    With `signed` also one in which the person has signed already: of a second click.
    """
    if not agreement.takes_signatures and not signed:
        return None
    asked = int(pk) if str(pk or "").isdecimal() else None
    rows = []
    for signer in signers_of([agreement])[agreement.pk]:
        wanted = asked in {None, signer.signature.pk} and capacity in {None, signer.signature.capacity}
        memberships = memberships_to_sign(person, agreement, signer.signature)
        if memberships and wanted and (signed or not signer.signed):
            signer.as_deputy = memberships[0].deputy
            rows.append(signer)
    return min(rows, key=lambda signer: signer.signed, default=None)


def page_of(person, agreement) -> dict:
    """Everything on the page but the form."""
    today = timezone.localdate()
    signers = signers_of([agreement])[agreement.pk]
    programme = agreement.partnership.programme
    manages = any(
        m.organisation_id == programme.organisation_id for m in person.memberships_granting("agreements.manage")
    )
    stands = standing_of([agreement])[agreement.partnership_id]
    if manages:
        find_invitations(agreement, signers)
    sections = agreement.sections
    names = {sections[f"{side}_school_id"]: sections[f"{side}_school"] for side in ("home", "partner")}
    renamed = became(agreement) if agreement.is_current else {}
    due = is_due(agreement, today)
    side = side_of(person, agreement) if due else None
    revisits = list(agreement.revisits.select_related("by"))
    said = {row.side for row in revisits if row.due_on == programme.agreement_revisited_on}
    return {
        "s": agreement.sections,
        "signers": signers,
        "signed_count": stands.signed,
        "required": stands.required,
        "waiting_words": stands.waiting,
        "since": stands.since,
        "versions": list(Agreement.objects.filter(partnership=agreement.partnership_id).order_by("-version")),
        "manages": manages and agreement.is_current,
        "renamed": [(names[then], school) for then, school in renamed.items()],
        "has_other_people": agreement.is_current and has_other_people(agreement, renamed),
        "takes_signatures": agreement.takes_signatures,
        "revisits": revisits,
        "revisit_due": due,
        "may_say_it_holds": due and side is not None and side not in said,
        **(reminding(agreement, signers) if manages and agreement.takes_signatures else {}),
    }


def reminding(agreement, signers) -> dict:
    """Whom a reminder may go to now, and who had one in the last three days."""
    resting = lately_reminded(agreement)
    people = to_remind(signers)
    return {
        "remindable": [someone for someone in people if someone.pk not in resting],
        "resting": [(mail, again_from(mail)) for one in people if (mail := resting.get(one.pk))],
    }


def already_said(signer):
    at = timezone.localtime(signer.signature.signed_at)
    return f"This was signed already, at {at:%H:%M} on {longday(at)}. It counts once."


def said_of_reminding(done) -> list[tuple]:
    said = []
    if done.sent:
        said.append((SUCCESS, f"A reminder goes to {listed(done.sent)}."))
    said += [
        (
            INFO,
            f"{mail.to} was reminded on {longday(mail.queued_at)}, so no mail went out now. "
            f"The next can go from {again_from(mail)}.",
        )
        for mail in done.resting
    ]
    if done.cannot_sign_in:
        said.append(
            (WARNING, f"No mail to {listed(done.cannot_sign_in)}: invite them first, so that they can sign in.")
        )
    return said or [(INFO, "Nobody is left to remind.")]
