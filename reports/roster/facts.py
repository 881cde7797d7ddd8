"""What is known about a set of partnerships on a day, read in a fixed number of queries however many they are."""

import datetime as dt
from functools import cached_property

from django.db.models import Prefetch, prefetch_related_objects

from accounts.models import Membership, OutgoingMail, School
from accounts.roles import Role
from funding.briefly import briefs_of
from funding.models import FundingPlan
from programmes.calendar import calendars_of
from programmes.models import (
    Acceptance,
    ActionItem,
    Agreement,
    AgreementText,
    DataPoint,
    DataReturn,
    Objection,
    Partnership,
    PartnershipStep,
    PartnerTeacher,
    Signature,
    SpecialistStep,
    SpecialistTeacher,
    TimetableStep,
)
from visits.models import Visit
from visits.planning.what_took import Place, place_key, what_took, what_took_there

# Those that are under way can slip. The others are paused, or over.
UNDER_WAY = {
    Partnership.Status.ENQUIRY,
    Partnership.Status.PROPOSED,
    Partnership.Status.AGREED,
    Partnership.Status.ACTIVE,
    Partnership.Status.EMBEDDING,
}
YEAR = dt.timedelta(days=365)
STARTED = {Partnership.Status.AGREED, Partnership.Status.ACTIVE, Partnership.Status.EMBEDDING}


def grouped(rows, key):
    found = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


