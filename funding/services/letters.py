"""Funding letters: issued for one school or for many, superseded visibly, and recognised by whoever holds one."""

import secrets
from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Exists, F, Func, IntegerField, OuterRef, Prefetch, Q, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.utils.crypto import constant_time_compare

from accounts import audit
from accounts.models import Organisation, School
from funding.amounts import kept
from funding.figures import ZERO
from funding.models import FundingLetter, FundingPlan, Hold, Release, ReleaseLine, Stage
from funding.printing.letter import amount_of, is_released, letter_figures, proof_of, released_by_school
from funding.printing.words import day
from funding.services.papers import digest_of
from funding.standing import Standing
from jobs.work import publish_all

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is read for another
CODE_LENGTH = 12
NO_CODE = "0" * CODE_LENGTH  # of a reference that nobody has: no letter has this one


@dataclass(frozen=True)
class OfSchool:
    """One school of a stage: what it would be told now, and the letters there are."""

    school: School
    amount: object
    digest: str
    figures: dict
    letters: list[FundingLetter]  # the newest first

    @property
    def in_force(self) -> FundingLetter | None:
        return next((letter for letter in self.letters if letter.holds), None)

    @property
    def in_hand(self) -> FundingLetter | None:
        return next((letter for letter in self.letters if letter.in_hand), None)

    @property
    def failed(self) -> FundingLetter | None:
        """The last try, where it came to nothing."""
        return self.letters[0] if self.letters and self.letters[0].has_failed else None

    @property
    def earlier(self) -> list[FundingLetter]:
        return [letter for letter in self.letters if letter.superseded_at]

    @property
    def holds(self) -> bool:
        """Whether what the letter in force says is true now."""
        return self.in_force is not None and is_true(self.in_force.figures, self.figures)

    @property
    def says_all(self) -> bool:
        """Whether it says besides all that is released by now."""
        return self.in_force is not None and printed(self.in_force.figures) == printed(self.figures)

    @property
    def wanted(self) -> bool:
        """Whether a letter should be issued: there is none, or it says something else or not all."""
        return not self.in_hand and not self.says_all and bool(self.amount or self.in_force)


# What stands on the letter. Its figures keep more of the plan, such as the rate, which changes while what is approved
# or paid stays.
OF_MONEY = ["programme", "organiser", "funder", "grant_ref", "stage", "financial_year", "school", "urn"]
OF_MONEY += ["amount", "rows"]


def printed(figures: dict) -> dict:
    """What the letter says of the money, without who issued it and by what it is recognised."""
    return {name: figures.get(name) for name in OF_MONEY}


def is_true(said: dict, now: dict) -> bool:
    """Whether what a letter names stays approved or paid as it says, whatever else has come to it since. One that says
    that nothing is released is true as long as nothing is."""
    alone = {"amount", "rows"}
    if any(said.get(name) != now.get(name) for name in OF_MONEY if name not in alone):
        return False
    rows = now.get("rows") or []
    return all(row in rows for row in said["rows"]) if said.get("rows") else not rows


def marked(letters) -> list[FundingLetter]:
    """Each with `is_stale`: that it is in force and what it says is not true any more; and `more_since`: that it is
    true, and more has been released since. The same queries for one and for many."""
    letters = list(letters)
    released = released_for([letter for letter in letters if letter.holds])
    for letter in letters:
        letter.is_stale = letter.more_since = False
        if letter.holds:
            rows = released[letter.stage_id, letter.school_id]
            says = letter_figures(letter.stage.plan, letter.stage, letter.school, rows)
            letter.is_stale = not is_true(letter.figures, says)
            letter.more_since = not letter.is_stale and printed(letter.figures) != printed(says)
    return letters


def released_for(letters) -> dict[tuple, list[Standing]]:
    """(stage, school) -> what is released there now, in the order of a letter. What is released stands in its own
    rows, so nothing is worked out."""
    rows = Release.objects.fixed().filter(
        stage__in={letter.stage_id for letter in letters}, school__in={letter.school_id for letter in letters}
    )
    lines = Prefetch("lines", ReleaseLine.objects.filter(is_alive=True).order_by("pk"))
    rows = rows.with_places().select_related("approved_by").prefetch_related("holds", lines)
    found = defaultdict(list)
    for release in rows.order_by("partnership__ref", "-side") if letters else ():
        hold = next((hold for hold in release.holds.all() if hold.ended_at is None), None)
        row = Standing(release, release.state, release.amount, [kept(line) for line in release.lines.all()], hold=hold)
        if is_released(row):
            found[release.stage_id, release.school_id].append(row)
    return found


def stale_ones(letters) -> list[FundingLetter]:
    """Of these (a queryset) those that are in force and say what is not true any more."""
    rows = to_be_looked_at(letters).select_related("stage__plan__programme__organisation", "school")
    return [letter for letter in marked(rows.order_by("stage", "school__name", "pk")) if letter.is_stale]


