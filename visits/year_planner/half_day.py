"""The page on which a half-day is chosen for one visit: the free ones, best first, and why the others are not."""

import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property

from django.db.models import Q, prefetch_related_objects
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from papers.templatetags.plain import listed, longday, plural_count, year_words
from programmes.calendar import calendar_of
from programmes.models import Partnership
from visits.models import Plan, Visit
from visits.planner.candidates import blockers, school_week
from visits.planner.choosing import Choice, Choices, Others, choices
from visits.planner.values import Relaxation, Rule, day_of, half_of, slot_of, words_of_slot
from visits.planner.why import price, ways_to
from visits.planner.words import cause, relaxed
from visits.planning.agreed import how_they_stand
from visits.planning.reading import read
from visits.year_planner.page import TERMS, YearPlanner

AT_FIRST = 3  # free half-days that are shown at once
HALVES = {"am": 0, "pm": 1}
SHORT = ["am", "pm"]
WEEKS_BEYOND = 3
LIMITS = {Rule.CEILING, Rule.WEEK, Rule.TERM, Rule.COVER}  # numbers that somebody may raise
AROUND = dt.timedelta(weeks=3)


@dataclass(frozen=True)
class Free:
    """One free half-day as the page offers it."""

    number: int
    value: str
    words: str
    reasons: str
    choice: Choice


@dataclass(frozen=True)
class Place:
    """One half-day of the window in the table of reasons."""

    words: str
    kind: str = ""
    in_full: str = ""


