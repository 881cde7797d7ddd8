"""Signing in the app: who may sign in which capacity, and the signature itself."""

import re
import unicodedata

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.roles import Role
from programmes.models import Agreement, Signature
from programmes.services.acceptances import count_signature
from programmes.services.agreements.completing import complete_if_all_signed
from programmes.services.agreements.making import ChangedMeanwhile, current_agreement

Capacity = Signature.Capacity
APOSTROPHES = r"['`\u2018\u2019\u02bc]"
ROLES = {
    Capacity.SPECIALIST: Role.SPECIALIST,
    Capacity.PARTNER: Role.PARTNER,
    Capacity.HEAD_OF_PARTNER_SCHOOL: Role.HEADTEACHER,
    Capacity.HEAD_OF_HOME_SCHOOL: Role.HEADTEACHER,
}


class TakesNoSignature(Exception):
    """The partnership rests or has ended, so nobody signs its agreement at present."""


def memberships_to_sign(person, agreement, signature) -> list:
    """The memberships of which each lets the person sign in this capacity, a head's own before a deputy's."""
    organisation = agreement.partnership.programme.organisation_id
    role = ROLES[signature.capacity]
    found = [
        m
        for m in person.memberships_granting("agreements.sign")
        if m.role == role and m.organisation_id == organisation and m.school_id in {None, signature.school_id}
    ]
    if not signature.is_of_a_head and signature.person_id != person.pk:
        return []
    return sorted(found, key=lambda m: m.deputy)


def waits_for(person, agreement) -> list[Signature]:
    """The capacities in which the person has still to sign this agreement, in order."""
    if not agreement.takes_signatures:
        return []
    return [
        row for row in agreement.signatures.all() if not row.is_signed and memberships_to_sign(person, agreement, row)
    ]


@transaction.atomic
def sign(person, agreement, signature, typed_name) -> bool:
    """The signature is there for good, and the last one completes the agreement. False when it was there already.

    A head who signs has agreed to a partnership that is only proposed so far.

    ChangedMeanwhile when a newer version took the agreement's place: then nothing is signed.
    """
    current = current_agreement(agreement.partnership)
    if current.pk != agreement.pk:
        raise ChangedMeanwhile(current)
    agreement = Agreement.objects.with_signatures().get(pk=current.pk)
    if not agreement.is_complete and not agreement.takes_signatures:
        raise TakesNoSignature(f"agreement {agreement.pk}")
    membership = memberships_to_sign(person, agreement, signature)[0]
    signed = Signature.objects.filter(pk=signature.pk, agreement=agreement, signed_at=None).update(
        signed_by=person,
        signed_at=timezone.now(),
        typed_name=" ".join(typed_name.split()),
        as_deputy=membership.deputy,
    )
    if not signed:
        return False
    audit.record(person, "agreements.signed", signature, about=signature.capacity)
    if not complete_if_all_signed(person, current) and signature.is_of_a_head:
        count_signature(person, agreement.partnership, signature.school_id)
    return True


def is_name_of(person, typed) -> bool:
    """Whether someone typed their own name: every word of it, in order; case, accents, spaces, hyphens and apostrophes
    do not matter, nor a title or a middle name between the words."""
    rest = iter(name_words(typed))
    wanted = name_words(person.get_full_name())
    return bool(wanted) and all(word in rest for word in wanted)


def name_words(name) -> list[str]:
    plain = unicodedata.normalize("NFKD", name).casefold()
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.sub(r"[^\w]+", " ", re.sub(APOSTROPHES, "", plain)).split()
