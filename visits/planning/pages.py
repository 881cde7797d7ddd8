"""What the pages of a plan show, as plain values: the numbers first, then what is not possible, then every visit."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.db.models import Exists, F, OuterRef

from accounts.models import School, User
from papers.templatetags.plain import listed, plural_count
from programmes.models import Partnership, PartnerTeacher, SpecialistTeacher
from visits.models import Away, Plan, PlanAcceptance
from visits.planner import Outcome, Rule, words_of_slot
from visits.planner.words import Names, ruled_out, smallest_thing
from visits.planning.asked import needs_of
from visits.planning.checking import Refusal, What, in_words
from visits.planning.mending import Way, way_to_mend
from visits.planning.proposing import MISSING, MOVED, PLACED, STAYS, STUCK, UNTRIED, as_why, state_of


def counts_of(plan) -> Counter:
    return Counter(state_of(row) for row in plan.result["visits"])


@dataclass(frozen=True)
class Reason:
    """What keeps so many half-days of a window from being used, and where to mend it, if the reader may."""

    number: int
    words: str
    way: Way | None


@dataclass
class Line:
    """One visit of the proposal: what it is, where it stands now, and where it would be."""

    slug: str
    title: str
    code: str
    state: str
    now: str
    to: str
    is_optional: bool = False
    why: list[Reason] = field(default_factory=list)
    cure: str = ""
    ways: list[Way] = field(default_factory=list)


@dataclass
class Row:
    """One partnership with the visits of the proposal."""

    partnership: object
    lines: list[Line]


def rows_of(plan, reader) -> list[Row]:
    """Every partnership of the plan, in order of its reference; what it asks no more is left out."""
    known = {asked.slug: asked for asked in needs_of(plan.programme, plan.programme.partnerships.all())}
    names, found = names_for(plan), defaultdict(list)
    for row in plan.result["visits"]:
        if asked := known.get(row["slug"]):
            line = line_of(row, asked)
            if given := plan.result["reasons"].get(row["slug"]):
                explain(line, as_why(asked.key, given), asked, names, reader)
            found[asked.partnership].append(line)
    return [Row(partnership, lines) for partnership, lines in sorted(found.items(), key=lambda item: item[0].ref)]


def line_of(row, asked) -> Line:
    return Line(
        slug=row["slug"],
        title=asked.title,
        code=asked.code,
        state=state_of(row),
        now=words_of_slot(row["stands"]) if row["stands"] is not None else "",
        to=words_of_slot(row["to"]) if row["to"] is not None else "",
        is_optional=asked.is_optional,
    )


def explain(line, why, asked, names, reader):
    """What keeps its half-days, the most first; the smallest thing that would help; and the pages to mend either."""
    for blocker, number, words in ruled_out(why, names):
        line.why.append(Reason(number, words, way_to_mend(reader, asked, blocker.rule, blocker.owner)))
    line.cure = smallest_thing(why, WindowOf(asked), names)
    ways = [way_to_mend(reader, asked, culprit.rule, culprit.owner) for culprit in why.culprits]
    if why.counts and all(blocker.rule == Rule.PAST for blocker in why.counts):
        line.cure = "Its window is over: give the step a later window, or plan the visit by hand."
        ways = [way_to_mend(reader, asked, Rule.WINDOW, None)]
    line.ways = list(dict.fromkeys(way for way in ways if way))


class WindowOf:
    """What the words of a reason need of a visit: when its window begins."""

    def __init__(self, asked):
        self.first = asked.step.window_start if asked.step else asked.visit.on


def names_for(plan) -> Names:
    """Of everyone and every school that a reason of the plan is about."""
    reasons = plan.result["reasons"].values()
    return names_of({owner for why in reasons for _, owner, *_ in [*why["counts"], *why["culprits"]]})


def names_of(owners) -> Names:
    people, schools = User.objects.in_bulk(owners), School.objects.in_bulk(owners)
    return Names(
        people={pk: str(someone) for pk, someone in people.items()},
        schools={pk: str(school) for pk, school in schools.items()},
        visits={},
    )


# Sentences ------------------------------------------------------------------------------------------------------------


def groups_in_words(plan) -> str:
    """How sure the plan is: how many groups are proven best, found in time, impossible in part."""
    groups = plan.result["groups"]
    ends = Counter(group["outcome"] for group in groups)
    gap = sum(group["gap"] for group in groups)
    parts = []
    if sure := ends[Outcome.PROVEN] + ends[Outcome.IMPOSSIBLE]:
        many = plural_count(sure, "group")
        parts.append(f"{many} of visits that hang together {'is' if sure == 1 else 'are'} proven best")
    if found := ends[Outcome.FOUND]:
        verb = "is" if found == 1 else "are"
        rest = (
            f"at most {plural_count(gap, 'point')} from the best there can be"
            if not any(group["missing"] for group in groups if group["outcome"] == Outcome.FOUND)
            else "and there was no time to rule out that one more visit finds a half-day"
        )
        parts.append(f"{plural_count(found, 'group')} {verb} the best found in the time, {rest}")
    return f"{listed(parts)}." if parts else ""


def wishes_in_words(plan) -> list[str]:
    """How far the wishes are met, each with its denominator."""
    wishes, number = plan.result["wishes"], sum(row["to"] is not None for row in plan.result["visits"])
    if not number:
        return []
    found = []
    if wishes["preferences"]:
        found.append(f"{wishes['preferred']:,} of {wishes['preferences']:,} times a teacher has a half-day they prefer")
    found += [
        f"{wishes['edges']:,} of {plural_count(number, 'visit')} in a first or last week of term, "
        "or in the week after a break",
        f"{wishes['weekdays'] / wishes['partnerships']:.1f} different days of the week for each partnership on average",
        f"{wishes['from_middle'] / number:.1f} days from the middle of the window on average",
    ]
    if wishes["together"]:
        found.append(f"{plural_count(wishes['together'], 'time')} two schools near each other on one day")
    return found


def with_scopes(plans) -> list[tuple[Plan, str]]:
    """Plans, each with whom it is about; one query for all."""
    plans = list(plans)
    rows = Away.objects.filter(pk__in=[plan.asking["away"] for plan in plans if plan.asking.get("away")])
    aways = {row.pk: row for row in rows.select_related("person")}
    return [(plan, scope_in_words(plan, aways.get(plan.asking.get("away")))) for plan in plans]


def scope_of(plan) -> str:
    return with_scopes([plan])[0][1]


def scope_in_words(plan, away) -> str:
    if plan.asking.get("away"):
        return f"While {away.person} is away{days_of(away)}" if away else "Around an absence"
    whom = plural_count(len(plan.partnerships), "partnership") if plan.partnerships else "All partnerships"
    return f"{whom}, required visits only" if plan.asking.get("only_required") else whom


def days_of(away) -> str:
    if away.first_on == away.last_on:
        half = f", {away.get_half_display().lower()}" if away.half else ""
        return f" on {away.first_on:%A %-d %B}{half}"
    return f", {away.first_on:%-d %B} to {away.last_on:%-d %B}"


def refusals_in_words(plan, refusals) -> list[str]:
    """A sentence for each thing that stands against a plan; the same queries for one and for many."""
    if not refusals:
        return []
    rows = needs_of(plan.programme, plan.programme.partnerships.all())
    visits = {asked.slug: f"{asked.title}, {asked.partnership.ref}" for asked in rows}
    names = names_of({refusal.against.owner for refusal in refusals} - {None})
    partnerships = Partnership.objects.in_bulk({refusal.partnership for refusal in refusals})
    return [refusal_in_words(refusal, names, visits, partnerships) for refusal in refusals]


def refusal_in_words(refusal, names, visits, partnerships) -> str:
    """First visit, P7, Monday 11 January, morning: Alder School has an INSET day."""
    if refusal.against.what == What.RACED:
        return "Somebody was booked on one of these half-days while the plan was being written."
    at, partnership = words_of_slot(refusal.to), partnerships.get(refusal.partnership)
    if partnership is None:
        return f"One visit on {at}: its partnership is there no more."
    if refusal.against.what == What.GONE:
        return (
            f"A visit of {partnership.ref} on {at}: the partnership is {partnership.get_status_display().lower()}, "
            "or its timetable does not ask for the visit any more."
        )
    title = visits.get(refusal.slug, f"A visit of {partnership.ref}")
    return f"{title}, {at}: {in_words(refusal, names, visits)}."


# Pages ----------------------------------------------------------------------------------------------------------------


def standing(programme) -> dict:
    """How many of the visits that the timetable asks for have a half-day, before anything is planned."""
    asked = [one for one in needs_of(programme) if one.step]
    return {
        "asked": len(asked),
        "planned": sum(one.visit is not None for one in asked),
        "partnerships": len({one.partnership.pk for one in asked}),
    }


def plan_page(plan, reader) -> dict:
    """The proposal: numbers, what is not possible and why, and each partnership with its visits."""
    rows, counts = rows_of(plan, reader), counts_of(plan)
    return {
        "counts": counts,
        "total": sum(counts.values()),
        "changes": counts[PLACED] + counts[MOVED],
        "groups": groups_in_words(plan),
        "wishes": wishes_in_words(plan),
        "points": plan.result["cost"],
        "booked": accepted_in_words(counts),
        **writing(plan),
        "impossible": [(row.partnership, line) for row in rows for line in row.lines if line.state in {MISSING, STUCK}],
        "rows": rows,
        "others": others_of(plan),
        "scope": scope_of(plan),
    }


def writing(plan) -> dict:
    """Whether somebody has accepted the plan that is not written yet, and what stood against it if it was not."""
    if plan.accepted_at or (acceptance := plan.acceptance) is None:
        return {}
    refusals = [Refusal.of(kept) for kept in acceptance.refusals]
    return {"acceptance": acceptance, "sentences": refusals_in_words(plan, refusals)}


def counted(plans):
    """Plans with their numbers as `counts`, without the proposals themselves, and whether they are being written."""
    in_hand = PlanAcceptance.objects.in_hand().filter(plan=OuterRef("pk"))
    return plans.defer("result").annotate(counts=F("result__counts"), is_being_written=Exists(in_hand))


def others_of(plan) -> list[tuple[Plan, str]]:
    """Plans of the same programme that this one can be put beside."""
    rows = Plan.objects.filter(programme=plan.programme_id, state=Plan.State.DONE).exclude(pk=plan.pk)
    return with_scopes(counted(rows)[:10])


OF_EACH_VISIT = [
    ("Visits that get a half-day", PLACED),
    ("Visits that move", MOVED),
    ("Visits that stay where they are", STAYS),
    ("Visits without a possible half-day", MISSING),
    ("Visits that stay though a rule is against it", STUCK),
    ("Visits whose turn never came", UNTRIED),
]
OF_THE_WHOLE = [  # of plans for the same visits only: more visits have more of each
    ("Half-days that a teacher prefers", lambda result: result["wishes"]["preferred"]),
    ("In a first or last week of term, or after a break", lambda result: result["wishes"]["edges"]),
    ("Two schools near each other on one day", lambda result: result["wishes"]["together"]),
    ("Days from the middle of the window, together", lambda result: result["wishes"]["from_middle"]),
    ("Points of wishes not met: the fewer, the better", lambda result: result["cost"]),
]
REFS = 12


def compare_page(plan, other) -> dict:
    """Two plans side by side: in numbers, of the visits that both are about, and the visits on which they differ."""
    pair = (plan, other)
    mine, theirs = ({row["slug"]: row for row in one.result["visits"]} for one in pair)
    known = {asked.slug: asked for asked in needs_of(plan.programme, plan.programme.partnerships.all())}
    both = mine.keys() & theirs.keys()
    counts = [Counter(state_of(rows[slug]) for slug in both) for rows in (mine, theirs)]
    numbers = [(words, *(count[state] for count in counts)) for words, state in OF_EACH_VISIT]
    if is_same := mine.keys() == theirs.keys():
        numbers += [(words, *(number(one.result) for one in pair)) for words, number in OF_THE_WHOLE]
    lines = []
    for slug in (mine.keys() | theirs.keys()) & known.keys():
        here, there = (where(known[slug], rows.get(slug)) for rows in (mine, theirs))
        if here and there and here[0] != there[0]:
            lines.append({"asked": known[slug], "here": in_full(*here), "there": in_full(*there)})
    return {
        "numbers": numbers,
        "lines": sorted(lines, key=lambda line: (line["asked"].partnership.ref, line["asked"].key)),
        "is_same": is_same,
        "both": len(both),
        "only": [len(mine.keys() - both), len(theirs.keys() - both)],
        "about": [(scope_of(one), refs_of(one)) for one in pair],
    }


def refs_of(plan) -> str:
    """Which partnerships a plan is about, where somebody chose them."""
    refs = sorted(Partnership.objects.filter(pk__in=plan.partnerships).values_list("ref", flat=True))
    return ", ".join(refs[:REFS]) + (f" and {len(refs) - REFS} more" if len(refs) > REFS else "")


def where(asked, row) -> tuple[str, str] | None:
    """(half-day, remark) that a plan gives; of a visit that it leaves alone the half-day that stands, if any."""
    if row is None:
        stands = asked.visit and f"{asked.visit.on:%A %-d %B}, {asked.visit.get_half_display()}"
        return stands and (stands, "left as it stands")
    if row["to"] is not None:
        return words_of_slot(row["to"]), ""
    if not row["tried"]:
        return (words_of_slot(row["stands"]) if row["stands"] is not None else ""), "its turn never came"
    if row["stands"] is not None:
        return words_of_slot(row["stands"]), "stays, though a rule is against it"
    return "", "no half-day possible"


def in_full(half_day, remark) -> str:
    words = f"{half_day}: {remark}" if half_day and remark else half_day or remark
    return words[:1].upper() + words[1:]


def teachers_of(programme):
    """Everyone who teaches in a partnership of the programme that has not ended, by name."""
    partnerships = programme.partnerships.not_over()
    partners = PartnerTeacher.objects.filter(partnership__in=partnerships, until=None).values("user")
    specialists = SpecialistTeacher.objects.filter(partnerships__in=partnerships).values("user")
    rows = User.objects.filter(pk__in=partners) | User.objects.filter(pk__in=specialists)
    return rows.order_by("last_name", "first_name", "pk")


def earlier_plans(programme) -> list[tuple[Plan, str]]:
    """The latest plans of a programme, the newest first."""
    rows = Plan.objects.filter(programme=programme).select_related("ordered_by", "accepted_by")
    return with_scopes(counted(rows)[:20])


def accept_page(plan, check, finders) -> dict:
    """What accepting writes, and who is told."""
    return {
        "what": what_changes(check),
        "whom": f"{plural_count(len(check.people), 'person,people')} and {plural_count(len(finders), 'cover manager')}",
        "check": check,
        "new": sorted(check.new, key=by_day),
        "moved": sorted(check.moved, key=by_day),
        "sentences": refusals_in_words(plan, check.refusals),
    }


def by_day(step):
    return step.slot, step.asked.partnership.ref


def what_changes(check) -> str:
    """12 visits get a half-day and 3 move"""
    parts = []
    if new := len(check.new):
        parts.append(f"{plural_count(new, 'visit')} {'gets' if new == 1 else 'get'} a half-day")
    if moved := len(check.moved):
        many = f"{moved}" if parts else plural_count(moved, "visit")
        parts.append(f"{many} {'moves' if moved == 1 else 'move'}")
    return listed(parts) or "Nothing changes"


def accepted_in_words(counts) -> str:
    """12 visits have a half-day now, and 3 have moved."""
    new, moved = counts[PLACED], counts[MOVED]
    parts = []
    if new:
        parts.append(f"{plural_count(new, 'visit')} {'has' if new == 1 else 'have'} a half-day now")
    if moved:
        parts.append(f"{plural_count(moved, 'visit')} {'has' if moved == 1 else 'have'} moved")
    return f"{listed(parts)}." if parts else "It changed nothing."