class HalfDay:
    """A visit that looks for a half-day, or another one; everything else stays where it is."""

    def __init__(self, reader, programme, slug):
        self.reader, self.programme, self.slug = reader, programme, slug
        prefetch_related_objects([programme], "timetable")
        self.today = timezone.localdate()
        shown = programme.partnerships.filter(specialist__in=specialist_of(slug)).values_list("pk", flat=True)
        self.read = read(programme, moves=Plan.Moves.EVERYTHING, reader=reader, around=set(shown))
        self.asked = next((one for one in self.read.asked.values() if slug in names_of(one)), None)
        if self.asked is None:
            raise Http404
        self.need = self.needed()
        self.problem, self.names = self.read.problem, self.read.names
        self.choices: Choices = choices(self.problem, self.need, self.called)

    def needed(self):
        """What it needs. One besides the timetable has no window, and is looked for around the day that it has."""
        need = next(need for need in self.read.problem.needs if need.key == self.asked.key)
        if self.asked.step:
            return need
        on = self.asked.visit.on
        return replace(need, first=max(on - AROUND, self.today), last=max(on + AROUND, self.today + AROUND))

    def called(self, need) -> str:
        """What a visit in the way is called: only its own partnership's, and what the reader reaches, by name."""
        asked = self.read.asked[need.key]
        if asked.partnership.pk == self.asked.partnership.pk:
            return asked.title
        return f"{asked.title} at {asked.host}" if asked.visit.pk in self.known else ""

    @cached_property
    def known(self) -> set[int]:
        """The visits of the same people that the reader reaches."""
        people = set(self.need.people)
        near = [need for need in self.problem.needs if people & set(need.people) and need.stands is not None]
        visits = [self.read.asked[need.key].visit.pk for need in near]
        return set(Visit.objects.allowed(self.reader, "visits.view").filter(pk__in=visits).values_list("pk", flat=True))

    # What is so ------------------------------------------------------------------------------------------------

    @property
    def visit(self) -> Visit | None:
        return self.asked.visit

    @cached_property
    def standing(self):
        return how_they_stand(self.read, self.today, {self.asked.partnership.pk})

    @property
    def clash(self) -> str:
        """Why the half-day that it has no longer holds; empty where it does."""
        return self.standing[0].get(self.visit.pk, "") if self.visit else ""

    @property
    def rule(self) -> str:
        """The rule that it stands against, since somebody put it there or the rule came later."""
        return self.standing[1].get(self.visit.pk, "") if self.visit else ""

    def against(self, slot):
        return [*blockers(self.problem, self.need, slot), *Others(self.problem, self.need, self.called).blockers(slot)]

    @property
    def facts(self):
        p = self.asked.partnership
        specialist, partners = str(p.specialist), listed(p.current_partner_teachers) or p.partner_school.name
        at_home = self.asked.host.pk == p.specialist.home_school_id and not p.is_in_own_school
        goes = f"{partners} goes to {specialist}" if at_home else f"{specialist} goes to {partners}"
        return [
            ("Who", f"{goes}; {p.subject}, {year_words(p.year_group)}"),
            ("Where", str(self.asked.host)),
            ("Window", f"{longday(self.need.first)} to {longday(self.need.last)}"),
            *([("Between", self.between)] if self.between else []),
        ]

    @cached_property
    def between(self) -> str:
        """The visits of the same partnership beside it, with their days."""
        mine = [
            (need, self.read.asked[need.key])
            for need in self.problem.needs
            if need.partnership == self.need.partnership and need.stands is not None and need.key != self.need.key
        ]
        before = max(
            (one for one in mine if one[0].order < self.need.order), key=lambda one: one[0].order, default=None
        )
        after = min((one for one in mine if one[0].order > self.need.order), key=lambda one: one[0].order, default=None)
        said = [f"{asked.title} on {longday(day_of(need.stands))}" for need, asked in filter(None, (before, after))]
        return listed(said)

    # What could be ---------------------------------------------------------------------------------------------

    @cached_property
    def free(self) -> list[Free]:
        return [
            Free(number, value_of(choice.slot), words_of_slot(choice.slot), self.reasons(choice), choice)
            for number, choice in enumerate((one for one in self.choices.free if one.slot != self.need.stands), 1)
        ]

    @cached_property
    def stands_best(self) -> bool:
        """No other half-day would be better than the one that it has."""
        return bool(self.choices.free) and self.choices.free[0].slot == self.need.stands

    def reasons(self, choice: Choice) -> str:
        """For and against this half-day, in sentences."""
        people, said = self.names.people, []
        if choice.preferred:
            like = "likes" if len(choice.preferred) == 1 else "like"
            said.append(f"{listed([people[one] for one in choice.preferred])} {like} it best.")
        if choice.on_that_day is not None:
            other = self.read.asked[choice.on_that_day]
            said.append(f"{other.title} at {other.host} is on the same day: one journey, but a whole day out of class.")
        near = []
        if choice.after:
            near.append(f"{self.days(choice.slot, -choice.after[1])} after {self.title(choice.after[0])}")
        if choice.before:
            near.append(f"{self.days(choice.slot, choice.before[1])} before {self.title(choice.before[0])}")
        if near:
            said.append(f"{listed(near)}.".capitalize())
        for school, number in choice.out.items():
            if number:
                there = f"{plural_count(number, 'teacher')} of {self.names.schools[school]}"
                said.append(f"{there} {'is' if number == 1 else 'are'} out then already.")
        if choice.is_edge:
            said.append("In a first or last week of term, or the week after a break, which the programme avoids.")
        if choice.disliked and not choice.preferred:
            like = "likes" if len(choice.disliked) == 1 else "like"
            said.append(f"Not among the half-days that {listed([people[one] for one in choice.disliked])} {like} best.")
        return " ".join(said)

    def days(self, slot, difference) -> str:
        first, last = sorted((day_of(slot), day_of(slot) + dt.timedelta(days=difference)))
        return plural_count(self.calendar.number_of_school_days(first + dt.timedelta(days=1), last), "school day")

    @cached_property
    def calendar(self):
        return calendar_of(self.programme.organisation_id, self.asked.host.pk)

    def title(self, key) -> str:
        title = self.read.asked[key].title
        return title[0].lower() + title[1:]

    # What cannot be --------------------------------------------------------------------------------------------

    @property
    def number(self) -> int:
        """Of all half-days of the window, the one on which it stands apart."""
        return self.ruled_out_number + len(self.free)

    @property
    def ruled_out_number(self) -> int:
        return sum(slot != self.need.stands for slot in self.choices.ruled_out)

    @property
    def causes(self) -> list[tuple[int, str]]:
        """How many half-days each cause rules out: they add up to those that are not free."""
        counted = {}
        for slot, blocker in self.choices.ruled_out.items():
            if slot != self.need.stands:
                words = cause(blocker, self.names)
                counted[words] = counted.get(words, 0) + 1
        return [(number, words) for words, number in sorted(counted.items(), key=lambda item: -item[1])]

    @property
    def weeks(self) -> list[tuple[list[dt.date], list[tuple[str, list[Place]]]]]:
        """The window week by week: its days, and for each half what is of each day."""
        slots = set(school_week(self.need.window))
        ranks = {one.choice.slot: one.number for one in self.free}
        first = self.need.first - dt.timedelta(days=self.need.first.weekday())
        found = []
        while first <= self.need.last:
            if first + dt.timedelta(days=4) < self.today:
                first += dt.timedelta(weeks=1)  # of a week that is over there is nothing to say
                continue
            days = [first + dt.timedelta(days=n) for n in range(5)]
            halves = [(half, [self.place(slot_of(day, HALVES[half]), slots, ranks) for day in days]) for half in SHORT]
            found.append((days, halves))
            first += dt.timedelta(weeks=1)
        return found

    def place(self, slot, slots, ranks) -> Place:
        if slot == self.need.stands:
            return Place(f"Now{': ' + self.clash if self.clash else ''}", "now")
        if slot not in slots:
            return Place("Outside the window", "past")
        if slot in ranks:
            return Place(
                "Free, best" if ranks[slot] == 1 and not self.stands_best else f"Free, number {ranks[slot]}", "free"
            )
        words = cause(self.choices.ruled_out[slot], self.names)
        words = words[0].upper() + words[1:]
        is_past = self.choices.ruled_out[slot].rule == Rule.PAST
        return Place(words, "past" if is_past else "")

    @cached_property
    def nearly(self) -> tuple[str, str] | None:
        """The smallest single thing to relax and which half-day it yields; None where one thing is not enough."""
        others = Others(self.problem, self.need, self.called)
        weeks = dt.timedelta(weeks=WEEKS_BEYOND)
        wide = school_week(range(slot_of(self.need.first - weeks, 0), slot_of(self.need.last + weeks, 1) + 1))
        found = []
        for slot in wide:
            ways, beside = ways_to(self.problem, self.need, slot), others.blockers(slot)
            if ways is None or slot == self.need.stands or any(one.rule not in LIMITS for one in beside):
                continue
            covers = [one for one in blockers(self.problem, self.need, slot) if one.rule == Rule.COVER]
            ways += [Relaxation(one.rule, one.owner, one.words, slot) for one in beside or covers]
            if len(ways) == 1 and ways[0].what:
                found.append((price(ways[0]), abs(slot - self.need.middle), slot, ways[0]))
        if not found:
            return None
        _, _, slot, way = min(found, key=lambda item: item[:3])
        return relaxed(way, self.need, self.names), words_of_slot(slot)

    @property
    def window_url(self) -> str:
        """Where the coordinator changes the window."""
        if not self.asked.step or not self.reader.may("programmes.set_up"):
            return ""
        return reverse("programmes:step_change", args=[self.programme.slug, self.asked.step.pk])

    # Who is told -----------------------------------------------------------------------------------------------

    @property
    def is_settled(self) -> bool:
        """Nobody chooses a half-day for it any more: it has taken place, or its day has come."""
        visit = self.visit
        return visit is not None and (visit.on <= self.today or bool(visit.recorded_at) or not visit.is_planned)

    @property
    def propose_url(self) -> str:
        """Where its teachers are asked first, while no other time is proposed: whoever may choose may propose."""
        visit = self.visit
        return "" if visit is None or visit.proposal else reverse("visits:propose", args=[visit.pk])

    @property
    def told(self) -> str:
        p = self.asked.partnership
        people = [str(someone) for someone in p.teachers if someone != self.reader]
        schools = list(dict.fromkeys(str(school) for school in p.schools))
        offices = f"whoever arranges cover at {listed(schools)}"
        return listed([*people, offices])

    def context(self, chosen, week, error) -> dict:
        """What the page shows; `week` is one on which the visit was dropped: its best free half-day is chosen then."""
        picked = self.picked(chosen, week)
        shown = [one for one in self.free if one.number <= AT_FIRST or one.value == picked]
        return {
            "page": self,
            "asked": self.asked,
            "visit": self.visit,
            "error": error,
            "week_words": self.week_words(week, picked),
            "picked": picked or (self.free[0].value if self.free and not self.stands_best else ""),
            "shown": shown,
            "more": [one for one in self.free if one not in shown],
            "seen": self.visit.sequence if self.visit else "",
            "back_url": self.back_url,
            "propose_url": self.propose_url,
            **self.planner(),
        }

    def picked(self, chosen, week) -> str:
        values = {one.value for one in self.free}
        if chosen in values:
            return chosen
        first = slot_from(f"{week}-am")
        if first is None:
            return ""
        return next((one.value for one in self.free if first <= one.choice.slot < first + 14), "")

    def week_words(self, week, picked) -> str:
        first = slot_from(f"{week}-am")
        if first is None or picked:
            return ""
        return f"No half-day of the week of {longday(day_of(first))} is free for this visit. These are:"

    def kept_words(self, visit) -> str:
        when = f"{longday(visit.on)}, {visit.get_half_display()}"
        told = f" {self.told} are told." if self.told else ""
        verb = "planned for" if self.need.stands is None else "moved to"
        return f"{self.asked.title} is {verb} {when}.{told}"

    @property
    def back_url(self) -> str:
        """The year planner, for whoever has one."""
        if not self.reader.may("planner.view"):
            return ""
        return f"{reverse('planner:year')}?programme={self.programme.slug}"

    def planner(self) -> dict:
        """The term around the window, with the partnerships of the same specialist teacher: nothing for a teacher."""
        if not self.reader.may("planner.view"):
            return {}
        term = self.term
        query = {"programme": self.programme.slug, "show": "" if term is None else list(TERMS)[term]}
        partnerships = Partnership.objects.allowed(self.reader, "planner.view")
        made = YearPlanner(self.reader, partnerships, query, self.read)
        mine = Q(specialist=self.asked.partnership.specialist_id) | Q(pk=self.asked.partnership.pk)
        made.reached = made.reached.filter(mine)
        found = made.page(chosen=self)
        return {name: found[name] for name in ("columns", "groups", "lanes", "key", "kinds", "planner")}

    @cached_property
    def term(self) -> int | None:
        half_terms = calendar_of(self.programme.organisation_id).half_terms(self.programme.starts_on)
        middle = self.need.first + (self.need.last - self.need.first) / 2
        found = [number // 2 for number, half_term in enumerate(half_terms) if half_term.starts_on <= middle]
        return min(found[-1], len(TERMS) - 1) if found and half_terms else None


def specialist_of(slug):
    """The specialist teacher of the partnership that the slug is about: all of their partnerships are shown with it."""
    number = slug.removeprefix("v").partition("-")[0]
    pk = int(number) if number.isdecimal() else 0
    found = {"visits": pk} if slug.startswith("v") else {"pk": pk}
    return Partnership.objects.filter(**found).values("specialist")


def names_of(asked) -> set[str]:
    """How addresses name it: by what the timetable asks, and by its visit."""
    return {asked.slug, f"v{asked.visit.pk}"} if asked.visit else {asked.slug}


def value_of(slot) -> str:
    return f"{day_of(slot):%Y-%m-%d}-{SHORT[half_of(slot)]}"


def slot_from(value) -> int | None:
    """What `value_of` wrote; None for anything else."""
    day, _, half = (value or "").rpartition("-")
    try:
        return slot_of(dt.date.fromisoformat(day), HALVES[half])
    except (ValueError, KeyError):
        return None
