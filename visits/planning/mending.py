"""Where the rule is kept that stands in the way of a visit: the page on which whoever reads of it can mend it."""

from dataclasses import dataclass

from django.urls import reverse

from visits.planner import Rule

OF_SCHOOL = {Rule.HOLIDAY, Rule.INSET, Rule.CLOSED, Rule.NO_GO}
OF_LIMITS = {Rule.COVER, Rule.CEILING}
OF_WEEK = {Rule.NOT_RELEASED, Rule.PPA, Rule.CLASS}
OF_STEP = {Rule.WINDOW, Rule.GAP, Rule.PAST}
OF_PROGRAMME = {Rule.WEEK, Rule.TERM}


@dataclass(frozen=True)
class Way:
    """A page, and what it is called."""

    url: str
    words: str


def way_to_mend(reader, asked, rule, owner) -> Way | None:
    """The page of the rule that stands in the way of this visit; None where the reader may not change it."""
    partnership = asked.partnership
    if rule in OF_STEP and asked.step and reader.may("programmes.set_up"):
        url = reverse("programmes:step_change", args=[partnership.programme.slug, asked.step.pk])
        return Way(url, f"the window of “{asked.step.name}”")
    if rule in OF_PROGRAMME:
        url = reverse("visits:plan_wishes", args=[partnership.programme.slug])
        return Way(url, "how often somebody may be out of class")
    if rule in OF_SCHOOL | OF_LIMITS and reader.may("closures.keep"):
        return way_to_school(asked, rule, owner)
    person = next((someone for someone in asked.people if someone.pk == owner), None)
    if person is None:
        return None
    if rule == Rule.AWAY and reader.may("away.keep"):
        return Way(reverse("visits:away", args=[owner]), f"the days away of {person}")
    if rule == Rule.BUSY:
        return Way(f"{reverse('visits:agenda')}?person={owner}", f"the visits of {person}")
    if rule in OF_WEEK:
        return way_to_week(reader, partnership, person)
    return None


def way_to_school(asked, rule, owner) -> Way | None:
    school = school_of(asked, owner, of_person=rule == Rule.CEILING)
    if school is None:
        return None
    if rule in OF_LIMITS:
        return Way(reverse("programmes:school_limits", args=[school.urn]), f"how much {school} can spare")
    return Way(reverse("programmes:school_calendar", args=[school.urn]), f"the calendar of {school}")


def school_of(asked, owner, *, of_person):
    """The school with this id, or the one at which the person with this id has a class."""
    partnership = asked.partnership
    home, partner = partnership.specialist.home_school, partnership.partner_school
    if of_person:
        return home if owner == partnership.specialist.user_id else partner
    return next((school for school in (home, partner, asked.host) if school.pk == owner), None)


def way_to_week(reader, partnership, person) -> Way | None:
    words = f"the week of {person}"
    if partnership.specialist.user_id == person.pk:
        may = reader.may("release.keep")
        return Way(reverse("programmes:specialist_release", args=[partnership.specialist_id]), words) if may else None
    rows = (row for row in partnership.partner_teachers.all() if row.user_id == person.pk and row.until is None)
    row = next(rows, None)
    if row is None or not reader.may("teaching.keep"):
        return None
    return Way(reverse("programmes:partner_week", args=[row.pk]), words)
