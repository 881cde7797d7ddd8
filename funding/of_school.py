"""Why has our money not been released? What one school gets, stage by stage, with the reason wherever it waits."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from accounts.models import School
from funding.entitled import Kept, kept_of
from funding.facts import school_of
from funding.figures import ZERO, financial_year, financial_year_words
from funding.models import FundingPlan, Recovery, Release, Side, Stage
from funding.services.releasing import approvers
from funding.showing import Part, bar_of, missing_of, part_of, sums_of, tag_of
from funding.standing import PlanStanding, Standing, Word, is_nothing, standing_of
from papers.templatetags.plain import listed
from programmes.models import Partnership

# What is asked back is told to the school once a second person has approved it.
TOLD = [Recovery.State.APPROVED, Recovery.State.RECOVERED, Recovery.State.OFFSET]


@dataclass(frozen=True)
class Entry:
    """One release of the school, in words."""

    row: Standing
    label: str
    is_late: bool
    sentence: str

    @property
    def tag(self):
        return tag_of(self.row)


@dataclass(frozen=True)
class StagePart:
    stage: Stage
    entries: list[Entry]


@dataclass(frozen=True)
class ProgrammePart(Kept):
    """What the school gets in one programme."""

    plan: FundingPlan
    stages: list[StagePart]
    sums: list
    bar: dict
    asked_back: list[Recovery]
    unpayable: Decimal  # due to it, and no stage is left to pay it

    @property
    def held(self) -> list[Entry]:
        return [entry for part in self.stages for entry in part.entries if part_of(entry.row) == Part.HELD]

    @property
    def held_total(self) -> Decimal:
        return sum((entry.row.amount for entry in self.held), ZERO)

    @property
    def stopped(self) -> list[Entry]:
        """What is approved and cannot be paid yet."""
        return [
            entry
            for part in self.stages
            for entry in part.entries
            if entry.row.is_stopped and part_of(entry.row) != Part.HELD
        ]

    @property
    def stopped_total(self) -> Decimal:
        return sum((entry.row.amount for entry in self.stopped), ZERO)

    def sum_of(self, part) -> Decimal:
        return next(one.amount for one in self.sums if one.part == part)


def plans_of(school: School, releases) -> list[FundingPlan]:
    """Of these releases (a queryset, of what somebody may see) the plans in which the school takes part."""
    found = of_school(school, releases).values("stage__plan")
    rows = FundingPlan.objects.in_force().filter(pk__in=found).select_related("programme__organisation")
    return list(rows.order_by("-programme__starts_on", "programme__name"))


def of_school(school: School, releases):
    """Those of the school: by its approval, or by the side on which it stands now."""
    partner = Partnership.objects.filter(partner_school=school).values("pk")
    home = Partnership.objects.filter(specialist__home_school=school).values("pk")
    return (
        releases.filter(school=school)
        | releases.filter(school=None, side=Side.PARTNER, partnership__in=partner)
        | releases.filter(school=None, side=Side.SPECIALIST, partnership__in=home)
    )


def part_for(plan: FundingPlan, school: School, releases) -> ProgrammePart:
    own = of_school(school, releases.filter(stage__plan=plan)).exclude(state=Release.State.VOIDED)
    keys = dict(own.values_list("pk", "partnership"))
    standing = standing_of(plan, set(keys.values()))
    rows = [row for row in standing.rows if row.release.pk in keys and not is_nothing(row)]
    approving = listed([str(other) for other in approvers(plan)], "or")
    stages = [
        StagePart(stage, [entry_of(standing, row, school, approving) for row in rows if row.stage.pk == stage.pk])
        for stage in standing.facts.stages
    ]
    sums = sums_of(rows)
    due = [account for account in standing.accounts.values() if school_of(account.partnership, account.side) == school]
    asked_back = list(
        plan.recoveries.filter(school=school, state__in=TOLD).select_related(
            "stage", "partnership", "offset_in__stage", "offset_in__partnership"
        )
    )
    return ProgrammePart(
        **vars(kept_of(rows, asked_back)),
        plan=plan,
        stages=[part for part in stages if part.entries],
        sums=sums,
        bar=bar_of(sums),
        asked_back=asked_back,
        unpayable=sum((account.unpayable for account in due), ZERO),
    )


def entry_of(standing: PlanStanding, row: Standing, school: School, approving: str) -> Entry:
    partnership = row.partnership
    other = partnership.partner_school if row.side == Side.SPECIALIST else partnership.specialist.home_school
    label = partnership.label
    if other.pk != school.pk:
        label += f", with {other}"
    elif partnership.is_in_own_school:
        label += f", {row.release.get_side_display().lower()}"
    is_late = part_of(row) == Part.HELD or row.is_stopped
    return Entry(row, label, is_late, sentence_of(row, approving))


NOTHING_TO_DO = "Nothing for you to do."


def sentence_of(row: Standing, approving: str) -> str:
    """What happens next, to the head, where nothing is missing. What is missing stands beside it, reason by reason."""
    words = next_step(row, approving)
    if not words or is_held(row):
        return f"{words} You can ask them." if words else ""
    return f"{words} {row.stop.advice if row.stop and row.stop.advice else NOTHING_TO_DO}"


def is_held(row: Standing) -> bool:
    return row.hold is not None and row.word not in {Word.PAID, Word.AUTHORISED}


def next_step(row: Standing, approving: str) -> str:
    release = row.release
    if is_held(row):
        on, because = timezone.localdate(row.hold.at), row.hold.because.rstrip(".")
        return f"Held since {on:%-d %B %Y} by {row.hold.by}: {because}. The coordinator or a budget holder can end it."
    match row.word:
        case Word.APPROVED:
            by, on = release.approved_by, timezone.localdate(release.approved_at)
            return f"Approved on {on:%-d %B %Y} by {by}. {row.stop.sentence if row.stop else 'Finance pays it next.'}"
        case Word.AUTHORISED:
            batch = release.payment.batch
            on = timezone.localdate(batch.authorised_at)
            return f"It went to the finance system on {on:%-d %B %Y} in {batch.reference}."
        case Word.READY:
            return f"{nothing_missing(row)} {approving or 'A budget holder'} approves it."
    return ""


def nothing_missing(row: Standing) -> str:
    """With whoever waived something: the school is told as well."""
    waived = [
        f"{waiver.by} waived on {timezone.localdate(waiver.at):%-d %B %Y}: \u201c{waiver.get_condition_display()}\u201d"
        for waiver in row.waivers
    ]
    return f"Nothing is missing any more. {'; '.join(waived)}." if waived else "Nothing is missing."


COLUMNS = [
    "Programme",
    "Stage",
    "Due on",
    "Financial year",
    "Partnership",
    "Subject and year",
    "Side",
    "For",
    "Half-days",
    "Amount",
    "How it stands",
    "What is missing",
    "Paid on",
    "Reference of the payment",
]


def statement_of(parts: list[ProgrammePart]) -> tuple[list, list]:
    """A row for each line of each release of the school, and for what was asked back: together the sums of its page
    less what was paid back, to the penny."""
    rows = []
    for part in parts:
        rows += [line for stage in part.stages for entry in stage.entries for line in lines_of(part.plan, entry)]
        rows += [back_of(part.plan, recovery) for recovery in part.asked_back]
    return COLUMNS, rows


def about_of(plan, stage, day, partnership, side) -> list:
    year = financial_year_words(financial_year(day))
    return [plan.programme.title, stage.name, stage.due_on, year, partnership.ref, partnership.label, side]


def lines_of(plan: FundingPlan, entry: Entry) -> list[list]:
    row, release = entry.row, entry.row.release
    day = release.paid_on or row.stage.due_on
    about = about_of(plan, row.stage, day, row.partnership, release.get_side_display())
    stands = [
        entry.tag.text,
        missing_of(row),
        release.paid_on,
        release.payment.reference if release.payment else "",
    ]
    return [[*about, line.words, line.half_days, line.amount, *stands] for line in row.lines]


def back_of(plan: FundingPlan, recovery: Recovery) -> list:
    """Money counts here once it is paid back; what is set against a release is a line of that one already."""
    is_back = recovery.state == Recovery.State.RECOVERED
    day = recovery.ended_on or timezone.localdate(recovery.approved_at)
    about = about_of(plan, recovery.stage, day, recovery.partnership, recovery.get_side_display())
    words = f"Asked back, \u00a3{recovery.amount:,.2f}: {recovery.get_reason_display()}"
    amount = -recovery.amount if is_back else None
    return [*about, words, None, amount, recovery.how_it_stands, "", recovery.ended_on if is_back else None, ""]
