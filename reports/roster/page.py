"""The page of the roster: one programme's partnerships, filtered and in sections, with what may be done about them."""

from functools import cached_property
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from accounts.mail import words_of
from programmes.models import Programme
from reports.mails import NUDGE
from reports.roster.asked import ORDERS, Asked
from reports.roster.columns import fill, table_of
from reports.roster.facts import Facts
from reports.roster.rows import Group, count, rows_of
from reports.roster.slips import SLIPS, Waits

# What everybody finds: name and query.
VIEWS = [
    ("Slipping first", ""),
    ("By school", "sort=school"),
    ("By specialist teacher", "sort=specialist"),
    ("Before the steering group", "sort=area"),
]
ON_A_PAGE, ALL = 50, "all"
SECTIONS = {
    Group.SLIPPING: "slipping, most overdue first",
    Group.ON_COURSE: "on course, next visit first",
    Group.PAUSED: "paused",
    Group.COMPLETED: "completed",
    Group.FOLDED: "folded",
}


class Roster:
    """The partnerships of one programme as a reader sees them; `partnerships` are all that the reader reaches."""

    def __init__(self, reader, partnerships, query):
        self.reader = reader
        self.programmes = list(partnerships.programmes().select_related("organisation"))
        self.programme = self.chosen(query.get("programme", ""))
        if self.programme:
            rows = partnerships.of_programmes([self.programme])
            self.facts = Facts(reader, self.programme.organisation, rows, timezone.localdate())
            self.everything = rows_of(self.facts)
            self.asked = Asked(query, self.facts, self.everything)
            self.only = query.get("only", "")
            self.page_asked = query.get("page", "")

    def chosen(self, asked):
        """The programme asked for, nowhere to be found unless the reader reaches it; else the default."""
        if not asked:
            return self.default
        found = {str(programme.pk): programme for programme in self.programmes}
        if asked not in found:
            raise Http404
        return found[asked]

    @property
    def default(self):
        """The programme that runs, else the newest."""
        running = [programme for programme in self.programmes if programme.status == Programme.Status.ACTIVE]
        return next(iter(running or self.programmes), None)

    @property
    def rows(self):
        """Those that fit; `only` is one of them, for the nudges of one row."""
        return [row for row in self.asked.rows if not self.only or str(row.pk) == self.only]

    def address(self, query, name="reports:roster"):
        """The address of a question about this programme."""
        pairs = [urlencode({"programme": self.programme.pk})] if self.programme != self.default else []
        said = "&".join([*pairs, *([query] if query else [])])
        return reverse(name) + (f"?{said}" if said else "")

    @cached_property
    def nudges(self):
        """The mails that could go out about these rows; only a coordinator sends any."""
        if not self.facts.reader_acts:
            return []
        return [nudge for row in self.rows for nudge in row.nudges]

    def letters(self, ticked=None):
        """The mails as they would go out, and the ones that are ticked: all of them until someone unticks one."""
        return [
            {"nudge": nudge, "subject": subject, "text": text, "is_ticked": ticked is None or nudge.key in ticked}
            for nudge in self.nudges
            if not nudge.rests
            for subject, text in [words_of(NUDGE, nudge.context | {"to": nudge.person, "by": self.reader})]
        ]

    @property
    def unreachable(self):
        """Rows where something waits for somebody, and nobody of them can sign in."""
        return [row for row in self.rows if row.slips and not row.nudges and row.waits - {Waits.COORDINATOR}]

    @property
    def nudge_words(self):
        """Nudge 4 teachers: how many people can be nudged now."""
        people = {nudge.person.pk for nudge in self.nudges if not nudge.rests}
        teachers = {teacher.pk for teachers in self.facts.teachers.values() for teacher in teachers}
        what = "teacher" if people <= teachers else "person"
        many = "teachers" if people <= teachers else "people"
        return f"Nudge {len(people)} {what if len(people) == 1 else many}" if people else ""

    def sections(self):
        """The rows under their headings: by how they stand, by area, or all together."""
        rows = self.asked.rows
        if self.asked.sort == "area":
            areas = list(dict.fromkeys(row.partnership.area for row in rows))
            return [section_of_area(area, [row for row in rows if row.partnership.area == area]) for area in areas]
        if self.asked.sort:
            return [{"title": "", "rows": rows}]
        found = [(group, [row for row in rows if row.group == group]) for group in Group]
        return [{"title": f"{len(some)} {SECTIONS[group]}", "rows": some} for group, some in found if some]

    @cached_property
    def shown(self):
        """The page of the rows that is asked for, or all of them on one."""
        rows = self.asked.rows
        return Paginator(rows, len(rows) or 1 if self.page_asked == ALL else ON_A_PAGE).get_page(self.page_asked)

    def sections_shown(self):
        """The sections as far as their rows are on this page."""
        first, last, before = self.shown.start_index() - 1, self.shown.end_index(), 0
        for section in self.sections():
            start, end = max(first - before, 0), last - before
            before += len(section["rows"])
            if rows := section["rows"][start : max(end, 0)]:
                title = section["title"]
                yield {"title": f"{title}, continued" if start and title else title, "rows": rows}

    @property
    def back(self):
        """The roster as it was asked for, at its page."""
        page = ALL if self.page_asked == ALL else self.shown.number
        said = [self.asked.query] if self.asked.query else []
        return self.address("&".join([*said, f"page={page}"] if page != 1 else said))

    def page(self, saved_views):
        asked, query = self.asked, self.asked.query
        views = [(name, self.address(view), view == query) for name, view in VIEWS]
        own = [(view, view.address, self.is_current(view)) for view in saved_views]
        return {
            "roster": self,
            "facts": self.facts,
            "asked": asked,
            "columns": fill(self.facts, self.shown.object_list),
            "sections": list(self.sections_shown()),
            "page_obj": self.shown,
            "page_query": self.address(query).partition("?")[2],
            "count": count(self.everything),
            "views": views,
            "own_views": own,
            "is_saved": any(current for *_, current in [*views, *own]),
            "save_url": self.address(query, "reports:view_save"),
            "nudges_url": self.address(query, "reports:nudges"),
            "csv_url": self.address(query, "reports:roster_csv"),
            "xlsx_url": self.address(query, "reports:roster_xlsx"),
            "back": self.back,
            "all_url": self.address(asked.sorting),
            "orders": [(value, words) for value, (words, _) in ORDERS.items()],
            "kinds": SLIPS,
        }

    def is_current(self, view):
        return view.query == self.asked.query and view.programme_id in {None, self.programme.pk}

    def table(self):
        return table_of(self.facts, self.asked.rows)


def section_of_area(area, rows):
    numbers = count(rows)
    return {"title": f"{area or 'No area'}: {numbers.words.rstrip('.')}", "rows": rows}


def row_about(reader, partnership):
    """The one row of the roster that is about this partnership, with its facts."""
    facts = Facts(reader, partnership.programme.organisation, [partnership], timezone.localdate())
    (row,) = rows_of(facts)
    return row
