"""Target pupils on their way: a class list that waits with two cells to mend, and a pupil who has left."""

import datetime as dt

from programmes.models import Partnership
from pupils.choosing.reading import read_pasted
from pupils.choosing.services import keep_list
from pupils.life.services import change_place, end_place
from pupils.models import Place

LIST = """Class list, as our system prints it

Legal Surname,Legal Forename,Year Group,Registration Group,Legal Sex,PP Indicator,SEN Status,EAL,DOB,Ethnicity
Whitlock,Sorrel,{year},{year}W,F,T,K,F,02/11/{born},WBRI
Okonkwo,Tobi,{year},{year}W,M,F,,T,14/03/{born},BAFR
Fenwick,Marnie,Yr {year}?,{year}W,F,T,yes,F,27/06/{born},WBRI
"""


def choose_pupils(programme, today):
    running = programme.partnerships.filter(status=Partnership.Status.ACTIVE).order_by("ref")
    first = running.prefetch_related("partner_teachers__user").first()
    if first is None or not first.current_partner_teachers:
        return
    teacher = first.current_partner_teachers[0]
    born = programme.starts_on.year - 6 - first.year_group
    rows = LIST.format(year=first.year_group, born=born)
    content = read_pasted(rows, initials=programme.initials_only)
    keep_list(teacher, first, content, pasted=True)
    let_one_leave(programme, running, today)


def let_one_leave(programme, running, today):
    """In the partnership with most pupils, so that enough stay; the other one changes class."""
    last_on = today - dt.timedelta(days=9)
    if last_on <= programme.starts_on:
        return
    partnership = running.last()
    places = list(Place.objects.filter(partnership=partnership).order_by("pupil__ref"))
    teachers = partnership.teachers
    end_place(teachers[0], places[-1], because=Place.Ended.LEFT, last_on=last_on, reason="The family has moved away")
    changing, year = places[0], places[0].pupil.year_group
    change_place(
        teachers[0],
        changing,
        class_name=f"{year}B",
        year_group=year,
        since=None,
        on=last_on,
        reason="Two classes became one",
    )
