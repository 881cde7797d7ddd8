"""The lines of a list beside the pupils that the programme has: who is new, who is there already, what is wrong."""

import unicodedata
from collections import defaultdict
from dataclasses import dataclass

from django.utils import timezone

from papers.templatetags.plain import listed, year_words
from programmes.models import Partnership, Programme
from pupils.choosing import lines
from pupils.choosing.joining import Joined
from pupils.models import Place, TargetPupil
from pupils.upn import INSTEAD, NOT_HERE, upn_index

USUAL = 6
MOST = 40
LEAVE_OUT = "out"
ANOTHER = "another"


@dataclass
class Checked:
    """The lines that are taken, those that are not, and what is to be said about all of them."""

    lines: list
    left: list
    present: int  # target pupils whom the partnership has
    joined: Joined  # since when those are there that have no day of their own
    has_no_room: bool = False

    @property
    def added(self):
        return [line for line in self.lines if line.is_added]

    @property
    def wrong(self):
        return [line for line in self.lines if line.wrong]

    @property
    def problems(self):
        return [(line, name, *said) for line in self.wrong for name, said in line.wrong.items()]

    @property
    def together(self):
        return self.present + len(self.added)

    @property
    def are_many(self):
        return self.together > USUAL


def check(content: dict, partnership: Partnership, most=MOST) -> Checked:
    """A few queries, however many rows there are."""
    fields = [column["field"] for column in content["columns"]]
    every = [lines.read(row, fields, content["dates"] or lines.dates.DAY_FIRST) for row in content["rows"]]
    taken = [line for line in every if line.take]
    known = Known(partnership)
    seen = Seen()
    for line in taken:
        look_at_days(line, partnership.programme)
        known.recognise(line)
        seen.notice(line)
        look_at_year(line, partnership)
        if line.is_known not in {"", "second"}:
            line.wrong = {}  # nothing of it is kept, so there is nothing to mend
    joined = Joined(content, partnership)
    joined.put(taken)
    checked = Checked(taken, [line for line in every if not line.take], known.present, joined)
    checked.has_no_room = checked.together > most
    return checked


def look_at_days(line, programme):
    """A day before the programme is as good as none: the place is held from the beginning."""
    since = line.values.get("since")
    if since is None:
        return
    if since > programme.ends_on:
        said = f"{since:%-d %B %Y} is after the end of the programme."
        line.wrong["since"] = (said, f"Enter a day up to {programme.ends_on:%-d/%-m/%Y}, or leave it blank.")
    elif since <= programme.starts_on:
        line.soft["since"] = "From the beginning"
        line.values["since"] = None


def look_at_year(line, partnership):
    year = line.values.get("year_group")
    if year is not None and year != partnership.year_group:
        line.soft["year_group"] = f"Not {year_words(partnership.year_group)}"


LETTERS = str.maketrans(
    {"\u0142": "l", "\u0141": "L", "\xf8": "o", "\xd8": "O", "\xdf": "ss", "\u0111": "d", "\xe6": "ae"}
)


def bare(name):
    """The letters of a name without accents, hyphens and apostrophes, by which one of nearly this name is found."""
    plain = unicodedata.normalize("NFKD", name.translate(LETTERS)).casefold()
    return "".join(char for char in plain if char.isalpha())


def key_of(first_name, last_name, year):
    return " ".join(first_name.split()).casefold(), " ".join(last_name.split()).casefold(), year


