"""A finding is drafted by its authors, shown to the audience on which all of them agree, and taken back by any.

One that leads nowhere any of them sets aside.
"""

import secrets
import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts import audit
from accounts.mail import post_all
from desks.services import Cell, held, write_cells
from lessons.library.boxes import TEXTS, first_words, themes_in, what_is_lacking
from lessons.mails import FINDING_WAITS, FINDING_WITHDRAWN
from lessons.models import Finding, FindingCitation, FindingConsent, NameAnswer, Sheet, StudyMember
from lessons.services.signing import NotAsSeen, NotReady
from lessons.services.studies import held_open

WIDER = list(Finding.Audience)  # from the narrowest on


class StillShown(Exception):
    """Others can read the finding: it is withdrawn first."""


class IsSetAside(Exception):
    """The finding is set aside: it is taken up again first."""


@transaction.atomic
def begin_finding(person, study) -> Finding:
    """A draft, with what the study and its discussions say already. Begun twice while it is as it was, it is one."""
    Sheet.objects.select_for_update(no_key=True).get(pk=study.sheet_id)
    untouched = study.findings.filter(published_at=None, set_aside_at=None, consents=None, begun_by=person)
    untouched = untouched.filter(sheet__version__lte=1)
    if (begun := untouched.first()) is not None:
        return begun
    sheet = Sheet.objects.create(programme_id=study.partnership.programme_id)
    finding = Finding.objects.create(study=study, sheet=sheet, begun_by=person)
    words = first_words(study)
    cells = [Cell(field, text, 0, seq) for seq, (field, text) in enumerate(words.items(), start=1)]
    write_cells(person, sheet, cells, uuid.uuid4())
    audit.record(person, "findings.begun", finding)
    return finding


@transaction.atomic
def consent(person, finding, audience, seen) -> bool:
    """The person agrees that what they saw is read by the audience. Whether it is shown to it now: once all agree.

    Raises IsSetAside, NotAsSeen where the text is another one by now, NotReady where something is lacking. Saying that
    fewer may read what more read already takes it back from all, until everybody has agreed to it.
    """
    finding = kept_still(finding)
    if finding.is_set_aside:
        raise IsSetAside(f"finding {finding.pk} was set aside meanwhile")
    if finding.sheet.version != seen:
        raise NotAsSeen(f"finding {finding.pk} was changed meanwhile")
    if lacking := what_is_lacking(finding.sheet.texts):
        raise NotReady(lacking)
    now = timezone.now()
    said = finding.consents.filter(person=person, withdrawn_at=None).first()
    new = said is None or (said.audience, said.version) != (audience, seen)
    if new:
        finding.consents.filter(person=person, withdrawn_at=None).update(withdrawn_at=now)
        finding.consents.create(person=person, audience=audience, version=seen, at=now)
        audit.record(person, "findings.agreed", finding, about=audience)
        if finding.is_published and WIDER.index(audience) < WIDER.index(finding.audience):
            take_back(finding)
    waiting = waits_for(finding, audience, seen)
    if not waiting:
        return show(person, finding, audience, seen)
    agreed = finding.consents.filter(withdrawn_at=None, audience=audience, version=seen)
    if new and agreed.count() == 1:
        letters = [(author, {"finding": finding, "by": person, "to": author}) for author in waiting]
        post_all(FINDING_WAITS, letters, about=finding, organisation=organisation_of(finding), by=person)
    return False


def kept_still(finding):
    """The finding as it stands, neither written nor agreed to by anybody else until the transaction ends."""
    held(finding.sheet)
    return Finding.objects.select_for_update(of=("self",), no_key=True).with_study().get(pk=finding.pk)


def waits_for(finding, audience, version):
    """The authors who have not agreed to that audience for that version."""
    agreed = finding.consents.filter(withdrawn_at=None, audience=audience, version=version).values("person")
    return list(finding.authors.exclude(pk__in=agreed))


def show(person, finding, audience, version):
    """What stands in its boxes is published to the audience, with the files that are there now."""
    if finding.is_published and (finding.audience, finding.version) == (audience, version):
        return True
    texts = {field: text.strip() for field, text in finding.sheet.texts.items()}
    finding.published_at, finding.version, finding.audience = timezone.now(), version, audience
    finding.withdrawn_at = finding.withdrawn_by = None
    finding.subject, finding.year_group = finding.study.partnership.subject, finding.study.partnership.year_group
    finding.slug = finding.slug or f"{slugify(finding.subject)[:40] or 'finding'}-{secrets.token_hex(5)}"
    finding.headline = " ".join(texts["headline"].split())
    finding.technique = " ".join(texts.get("technique", "").split())
    finding.themes = themes_in(texts.get("themes", ""))
    finding.words = {asked.key: texts[asked.key] for asked in TEXTS if texts.get(asked.key)}
    finding.save()
    finding.files.filter(removed_at__isnull=False).update(is_shown=False)
    finding.files.filter(removed_at=None).update(is_shown=True)
    audit.record(person, "findings.published", finding, about=audience)
    return True


