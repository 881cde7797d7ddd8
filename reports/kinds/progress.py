"""What has changed after a data point: of a partnership, a partner school, an area or a whole programme."""

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from accounts.roles import Role
from papers.charts import NARROW, WIDE, dumbbell
from papers.sheets import Sheet
from programmes.models import Area, DataPoint, Partnership, Programme
from pupils.models import Assessment
from reports.figures.words import NOT_APPLICABLE, results_sheet
from reports.kinds.kind import Kind
from reports.kinds.whose import coordinates, heads_of, told_to
from reports.models import Report
from reports.progress.figures import places_of, progress_figures

# Which places a kind is about, what it is called, and what else its figures are asked for.
SUBJECT = {
    Report.Kind.PARTNERSHIP_PROGRESS: lambda r: (
        {"partnership": r.partnership},
        f"{r.partnership.label}, {r.partnership.partner_school}",
        {"named": True, "by_groups": False},
    ),
    Report.Kind.SCHOOL_PROGRESS: lambda r: ({"partnership__partner_school": r.school}, r.school.name, {"named": True}),
    Report.Kind.AREA_PROGRESS: lambda r: ({"partnership__area": r.area}, r.area.name, {}),
    Report.Kind.PROGRAMME_PROGRESS: lambda r: ({}, r.programme.name, {}),
}


def figures(report) -> dict:
    """As they are now. What was frozen stays what there is once the pupils are erased, or the data point is none any
    more to which progress can be told."""
    if report.figures and not points_told({report.programme_id}).filter(pk=report.data_point_id).exists():
        return report.figures
    about, subject, more = SUBJECT[report.kind](report)
    return progress_figures(report.programme, report.data_point, places_of(**about), subject, **more)


def points_told(programmes):
    """The data points up to which progress is told: not the first of a programme, over or with grades, and not of a
    programme whose pupils are erased."""
    of_same = DataPoint.objects.filter(programme=OuterRef("programme")).order_by("due_on").values("pk")
    graded = Assessment.objects.filter(data_point=OuterRef("pk"), grade__isnull=False)
    rows = DataPoint.objects.filter(programme__in=programmes, programme__erased_at=None).exclude(
        pk=Subquery(of_same[:1])
    )
    return rows.filter(Q(due_on__lt=timezone.localdate()) | Exists(graded))


def newest_points(programmes) -> dict[int, DataPoint]:
    """For each programme the last of them that is over; as long as none is, the first that is not.

    A few grades that came early make no data point of the year the newest.
    """
    newest = {}
    for point in points_told(programmes).order_by("due_on"):
        if point.due_on < timezone.localdate() or point.programme_id not in newest:
            newest[point.programme_id] = point
    return newest


def drawn(f, on_paper) -> dict:
    """The charts of its pupils where it names any; for a page also those for a telephone."""
    if not f["names"] or not any(row["first"] or row["last"] for group in f["groups"] for row in group["rows"]):
        return {}
    by = None if f["is_final"] else f["end"]
    layouts = {"charts": WIDE} if on_paper else {"charts": WIDE, "narrow": NARROW}
    told = (f["scale"], f["groups"], f["expected"], f["first"], f["last"], by)
    return {name: dumbbell(*told, layout=layout) for name, layout in layouts.items()}


def tables(f) -> list[Sheet]:
    results = results_sheet(f)
    columns = [f"{name}, by {f['last']}" if name == "Mean gain, points" else name for name in results.columns]
    sheets = [results._replace(columns=columns)]
    if f["names"]:
        sheets.append(
            Sheet(
                "Target pupils",
                ["Pupil", "Year", "Partnership", *f["points"], "Target grade", "Points gained", "Why not counted"],
                [pupil_cells(f, group, row) for group in f["groups"] for row in group["rows"]],
            )
        )
    counts = ["partnerships", "complete", "expected", "in", "excused", "typed", "owed"]
    heads = ["Partnerships", "Complete", "Grades asked for", "In", "Of these, with a reason instead of a grade"]
    heads += ["Typed, not submitted", "Still owed"]
    sheets.append(
        Sheet(
            "Grades in",
            ["Data point", "Due", *heads],
            [[row["point"], row["day"], *(row[name] for name in counts)] for row in f["returns"]],
        )
    )
    sheets.append(
        Sheet(
            "Late grades",
            ["Data point", "Partnership", "Subject and year", "Partner school", "Grades late", "Asked for", "Who"],
            [
                [row[name] for name in ("point", "ref", "label", "school", "late", "expected", "teachers")]
                for row in f["owing"]
            ],
        )
    )
    return sheets


def pupil_cells(f, group, row) -> list:
    grades = [cell["grade"] or cell["reason"] for cell in row["grades"]]
    gain = row["gain"] if f["has_points"] else NOT_APPLICABLE if row["matched"] else None
    return [row["label"], row["year"], group["name"], *grades, row["target"], gain, row["why"]]


# Who may have it made ---------------------------------------------------------------------------------------------


def told(report) -> bool:
    return points_told({report.programme_id}).filter(pk=report.data_point_id).exists()