class Known:
    """The programme's pupils by number, and those of the partner school by name and year group."""

    def __init__(self, partnership):
        self.partnership = partnership
        places = Place.objects.filter(partnership__programme=partnership.programme_id).select_related(
            "pupil", "partnership__specialist__user"
        )
        places = places.defer("pupil__upn")  # to decrypt a number takes longer than the rest of its row
        self.places = defaultdict(list)
        for place in places:
            self.places[place.pupil_id].append(place)
        pupils = {place.pupil_id: place.pupil for place in places}
        self.by_number = {bytes(pupil.upn_index): pupil for pupil in pupils.values() if pupil.upn_index}
        self.by_name, self.nearly = defaultdict(list), defaultdict(list)
        for pupil in pupils.values():
            if self.is_of_school(pupil) and (pupil.first_name or pupil.last_name):
                self.by_name[key_of(pupil.first_name, pupil.last_name, pupil.year_group)].append(pupil)
                self.nearly[bare(pupil.first_name), bare(pupil.last_name)].append(pupil)
        self.present = sum(
            place.partnership_id == partnership.pk and holds(place) for rows in self.places.values() for place in rows
        )

    def is_of_school(self, pupil):
        school = self.partnership.partner_school_id
        return any(place.partnership.partner_school_id == school for place in self.places[pupil.pk])

    def recognise(self, line):
        upn = line.values.get("upn", "")
        if upn and (pupil := self.by_number.get(upn_index(upn))):
            if self.is_of_school(pupil):
                self.say(line, pupil, likely=False)
            else:
                line.wrong["upn"] = (NOT_HERE, INSTEAD)
            return
        if {"first_name", "last_name", "year_group"} & line.wrong.keys():
            return
        named = self.by_name.get(key_of(*(line.values[name] for name in ("first_name", "last_name", "year_group"))), [])
        alike = next((pupil for pupil in named if not (upn and pupil.upn_index)), None)  # two numbers: two pupils
        if alike:
            self.say(line, alike, likely=True)
            return
        near = self.nearly.get((bare(line.values["first_name"]), bare(line.values["last_name"])), [])
        if near and not named:
            who = listed([f"{pupil.full_name}, {year_words(pupil.year_group)}" for pupil in near])
            line.soft["first_name"] = f"Somebody of nearly this name is there: {who}"

    def say(self, line, pupil, *, likely):
        if likely and line.chosen == ANOTHER:
            line.is_likely, line.about = True, "Another pupil of the same name"
            return
        line.found, line.is_likely = pupil, likely
        here = next((place for place in self.places[pupil.pk] if place.partnership_id == self.partnership.pk), None)
        if here:
            line.is_known = "here" if holds(here) else "ended"
            line.about = "Already a target pupil here" if holds(here) else f"Was here until {here.last_on:%-d %B %Y}"
            return
        others = [place for place in self.places[pupil.pk] if holds(place)]
        subject = self.partnership.subject.casefold()
        if same := [place.partnership for place in others if place.partnership.subject.casefold() == subject]:
            line.is_known = "subject"
            line.about = f"Has a place in {same[0].subject} already, with {same[0].specialist.user}"
        else:
            line.is_known = "second"
            also = ", ".join(sorted({place.partnership.subject for place in others}))
            line.about = f"Has a place in {also}" if also else "Was in another partnership of this programme"
            line.kept = self.kept_words(line, pupil)

    def kept_words(self, line, pupil):
        """What the row says otherwise than what is kept, and what to do where the row is right."""
        names = DETAILS if self.partnership.programme.initials_only else [*NAMES, *DETAILS]
        said = [differing(line, pupil, name) for name in names]
        if not any(said):
            return ""
        return f"Stays as it is: {'; '.join(filter(None, said))}. {MEND_KEPT}"


NAMES = ["first_name", "last_name"]
DETAILS = ["year_group", *lines.CHOICES]
MEND_KEPT = "If the new details are right, change them afterwards on the page of the pupil."


def differing(line, pupil, name) -> str:
    """SEN (None, not SEN support); nothing where the row says nothing of it, or the same."""
    new, old = line.values.get(name), getattr(pupil, name)
    brought = line.texts.get(name, "").strip() if line.texts else True
    if not brought or new in {None, "", "U"} or new == old or (name in NAMES and bare(new) == bare(old)):
        return ""
    column = TargetPupil._meta.get_field(name)
    words = year_words if name == "year_group" else lambda value: dict(column.flatchoices).get(value, value) or "blank"
    return f"{column.verbose_name} ({words(old)}, not {words(new)})"


def holds(place):
    return place.until is None or place.until > timezone.localdate()


class Seen:
    """Lines of one list that are about the same pupil."""

    def __init__(self):
        self.numbers, self.names = {}, {}

    def notice(self, line):
        upn = line.values.get("upn", "")
        if upn and self.numbers.setdefault(upn, line.number) != line.number:
            said = f"Row {self.numbers[upn]} has the same UPN."
            line.wrong["upn"] = (said, "Correct the one that is wrong, or leave one of the two out.")
            return
        if {"first_name", "last_name", "year_group"} & line.wrong.keys() or line.is_known:
            return
        key = key_of(*(line.values[name] for name in ("first_name", "last_name", "year_group")))
        at, number = self.names.setdefault(key, (line.number, upn))
        if at != line.number and not (upn and number):
            line.is_likely = True
            line.is_known = "" if line.chosen == ANOTHER else "twice"
            line.about = "Another pupil of the same name" if line.chosen == ANOTHER else f"The same as row {at}"


def pupil_of(line: lines.Line, programme: Programme, ref: str) -> TargetPupil:
    given = {name: line.values[name] for name in lines.SHOWN if name not in {"class_name", "since"}}
    pupil = TargetPupil(programme=programme, ref=ref, upn_index=upn_index(given["upn"]), **given)
    pupil.cut_names()
    return pupil