def any_to_be_looked_at() -> Exists:
    """Of a programme: whether a letter may say what is not true any more. A part of a query, not one more."""
    return Exists(to_be_looked_at(FundingLetter.objects.filter(stage__plan__programme=OuterRef("pk"))))


def to_be_looked_at(letters):
    """Of these (a queryset) those in force, without those of which all that they name stays, and whose words are the
    same: so that little is read where nothing has changed."""
    released = Release.objects.fixed().filter(stage=OuterRef("stage"), school=OuterRef("school"))
    held = Hold.objects.filter(release=OuterRef("pk"), ended_at=None)
    released = released.exclude(Exists(held), state=Release.State.APPROVED).filter(Exists(alive_lines()))
    before = released.filter(approved_at__lte=OuterRef("queued_at"))
    rows = letters.in_force().annotate(
        named=Func(F("figures__rows"), function="jsonb_array_length", output_field=IntegerField()),
        stays=number_of(before),
        by_now=number_of(released),
        **{f"said_{name}": KT(f"figures__{name}") for name, _ in COMPARED},
    )
    others = Q(named__gt=F("stays")) | Q(named=0, by_now__gt=0)
    for name, path in COMPARED:
        others |= ~Q(**{f"said_{name}": F(path)})
    return rows.filter(others)


# What stands on a letter beside the releases, and where it stands now.
COMPARED = [
    ("funder", "stage__plan__funder"),
    ("grant_ref", "stage__plan__grant_ref"),
    ("organiser", "stage__plan__programme__organisation__name"),
    ("stage", "stage__name"),
    ("school", "school__name"),
    ("urn", "school__urn"),
]


def alive_lines():
    return ReleaseLine.objects.filter(release=OuterRef("pk"), is_alive=True)


def number_of(releases):
    rows = releases.order_by().values("stage").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(rows), 0)


def letters_of(plan: FundingPlan, stage: Stage) -> list[OfSchool]:
    """Of each school to which something is released at this stage, or to which a letter was issued."""
    released = released_by_school(plan, stage)
    letters = {}
    for letter in stage.letters.select_related("school", "ordered_by", "superseded_by"):
        letters.setdefault(letter.school, []).append(letter)
    found = []
    for school in released.keys() | letters.keys():
        rows = released.get(school, [])
        figures = letter_figures(plan, stage, school, rows)
        found.append(OfSchool(school, amount_of(rows), digest_of(figures), figures, letters.get(school, [])))
    return sorted(found, key=lambda one: (one.school.name, one.school.urn))


@transaction.atomic
def issue(person, plan: FundingPlan, stage: Stage, schools, *, anew=False) -> list[FundingLetter]:
    """A letter for each of these schools (keys) to which one is due: those that are made now.

    One whose letter says already what is true gets none, unless it is asked for `anew`. A letter that was issued
    before is superseded once the new one is there.
    """
    organisation = plan.programme.organisation
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)  # numbers follow each other
    chosen = set(schools)
    number = FundingLetter.objects.filter(stage__plan__programme__organisation=organisation).count()
    made = []
    for one in letters_of(plan, stage):
        if one.school.pk not in chosen or not (one.wanted or (anew and one.in_force and not one.in_hand)):
            continue
        number += 1
        made.append(letter_for(person, stage, one, f"FL{organisation.pk:03}-{number:04}"))
    audit.record_all(person, "funding letter issued", [(letter, "") for letter in made])
    publish_all(made)
    return made


def letter_for(person, stage, one: OfSchool, reference) -> FundingLetter:
    code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
    figures = one.figures | proof_of(reference, code) | {"by": str(person), "supersedes": told_of(one.in_force)}
    return FundingLetter.objects.create(
        stage=stage,
        school=one.school,
        reference=reference,
        code=code,
        amount=one.amount or ZERO,
        digest=one.digest,
        figures=figures,
        ordered_by=person,
    )


def told_of(letter: FundingLetter | None) -> dict | None:
    if letter is None:
        return None
    return {"reference": letter.reference, "on": day(letter.queued_at), "amount": str(letter.amount)}


def verdict_on(reference: str, code: str) -> str:
    """ "genuine", "superseded", "stale" (what it says has changed) or "unknown": no more can be learned here, and a
    reference that nobody has takes the same steps as a wrong code."""
    letter = FundingLetter.objects.issued().filter(reference=typed(reference)).only("code", "superseded_at").first()
    fits = constant_time_compare(letter.code if letter else NO_CODE, plain(code))
    if letter is None or not fits:
        return "unknown"
    if letter.superseded_at:
        return "superseded"
    whole = FundingLetter.objects.select_related("stage__plan__programme__organisation", "school")
    (letter,) = marked(whole.filter(pk=letter.pk))
    return "stale" if letter.is_stale else "genuine"


def typed(reference: str) -> str:
    """As it stands on the letter, however it was typed."""
    found = "".join(reference.split()).upper()
    return found.replace("\N{EN DASH}", "-").replace("\N{MINUS SIGN}", "-").replace("\0", "")[:20]


def plain(code: str) -> str:
    return "".join(letter for letter in code.upper() if letter.isalnum())[:40]
