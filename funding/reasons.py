"""Why a release waits: what is missing, who owes it, since when, and where it is done. Counts only, never a pupil."""

import datetime as dt
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils import timezone

from funding.facts import Facts, school_of
from funding.models import Release, Side, Stage, Waiver
from papers.templatetags.plain import listed
from programmes.models import Agreement, Partnership, Programme, Signature

Condition = Stage.Condition


TEACHERS = "teachers"
PAUSE = "pause"


def person_of(person) -> str:
    return f"person {person.pk}"


@dataclass(frozen=True)
class Reason:
    """Something that is missing. `url` is where whoever owes it does it, `of_office` where the
    coordinator enters that it came: each is shown to them alone."""

    condition: str
    words: str
    who: str
    since: dt.date | None
    url: str = ""
    of_office: str = ""  # where the coordinator enters it
    waiver: Waiver | None = None
    owed: str = ""  # by whom, for the reminder: both teachers, or one person
    names: str = ""  # of the teachers
    act: str = "Say that it is in"  # what the coordinator does there
    school: int | None = None  # the key of the one whose head or office owes it
    to_head: str = ""  # what is missing, said to that head
    does: str = "can mend it"

    @property
    def mending(self) -> str:
        """Who can do something about it, and since when it is due."""
        who = self.who[:1].upper() + self.who[1:]
        who = f"{who}, {self.names}," if self.names else who
        if self.since is None:
            return f"{who} {self.does}."
        if self.condition == PAUSE:
            return f"{who} {self.does}; paused since {self.since:%-d %B %Y}."
        return f"{who} {self.does}; due {'since' if self.is_late else 'on'} {self.since:%-d %B %Y}."

    @property
    def advice(self) -> str:
        """What the head of a school can do, who cannot do it for the teachers."""
        return "You can remind them; nobody can do it for them." if self.owed else ""

    @property
    def is_late(self) -> bool:
        """Whether its day has come: a stage may be due before the grades are."""
        return self.since is not None and self.since <= timezone.localdate()

    @property
    def sentence(self) -> str:
        """The same wherever it is read: on the page, in the PDF and in the reminder."""
        return f"{self.words} {self.mending}"


@dataclass(frozen=True)
class Met:
    """A condition that holds, since when and by what evidence."""

    condition: str
    words: str
    on: dt.date | None


def check(facts: Facts, release: Release) -> tuple[list[Reason], list[Met]]:
    """What is missing for this release, and what is there, of the conditions of its stage. A waived one is in neither;
    who asks for the waivers reads them from the release."""
    missing, met = [], []
    waived = {waiver.condition for waiver in release.waivers.all()}
    for condition in release.stage.conditions:
        reasons, holds = CHECKS[condition](facts, release)
        if condition in waived:
            continue
        missing += reasons
        met += holds if not reasons else []
    if release.partnership.status == Partnership.Status.PAUSED:  # before all else: as long as it rests nothing is done
        since = facts.paused.get(release.partnership_id)
        url = reverse("programmes:partnership", args=[release.partnership_id])
        words, act = "The partnership is paused.", "See the partnership"
        missing.insert(0, Reason(PAUSE, words, "the coordinator", since, of_office=url, act=act))
    return missing, met


def of_teachers(condition, partnership, words, since, url="") -> Reason:
    """Something that either of the two teachers can do."""
    names = listed([str(person) for person in partnership.teachers], "or")
    return Reason(condition, words, "the two teachers", since, url, owed=TEACHERS, names=names)


def check_agreement(facts, release):
    """Who has folded is not asked to sign any more; what rests is signed once it goes on; and where nobody can sign for
    good, the coordinator alone can do something about it."""
    partnership = release.partnership
    agreement = facts.agreements.get(partnership.pk)
    unsigned = [row for row in agreement.asked if row.signed_at is None] if agreement else []
    if partnership.status == Partnership.Status.FOLDED and (agreement is None or unsigned):
        words = "The partnership has folded: nobody signs its agreement any more"
        return [], [Met(Condition.AGREEMENT, words, partnership.ended_on)]
    if agreement is None:
        words = "The agreement has not been made for signing."
        url = reverse("programmes:partnership", args=[partnership.pk])
        return [Reason(Condition.AGREEMENT, words, "the coordinator", None, of_office=url, act="Make it")], []
    if unsigned:
        return [unsigned_by(facts, release, row) for row in unsigned], []
    signed = max((row.signed_at for row in agreement.asked), default=agreement.completed_at)
    words = f"Agreement, version {agreement.version}, signed in every capacity"
    return [], [Met(Condition.AGREEMENT, words, signed and timezone.localdate(signed))]


