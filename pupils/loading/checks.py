"""What only shows when the files are compared: references, duplicates, dates, grades."""

from collections import defaultdict

from accounts.models import School, User
from papers.sheets import Problems, quote
from programmes.models import Partnership, Programme
from pupils import scales
from pupils.loading.folder import Folder
from pupils.models import TargetPupil
from pupils.upn import upn_index

ENDED = {Partnership.Status.COMPLETED, Partnership.Status.EMBEDDING, Partnership.Status.FOLDED}
NOT_YET = {Partnership.Status.ENQUIRY, Partnership.Status.PROPOSED}


def check(files: Folder, problems: Problems):
    """Add a problem for everything that does not fit together. Reads the database where another row may stand there."""
    check_programme(files, problems)
    check_schools(files, problems)
    check_specialists(files, problems)
    check_partnerships(files, problems)
    check_people(files, problems)
    check_pupils(files, problems)
    check_assessments(files, problems)
    check_timetable(files, problems)


def once(rows, name, key, column, problems, mend="Delete the row, or give it a reference of its own."):
    """The first row of each key; a problem for each further one."""
    first = {}
    for number, row in rows:
        if (seen := first.get(key(row))) is not None:
            problems.add(
                name, f"{quote(str(getattr(row, column)))} stands in row {seen[0]} already.", mend, number, column
            )
        else:
            first[key(row)] = (number, row)
    return {k: row for k, (_, row) in first.items()}


def in_year(files, name, number, column, day, problems):
    year = files.programme
    if day is not None and not year.starts_on <= day <= year.ends_on:
        problems.add(
            name,
            f"{day:%d/%m/%Y} is outside the programme's year {year.academic_year}.",
            f"Give a day from {year.starts_on:%d/%m/%Y} to {year.ends_on:%d/%m/%Y}.",
            number,
            column,
        )


def check_programme(files, problems):
    programme = files.programme
    name = "programme.toml"
    for place, point in enumerate(programme.data_points, 1):
        in_year(files, name, None, f"data_points[{place}].due_on", point.due_on, problems)
    names = [point.name.casefold() for point in programme.data_points]
    days = [point.due_on for point in programme.data_points]
    if len(set(names)) < len(names):
        problems.add(name, "Two data points have one name.", "Give each its own.", None, "data_points")
    if days != sorted(set(days)):
        problems.add(
            name, "The data points are not in the order of their days.", "Give each a later day.", None, "data_points"
        )
    measures = [criterion.measure for criterion in programme.success_criteria]
    if len(set(measures)) < len(measures):
        problems.add(name, "A success criterion stands twice.", "Keep one of each.", None, "success_criteria")
    scale = programme.assessment.scale
    order = [grade["code"] for grade in scales.description(scale)["grades"]]
    for year, pair in programme.assessment.expectations.items():
        column = f"assessment.expectations.{year}"
        codes = [scales.find(scale, grade) for grade in pair]
        for grade, code in zip(pair, codes, strict=True):
            if code is None:
                problems.add(name, f"{quote(grade)} is not a grade of {scale}.", f"Use {some(order)}.", None, column)
        if None not in codes and order.index(codes[0]) > order.index(codes[1]):
            problems.add(name, f"Year {year} is exceeded before it is met.", "Swap the two grades.", None, column)
    other = Programme.objects.filter(slug=programme.slug).select_related("organisation").first()
    if other and not same_organiser(other.organisation, programme):
        problems.add(
            name,
            f"The slug {quote(programme.slug)} belongs to a programme of another organisation.",
            "Choose another slug.",
            None,
            "slug",
        )


def same_organiser(organisation, programme):
    if programme.local_authority:
        return organisation.la_code == programme.local_authority
    return (organisation.kind, organisation.name.casefold()) == (
        programme.organiser.kind,
        programme.organiser.name.casefold(),
    )


def some(codes):
    return ", ".join(codes) if len(codes) <= 20 else f"{', '.join(codes[:3])} ... {codes[-1]}"


def check_schools(files, problems):
    once(files.schools, "schools.csv", lambda row: row.urn, "urn", problems, "Keep the row that is right.")


def known_schools(files):
    """Schools of the folder, then of the database: (LA code, status, closing day) by URN."""
    asked = {row.home_school_urn for _, row in files.specialists} | {
        row.partner_school_urn for _, row in files.partnerships
    }
    found = {
        school.urn: (school.la_code, school.status, school.closed_on) for school in School.objects.filter(urn__in=asked)
    }
    return found | {row.urn: (row.la_code, row.status, row.closed_on) for _, row in files.schools}


