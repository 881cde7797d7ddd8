"""Agreements are made from the programme's text, follow its people, and give way to new versions."""

from collections import Counter

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from accounts import audit
from accounts.models import School, SchoolLink
from programmes.models import Agreement, AgreementText, Partnership, PartnerTeacher, Programme, Signature
from programmes.models.partnerships import OPEN_TO_VISITS
from programmes.services.agreements import words
from programmes.services.agreements.completing import complete_if_all_signed
from programmes.services.agreements.telling import tell_ready

Capacity = Signature.Capacity


class SavedMeanwhile(Exception):
    """Someone else saved a newer version of the text; `text` is that one."""

    def __init__(self, text):
        super().__init__(f"text {text.pk}")
        self.text = text


class ChangedMeanwhile(Exception):
    """The agreement has a newer version already; `agreement` is that one."""

    def __init__(self, agreement):
        super().__init__(f"agreement {agreement.pk}")
        self.agreement = agreement


class CannotBeMade(Exception):
    """The sentence says why to the person who would make it."""


@transaction.atomic
def save_text(person, programme, parts, base) -> AgreementText:
    """The words as the next version after `base`. What was made from earlier versions keeps its own words."""
    latest = programme.agreement_texts.last()
    if (latest.version if latest else 0) != base:
        raise SavedMeanwhile(latest)
    if latest and all(getattr(latest, name) == parts[name] for name in AgreementText.PARTS):
        return latest
    try:
        with transaction.atomic():
            text = AgreementText.objects.create(programme=programme, version=base + 1, written_by=person, **parts)
    except IntegrityError as error:
        raise SavedMeanwhile(programme.agreement_texts.last()) from error
    audit.record(person, "agreements.text written", text)
    return text


def makeable(partnerships):
    """Those of programmes that run in which people may sign and that have no agreement yet."""
    return partnerships.filter(status__in=Agreement.SIGNED_WHILE, programme__status=Programme.Status.ACTIVE).exclude(
        pk__in=Agreement.objects.current().values("partnership")
    )


def lacking(partnerships):
    """Of those the ones that are agreed or have started: one that is only proposed may wait for its heads first."""
    return makeable(partnerships).filter(status__in=OPEN_TO_VISITS)


def with_partner_teacher(rows):
    current = PartnerTeacher.objects.filter(until=None)
    return rows.filter(pk__in=current.values("partnership"))


def without_partner_teacher(rows):
    """Those that cannot have an agreement yet: nobody could sign for the partner school's side."""
    current = PartnerTeacher.objects.filter(until=None)
    return rows.exclude(pk__in=current.values("partnership"))


def count_by_programme(rows) -> list[tuple]:
    """(programme, how many of its partnerships in `rows` can have an agreement, and how many have no partner teacher),
    of programmes whose agreement has a text."""
    current = PartnerTeacher.objects.filter(until=None, partnership=OuterRef("pk"))
    rows = rows.filter(programme__in=AgreementText.objects.values("programme")).select_related("programme")
    rows = list(rows.annotate(ready=Exists(current)).order_by("-programme__starts_on", "programme__name"))
    every, ready = Counter(row.programme for row in rows), Counter(row.programme for row in rows if row.ready)
    return [(programme, ready[programme], n - ready[programme]) for programme, n in every.items()]


def versions(programme) -> list[AgreementText]:
    """The versions of the text, the newest first, each with how many current agreements are made from it."""
    current = Q(agreements__superseded_at=None, agreements__isnull=False)
    return list(
        programme.agreement_texts.select_related("written_by")
        .annotate(
            complete=Count("agreements", filter=current & Q(agreements__completed_at__isnull=False)),
            waiting=Count("agreements", filter=current & Q(agreements__completed_at=None)),
        )
        .order_by("-version")
    )


