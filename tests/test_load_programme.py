import csv
import datetime as dt
import io
import json
import random
import threading
from collections import Counter
from contextlib import contextmanager

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts.models import AuditEvent, Membership, Organisation, OutgoingMail, School, User
from papers.sheets import Problems, Refused
from programmes.models import (
    DataPoint,
    DataReturn,
    Partnership,
    PartnershipStep,
    PartnerTeacher,
    Programme,
    SpecialistTeacher,
)
from pupils.loading import load_programme
from pupils.models import Assessment, Place, TargetPupil
from pupils.services import count_returns
from tests.broken_folders import REFUSED
from tests.folders import (
    ASSESSMENTS,
    ESSEX,
    PARTNERSHIPS,
    PUPILS,
    SCHOOLS,
    SPECIALISTS,
    TABLES,
    TIMETABLE,
    TOML,
    Copy,
    make_folder,
)
from visits.models import Visit

MADE = range(1, 13)
MADE_IN_SOAK = range(100, 400)


def load(folder):
    """What the command says; its error output must be silent."""
    said, complained = io.StringIO(), io.StringIO()
    call_command("load_programme", folder, stdout=said, stderr=complained)
    assert complained.getvalue() == ""
    return said.getvalue().splitlines()


def changes(folder):
    """What the command says changed: all but the programme, the counts and how the files were read."""
    return [line for line in load(folder)[2:] if ": read as " not in line]


def results(slug):
    said = io.StringIO()
    call_command("results", slug, json=True, stdout=said)
    return json.loads(said.getvalue())


def database():
    """The number of rows and the checksum of every table."""
    with connection.cursor() as cursor:
        asked = " UNION ALL ".join(
            f"SELECT '{table}', count(*), md5(string_agg(r::text, '|' ORDER BY r::text)) FROM \"{table}\" r"
            for table in connection.introspection.table_names(cursor)
        )
        cursor.execute(asked)
        return {table: (rows, checksum) for table, rows, checksum in cursor.fetchall()}


def refused(folder):
    """The problems as the command prints them: file, row, column and sentence."""
    said, complained = io.StringIO(), io.StringIO()
    with pytest.raises(CommandError) as stopped:
        call_command("load_programme", folder, stdout=said, stderr=complained)
    assert said.getvalue() == ""
    head, *lines = complained.getvalue().splitlines()
    summary = str(stopped.value)
    assert summary not in complained.getvalue()  # manage.py prints it under the table
    at_column, at_sentence = head.index("Column"), head.index("What is wrong")
    problems = []
    for line in lines:
        if line.startswith(" "):
            problems[-1][3] += " " + line.strip()
        elif not line.startswith("and "):
            file, *row = line[:at_column].split()
            column = line[at_column:at_sentence].strip()
            problems.append([file, int(row[0]) if row else None, column or None, line[at_sentence:].strip()])
    return [tuple(problem) for problem in problems], summary


@contextmanager
def essex_loaded():
    with transaction.atomic():
        load_programme(ESSEX)
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="class")
def loaded(django_db_setup, django_db_blocker):
    """Essex stands in the database while the tests of a class run, each in a savepoint of its own."""
    with django_db_blocker.unblock(), essex_loaded():
        yield


@pytest.fixture
def copy(tmp_path):
    return Copy(ESSEX, tmp_path / "folder")


# A first load ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
class TestTheFirstLoad:
    def test_it_says_what_it_loaded(self):
        said = load(ESSEX)

        assert said == [
            "Essex lesson study 2008-09 (essex-2008-09)",
            "103 schools, 50 specialist teachers, 50 partnerships (47 completed, 3 folded), "
            "169 pupils, 676 assessments",
            "schools.csv: read as Windows-1252",
            "Added: 103 schools, 1 organisation, 1 programme, 3 expectations, 4 data points, 3 success criteria, "
            "12 timetable steps, 100 people, 50 specialist teachers, 4 areas, 50 partnerships, 50 partner teachers, "
            "100 roles, 169 pupils, 169 places, 676 assessments.",
        ]

    def test_the_results_are_the_published_ones(self):
        load(ESSEX)

        assert results("essex-2008-09") == json.loads((ESSEX / "expected.json").read_text())

    def test_a_file_of_a_later_year_does_not_touch_this_one(self, copy):
        load(ESSEX)
        copy.text(TOML, 'slug = "essex-2008-09"', 'slug = "essex-again"')

        load(copy.path)

        assert results("essex-again") == results("essex-2008-09")
        assert TargetPupil.objects.count() == 2 * 169
        assert SpecialistTeacher.objects.count() == 2 * 50
        assert User.objects.count() == 100

    @pytest.mark.parametrize("variant", ["something wrong in every file", "a wrong check letter"])
    def test_a_broken_folder_leaves_an_empty_database_empty(self, copy, variant):
        REFUSED[variant][0](copy)
        before = database()

        refused(copy.path)

        assert database() == before
        assert not User.objects.exists()

    def test_nothing_stays_when_the_database_refuses_the_last_rows(self):
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE programmes_datareturn ADD CONSTRAINT none_expected CHECK (expected = 0)")
        before = database()

        with pytest.raises(CommandError) as stopped:
            load(ESSEX)

        assert str(stopped.value) == (
            "The database refused the rows: none_expected of programmes_datareturn. Nothing was changed."
        )
        assert stopped.value.__cause__ is None
        assert database() == before


