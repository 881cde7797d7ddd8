"""Folders that are refused with every bad row, and what is let through."""

import csv
import json

import pytest

from accounts.models import Organisation, School, User
from papers.sheets import Problems, Refused
from programmes.models import (
    DataReturn,
    Programme,
)
from pupils.loading import load_programme
from pupils.models import TargetPupil
from tests.broken_folders import REFUSED
from tests.folders import (
    ASSESSMENTS,
    ESSEX,
    PUPILS,
    SCHOOLS,
    SPECIALISTS,
    TOML,
)
from tests.loads import database, load, refused, results


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