class Facts:
    """The partnerships, with their people, of one organisation as a reader sees them today.

    Slips and columns are functions of this. Each property is one query, and only those are read that someone asks for.
    """

    def __init__(self, reader, organisation, partnerships, today):
        self.reader = reader
        self.organisation = organisation
        self.partnerships = list(partnerships)
        self.today = today
        self.by_pk = {p.pk: p for p in self.partnerships}
        self.ages, self.later = {}, {}  # (calendar, day) -> school days since then; and so many of them on

    @cached_property
    def under_way(self):
        """Whoever is asked for something: of programmes that run and whose year is not over."""
        return [
            p
            for p in self.partnerships
            if p.status in UNDER_WAY and p.programme.status == "active" and p.programme.ends_on >= self.today
        ]

    @cached_property
    def pks_under_way(self):
        return {p.pk for p in self.under_way}

    @cached_property
    def started(self):
        return [p for p in self.under_way if p.status in STARTED]

    @cached_property
    def calendars(self):
        return calendars_of([self.organisation.pk], self.schools)

    @cached_property
    def schools(self):
        """Those of the partnerships, and where else their visits take place."""
        known = {
            school.pk: school for p in self.partnerships for school in (p.partner_school, p.specialist.home_school)
        }
        hosts = {visit.host_id for visits in self.visits.values() for visit in visits}
        return known | School.objects.in_bulk(hosts - known.keys())

    def calendar(self, partnership):
        """The partner school's own where it has one: the target pupils are there."""
        return self.calendars.of(self.organisation.pk, partnership.partner_school_id)

    def age(self, partnership, since):
        """School days since then, up to today."""
        calendar = self.calendar(partnership)
        key = id(calendar), since
        if key not in self.ages:
            self.ages[key] = calendar.school_days_late(since, self.today)
        return self.ages[key]

    def days_before(self, partnership, day, number):
        """The day from which on so many school days have passed at a day."""
        days = self.calendar(partnership).school_days(day - YEAR, day)
        return days[-1 - number] if len(days) > number else day - YEAR

    def days_after(self, partnership, day, number):
        """The last of so many school days from a day on."""
        calendar = self.calendar(partnership)
        key = id(calendar), day, number
        if key not in self.later:
            days = calendar.school_days(day, day + YEAR)
            self.later[key] = days[number - 1] if len(days) >= number else day
        return self.later[key]

    @cached_property
    def reader_acts(self):
        """Whether the reader is the coordinator here, for whom there are buttons."""
        return any(m.organisation_id == self.organisation.pk for m in self.reader.memberships_granting("nudges.send"))

    @cached_property
    def points(self):
        """Programme -> its data points in order."""
        rows = DataPoint.objects.filter(programme__in={p.programme_id for p in self.partnerships})
        return grouped(rows, lambda row: row.programme_id)

    @cached_property
    def returns(self):
        """Partnership -> its data returns in order of their days."""
        rows = list(DataReturn.objects.filter(partnership__among=self.by_pk).order_by())
        points = {point.pk: point for found in self.points.values() for point in found}
        if others := {row.data_point_id for row in rows} - points.keys():
            points |= DataPoint.objects.in_bulk(others)
        for row in rows:
            row.data_point = points[row.data_point_id]
        rows.sort(key=lambda row: (row.data_point.due_on, row.data_point_id))
        return grouped(rows, lambda row: row.partnership_id)

    @cached_property
    def visits(self):
        """Partnership -> its visits that are not cancelled, in order."""
        rows = Visit.objects.filter(partnership__among=self.by_pk).standing()
        return grouped(rows.order_by("on", "half", "pk"), lambda row: row.partnership_id)

    @cached_property
    def may_move(self):
        """The visits to come of those that are started."""
        theirs = (visit for p in self.started for visit in self.visits.get(p.pk, []))
        return [visit for visit in theirs if visit.on > self.today and visit.is_planned]

    @cached_property
    def took(self):
        """Visit -> what took its half-day, of what is planned and to come."""
        places = {}
        for visit in self.may_move:
            if (key := place_key(visit)) not in places:
                places[key] = Place.of(self.by_pk[visit.partnership_id], self.schools[visit.host_id])
        return what_took_there(self.may_move, places, self.calendars)

    def took_of(self, visits, today):
        """The same of these, of which most are known already."""
        known = {visit.pk for visit in self.may_move}
        return self.took | what_took([visit for visit in visits if visit.pk not in known], today)

    @cached_property
    def timetable(self):
        """Programme -> the visits that its timetable asks for."""
        rows = TimetableStep.objects.filter(
            programme__in={p.programme_id for p in self.partnerships}, type=TimetableStep.Type.VISIT, required=True
        )
        return grouped(rows.order_by("window_end", "order"), lambda row: row.programme_id)

    @cached_property
    def steps(self):
        """Partnership -> the changes of its status, in order."""
        rows = PartnershipStep.objects.filter(partnership__among=self.by_pk).order_by("on", "at", "pk")
        return grouped(rows, lambda row: row.partnership_id)

    def since(self, partnership):
        """The day on which the partnership came into the status that it has."""
        steps = [step for step in self.steps.get(partnership.pk, []) if step.status == partnership.status]
        return steps[-1].on if steps else partnership.programme.starts_on

    def began(self, partnership):
        """The day from which visits are asked of it."""
        steps = [step.on for step in self.steps.get(partnership.pk, []) if step.status in STARTED]
        return min(steps, default=partnership.programme.starts_on)

    @cached_property
    def agreements(self):
        """Partnership -> its current agreement with its signatures, in every capacity."""
        current = [row for row in self.versions if row.superseded_at is None]
        prefetch_related_objects(current, Prefetch("signatures", Signature.objects.select_related("person", "school")))
        return {row.partnership_id: row for row in current}

    @cached_property
    def unsigned_since(self):
        """Partnership -> when the first version was made after the last that all had signed; None where no such is.

        A version that takes the place of an unsigned one does not begin the wait anew.
        """
        since = dict.fromkeys(self.by_pk)
        for row in self.versions:
            since[row.partnership_id] = None if row.is_complete else since[row.partnership_id] or row.made_at
        return since

    @cached_property
    def ever_signed(self):
        """Partnerships of which all have signed some version."""
        return {row.partnership_id for row in self.versions if row.is_complete}

    @cached_property
    def versions(self):
        return list(Agreement.objects.filter(partnership__among=self.by_pk).order_by("version"))

    @cached_property
    def programmes_with_agreements(self):
        """Those that have a text to sign."""
        programmes = {p.programme_id for p in self.partnerships}
        return set(AgreementText.objects.filter(programme__in=programmes).values_list("programme", flat=True))

    @cached_property
    def accepted(self):
        """(partnership, school): which schools have agreed to a proposed partnership."""
        rows = Acceptance.objects.filter(partnership__among=self.by_pk, taken_back_at=None)
        return set(rows.values_list("partnership", "school"))

    @cached_property
    def objections(self):
        """Those that wait for an answer."""
        rows = Objection.objects.filter(partnership__among=self.by_pk, answered_at=None)
        return list(rows.select_related("school").order_by("at", "pk"))

    @cached_property
    def withdrawn_on(self):
        """Specialist teacher -> the day on which they withdrew."""
        rows = SpecialistStep.objects.filter(
            specialist__in={p.specialist_id for p in self.partnerships}, status=SpecialistTeacher.Status.WITHDRAWN
        )
        return dict(rows.order_by("on", "pk").values_list("specialist", "on"))

    @cached_property
    def waiting_for_a_successor(self):
        rows = Visit.objects.filter(partnership__among=self.by_pk).waiting_for_a_successor(self.today)
        return list(rows.order_by("on", "half", "pk"))

    @cached_property
    def overdue_actions(self):
        rows = ActionItem.objects.allowed(self.reader, "actions.view").filter(partnership__among=self.by_pk)
        return list(rows.overdue(self.today).select_related("owner"))

    def who_can_sign_in(self, *roles):
        """The memberships of people who can sign in, in these roles in this organisation."""
        rows = Membership.objects.live(self.today)
        return rows.filter(organisation=self.organisation, role__in=roles, user__is_active=True)

    @cached_property
    def teachers_who_can_sign_in(self):
        return set(self.who_can_sign_in(Role.SPECIALIST, Role.PARTNER).values_list("user", flat=True))

    @cached_property
    def heads(self):
        """School -> its heads who can sign in; deputies only where there is no head."""
        rows = self.who_can_sign_in(Role.HEADTEACHER).select_related("user")
        heads = grouped(rows.order_by("deputy", "starts_on", "pk"), lambda m: m.school_id)
        return {
            school: list(dict.fromkeys(m.user for m in found if m.deputy == found[0].deputy))
            for school, found in heads.items()
        }

    @cached_property
    def partner_sides(self):
        """Partnership -> who is or was its partner teacher, from when until when."""
        rows = PartnerTeacher.objects.filter(partnership__among=self.by_pk).select_related("user")
        return grouped(rows, lambda row: row.partnership_id)

    @cached_property
    def partner_teachers(self):
        """Partnership -> those of the present."""
        sides = self.partner_sides
        return {pk: [row.user for row in sides.get(pk, ()) if row.until is None] for pk in self.by_pk}

    @cached_property
    def teachers(self):
        """Partnership -> the teachers of both sides."""
        return {p.pk: list(dict.fromkeys([p.specialist.user, *self.partner_teachers[p.pk]])) for p in self.partnerships}

    def can(self, people):
        """Those of them who can sign in."""
        return [person for person in people if person.pk in self.teachers_who_can_sign_in]

    @cached_property
    def money(self):
        """Partnership -> how its money stands, in a few words; nothing for a reader to whom no money is shown."""
        if not any(m.organisation_id == self.organisation.pk for m in self.reader.memberships_granting("money.view")):
            return {}
        programmes = {p.programme_id: p.programme for p in self.partnerships}
        found = {}
        for plan in FundingPlan.objects.in_force().filter(programme__in=programmes):
            plan.programme = programmes[plan.programme_id]
            found |= briefs_of(plan, self.by_pk, self.today)
        return found

    @cached_property
    def last_nudges(self):
        """(person, partnership) -> the last nudge about it or about its agreement."""
        agreements = {row.pk: pk for pk, row in self.agreements.items()}
        partnerships = OutgoingMail.objects.filter(about_model=Partnership._meta.label_lower, about_row__in=self.by_pk)
        about = OutgoingMail.objects.filter(about_model=Agreement._meta.label_lower, about_row__in=agreements)
        rows = (partnerships | about).filter(nudge_rests_until__isnull=False).defer("text", "calendar")
        of = {Partnership._meta.label_lower: {pk: pk for pk in self.by_pk}, Agreement._meta.label_lower: agreements}
        rows = rows.select_related("by").order_by("queued_at", "pk")
        return {(row.to_id, of[row.about_model][row.about_row]): row for row in rows}