@pytest.mark.django_db
@pytest.mark.usefixtures("loaded")
class TestWhatStandsAfterIt:
    def test_a_second_time_changes_nothing_and_says_so(self):
        before = database()

        said = load(ESSEX)

        assert said[-1] == "Nothing has changed."
        assert len(said) == 4
        assert database() == before

    def test_the_specialist_teachers_role_is_in_the_authority_and_the_partner_teachers_in_the_school(self):
        roles = Counter((role, school is None) for role, school in Membership.objects.values_list("role", "school"))

        assert roles == {("partner", False): 50, ("specialist", True): 50}
        assert set(Membership.objects.values_list("organisation__la_code", flat=True)) == {"881"}

    def test_nobody_can_sign_in_and_no_mail_is_sent(self, mailoutbox):
        assert not User.objects.filter(is_active=True).exists()
        assert {user.has_usable_password() for user in User.objects.all()} == {False}
        assert authenticate(None, username="sst01@schools.example", password="") is None
        assert mailoutbox == []

    def test_returns_count_as_submitted_by_nobody_in_particular(self):
        rows = DataReturn.objects.all()

        assert rows.count() == 50 * 4
        whole = rows.exclude(state="closed")
        assert set(rows.values_list("submitted_by", "version")) == {(None, 1)}
        assert set(whole.values_list("state", flat=True)) == {"submitted"}
        assert not whole.filter(submitted_at=None).exists()
        assert sorted(rows.filter(state="closed").values_list("partnership__ref", "data_point__name")) == [
            (ref, point) for ref in ("P48", "P49", "P50") for point in ("March", "Summer")
        ]
        assert rows.complete().count() == 200
        assert sum(rows.values_list("assessed", flat=True)) == Assessment.objects.exclude(grade=None).count()
        assert sum(rows.values_list("excused", flat=True)) == Assessment.objects.filter(grade=None).count()

    def test_counts_that_are_made_true_again_give_submitted_returns_the_next_version(self):
        programme = Programme.objects.get()
        october, december = programme.data_points.all()[:2]
        DataReturn.objects.filter(partnership__ref="P02").update(state=DataReturn.State.OPEN)
        grades = Assessment.objects.filter(place__pupil__ref__in=["C001", "C004"], data_point=october)
        grades.update(grade=None, reason="absent")
        Assessment.objects.filter(place__pupil__ref="C001", data_point=december).delete()

        changed = count_returns(programme)

        rows = DataReturn.objects.filter(partnership__ref__in=["P01", "P02"], data_point__in=[october, december])
        rows = rows.order_by("partnership__ref", "data_point")
        assert (changed, count_returns(programme)) == (3, 0)
        assert list(rows.values_list("state", "version", "expected", "assessed", "excused")) == [
            ("submitted", 2, 3, 2, 1),
            ("submitted", 2, 3, 2, 0),
            ("open", 1, 3, 2, 1),
            ("open", 1, 3, 3, 0),
        ]
        assert DataReturn.objects.filter(version=1).count() == 198

    def test_a_partnership_that_folded_was_active_before(self):
        steps = PartnershipStep.objects.filter(partnership__ref="P48").values_list("status", "on", "reason")

        assert [(status, str(on), reason) for status, on, reason in steps] == [
            ("active", "2008-09-01", ""),
            ("folded", "2009-02-06", "specialist teacher on long-term absence"),
        ]

    def test_the_event_is_recorded_without_a_name(self):
        event = AuditEvent.objects.get()

        assert (event.who, event.did, event.model, event.about) == (
            None,
            "programmes.loaded",
            "programmes.programme",
            "",
        )


