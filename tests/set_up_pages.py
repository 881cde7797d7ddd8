"""The pages of setting a programme up, for the tests that walk all pages: who may see them, and what each is about."""

import datetime as dt
import itertools

from django.urls import reverse

from accounts.roles import Role
from programmes.models import Area, AreaConsultant, DataPoint, TemplateStep, TimetableStep, TimetableTemplate
from tests.factories import PartnershipFactory, SchoolFactory
from tests.term_dates import give_term_dates

NUMBERS = itertools.count()

MATRIX = {
    #                                  anon none coor budg cons fina spec part head offi gues admi
    "programmes:add GET":               (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:add POST":              (403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:set_up GET":            (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:settings GET":          (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:settings POST":         (403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:keeping GET":           (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:keeping POST":          (403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:task_done POST":        (403, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:areas GET":             (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:areas POST":            (403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:area_change GET":       (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:area_change POST":      (403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:area_delete POST":      (403, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:area_move GET":         (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:area_move POST":        (403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:data_points GET":       (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:data_points POST":      (403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:data_points_suggest POST": (403, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:data_point_change GET": (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:data_point_change POST": (403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:data_point_delete POST": (403, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "pupils:assessment GET":            (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "pupils:assessment POST":           (403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "pupils:expectations GET":          (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "pupils:expectations POST":         (403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:criteria GET":          (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:criteria POST":         (403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:staff GET":             (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:staff POST":            (403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:check GET":             (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:check POST":            (403, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:delete GET":            (302, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:delete POST":           (403, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:copy GET":              (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:copy POST":             (403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:timetable GET":         (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:timetable_choose GET":  (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:timetable_place GET":   (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:timetable_place POST":  (403, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:timetable_save GET":    (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:timetable_save POST":   (403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:step_add GET":          (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:step_add POST":         (403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:step_change GET":       (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:step_change POST":      (403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:step_move POST":        (403, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:step_remove POST":      (403, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:templates GET":         (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:template GET":          (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:template_copy POST":    (403, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:template_change GET":   (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:template_change POST":  (403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:template_delete POST":  (403, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:template_step_add GET": (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:template_step_add POST": (403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:template_step GET":     (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:template_step POST":    (403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:template_step_move POST": (403, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:template_step_remove POST": (403, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:term_dates GET":        (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:term_dates_year GET":   (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:term_dates_enter GET":  (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:term_dates_enter POST": (403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:own_dates GET":         (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:own_dates POST":        (403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:own_dates_remove POST": (403, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 403),
}  # fmt: skip

# The pages of setting a programme up, its templates and their steps.
SET_UP = [
    f"programmes:{name}"
    for name in (
        *(
            "set_up",
            "settings",
            "keeping",
            "areas",
            "data_points",
            "data_points_suggest",
            "criteria",
            "staff",
            "check",
            "delete",
            "copy",
        ),
        *("timetable", "timetable_choose", "timetable_save", "step_add"),
    )
] + ["pupils:assessment"]
TEMPLATES = [f"programmes:template{name}" for name in ("", "_copy", "_change", "_delete", "_step_add")]
TEMPLATE_STEPS = [f"programmes:template_step{name}" for name in ("", "_move", "_remove")]

KEYS = {
    **dict.fromkeys(SET_UP, lambda c: [c.programme.slug]),
    "programmes:task_done": lambda c: [c.programme.slug, "areas"],
    "programmes:area_change": lambda c: [c.programme.slug, c.partnership.area.pk],
    "programmes:area_delete": lambda c: [c.programme.slug, c.partnership.area.pk],
    "programmes:area_move": lambda c: [c.programme.slug, c.partnership.area.pk],
    "programmes:data_point_change": lambda c: [c.programme.slug, c.programme.data_points.first().pk],
    "programmes:data_point_delete": lambda c: [c.programme.slug, c.programme.data_points.first().pk],
    "pupils:expectations": lambda c: [c.programme.slug, c.programme.scale],
    "programmes:timetable_place": lambda c: [c.programme.slug, c.template.pk],
    **dict.fromkeys(
        ["programmes:step_change", "programmes:step_move", "programmes:step_remove"],
        lambda c: [c.programme.slug, c.step.pk],
    ),
    **dict.fromkeys(TEMPLATES, lambda c: [c.template.pk]),
    **dict.fromkeys(TEMPLATE_STEPS, lambda c: [c.template.pk, c.template.steps.get().pk]),
    "programmes:term_dates_year": lambda c: [c.organisation.pk, c.programme.starts_on],
    "programmes:term_dates_enter": lambda c: [c.organisation.pk, c.programme.starts_on],
    "programmes:own_dates": lambda c: [c.organisation.pk, c.programme.starts_on],
    "programmes:own_dates_remove": lambda c: [c.organisation.pk, c.programme.starts_on, c.school.pk],
}
# Shared by the school next door.
OF_A_PROGRAMME = {
    *SET_UP,
    *TEMPLATES,
    *TEMPLATE_STEPS,
    "programmes:task_done",
    "programmes:data_point_change",
    "programmes:data_point_delete",
    "pupils:expectations",
    "programmes:timetable_place",
    "programmes:step_change",
    "programmes:step_move",
    "programmes:step_remove",
    "programmes:term_dates_year",
    "programmes:term_dates_enter",
    "programmes:own_dates",
}
FLAT = ["copy", "keeping", "set_up", "areas", "data_points", "check", "timetable", "timetable_choose"]
LISTS = {f"programmes:{name}": ["coordinator"] for name in [*FLAT, "templates", "term_dates", "term_dates_year"]}


def pages(ours):
    """The pages that a coordinator reads, for the tests in a browser."""
    slug, template = ours.programme.slug, ours.template.pk
    enter = reverse("programmes:term_dates_enter", args=[ours.organisation.pk, ours.programme.starts_on])
    of_the_programme = [name for name in SET_UP if name != "programmes:data_points_suggest"]
    return [
        reverse("programmes:add"),
        *(reverse(name, args=[slug]) for name in of_the_programme),
        reverse("programmes:area_change", args=[slug, ours.partnership.area.pk]),
        reverse("programmes:area_move", args=[slug, ours.partnership.area.pk]),
        reverse("programmes:data_point_change", args=[slug, ours.programme.data_points.first().pk]),
        reverse("pupils:expectations", args=[slug, ours.programme.scale]),
        reverse("programmes:timetable_place", args=[slug, template]),
        reverse("programmes:step_change", args=[slug, ours.step.pk]),
        reverse("programmes:templates"),
        reverse("programmes:template", args=[template]),
        reverse("programmes:template_change", args=[template]),
        reverse("programmes:template_step_add", args=[template]),
        reverse("programmes:term_dates"),
        reverse("programmes:term_dates_year", args=[ours.organisation.pk, ours.programme.starts_on]),
        reverse("programmes:own_dates", args=[ours.organisation.pk, ours.programme.starts_on]),
        *(f"{enter}?way={way}" for way in ("hand", "paste", "upload")),
    ]


def more(ours, count):
    for number in range(count):
        school = SchoolFactory(name=f"Own dates {number}")
        PartnershipFactory(programme=ours.programme, specialist=ours.partnership.specialist, partner_school=school)
        give_term_dates(ours.organisation, school=school)
        one_more(ours, next(NUMBERS))


def one_more(ours, number):
    programme = ours.programme
    area = Area.objects.create(programme=programme, name=f"Area {number}")
    AreaConsultant.objects.create(area=area, user=ours.people[Role.CONSULTANT])
    on = dt.date(2040, 9, 3) + dt.timedelta(days=number)  # after the year, where no page asks for it
    DataPoint.objects.create(programme=programme, name=f"Point {number}", due_on=on)
    template = TimetableTemplate.objects.create(organisation=ours.organisation, name=f"Template {number}")
    step = {"order": 100 + number, "type": "visit", "name": f"Step {number}", "half_days": 1}
    TemplateStep.objects.create(template=template, half_term=1, first_week=1, last_week=1, **step)
    TimetableStep.objects.create(
        programme=programme,
        window_start=on,
        window_end=on,
        funded_specialist_half_days=0,
        funded_partner_half_days=0,
        **step,
    )