def for_teachers(person, report) -> bool:
    own = Partnership.objects.allowed(person, "reports.partnership").filter(programme=report.programme_id)
    return own.filter(pk=report.partnership_id).exists() and told(report)


def for_head(person, report) -> bool:
    """One role must open both, as for the impact report."""
    programmes = told_to(report.programme.organisation_id, report.school_id).filter(pk=report.programme_id)
    return heads_of(person, report) and programmes.exists() and told(report)


def for_area(person, report) -> bool:
    areas = Area.objects.allowed(person, "reports.area").filter(programme=report.programme_id, pk=report.area_id)
    return areas.exists() and told(report)


def for_coordinator(person, report) -> bool:
    return coordinates(person, report) and told(report)


def offered(kind, about, subjects) -> list[Report]:
    """A report on the newest data point of each of these rows, which are of programmes; `about` is its column."""
    points = newest_points({row.programme_id for row in subjects})
    return [
        Report(kind=kind, programme=row.programme, data_point=points[row.programme_id], **{about: row})
        for row in subjects
        if row.programme_id in points
    ]


def of_partnerships(person) -> list[Report]:
    rows = Partnership.objects.allowed(person, "reports.partnership").select_related("programme", "partner_school")
    return offered(Report.Kind.PARTNERSHIP_PROGRESS, "partnership", rows)


def of_schools(person) -> list[Report]:
    found = [
        (programme, m.school)
        for m in person.memberships_granting("reports.school")
        for programme in told_to(m.organisation_id, m.school_id)
    ]
    points = newest_points({programme.pk for programme, _ in found})
    return [
        Report(kind=Report.Kind.SCHOOL_PROGRESS, programme=programme, school=school, data_point=points[programme.pk])
        for programme, school in found
        if programme.pk in points
    ]


def of_areas(person) -> list[Report]:
    """For consultants. A coordinator has as many areas as the programme, and asks on the page of one."""
    rows = Area.objects.allowed(person, "reports.area").select_related("programme")
    coordinated = {m.organisation_id for m in person.memberships_granting("reports.area") if m.role == Role.COORDINATOR}
    rows = rows.exclude(programme__organisation__in=coordinated)
    return offered(Report.Kind.AREA_PROGRESS, "area", rows)


def of_programmes(person) -> list[Report]:
    programmes = {row.pk: row for row in Programme.objects.allowed(person, "reports.programme")}
    return [
        Report(kind=Report.Kind.PROGRAMME_PROGRESS, programme=programmes[pk], data_point=point)
        for pk, point in newest_points(programmes).items()
    ]


def on_page(person, page, partnership=None) -> list[Report]:
    """What a page of progress offers to make a report of, up to the data point that it shows."""
    about = {"programme": page["programme"], "data_point": page["to"]}
    if page["to"] is None:
        return []
    if partnership:
        asked = [Report(kind=Report.Kind.PARTNERSHIP_PROGRESS, partnership=partnership, **about)]
    else:
        heads = {m.school for m in person.memberships_granting("reports.school")}
        asked = [Report(kind=Report.Kind.SCHOOL_PROGRESS, school=school, **about) for school in heads]
        areas = Area.objects.allowed(person, "reports.area").filter(programme=page["programme"])
        if page["area"]:
            asked += [Report(kind=Report.Kind.AREA_PROGRESS, area=a, **about) for a in areas.filter(name=page["area"])]
        else:
            whole = Report(kind=Report.Kind.PROGRAMME_PROGRESS, **about)
            mine = [Report(kind=Report.Kind.AREA_PROGRESS, area=area, **about) for area in areas]
            asked += [whole] if coordinates(person, whole) else mine
    return [report for report in asked if MAY_ORDER[report.kind](person, report)]


MAY_ORDER = {
    Report.Kind.PARTNERSHIP_PROGRESS: for_teachers,
    Report.Kind.SCHOOL_PROGRESS: for_head,
    Report.Kind.AREA_PROGRESS: for_area,
    Report.Kind.PROGRAMME_PROGRESS: for_coordinator,
}
NAMES = "It names pupils: keep it as you keep pupil records."
NO_NAMES = "It names no pupil, but small groups stand in full: do not publish it as it is."


def kind(value, offers, whose, *, names_pupils) -> Kind:
    return Kind(
        value=value,
        template="reports/pdf/progress.html",
        figures=figures,
        tables=tables,
        drawn=drawn,
        may_order=MAY_ORDER[value],
        offers=offers,
        whose=whose,
        names_pupils=names_pupils,
    )


KINDS = [
    kind(
        Report.Kind.PARTNERSHIP_PROGRESS,
        of_partnerships,
        f"The teachers of the partnership. {NAMES}",
        names_pupils=True,
    ),
    kind(Report.Kind.SCHOOL_PROGRESS, of_schools, f"The headteacher. {NAMES}", names_pupils=True),
    kind(
        Report.Kind.AREA_PROGRESS,
        of_areas,
        f"The coordinator and the consultants of the area. {NO_NAMES}",
        names_pupils=False,
    ),
    kind(Report.Kind.PROGRAMME_PROGRESS, of_programmes, f"The coordinator. {NO_NAMES}", names_pupils=False),
]
