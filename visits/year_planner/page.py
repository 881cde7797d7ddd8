"""The year planner of one programme: every partnership by every week, as a reader reaches it."""

from collections import Counter
from functools import cached_property
from urllib.parse import urlencode

from django.db.models import prefetch_related_objects
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from papers.templatetags.plain import listed, longday, plural_count
from programmes.calendar import calendar_of
from programmes.models import Partnership, Programme
from visits.models import Event, Plan
from visits.models.visits import open_proposals
from visits.planning.agreed import how_they_stand
from visits.planning.reading import read
from visits.planning.steps import codes_of, is_at_specialists
from visits.year_planner.chips import KINDS, WORDS, State, chip_of, state_of
from visits.year_planner.columns import Columns
from visits.year_planner.rows import closures_of, grouped, offer, pauses_of, row_of
from visits.year_planner.timetable import LABELS, bands, day, lanes, marks

TERMS = {"autumn": 0, "spring": 1, "summer": 2}
NOT_PLANNED = [Partnership.Status.ENQUIRY, Partnership.Status.PROPOSED, Partnership.Status.FOLDED]


class YearPlanner:
    """`partnerships` are all that the reader reaches; `query` says which programme, area, term and order."""

    def __init__(self, reader, partnerships, query, found=None):
        self.reader, self.query, self._found = reader, query, found
        reached = partnerships.exclude(status__in=NOT_PLANNED)
        self.programmes = list(reached.programmes().select_related("organisation"))
        self.programme = self.chosen_programme(query.get("programme", ""))
        if self.programme is None:
            return
        prefetch_related_objects([self.programme], "timetable")
        self.today = timezone.localdate()
        self.reached = reached.filter(programme=self.programme)
        self.area = None
        if query.get("area"):
            self.area = next((one for one in self.areas if str(one.pk) == query["area"]), None)
        self.term = query.get("show") if query.get("show") in TERMS else ""
        self.by = "area" if query.get("by") == "area" and self.areas else "specialist"
        self.may_choose = reader.may("visits.plan")
        self.may_plan = self.programme.status != Programme.Status.CLOSED and reader.may("plans.manage")

    @cached_property
    def areas(self):
        return list(self.reached.areas())

    def chosen_programme(self, asked):
        if asked:
            found = next((one for one in self.programmes if one.slug == asked), None)
            if found is None:
                raise Http404
            return found
        running = [one for one in self.programmes if one.status == Programme.Status.ACTIVE]
        return next(iter(running or self.programmes), None)

    def partnerships(self):
        return self.reached.filter(area=self.area) if self.area else self.reached

    def page(self, chosen=None) -> dict:
        """What the template needs; `chosen` is the page of a visit that looks for a half-day."""
        calendar = calendar_of(self.programme.organisation_id)
        term = TERMS.get(self.term)
        columns = Columns(calendar, self.programme.starts_on, self.programme.ends_on, self.today, term)
        has_terms = calendar.has_term_dates(self.programme.starts_on)
        if not columns.all:
            columns = Columns(calendar, self.programme.starts_on, self.programme.ends_on, self.today)
        rows, self.chips = self.rows(columns, chosen)
        self.count = Counter(chip.state for chip in self.chips)
        return {
            "planner": self,
            "columns": columns,
            "groups": grouped(rows, self.by),
            "lanes": self.lanes(columns),
            "key": [(state, WORDS[state], self.count[state]) for state in State if self.count[state]],
            "kinds": self.kinds(),
            "has_terms": has_terms,
            "title": self.title,
            "lead": self.lead(),
            "plans_url": reverse("visits:plans", args=[self.programme.slug]) if self.may_plan else "",
            "absence_url": reverse("visits:plan_absence", args=[self.programme.slug]) if self.may_plan else "",
            "views": [] if chosen else self.views(),
            "csv_url": self.address(name="planner:csv"),
            "xlsx_url": self.address(name="planner:xlsx"),
        }

    def rows(self, columns, chosen=None):
        partnerships = self.partnerships()
        theirs = {}
        for one in self.asked:
            theirs.setdefault(one.partnership, []).append(one)
        # One that rests, or is over, may have nothing planned and still has its row.
        idle = partnerships.exclude(pk__in=[partnership.pk for partnership in theirs]).with_people()
        theirs |= {partnership: [] for partnership in idle}
        pauses = pauses_of(theirs)
        closures = closures_of(theirs, columns.first, columns.last)
        clashes, against = self.standing
        rows, everything = [], []
        for partnership, mine in theirs.items():
            chips = [
                chip_of(
                    one,
                    self.today,
                    clash=clashes.get(one.visit.pk, "") if one.visit else "",
                    against=against.get(one.visit.pk, "") if one.visit else "",
                    wide=bool(self.term),
                    may_move=self.may_plan and not partnership.is_paused,
                    may_choose=self.may_choose,
                    chosen=chosen.asked.slug if chosen else "",
                )
                for one in mine
            ]
            pause = pauses.get(partnership.pk)
            row = row_of(partnership, columns, chips, mine, closures[partnership.partner_school_id], pause)
            if chosen and partnership == chosen.asked.partnership:
                offer(row, columns, chosen)
            for cell in row.cells:
                cell.settle()
            rows.append(row)
            everything += chips
        return rows, everything

    @cached_property
    def found(self):
        """The programme as the planner reads it, every visit to come free to move."""
        return self._found or read(self.programme, moves=Plan.Moves.EVERYTHING, reader=self.reader)

    @cached_property
    def asked(self) -> list:
        """The visits of the partnerships that are shown."""
        shown = set(self.partnerships().values_list("pk", flat=True))
        asked = [one for one in self.found.asked.values() if one.partnership.pk in shown]
        proposed = {one.visit_id: one for one in open_proposals().filter(visit__partnership__in=shown)}
        for one in asked:
            if one.visit:
                one.visit.proposed = [proposed[one.visit.pk]] if one.visit.pk in proposed else []
        return asked

    @cached_property
    def standing(self) -> tuple[dict[int, str], dict[int, str]]:
        """Visit -> why its half-day no longer holds; and visit -> the rule that it stands against."""
        return how_they_stand(self.found, self.today, {one.partnership.pk for one in self.asked})

    def lanes(self, columns):
        steps = [step for step in self.programme.timetable.all() if step.type == step.Type.VISIT]
        codes = codes_of(steps)
        windows = {False: [], True: []}
        for step in steps:
            away = is_at_specialists(step)
            code = codes[step.pk, 1]
            windows[away].append((code, step.name, step.window_start, step.window_end, away))
        events = Event.objects.allowed(self.reader, "events.view").standing().filter(programme=self.programme)
        events = events.select_related("area", "programme")
        if self.area:
            events = events.filter(area=None) | events.filter(area=self.area)
        happenings = [
            (
                one.on,
                LABELS[one.kind],
                f"{one.title}, {longday(one.on)}",
                one.get_absolute_url(),
            )
            for one in events
        ]
        due = [
            (one.due_on, day(one.due_on).split()[1], f"{one.name}: grades are due on {longday(one.due_on)}", "")
            for one in self.programme.data_points.all()
        ]
        made = lanes("Visits to the partner school", columns, bands(columns, windows[False]))
        if windows[True]:
            made += lanes("Visits to the specialist", columns, bands(columns, windows[True]))
        if happenings:
            made += lanes("Events", columns, marks(columns, happenings))
        return made + (lanes("Grades due", columns, marks(columns, due)) if due else [])

    def table(self):
        """The columns and rows of the download: every visit, planned or not."""
        columns = ["Partnership", "Partner school", "Specialist teacher", "Partner teachers", "Area", "Visit", "Day"]
        columns += ["Half-day", "Where", "How it stands"]
        rows, (clashes, against) = [], self.standing
        for one in self.asked:
            p, visit = one.partnership, one.visit
            said = [found.get(visit.pk, "") if visit else "" for found in (clashes, against)]
            who = [p.ref, str(p.partner_school), str(p.specialist), listed(p.current_partner_teachers)]
            when = [visit.on, visit.get_half_display()] if visit else ["", ""]
            where = [p.area.name if p.area else "", one.title, *when, str(one.host)]
            rows.append([*who, *where, state_of(one, self.today, *said)[1]])
        return columns, rows

    def kinds(self):
        letters = dict.fromkeys(chip.code[0] for chip in self.chips)
        return [(letter, KINDS[letter]) for letter in KINDS if letter in letters]

    @property
    def title(self):
        return f"{self.programme.title}, {area_words(self.area)}" if self.area else self.programme.title

    @property
    def missing(self) -> int:
        return self.count[State.NONE]

    def lead(self) -> tuple[str, str]:
        """How many visits have a half-day, and what needs an act."""
        number = len(self.chips)
        having = number - self.count[State.NONE]
        acts = [
            (self.count[State.MOVE], "must move", "must move"),
            (self.count[State.RECORD], "record is missing", "records are missing"),
            (self.count[State.AGAINST], "stands against a rule", "stand against a rule"),
        ]
        said = [f"{n} {one if n == 1 else many}" for n, one, many in acts if n]
        return (
            f"{having} of {plural_count(number, 'visit')} {'has' if number == 1 else 'have'} a half-day.",
            f"{listed(said)}." if said else "",
        )

    # The addresses of other views of the same ------------------------------------------------------------------

    def address(self, name="planner:year", **changed):
        asked = {
            "programme": self.programme.slug if len(self.programmes) > 1 else "",
            "show": self.term,
            "area": self.area.pk if self.area else "",
            "by": "area" if self.by == "area" else "",
        } | changed
        said = urlencode({name: value for name, value in asked.items() if value})
        return reverse(name) + (f"?{said}" if said else "")

    def views(self):
        terms = [("Whole year", ""), *((name.capitalize(), name) for name in TERMS)]
        sizes = Counter(self.reached.values_list("area", flat=True))
        areas = [(f"All {sum(sizes.values())}", "")] + [(f"{one.name} {sizes[one.pk]}", one.pk) for one in self.areas]
        sets = [("Show", [(name, self.address(show=value), value == self.term) for name, value in terms])]
        if len(self.programmes) > 1:
            choices = [
                (one.title, self.address(programme=one.slug, area=""), one == self.programme) for one in self.programmes
            ]
            sets.append(("Programme", choices))
        if len(self.areas) > 1:
            here = self.area.pk if self.area else ""
            sets.append(("Area", [(name, self.address(area=pk), pk == here) for name, pk in areas]))
            orders = [("Specialist teacher", "specialist"), ("Area", "area")]
            sets.append(
                ("Rows by", [(name, self.address(by=by if by == "area" else ""), by == self.by) for name, by in orders])
            )
        return sets

    @property
    def print_url(self):
        """By areas, so that each has a page; where one is chosen, as it is."""
        return self.address(by="area", print="1") if not self.area and len(self.areas) > 1 else self.address(print="1")


def area_words(area):
    return area.name if "area" in area.name.casefold() else f"{area.name} area"
