"""A programme loaded from a folder: what stands after it, whatever way it is spelt, and two loads at once."""

import json
import random
from collections import Counter

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError
from django.db import connection

from accounts.models import AuditEvent, Membership, User
from programmes.models import (
    DataReturn,
    PartnershipStep,
    Programme,
    SpecialistTeacher,
)
from pupils.loading import load_programme
from pupils.models import Assessment, TargetPupil
from pupils.returns.counting import count_returns
from tests.broken_folders import REFUSED
from tests.folders import (
    ASSESSMENTS,
    ESSEX,
    PUPILS,
    SPECIALISTS,
    TABLES,
    TOML,
)
from tests.loads import database, essex_loaded, load, refused, results
from tests.together import at_once

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


# At once -----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_loads_at_once_give_the_rows_of_one():
    with essex_loaded():
        alone = {table: rows for table, (rows, _) in database().items()}

    said = at_once(*[lambda: load_programme(ESSEX).changed_nothing] * 2)

    assert sorted(said) == [False, True]
    assert {table: rows for table, (rows, _) in database().items()} == alone
    assert results("essex-2008-09") == json.loads((ESSEX / "expected.json").read_text())
