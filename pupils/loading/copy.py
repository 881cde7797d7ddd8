"""A programme as a folder that `load_programme` reads: pupils by reference, and nothing that tells who they are."""

import datetime as dt
import json

from django.utils import timezone

from accounts.models import School
from papers.sheets import csv_bytes
from pupils.loading.rows import SchoolRow
from pupils.models import Assessment, Place

WORDS = """{title}

This folder holds the programme as it stood on {day}. `manage.py load_programme` reads it again.

programme.toml: name, year, subjects, year groups, the scale and what is expected on it, data points, success criteria.

schools.csv: the schools that take part, in the columns of the national register.

specialist_teachers.csv: ref (used in partnerships.csv), name, email, home_school_urn, subjects and year_groups (parted
by semicolons), joined, outcome.

partnerships.csv: ref, specialist_teacher (a ref), partner_school_urn, the partner teacher, subject, year_group, area,
status, ended_on, reason.

pupils.csv: pupil (the reference), partnership (a ref), year_group. No name and no UPN: the data belongs to the schools.

assessments.csv: pupil, partnership, subject, data_point, assessed_on, grade or not_assessed_reason.

timetable.csv: the steps of the year, with their windows and the half-days that they fund.

results.json: the results as they were worked out from these grades.

Days are written 2008-10-17. A blank cell says that nothing was given. An apostrophe before = + - @ keeps a spreadsheet
from taking words for a formula.
"""


def files_of(programme, results) -> dict[str, bytes]:
    """Name -> content."""
    partnerships = list(
        programme.partnerships.select_related("specialist", "partner_school", "area")
        .prefetch_related("partner_teachers__user")
        .order_by("ref")
    )
    today = timezone.localdate()
    return {
        "README.txt": WORDS.format(title=programme.title, day=f"{today:%-d %B %Y}").encode(),
        "programme.toml": toml(programme).encode(),
        "schools.csv": schools(programme, partnerships),
        "specialist_teachers.csv": specialists(programme),
        "partnerships.csv": csv_bytes(PARTNERSHIP, map(partnership_row, partnerships)),
        "pupils.csv": pupils(programme),
        "assessments.csv": assessments(programme),
        "timetable.csv": timetable(programme),
        "results.json": json.dumps(results, indent=1, ensure_ascii=False).encode(),
    }


def toml(programme) -> str:
    def text(value):
        return json.dumps(value, ensure_ascii=False)

    organisation = programme.organisation
    lines = [f"name = {text(programme.name)}", f"slug = {text(programme.slug)}"]
    if organisation.la_code:
        lines.append(f"local_authority = {text(organisation.la_code)}")
        lines.append(f"other_authorities = {text(programme.other_authorities)}")
    lines += [
        f"academic_year = {text(programme.academic_year)}",
        f"status = {text(programme.status)}",
        f"subjects = {text(programme.subjects)}",
        f"year_groups = {text(programme.year_groups)}",
    ]
    if not organisation.la_code:
        lines += ["[organiser]", f"kind = {text(organisation.kind)}", f"name = {text(organisation.name)}"]
    lines += ["[assessment]", f"scale = {text(programme.scale)}"]
    if programme.expected_points is not None:
        lines.append(f"expected_points = {programme.expected_points.normalize():f}")
    lines.append("shipped_expectations = false")
    if levels := list(programme.expectations.all()):
        lines.append("[assessment.expectations]")
        lines += [f"{row.year_group} = {text([row.met_from, row.exceeded_from])}" for row in levels]
    for point in programme.data_points.all():
        lines += ["[[data_points]]", f"name = {text(point.name)}", f"due_on = {point.due_on.isoformat()}"]
    for row in programme.success_criteria.all():
        lines += ["[[success_criteria]]", f"measure = {text(row.measure)}", f"target_pct = {row.target_pct}"]
    return "\n".join(lines) + "\n"


def schools(programme, partnerships) -> bytes:
    keys = {p.partner_school_id for p in partnerships} | set(
        programme.specialists.values_list("home_school", flat=True)
    )
    labels = dict(School.Status.choices)
    columns = [field.alias for field in SchoolRow.model_fields.values()]
    rows = [
        [labels[school.status] if name == "status" else iso(getattr(school, name)) for name in SchoolRow.model_fields]
        for school in School.objects.filter(pk__in=keys).order_by("urn")
    ]
    return csv_bytes(columns, rows)


def iso(value):
    return "" if value is None else value.isoformat() if isinstance(value, dt.date) else value


SPECIALIST = [
    "ref",
    "first_name",
    "last_name",
    "email",
    "home_school_urn",
    "subjects",
    "year_groups",
    "joined",
    "outcome",
]


def specialists(programme) -> bytes:
    rows = programme.specialists.select_related("user", "home_school").order_by("ref")
    return csv_bytes(
        SPECIALIST,
        [
            [
                row.ref,
                row.user.first_name,
                row.user.last_name,
                row.user.email,
                row.home_school.urn,
                ";".join(row.subjects),
                ";".join(map(str, row.year_groups)),
                row.joined,
                row.outcome,
            ]
            for row in rows
        ],
    )


PARTNERSHIP = [
    "ref",
    "specialist_teacher",
    "partner_school_urn",
    "partner_teacher_first_name",
    "partner_teacher_last_name",
    "partner_teacher_email",
    "subject",
    "year_group",
    "area",
    "status",
    "ended_on",
    "reason",
]


def partnership_row(p):
    teacher = next(iter(p.current_partner_teachers), None)
    return [
        p.ref,
        p.specialist.ref,
        p.partner_school.urn,
        *([teacher.first_name, teacher.last_name, teacher.email] if teacher else ["", "", ""]),
        p.subject,
        p.year_group,
        p.area.name if p.area else "",
        p.status,
        iso(p.ended_on),
        p.reason,
    ]


def pupils(programme) -> bytes:
    places = Place.objects.filter(partnership__programme=programme).order_by("pupil__ref", "partnership__ref")
    return csv_bytes(
        ["pupil", "partnership", "year_group"],
        places.values_list("pupil__ref", "partnership__ref", "pupil__year_group"),
    )


ASSESSMENT = ["pupil", "partnership", "subject", "data_point", "assessed_on", "grade", "not_assessed_reason"]


def assessments(programme) -> bytes:
    """A grade of another scale has its own beside it: loaded again, it is never taken for one of the programme's."""
    rows = Assessment.objects.filter(place__partnership__programme=programme).select_related(
        "grade__scale", "data_point", "place__pupil", "place__partnership"
    )
    rows = rows.order_by("place__pupil__ref", "place__partnership__ref", "data_point__due_on")
    return csv_bytes(
        ASSESSMENT,
        [
            [
                row.place.pupil.ref,
                row.place.partnership.ref,
                row.place.partnership.subject,
                row.data_point.name,
                iso(row.assessed_on),
                row.grade.said_on(programme.scale) if row.grade else "",
                row.reason,
            ]
            for row in rows
        ],
    )


TIMETABLE = [
    "order",
    "type",
    "name",
    "window_start",
    "window_end",
    "half_days",
    "host",
    "audience",
    "funded_specialist_half_days",
    "funded_partner_half_days",
    "required",
    "records",
]


def timetable(programme) -> bytes:
    rows = programme.timetable.values_list(*TIMETABLE)
    said = {True: "yes", False: "no"}
    return csv_bytes(TIMETABLE, [[said[v] if isinstance(v, bool) else iso(v) for v in row] for row in rows])