def take_back(finding):
    """Nobody but its authors reads it from now on; its boxes stay as they are."""
    finding.published_at = finding.version = None
    finding.headline = finding.technique = finding.subject = ""
    finding.themes, finding.words, finding.year_group = [], {}, None
    finding.audience = Finding.Audience.GROUP
    finding.save()
    finding.files.update(is_shown=False)


@transaction.atomic
def withdraw(person, finding) -> bool:
    """The person agrees no longer: what was shown is gone at once, and everybody is asked anew before it is again.

    False where there was nothing to take back.
    """
    finding = kept_still(finding)
    now = timezone.now()
    own = finding.consents.filter(person=person, withdrawn_at=None).update(withdrawn_at=now)
    if not finding.is_published:
        if own:
            audit.record(person, "findings.consent withdrawn", finding)
        return bool(own)
    take_back(finding)
    Finding.objects.filter(pk=finding.pk).update(withdrawn_at=now, withdrawn_by=person)
    finding.consents.filter(withdrawn_at=None).update(withdrawn_at=now)
    audit.record(person, "findings.withdrawn", finding)
    letters = [(author, {"finding": finding, "by": person, "to": author}) for author in finding.authors]
    letters = [letter for letter in letters if letter[0] != person]
    post_all(FINDING_WITHDRAWN, letters, about=finding, organisation=organisation_of(finding), by=person)
    return True


@transaction.atomic
def set_aside(person, finding) -> bool:
    """It is in nobody's way any more and keeps its words; what anybody has agreed to ends. False where it is already.

    Raises StillShown where others can read it.
    """
    finding = kept_still(finding)
    if finding.is_published:
        raise StillShown(f"finding {finding.pk} is shown to others")
    if finding.is_set_aside:
        return False
    now = timezone.now()
    Finding.objects.filter(pk=finding.pk).update(set_aside_at=now, set_aside_by=person)
    finding.consents.filter(withdrawn_at=None).update(withdrawn_at=now)
    audit.record(person, "findings.set aside", finding)
    return True


@transaction.atomic
def take_up(person, finding) -> bool:
    """It is a draft again, with the words that it had. False where it is one already."""
    if not kept_still(finding).is_set_aside:
        return False
    Finding.objects.filter(pk=finding.pk).update(set_aside_at=None, set_aside_by=None)
    audit.record(person, "findings.taken up", finding)
    return True


def organisation_of(finding):
    return finding.study.partnership.programme.organisation


def answer_name(person, finding, word, of_pupils=()) -> bool:
    """An author has looked: the word is no name of anybody here, these pupils included. Said twice it is kept once."""
    answer, new = NameAnswer.objects.get_or_create(
        finding=finding, word=word, defaults={"by": person, "of_pupils": sorted(of_pupils)}
    )
    if later := set(of_pupils) - set(answer.of_pupils):
        answer.of_pupils = sorted({*answer.of_pupils, *later})
        answer.by, answer.at = person, timezone.now()
        answer.save()
    if new or later:
        audit.record(person, "findings.name answered", finding)
    return new or bool(later)


@transaction.atomic
def cite(person, study, finding) -> FindingCitation:
    """The study builds on the finding."""
    held_open(study)
    citation, new = FindingCitation.objects.get_or_create(study=study, finding=finding, defaults={"added_by": person})
    if new:
        audit.record(person, "findings.cited", study)
    return citation


@transaction.atomic
def uncite(person, citation):
    study = held_open(citation.study)
    if citation.delete()[0]:
        audit.record(person, "findings.citation removed", study)


def is_set_aside_now(finding) -> bool:
    return Finding.objects.filter(pk=finding.pk, set_aside_at__isnull=False).exists()


def left_by(person, pk) -> Finding | None:
    """The finding, if the person was a member of its study and is none any more."""
    was_there = StudyMember.objects.filter(person=person).exclude(until=None).values("study")
    return Finding.objects.filter(pk=pk, study__in=was_there).with_study().first()


def on_the_public_page(slug) -> Finding | None:
    """What anybody may read under this address; None where nothing is shown there."""
    return Finding.objects.on_the_public_page().with_study().filter(slug=slug).first()


def was_public(slug) -> bool:
    """Whether something was shown there once, which its authors have taken back."""
    return FindingConsent.objects.filter(finding__slug=slug, audience=Finding.Audience.PUBLIC).exists()