@pytest.mark.django_db
@pytest.mark.usefixtures("loaded")
class TestOtherSpellings:
    """The same folder as other programs would have saved it changes nothing."""

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    def test_encodings_separators_and_line_ends_do_not_matter(self, copy, encoding, delimiter):
        for name in TABLES:
            copy.write(name, copy.rows(name), encoding, delimiter=delimiter, lineterminator="\n")
        copy.text(TOML, "name =", "\ufeffname =")
        before = database()

        said = load(copy.path)

        assert said[-1] == "Nothing has changed."
        assert database() == before

    def test_the_order_of_columns_and_rows_does_not_matter_and_others_are_named(self, copy):
        shuffled = random.Random(7)
        for name in TABLES:
            header, *rows = copy.rows(name)
            order = shuffled.sample(range(len(header)), len(header))
            shuffled.shuffle(rows)
            rows = [[header[place] for place in order], *([row[place] for place in order] for row in rows)]
            copy.write(name, [[*row, "Religion" if not n else "none"] for n, row in enumerate(rows)])
        copy.text(TOML, "expected_points = 3", "expected_points = 3\nexpected_pionts = 4")
        before = database()

        said = load(copy.path)

        assert said[2:] == [
            "programme.toml: not used: assessment.expected_pionts",
            *(f"{name}: not used: Religion" for name in TABLES),
            "Nothing has changed.",
        ]
        assert database() == before

    def test_headers_and_cells_may_be_spelt_as_people_do(self, copy):
        for column, header in {"upn": "Unique Pupil Number", "first_name": "Forename", "year_group": "NC Year"}.items():
            copy.rename(PUPILS, column, header)
        copy.cell(PUPILS, 2, "Unique Pupil Number", "k199 2050 07001")
        copy.cell(PUPILS, 2, "NC Year", "Year 5")
        copy.cell(PUPILS, 2, "pupil_premium", "no")
        copy.cell(ASSESSMENTS, 2, "grade", "3 B")
        copy.cell(ASSESSMENTS, 2, "assessed_on", "10/10/2008")
        copy.cell(ASSESSMENTS, 2, "data_point", "october ")
        copy.cell(ASSESSMENTS, 2, "subject", "Writing")
        copy.cell(SPECIALISTS, 2, "email", "SST01@Schools.example")
        before = database()

        load(copy.path)

        assert database() == before