def check_specialists(files, problems):
    name, schools = "specialist_teachers.csv", known_schools(files)
    once(files.specialists, name, lambda row: row.ref, "ref", problems)
    once(
        files.specialists,
        name,
        lambda row: row.email.lower(),
        "email",
        problems,
        "Give each specialist teacher an e-mail address of their own.",
    )
    for number, row in files.specialists:
        if row.home_school_urn not in schools:
            unknown_school(name, number, "home_school_urn", row.home_school_urn, problems)


def unknown_school(name, number, column, value, problems):
    problems.add(
        name,
        f"There is no school with the URN {quote(value)}.",
        "Correct the URN, or add the school to schools.csv.",
        number,
        column,
    )


def check_partnerships(files, problems):
    name, programme, schools = "partnerships.csv", files.programme, known_schools(files)
    specialists = {row.ref for _, row in files.specialists}
    subjects = {subject.casefold() for subject in programme.subjects}
    once(files.partnerships, name, lambda row: row.ref, "ref", problems)
    for number, row in files.partnerships:

        def wrong(column, what, mend, number=number):
            problems.add(name, what, mend, number, column)

        if row.specialist_teacher not in specialists:
            wrong(
                "specialist_teacher",
                f"There is no specialist teacher {quote(row.specialist_teacher)}.",
                "Use a ref of specialist_teachers.csv.",
            )
        if row.partner_school_urn not in schools:
            unknown_school(name, number, "partner_school_urn", row.partner_school_urn, problems)
        else:
            code, status, closed_on = schools[row.partner_school_urn]
            if foreign(code, programme):
                wrong(
                    "partner_school_urn",
                    f"The school {row.partner_school_urn} belongs to LA {code}, not to {programme.local_authority}.",
                    "Choose a school of the LA, or set other_authorities = true in programme.toml.",
                )
            stays_until = row.ended_on or programme.ends_on
            if status == School.Status.PROPOSED:
                wrong("partner_school_urn", f"The school {row.partner_school_urn} is not open yet.", "Choose another.")
            elif status == School.Status.CLOSED and (closed_on is None or closed_on < stays_until):
                when = f" on {closed_on:%d/%m/%Y}" if closed_on else ""
                wrong(
                    "partner_school_urn",
                    f"The school {row.partner_school_urn} closed{when}.",
                    "Choose an open school, or its successor.",
                )
        if row.subject.casefold() not in subjects:
            wrong(
                "subject",
                f"{quote(row.subject)} is not a subject of the programme.",
                f"Use one of: {', '.join(programme.subjects)}.",
            )
        if row.ended_on and row.status not in ENDED:
            wrong("ended_on", f"A partnership that is {row.status} has no last day.", "Clear the cell.")
        in_year(files, name, number, "ended_on", row.ended_on, problems)
        teacher = {
            "partner_teacher_first_name": row.partner_teacher_first_name,
            "partner_teacher_last_name": row.partner_teacher_last_name,
            "partner_teacher_email": row.partner_teacher_email,
        }
        if row.status not in NOT_YET or any(teacher.values()):
            for column, value in teacher.items():
                if not value:
                    wrong(column, "The cell is empty.", "Fill it in: the partner teacher is one side of the pair.")


def foreign(code, programme):
    """Whether a school is another LA's and may not take part. A trust or a network may pair schools of several LAs."""
    if programme.other_authorities is not None:
        return not programme.other_authorities and programme.local_authority not in {None, code}
    return programme.local_authority not in {None, code}


def people(files):
    """Everyone the folder names: file, row number, column of the address, address, first and last name."""
    for number, row in files.specialists:
        yield "specialist_teachers.csv", number, "email", row.email.lower(), row.first_name, row.last_name
    for number, row in files.partnerships:
        if row.partner_teacher_email:
            yield (
                "partnerships.csv",
                number,
                "partner_teacher_email",
                row.partner_teacher_email.lower(),
                row.partner_teacher_first_name,
                row.partner_teacher_last_name,
            )


def check_people(files, problems):
    """One address is one person: the same name wherever it stands.

    Someone who signs in may have corrected their name since, but hardly both parts of it.
    """
    first = {}
    for name, number, column, email, *names in people(files):
        file, row, known = first.setdefault(email, (name, number, names))
        if known != names:
            problems.add(
                name,
                f"{quote(email)} belongs to {' '.join(known)} in row {row} of {file}.",
                "Give each person one address, spelt with one name.",
                number,
                column,
            )
    standing = User.objects.filter(email__in=first, is_active=True)
    for user in standing:
        file, row, names = first[user.email]
        mine = {user.first_name.casefold(), user.last_name.casefold()}
        if mine.isdisjoint(part.casefold() for part in names):
            problems.add(
                file,
                f"{quote(user.email)} is the address of someone with another name, who signs in with it.",
                "Correct the address or the name.",
                row,
                "email" if file == "specialist_teachers.csv" else "partner_teacher_email",
            )


