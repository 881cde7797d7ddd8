"""A folder that is loaded again after its files were changed."""

import datetime as dt
import json

import pytest
import time_machine

from accounts.models import Membership, Organisation, OutgoingMail, School, User
from programmes.models import (
    DataPoint,
    DataReturn,
    Partnership,
    PartnershipStep,
    PartnerTeacher,
    Programme,
)
from pupils.models import Assessment, Place, TargetPupil
from tests.folders import (
    ASSESSMENTS,
    ESSEX,
    PARTNERSHIPS,
    PUPILS,
    SCHOOLS,
    SPECIALISTS,
    TIMETABLE,
    TOML,
)
from tests.loads import changes, database, load, refused, results
from visits.models import Visit


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

    def test_in_a_programme_of_initials_no_name_is_loaded(self, copy):
        Programme.objects.update(initials_only=True)
        copy.cell(PUPILS, 2, "first_name", "Zebedee")

        load(copy.path)

        assert not TargetPupil.objects.filter(first_name__regex="..").exists()
        assert TargetPupil.objects.get(ref="C001").first_name == "Z"

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

        with time_machine.travel(dt.datetime(2009, 6, 1, 17, tzinfo=dt.UTC), tick=False):
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