# Changed files -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.usefixtures("loaded")
class TestChangedFiles:
    def test_it_says_what_changed_and_repeats_nothing_of_a_pupil(self, copy):
        copy.cell(PUPILS, 2, "first_name", "Zebedee")
        copy.cell(PUPILS, 2, "upn", "P207000016049")
        copy.cell(PUPILS, 2, "year_group", "6")
        copy.cell(ASSESSMENTS, 2, "grade", "2a")
        copy.cell(PARTNERSHIPS, 2, "area", "")
        copy.cell(SPECIALISTS, 2, "outcome", "headship")
        copy.cell(SCHOOLS, 2, "NumberOfPupils", "264")
        copy.text(TOML, "target_pct = 50", "target_pct = 60")

        said = changes(copy.path)

        assert said == [
            "Changed: 1 school, 1 success criterion, 1 specialist teacher, 1 partnership, 1 pupil, 1 assessment.",
            "  school 900001: number of pupils was 263, is 264",
            "  success criterion above_expected_rate: target pct was 50, is 60",
            "  specialist teacher S01: outcome was deputy headship, is headship",
            "  partnership P01: area was Mid, is blank",
            "  pupil C001: UPN changed; first name changed; year group was 5, is 6",
            "  assessment C001 in P01, October: grade changed",
        ]
        pupil = TargetPupil.objects.get(ref="C001")
        assert (pupil.first_name, pupil.upn, pupil.year_group) == ("Zebedee", "P207000016049", 6)

    def test_a_grade_that_is_corrected_gives_its_return_the_next_version(self, copy):
        copy.cell(ASSESSMENTS, 2, "grade", "2a")
        copy.cell(ASSESSMENTS, 3, "grade", "")
        copy.cell(ASSESSMENTS, 3, "not_assessed_reason", "Absent")
        copy.cell(ASSESSMENTS, 4, "assessed_on", "2009-03-12")

        load(copy.path)

        rows = DataReturn.objects.filter(partnership__ref="P01")
        found = list(rows.values_list("data_point__name", "state", "version", "assessed", "excused"))
        assert found == [
            ("October", "submitted", 2, 3, 0),
            ("December", "submitted", 2, 2, 1),
            ("March", "submitted", 1, 3, 0),
            ("Summer", "submitted", 1, 3, 0),
        ]
        assert DataReturn.objects.exclude(partnership__ref="P01").exclude(version=1).count() == 0

    def test_a_return_that_was_opened_again_stays_open_until_its_grades_change(self, copy):
        point = DataReturn.objects.filter(partnership__ref="P01", data_point__name="October")
        point.update(state=DataReturn.State.OPEN)

        load(ESSEX)
        assert point.get().state == DataReturn.State.OPEN
        copy.cell(ASSESSMENTS, 2, "grade", "2a")
        load(copy.path)

        assert point.get().state == DataReturn.State.SUBMITTED

    def test_what_stands_in_no_file_any_more_is_left_and_counted(self, copy):
        copy.remove(PUPILS, lambda row: row["pupil"] != "C001")
        copy.remove(ASSESSMENTS, lambda row: row["pupil"] != "C001")
        before = database()

        said = changes(copy.path)

        assert said == [
            "Nothing has changed.",
            "In no file any more, and left as they are: 1 pupil, 1 place, 4 assessments.",
        ]
        assert database() == before

    def test_a_pupil_moves_to_another_partnership_with_the_grades(self, copy):
        grades = list(Assessment.objects.filter(place__pupil__ref="C001").values_list("pk", flat=True))
        copy.cell(PUPILS, 2, "partnership", "P04")
        for row in range(2, 6):
            copy.cell(ASSESSMENTS, row, "partnership", "P04")

        said = changes(copy.path)

        assert said == ["Changed: 1 place.", "  place C001 in P04: partnership was P01, is P04"]
        place = Place.objects.get(pupil__ref="C001")
        assert place.partnership.ref == "P04"
        assert list(place.assessments.values_list("pk", flat=True)) == grades
        assert results("essex-2008-09") == json.loads((ESSEX / "expected.json").read_text())

    def test_two_pupils_swap_their_numbers(self, copy):
        upns = [copy.value(PUPILS, row, "upn") for row in (2, 3)]
        copy.cell(PUPILS, 2, "upn", upns[1])
        copy.cell(PUPILS, 3, "upn", upns[0])

        said = changes(copy.path)

        assert said == ["Changed: 2 pupils.", "  pupil C001: UPN changed", "  pupil C002: UPN changed"]
        assert [TargetPupil.objects.get(ref=ref).upn for ref in ("C002", "C001")] == upns

    def test_a_number_passes_to_another_pupil(self, copy):
        copy.cell(PUPILS, 8, "upn", copy.value(PUPILS, 2, "upn"))
        copy.cell(PUPILS, 2, "upn", "")

        load(copy.path)

        assert [TargetPupil.objects.get(ref=ref).upn for ref in ("C001", "C007")] == ["", "K199205007001"]

    def test_data_points_are_renamed_and_change_places(self, copy):
        copy.text(TOML, 'name = "October"', 'name = "Autumn"')
        copy.text(TOML, "due_on = 2008-10-17", "due_on = 2008-10-18")
        copy.text(
            "programme.toml",
            'due_on = 2009-03-27\n[[data_points]]\nname = "Summer"',
            'due_on = 2009-05-01\n[[data_points]]\nname = "Summer"',
        )
        copy.text(TOML, "due_on = 2008-12-12", "due_on = 2009-03-27")
        text = (copy.path / "assessments.csv").read_text().replace("October", "Autumn")
        (copy.path / "assessments.csv").write_text(text)

        problems, _ = refused(copy.path)
        copy.text(TOML, "due_on = 2008-10-18", "due_on = 2008-10-17")
        said = changes(copy.path)

        assert problems == [
            (
                "programme.toml",
                None,
                "data_points",
                "The programme has a data point “October” on 17/10/2008, which is not here. "
                "Keep it: its name may change, or its day.",
            )
        ]
        assert said == [
            "Changed: 3 data points.",
            "  data point Autumn: name was October, is Autumn",
            "  data point December: due on was 2008-12-12, is 2009-03-27",
            "  data point March: due on was 2009-03-27, is 2009-05-01",
        ]
        assert list(DataPoint.objects.values_list("name", flat=True)) == ["Autumn", "December", "March", "Summer"]
        assert results("essex-2008-09") == json.loads((ESSEX / "expected.json").read_text())

    def test_a_partner_teacher_who_is_replaced_stays_on_record(self, copy):
        copy.cell(PARTNERSHIPS, 2, "partner_teacher_first_name", "Nia")
        copy.cell(PARTNERSHIPS, 2, "partner_teacher_email", "nia@schools.example")

        said = changes(copy.path)

        assert said == [
            "Added: 1 person, 1 partner teacher, 1 role.",
            "Changed: 1 partner teacher.",
            "  partnership P01: the partner teacher was replaced",
        ]
        teachers = PartnerTeacher.objects.filter(partnership__ref="P01").values_list("user__email", "since", "until")
        assert [(email, str(since), until and str(until)) for email, since, until in teachers] == [
            ("partner01@schools.example", "2008-09-01", "2009-08-31"),
            ("nia@schools.example", "2009-08-31", None),
        ]

    def test_whoever_signs_in_keeps_the_own_name(self, copy):
        User.objects.filter(email="sst01@schools.example").update(is_active=True, last_name="Marsh-Hill")
        copy.cell(SPECIALISTS, 3, "last_name", "Mbeki-Jones")

        said = changes(copy.path)

        assert said == ["Changed: 1 person.", "  person sst02@schools.example: last name was Mbeki, is Mbeki-Jones"]
        assert User.objects.get(email="sst01@schools.example").last_name == "Marsh-Hill"

    def test_a_role_that_was_ended_stays_ended(self):
        role = Membership.objects.get(user__email="sst01@schools.example")
        Membership.objects.filter(pk=role.pk).update(ended_at="2009-01-10T12:00Z")
        Membership.objects.filter(user__email="sst02@schools.example").update(ended_at="2008-08-10T12:00Z")

        said = changes(ESSEX)

        assert said == ["Added: 1 role."]
        assert Membership.objects.filter(user__email="sst01@schools.example").count() == 1
        assert Membership.objects.filter(user__email="sst02@schools.example", ended_at=None).count() == 1

    def test_a_partnership_that_starts_later_counts_as_active_from_then(self, copy):
        PartnershipStep.objects.filter(partnership__ref="P01").delete()
        Programme.objects.get().partnerships.filter(ref="P01").update(status="proposed", ended_on=None)
        assert results("essex-2008-09")["specialist_teachers"]["total"] == 49

        load(ESSEX)

        assert results("essex-2008-09") == json.loads((ESSEX / "expected.json").read_text())

    def test_a_column_that_is_absent_erases_nothing_and_a_blank_cell_does(self, copy):
        School.objects.filter(urn="900001").update(closed_on="2030-01-01")
        PartnershipStep.objects.filter(partnership__ref="P01").update(reason="kept")
        for name, columns in {
            SCHOOLS: ["HeadTitle (name)", "HeadFirstName", "HeadLastName", "NumberOfPupils", "CloseDate"],
            SPECIALISTS: ["subjects", "year_groups", "joined", "outcome"],
            PARTNERSHIPS: ["area", "ended_on", "reason"],
            PUPILS: ["upn", "first_name", "last_name", "sex", "pupil_premium", "sen"],
            ASSESSMENTS: ["assessed_on", "not_assessed_reason"],
            TIMETABLE: ["half_days", "host", "audience", "required", "records"],
        }.items():
            for column in columns:
                copy.drop(name, column)
        copy.remove(ASSESSMENTS, lambda row: row["grade"])
        before = database()

        assert changes(copy.path)[0] == "Nothing has changed."
        assert database() == before
        copy.cell(PUPILS, 2, "eal", "")
        copy.cell(SCHOOLS, 2, "Town", "")

        assert changes(copy.path)[:3] == [
            "Changed: 1 school, 1 pupil.",
            "  school 900001: town was Mistleyham, is blank",
            "  pupil C001: eal changed",
        ]

    def test_what_is_new_has_the_defaults_of_columns_that_are_absent(self, copy):
        copy.drop(PUPILS, "sen")
        copy.drop(PUPILS, "upn")
        copy.add(PUPILS, 2, pupil="C900")

        assert changes(copy.path) == ["Added: 1 pupil, 1 place."]
        pupil = TargetPupil.objects.get(ref="C900")
        assert (pupil.sen, pupil.upn) == ("N", "")

    def test_a_folded_partnership_runs_again_though_the_file_has_no_days(self, copy):
        copy.cell(PARTNERSHIPS, 49, "status", "active")
        copy.drop(PARTNERSHIPS, "ended_on")
        copy.drop(PARTNERSHIPS, "reason")

        load(copy.path)

        row = Partnership.objects.get(ref="P48")
        assert (row.status, row.ended_on, row.reason) == ("active", None, "")

    def test_a_partnership_that_folds_in_the_file_loses_its_visits_and_is_asked_for_nothing(self, copy):
        partnership = Partnership.objects.get(ref="P01")
        on = dt.date(2009, 6, 2)
        visit = Visit.objects.create(
            partnership=partnership, kind="observation", on=on, half="am", host=partnership.partner_school
        )
        DataReturn.objects.filter(partnership=partnership, data_point__name="Summer").update(state="open")
        copy.cell(PARTNERSHIPS, 2, "status", "folded")
        copy.cell(PARTNERSHIPS, 2, "ended_on", "2009-06-01")
        copy.cell(PARTNERSHIPS, 2, "reason", "staff change")

        load(copy.path)

        visit.refresh_from_db()
        assert (visit.status, visit.cancelled_because) == ("cancelled", "The partnership has folded.")
        assert partnership.returns.get(data_point__name="Summer").state == "closed"
        assert changes(copy.path)[0] == "Nothing has changed."
        assert OutgoingMail.objects.count() == 0

    def test_a_reason_of_a_pause_stays_where_the_file_has_no_reasons(self, copy):
        copy.cell(PARTNERSHIPS, 2, "ended_on", "")
        copy.cell(PARTNERSHIPS, 2, "status", "paused")
        Partnership.objects.filter(ref="P01").update(status="paused", ended_on=None, reason="no cover")
        copy.drop(PARTNERSHIPS, "reason")

        load(copy.path)

        assert Partnership.objects.get(ref="P01").reason == "no cover"

    def test_a_partnership_cannot_fold_without_the_columns_that_say_why(self, copy):
        copy.cell(PARTNERSHIPS, 2, "status", "folded")
        copy.drop(PARTNERSHIPS, "ended_on")
        copy.drop(PARTNERSHIPS, "reason")

        problems, _ = refused(copy.path)

        assert [problem[:3] for problem in problems] == [(PARTNERSHIPS, 2, "reason")]

    def test_the_scale_changes_where_every_grade_is_given_anew(self, copy):
        copy.text(TOML, '"nc-sublevels"', '"free-5"')
        for line in ['4 = ["3b", "4c"]', '5 = ["3a", "4b"]', '6 = ["4c", "5c"]']:
            copy.text(TOML, line, "")
        copy.column(ASSESSMENTS, "grade", "3")
        copy.column(ASSESSMENTS, "not_assessed_reason", "")

        load(copy.path)

        assert results("essex-2008-09")["all"]["mean_points"] == "0.0"

    def test_who_has_a_role_in_another_organisation_keeps_the_name_known_there(self, copy):
        other = Organisation.objects.create(kind="trust", name="Saltmarsh Trust")
        user = User.objects.get(email="sst02@schools.example")
        Membership.objects.create(user=user, role="specialist", organisation=other, starts_on="2008-09-01")
        copy.cell(SPECIALISTS, 2, "last_name", "Renamed")
        copy.cell(SPECIALISTS, 3, "last_name", "Renamed")

        said = changes(copy.path)

        assert said == ["Changed: 1 person.", "  person sst01@schools.example: last name was Marsh, is Renamed"]