SAME = ("upn", "first_name", "last_name", "year_group", "sex", "pupil_premium", "sen", "eal")


def check_pupils(files, problems):
    name = "pupils.csv"
    partnerships = {row.ref: row for _, row in files.partnerships}
    once(
        files.pupils,
        name,
        lambda row: (row.pupil, row.partnership),
        "pupil",
        problems,
        "Keep one row for each pupil of a partnership.",
    )
    first_rows, subjects, upns = {}, defaultdict(dict), {}
    for number, row in files.pupils:
        at, first = first_rows.setdefault(row.pupil, (number, row))
        for column in SAME:
            if getattr(row, column) != getattr(first, column):
                problems.add(
                    name,
                    f"Pupil {quote(row.pupil)} has another {column} in row {at}.",
                    "Make the rows of one pupil alike, or give the other pupil a reference of their own.",
                    number,
                    column,
                )
        if row.upn and upns.setdefault(row.upn, (number, row.pupil))[1] != row.pupil:
            problems.add(
                name,
                f"The UPN of pupil {quote(row.pupil)} is that of another pupil, in row {upns[row.upn][0]}.",
                "Correct the one that is wrong.",
                number,
                "upn",
            )
        partnership = partnerships.get(row.partnership)
        if partnership is None:
            problems.add(
                name,
                f"There is no partnership {quote(row.partnership)}.",
                "Use a ref of partnerships.csv.",
                number,
                "partnership",
            )
            continue
        subject = partnership.subject.casefold()
        at, ref = subjects[row.pupil].setdefault(subject, (number, row.partnership))
        if ref != row.partnership:
            problems.add(
                name,
                f"Pupil {quote(row.pupil)} has a place in {partnership.subject} already, in row {at}.",
                "A pupil has one place in a subject: keep one of the two.",
                number,
                "partnership",
            )
    taken = TargetPupil.objects.filter(programme__slug=files.programme.slug, upn_index__isnull=False).values_list(
        "upn_index", "ref"
    )
    by_index = {bytes(index): ref for index, ref in taken}
    moved = {row.pupil for _, row in files.pupils if row.upn}
    for upn, (number, ref) in upns.items():
        holder = by_index.get(upn_index(upn))
        if holder not in {None, ref} and holder not in moved:
            problems.add(
                name,
                f"The UPN of pupil {quote(ref)} is that of pupil {quote(holder)}, loaded earlier.",
                "Correct the one that is wrong.",
                number,
                "upn",
            )


def check_assessments(files, problems):
    name, programme = "assessments.csv", files.programme
    scale = programme.assessment.scale
    order = [grade["code"] for grade in scales.description(scale)["grades"]]
    points = {point.name.casefold() for point in programme.data_points}
    partnerships = {row.ref: row for _, row in files.partnerships}
    places = {(row.pupil, row.partnership) for _, row in files.pupils}
    once(
        files.assessments,
        name,
        lambda row: (row.pupil, row.partnership, row.data_point.casefold()),
        "pupil",
        problems,
        "Keep one row for each place and data point.",
    )
    for number, row in files.assessments:
        if (row.pupil, row.partnership) not in places:
            problems.add(
                name,
                f"Pupil {quote(row.pupil)} has no place in partnership {quote(row.partnership)}.",
                "Correct the reference, or add the place to pupils.csv.",
                number,
                "pupil",
            )
        elif (partnership := partnerships.get(row.partnership)) and (
            row.subject.casefold() != partnership.subject.casefold()
        ):
            problems.add(
                name,
                f"Partnership {quote(row.partnership)} studies {partnership.subject}, not {quote(row.subject)}.",
                f"Write {partnership.subject}, or correct the partnership.",
                number,
                "subject",
            )
        if row.data_point.casefold() not in points:
            problems.add(
                name,
                f"There is no data point {quote(row.data_point)}.",
                f"Use one of: {', '.join(point.name for point in programme.data_points)}.",
                number,
                "data_point",
            )
        if row.grade and scales.find(scale, row.grade) is None:
            problems.add(name, f"{quote(row.grade)} is not a grade of {scale}.", f"Use {some(order)}.", number, "grade")
        in_year(files, name, number, "assessed_on", row.assessed_on, problems)


def check_timetable(files, problems):
    once(files.timetable, "timetable.csv", lambda row: row.order, "order", problems, "Number the steps one by one.")
    for number, row in files.timetable:
        in_year(files, "timetable.csv", number, "window_start", row.window_start, problems)
        in_year(files, "timetable.csv", number, "window_end", row.window_end, problems)