@transaction.atomic
def make_agreements(person, programme, partnerships) -> list[Agreement]:
    """An agreement for each of the partnerships that can have one and has none, and a mail to everyone who signs.

    Of two who press at once the second waits for the first, and finds nothing left to make.
    """
    rows = Partnership.objects.filter(pk__in=[p.pk for p in partnerships], programme=programme)
    list(rows.order_by("pk").select_for_update())
    wanted = [p for p in makeable(rows).with_people() if p.current_partner_teachers]
    if not wanted:
        return []
    made = write_agreements(person, text_in_force(person, programme), wanted)
    # One line for all: each row says itself who made it and when. 200 at once take half a second, so no job is needed.
    audit.record(person, "agreements.made", programme, about=str(len(made)))
    tell_ready(person, made)
    return made


def text_in_force(person, programme):
    """The newest text; the one we ship becomes version 1 when an agreement is made from it."""
    text = words.latest_text(programme)
    if text.pk is None:
        return save_text(person, programme, words.shipped(), 0)
    return text


def write_agreements(person, text, partnerships, because="", at=None) -> list[Agreement]:
    """The rows alone: agreements with their frozen words and everyone who has to sign, and no mail."""
    at = at or timezone.now()
    facts = words.facts_of(text.programme)
    newest = dict(
        Agreement.objects.filter(partnership__in=partnerships).order_by("version").values_list("partnership", "version")
    )
    made = Agreement.objects.bulk_create(
        Agreement(
            partnership=partnership,
            text=text,
            version=newest.get(partnership.pk, 0) + 1,
            sections=words.sections_of(text, facts, partnership),
            made_at=at,
            made_by=person,
            because=because,
        )
        for partnership in partnerships
    )
    Signature.objects.bulk_create(
        Signature(agreement=agreement, capacity=capacity, person=someone, school=school, asked_at=at)
        for agreement in made
        for capacity, someone, school in required(agreement.partnership)
    )
    return made


def required(partnership) -> list[tuple]:
    """Who has to sign, in which capacity and for which school: no person for a head, whoever that is on the day."""
    home, partner = partnership.specialist.home_school, partnership.partner_school
    signers = [(Capacity.SPECIALIST, partnership.specialist.user, home)]
    signers += [(Capacity.PARTNER, someone, partner) for someone in partnership.current_partner_teachers]
    signers.append((Capacity.HEAD_OF_PARTNER_SCHOOL, None, partner))
    if home != partner:
        signers.append((Capacity.HEAD_OF_HOME_SCHOOL, None, home))
    return signers


def signers(partnership) -> set[tuple]:
    """The same as ids, to compare with the signatures that an agreement has."""
    return {(capacity, someone and someone.pk, school.pk) for capacity, someone, school in required(partnership)}


def current_agreement(partnership):
    """The newest version, held fast until the transaction ends; None where no agreement was made.

    Whoever signs, follows or changes locks the partnership first and then its agreement, so nobody waits in a circle.
    """
    Partnership.objects.select_for_update().get(pk=partnership.pk)
    return Agreement.objects.select_for_update().filter(partnership=partnership, superseded_at=None).first()


@transaction.atomic
def renew_agreement(person, agreement, because) -> Agreement:
    """A new version from today's text and for today's people, to be signed by everyone; the old one stays readable."""
    current = current_agreement(agreement.partnership)
    if current.pk != agreement.pk:
        raise ChangedMeanwhile(current)
    partnership = Partnership.objects.with_people().get(pk=agreement.partnership_id)
    if why_not := why_no_new_version(partnership):
        raise CannotBeMade(why_not)
    return follow(person, current, partnership, because)


def why_no_new_version(partnership) -> str:
    """A sentence, or "" when a new version can be made."""
    if partnership.status not in Agreement.SIGNED_WHILE or partnership.programme.status == Programme.Status.CLOSED:
        return "This partnership does not run at present, so nobody could sign a new version."
    if not partnership.current_partner_teachers:
        return "This partnership has no partner teacher at present, so a new version could not be signed in full."
    return ""