def unsigned_by(facts, release, row: Signature) -> Reason:
    partnership, since = release.partnership, timezone.localdate(row.asked_at)
    by, is_head = signer(row), row.capacity in Signature.HEADS
    words = f"The agreement is not signed by {by}."
    rests = partnership.status == Partnership.Status.PAUSED
    may_sign = partnership.status in Agreement.SIGNED_WHILE or rests
    if not may_sign or facts.plan.programme.status == Programme.Status.CLOSED:
        words = f"{words} Nobody can sign it any more, because it has ended."
        url, act = release.get_absolute_url(), "Waive it"
        return Reason(Condition.AGREEMENT, words, "the coordinator", None, of_office=url, act=act, does="can waive it")
    return Reason(
        Condition.AGREEMENT,
        words,
        by,
        since,
        "" if rests else reverse("programmes:agreement", args=[row.agreement_id]),
        owed="" if is_head or row.person is None or rests else person_of(row.person),
        school=row.school_id if is_head else None,
        to_head="You have not signed the agreement yet.",
        does="can sign it once the partnership goes on" if rests else "can mend it",
    )


def addressed(reasons, school) -> list[Reason]:
    """As the head of this school reads them: what that school owes is said to "you"."""
    return [
        replace(one, words=one.to_head or one.words, who="you") if one.school == school.pk else one for one in reasons
    ]


def signer(signature: Signature) -> str:
    if signature.capacity in Signature.HEADS:
        return f"the headteacher of {signature.school}"
    return str(signature.person)


def check_data(facts, release):
    """Nothing is owed where the partnership has folded: its returns are closed as they stood."""
    partnership, point = release.partnership, release.stage.data_point
    if partnership.status == Partnership.Status.FOLDED:
        return [], [Met(Condition.DATA, "The partnership has folded: no grades are asked for", partnership.ended_on)]
    row = facts.returns.get((partnership.pk, point.pk))
    if row is None or row.expected == 0:
        words = "No target pupils have been chosen yet."
        return [of_teachers(Condition.DATA, partnership, words, point.due_on)], []
    is_theirs = release.side == Side.PARTNER or partnership.is_in_own_school  # the pupils: only their head reads it
    url = reverse("pupils:return", args=[row.pk]) if is_theirs else ""
    if row.missing:
        grades, verb = ("grade" if row.expected == 1 else "grades"), ("is" if row.missing == 1 else "are")
        words = f"{row.missing} of {row.expected} {grades} {verb} missing for {point}, with no reason given."
        return [of_teachers(Condition.DATA, partnership, words, point.due_on, url)], []
    if not row.is_in:
        words = f"All grades for {point} are there, but nobody has submitted them."
        return [of_teachers(Condition.DATA, partnership, words, point.due_on, url)], []
    counts = f"{row.assessed} grades" + (f" and {row.excused} reasons" if row.excused else "")
    words = f"{point}: {counts} for {row.expected} target pupils, submitted (version {row.version})"
    return [], [Met(Condition.DATA, words, row.submitted_at and timezone.localdate(row.submitted_at))]


def check_visits(facts, release):
    """Of the required visits whose window ends by the day of the stage, but for those given up: held, recorded, and
    signed off."""
    partnership = release.partnership
    if partnership.status == Partnership.Status.FOLDED:
        return [], [Met(Condition.VISITS, "The partnership has folded: no visit is due", partnership.ended_on)]
    by_step = {}
    for visit in facts.visits.get(partnership.pk, ()):
        by_step.setdefault(visit.step_id, visit)
    reasons, last = [], None
    due = [item for item in facts.items if is_due_visit(item, release.stage)]
    for step in (item.step for item in due if (partnership.pk, item.pk) not in facts.not_held):
        visit = by_step.get(step.pk)
        if visit is None or visit.status != "took place":
            words = f"{step.name} has not taken place." if visit is None or not visit.recorded_at else ""
            words = words or f"{step.name} is not said to have taken place."
            url = reverse("visits:detail", args=[visit.pk]) if visit else ""
            since = visit.on if visit else step.window_end
            reasons.append(of_teachers(Condition.VISITS, partnership, words, since, url))
        elif visit.signed_off_at is None:
            what = "is not signed off" if visit.recorded_at else "is not written"
            words = f"The record of {step.name}, {visit.on:%-d %B}, {what}."
            url = reverse("visits:detail", args=[visit.pk])
            reasons.append(of_teachers(Condition.VISITS, partnership, words, visit.on, url))
        else:
            on = timezone.localdate(visit.signed_off_at)
            last = max(last, on) if last else on
    return reasons, [Met(Condition.VISITS, "The visits due by then are recorded and signed off", last)]


def is_due_visit(item, stage) -> bool:
    return bool(
        item.kind == "required" and item.step_id and item.step.type == "visit" and item.step.window_end <= stage.due_on
    )


def check_evidence(facts, release):
    row = facts.evidence.get((release.stage_id, release.partnership_id))
    if row:
        return [], [Met(Condition.EVIDENCE, release.stage.evidence, row.on)]
    words = f"{release.stage.evidence} is not in."
    school = school_of(release.partnership, release.side)
    url = reverse("funding:evidence", args=[facts.plan.programme.slug])
    reason = Reason(Condition.EVIDENCE, words, str(school), release.stage.due_on, of_office=url, school=school.pk)
    return [reason], []


CHECKS = {
    Condition.AGREEMENT: check_agreement,
    Condition.DATA: check_data,
    Condition.VISITS: check_visits,
    Condition.EVIDENCE: check_evidence,
}


def owed_by(reasons) -> str:
    return listed(list(dict.fromkeys(reason.who for reason in reasons)))
