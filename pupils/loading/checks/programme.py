"""programme.toml, and the timetable that belongs to it."""

from papers.sheets import quote
from programmes.models import DataPoint, Programme
from pupils import scales
from pupils.loading.checks.sheet import Sheet
from pupils.loading.programme_file import ProgrammeFile


def check_programme(files, problems):
    programme, sheet = files.programme, Sheet(files, "programme.toml", problems)
    if programme is None:
        return
    check_data_points(programme, sheet)
    measures = [criterion.measure for criterion in programme.success_criteria]
    if len(set(measures)) < len(measures):
        sheet.wrong(None, "success_criteria", "A success criterion stands twice.", "Keep one of each.")
    check_expectations(programme, sheet)
    standing = Programme.objects.filter(slug=programme.slug).select_related("organisation").first()
    if standing and not is_of_organiser(standing.organisation, programme):
        sheet.wrong(
            None,
            "slug",
            f"The slug {quote(programme.slug)} belongs to a programme of another organisation.",
            "Choose another slug.",
        )


def check_data_points(programme, sheet):
    names = [point.name.casefold() for point in programme.data_points]
    days = [point.due_on for point in programme.data_points]
    for place, day in enumerate(days, 1):
        sheet.in_year(None, f"data_points[{place}].due_on", day)
    if len(set(names)) < len(names):
        sheet.wrong(None, "data_points", "Two data points have one name.", "Give each its own.")
    elif days != sorted(set(days)):
        sheet.wrong(
            None, "data_points", "The data points are not in the order of their days.", "Give each a later day."
        )
    else:
        _, gone = match_data_points(DataPoint.objects.filter(programme__slug=programme.slug), programme)
        for row in gone:
            sheet.wrong(
                None,
                "data_points",
                f"The programme has a data point {quote(row.name)} on {row.due_on:%d/%m/%Y}, which is not here.",
                "Keep it: its name may change, or its day.",
            )


def match_data_points(standing, programme: ProgrammeFile) -> tuple[dict[str, DataPoint], list[DataPoint]]:
    """The standing row of each data point of the file by its name, and the rows that are none of them.

    One that was renamed is known by its day.
    """
    rows = list(standing)
    matched = {}
    for told_by in (lambda point: point.name.casefold(), lambda point: point.due_on):
        left = {told_by(row): row for row in rows if row not in matched.values()}
        for point in programme.data_points:
            if point.name not in matched and told_by(point) in left:
                matched[point.name] = left[told_by(point)]
    return matched, [row for row in rows if row not in matched.values()]


def check_expectations(programme, sheet):
    scale = programme.assessment.scale
    order = grades_in_order(scale)
    for year, pair in programme.assessment.expectations.items():
        column = f"assessment.expectations.{year}"
        codes = [scales.find(scale, grade) for grade in pair]
        for grade, code in zip(pair, codes, strict=True):
            if code is None:
                sheet.wrong(None, column, f"{quote(grade)} is not a grade of {scale}.", f"Use {some(order)}.")
        if None not in codes and order.index(codes[0]) > order.index(codes[1]):
            sheet.wrong(None, column, f"Year {year} is exceeded before it is met.", "Swap the two grades.")


def grades_in_order(scale):
    return [grade["code"] for grade in scales.description(scale)["grades"]]


def some(codes):
    return ", ".join(codes) if len(codes) <= 20 else f"{', '.join(codes[:3])} ... {codes[-1]}"


def is_of_organiser(organisation, programme):
    if programme.local_authority:
        return organisation.la_code == programme.local_authority
    return (organisation.kind, organisation.name.casefold()) == (
        programme.organiser.kind,
        programme.organiser.name.casefold(),
    )


def check_timetable(files, problems):
    sheet = Sheet(files, "timetable.csv", problems)
    sheet.once(files.timetable, lambda row: row.order, "order", "Number the steps one by one.")
    for number, row in files.timetable:
        sheet.in_year(number, "window_start", row.window_start)
        sheet.in_year(number, "window_end", row.window_end)