def follow(person, current, partnership, because):
    now = timezone.now()
    Agreement.objects.filter(pk=current.pk).update(superseded_at=now)
    text = text_in_force(person, partnership.programme)
    (made,) = write_agreements(person, text, [partnership], because=because, at=now)
    audit.record(person, "agreements.new version", made)
    tell_ready(person, [made])
    return made


@transaction.atomic
def follow_people(person, partnership) -> Agreement | None:
    """After a change of people the agreement waits for those who are in the partnership now.

    While nobody who left has signed, and the schools are the same, its list of signers changes; else a new version
    takes its place, since what was signed or named stays as it was.
    """
    current = current_agreement(partnership)
    if current is None:
        return None
    partnership = Partnership.objects.with_people().get(pk=partnership.pk)
    wanted = signers(partnership)
    there = {(row.capacity, row.person_id, row.school_id): row for row in current.signatures.all()}
    if wanted == set(there):
        complete_if_all_signed(person, current)
        return current
    left = [row for key, row in there.items() if key not in wanted]
    moved = any(row.is_of_a_head for row in left) or schools_of(current) != schools_of_partnership(partnership)
    if current.is_complete or moved or any(row.is_signed for row in left):
        if why_no_new_version(partnership):
            return current
        return follow(person, current, partnership, "The people of the partnership changed")
    Signature.objects.filter(pk__in=[row.pk for row in left], signed_at=None).delete()
    joined = wanted - set(there)
    now = timezone.now()
    Signature.objects.bulk_create(
        Signature(agreement=current, capacity=capacity, person_id=someone, school_id=school, asked_at=now)
        for capacity, someone, school in sorted(joined, key=str)
    )
    audit.record(person, "agreements.signers changed", current)
    tell_ready(person, [current], only={someone for _, someone, _ in joined if someone})
    complete_if_all_signed(person, current)
    return current


@transaction.atomic
def follow_schools(person, partnership, because) -> Agreement | None:
    """After a school took another's place an agreement that is not complete names it, in a new version."""
    current = current_agreement(partnership)
    partnership = Partnership.objects.with_people().get(pk=partnership.pk)
    named = current and schools_of(current) == schools_of_partnership(partnership)
    if current is None or current.is_complete or named or why_no_new_version(partnership):
        return current
    return follow(person, current, partnership, because)


def became(agreement) -> dict[int, School]:
    """Schools that stand on the agreement and have closed since, by id, with the one that took each one's place."""
    partnership = agreement.partnership
    now = (partnership.specialist.home_school, partnership.partner_school)
    moved = {then: school for then, school in zip(schools_of(agreement), now, strict=True) if then != school.pk}
    links = SchoolLink.objects.filter(predecessor__in=moved) if moved else []
    return {
        link.predecessor_id: moved[link.predecessor_id]
        for link in links
        if link.successor_id == moved[link.predecessor_id].pk
    }


def has_other_people(agreement, renamed=None) -> bool:
    """Whether the people or schools of its partnership are not those who stand on the agreement.

    A school that took another's place, as `renamed` says, is the same.
    """
    names = {then: school.pk for then, school in (renamed or {}).items()}
    wanted = {
        (capacity, someone and someone.pk, school.pk) for capacity, someone, school in required(agreement.partnership)
    }
    there = {
        (row.capacity, row.person_id, names.get(row.school_id, row.school_id)) for row in agreement.signatures.all()
    }
    return wanted != there


def after_people_change(person, partnership, left, joined, on):
    """As AFTER_PEOPLE_CHANGE calls it."""
    follow_people(person, partnership)


def schools_of(agreement):
    return agreement.sections["home_school_id"], agreement.sections["partner_school_id"]


def schools_of_partnership(partnership):
    return partnership.specialist.home_school_id, partnership.partner_school_id