# What is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.usefixtures("loaded")
class TestWhatIsRefused:
    @pytest.mark.parametrize("variant", REFUSED)
    def test_a_broken_folder_is_refused_and_changes_nothing(self, copy, variant):
        change, where, sentence = REFUSED[variant]
        change(copy)
        before = database()

        problems, summary = refused(copy.path)

        assert [problem[:3] for problem in problems] == where
        assert sentence in problems[0][3]
        files = len({file for file, _, _ in where})
        assert summary == (
            f"{len(where)} problem{'s' * (len(where) > 1)} in {files} file{'s' * (files > 1)}. Nothing was changed."
        )
        assert [word for word in PUPIL_WORDS if any(word in problem[3] for problem in problems)] == []
        assert database() == before

    def test_a_folder_that_is_not_there(self, tmp_path):
        before = database()

        problems, _ = refused(tmp_path / "nowhere")

        assert problems == [("nowhere", None, None, "There is no such folder. Give the folder that holds the files.")]
        assert database() == before

    def test_a_file_in_place_of_the_folder(self):
        problems, _ = refused(ESSEX / "programme.toml")

        assert problems[0][:3] == ("programme.toml", None, None)

    def test_500_are_shown_and_all_are_counted(self, copy):
        copy.column(ASSESSMENTS, "grade", "9z")
        copy.column(ASSESSMENTS, "assessed_on", "2007-01-01")
        copy.column(ASSESSMENTS, "not_assessed_reason", "")
        before = database()

        problems, summary = refused(copy.path)

        assert [problem[:3] for problem in problems] == [
            (ASSESSMENTS, row, column) for row in range(2, 252) for column in ("grade", "assessed_on")
        ]
        assert summary == "1,352 problems in 1 file. Nothing was changed."
        assert database() == before

    def test_the_exception_holds_numbers_only(self, copy):
        copy.cell(PUPILS, 2, "upn", "A199205007001")

        with pytest.raises(Refused) as stopped:
            load_programme(copy.path)

        assert str(stopped.value) == "1 problem in 1 file. Nothing was changed."
        assert isinstance(stopped.value.problems, Problems)

    def test_an_address_of_someone_who_signs_in_under_another_name(self, copy):
        User.objects.filter(email="sst01@schools.example").update(is_active=True, first_name="Ann", last_name="Other")

        problems, _ = refused(copy.path)

        assert [problem[:3] for problem in problems] == [(SPECIALISTS, 2, "email")]

    def test_columns_go_by_the_names_they_have_in_the_file(self, copy):
        copy.rename(PUPILS, "upn", "Unique Pupil Number")
        copy.cell(PUPILS, 3, "Unique Pupil Number", "K199205007001")

        problems, _ = refused(copy.path)

        assert [problem[:3] for problem in problems] == [(PUPILS, 3, "Unique Pupil Number")]


def pupil_words():
    """Numbers and full names of the pupils of Essex."""
    with (ESSEX / "pupils.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["upn"] for row in rows if row["upn"]} | {f"{row['first_name']} {row['last_name']}" for row in rows}


PUPIL_WORDS = pupil_words()


@pytest.mark.django_db
class TestWhatIsAllowed:
    def test_schools_of_other_authorities_where_the_programme_says_so(self, copy):
        copy.cell(SCHOOLS, 52, "LA (code)", "882")
        copy.text(TOML, "[assessment]", "other_authorities = true\n[assessment]")

        load(copy.path)

        assert Programme.objects.get().other_authorities

    def test_a_school_that_closed_after_the_partnership_ended(self, copy):
        copy.cell(SCHOOLS, 52, "EstablishmentStatus (name)", "Closed")
        copy.cell(SCHOOLS, 52, "CloseDate", "17-07-2009")

        load(copy.path)

        assert results("essex-2008-09") == json.loads((ESSEX / "expected.json").read_text())

    def test_a_pupil_with_two_places_of_two_schools_is_one_pupil(self, copy):
        copy.add(PUPILS, 2, partnership="P02", upn="", sex="", pupil_premium="")
        copy.cell(PUPILS, 2, "eal", "")
        copy.add(ASSESSMENTS, 2, partnership="P02", subject="maths", grade="3c")
        copy.add(ASSESSMENTS, 5, partnership="P02", subject="maths", grade="4c")

        said = load(copy.path)

        assert "169 pupils, 170 places, 678 assessments" in said[1]
        found = results("essex-2008-09")
        assert (found["all"]["n"], found["all"]["pupils"], found["maths"]["n"]) == (162, 161, 61)
        pupil = TargetPupil.objects.get(ref="C001")
        assert (pupil.upn, pupil.sex, pupil.pupil_premium, pupil.eal) == ("K199205007001", "M", "N", "N")

    def test_cells_of_the_register_that_nothing_hangs_on_are_left_blank_and_counted(self, copy):
        copy.cell(SCHOOLS, 2, "PercentageFSM", "SUPP")
        copy.cell(SCHOOLS, 3, "PercentageFSM", "4.333")
        copy.cell(SCHOOLS, 3, "HeadTitle (name)", "Mrs" * 20)

        said = load(copy.path)

        assert "schools.csv: not understood and left blank: PercentageFSM (2 cells), HeadTitle (name) (1 cell)" in said
        school = School.objects.get(urn="900002")
        assert (school.percentage_fsm, school.head_title, school.head_first_name) == (None, "", "Jack")

    @pytest.mark.parametrize("sex", ["U", "unknown", ""])
    def test_a_sex_that_is_not_known(self, copy, sex):
        copy.cell(PUPILS, 2, "sex", sex)

        load(copy.path)

        assert TargetPupil.objects.get(ref="C001").sex == ""

    def test_any_year_group_where_the_programme_has_no_expectations(self, copy):
        copy.text(TOML, '"nc-sublevels"', '"free-5"')
        for line in ['4 = ["3b", "4c"]', '5 = ["3a", "4b"]', '6 = ["4c", "5c"]']:
            copy.text(TOML, line, "")
        copy.cell(PUPILS, 2, "year_group", "9")
        copy.remove(ASSESSMENTS, lambda row: False)

        load(copy.path)

        assert TargetPupil.objects.get(ref="C001").year_group == 9

    def test_two_authorities_of_one_name(self, copy):
        Organisation.objects.create(kind="local authority", la_code="880", name="ESSEX")

        load(ESSEX)

        assert Organisation.objects.get(la_code="881").name == "Local authority 881"

    def test_a_programme_of_a_trust_that_stands_already(self, copy):
        trust = Organisation.objects.create(kind="trust", name="Saltmarsh Trust")
        copy.text(TOML, 'local_authority = "881"', 'organiser = { kind = "trust", name = "SALTMARSH trust" }')

        load(copy.path)
        said = load(copy.path)

        assert Programme.objects.get().organisation == trust
        assert said[-1] == "Nothing has changed."

    def test_a_new_folder_before_the_first_grade(self, copy):
        copy.remove(ASSESSMENTS, lambda row: False)

        load(copy.path)

        found = results("essex-2008-09")
        assert (found["all"]["n"], found["all"]["met"], found["all"]["met_pct"]) == (0, 0, None)
        assert (found["missing_first"], found["missing_final"]) == (0, 169)
        states = DataReturn.objects.values_list("state", "partnership__status", "assessed", "excused")
        assert set(states) == {("open", "completed", 0, 0), ("closed", "folded", 0, 0)}


# Folders made from a seed ------------------------------------------------------------------------------------------


def load_made(folder, seed):
    made = make_folder(folder, seed)

    said = load(made.path)
    before = database()
    again = load(made.path)

    counts, statuses = made.counts, made.statuses
    order = [status for status in Partnership.Status.values if status in statuses]
    words = {name: f"{n} {name}" if n != 1 else f"1 {name[:-1]}" for name, n in counts.items()}
    words["partnerships"] += f" ({', '.join(f'{statuses[status]} {status}' for status in order)})"
    if counts["places"] == counts["pupils"]:
        del words["places"]
    assert said[1] == ", ".join(words.values())
    assert results(made.slug) == made.expected
    assert "Nothing has changed." in again
    assert database() == before
    rows = DataReturn.objects.select_related("partnership", "data_point")
    assert {
        (row.partnership.ref, row.data_point.name): (row.expected, row.assessed, row.excused, row.state == "submitted")
        for row in rows
    } == made.returns
    assert not User.objects.filter(is_active=True).exists()
    assert [line for line in said if any(word in line for word in made.private)] == []


@pytest.mark.django_db
@pytest.mark.parametrize("seed", MADE)
def test_a_made_folder_gives_what_it_was_made_to_give(tmp_path, seed):
    load_made(tmp_path, seed)


@pytest.mark.soak
@pytest.mark.django_db
@pytest.mark.parametrize("seed", MADE_IN_SOAK)
def test_many_made_folders_give_what_they_were_made_to_give(tmp_path, seed):
    load_made(tmp_path, seed)


def test_the_made_folders_of_an_ordinary_run_cover_every_scale_and_trait(tmp_path):
    made = [make_folder(tmp_path / str(seed), seed) for seed in MADE]

    assert {folder.scale for folder in made} == {"nc-sublevels", "app", "ta-codes", "scaled-score", "free-5"}
    assert any(folder.counts["places"] > folder.counts["pupils"] for folder in made)
    assert {status for folder in made for status in folder.statuses} >= {"completed", "embedding", "folded", "active"}
    assert any(folder.expected["missing_first"] for folder in made)
    assert any(folder.expected["all"]["mean_points"] is None for folder in made)
    organisers = {"[organiser]" in (folder.path / "programme.toml").read_text() for folder in made}
    assert organisers == {True, False}


# At once -----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_loads_at_once_give_the_rows_of_one():
    with essex_loaded():
        alone = {table: rows for table, (rows, _) in database().items()}
    said, together = [], threading.Barrier(2)

    def work():
        together.wait()
        try:
            said.append(load_programme(ESSEX).changed_nothing)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(said) == [False, True]
    assert {table: rows for table, (rows, _) in database().items()} == alone
    assert results("essex-2008-09") == json.loads((ESSEX / "expected.json").read_text())
