from pathlib import Path

import pytest

from pupils import scales
from pupils.models import Grade, Scale

NAMES = ["app", "nc-sublevels", "scaled-score", "ta-codes", "free-5"]


def grades(name):
    return [(grade["code"], grade.get("points")) for grade in scales.description(name)["grades"]]


def test_five_scales_are_shipped():
    files = {path.stem for path in Path(scales.__file__).parent.glob("*.toml")}

    assert files == {"app", "nc-sublevels", "scaled-score", "ta-codes", "free"}
    assert scales.shipped() == ["app", "nc-sublevels", "scaled-score", "ta-codes", "free-N (for example free-5)"]


STEPS = [("c", -2), ("b", 0), ("a", 2)]


def test_sublevels_have_six_points_a_level_and_two_a_step():
    expected = [(f"{level}{step}", 6 * level + 3 + more) for level in range(1, 7) for step, more in STEPS]

    assert grades("nc-sublevels") == expected
    assert dict(expected) | {"1c": 7, "2b": 15, "3b": 21, "4b": 27, "5b": 33, "6a": 41} == dict(expected)


def test_low_secure_and_high_have_the_points_of_c_b_and_a():
    assert [points for _, points in grades("app")] == [points for _, points in grades("nc-sublevels")]
    assert [code for code, _ in grades("app")][:4] == ["1 low", "1 secure", "1 high", "2 low"]


def test_codes_of_teacher_assessment_are_in_order_and_have_no_points():
    codes = ["EM", "PK1", "PK2", "PK3", "PK4", "PK5", "PK6", "WTS", "EXS", "GDS"]

    assert grades("ta-codes") == [(code, None) for code in codes]
    assert not scales.description("ta-codes")["has_points"]


def test_a_scaled_score_is_its_own_points_from_80_to_120():
    assert grades("scaled-score") == [(str(score), score) for score in range(80, 121)]


@pytest.mark.parametrize("highest", [2, 5, 9, 100])
def test_a_free_scale_goes_from_one_to_n(highest):
    assert grades(f"free-{highest}") == [(str(n), n) for n in range(1, highest + 1)]
    assert scales.description(f"free-{highest}")["title"] == f"Scale of 1 to {highest}"


@pytest.mark.parametrize(
    "name",
    ["free", "free-0", "free-1", "free-05", "free-101", "free-5x", "levels", "", "../nc-sublevels", "NC-sublevels"],
)
def test_there_is_no_other_scale(name):
    with pytest.raises(scales.UnknownScale):
        scales.description(name)


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("nc-sublevels", "3B", "3b"),
        ("nc-sublevels", " 3 b ", "3b"),
        ("nc-sublevels", "3-b", "3b"),
        ("nc-sublevels", "7a", None),
        ("nc-sublevels", "3", None),
        ("nc-sublevels", "-3b", None),
        ("app", "low 3", "3 low"),
        ("app", "3 Low", "3 low"),
        ("app", "Level 3 secure", "3 secure"),
        ("app", "3h", "3 high"),
        ("ta-codes", "exs", "EXS"),
        ("ta-codes", "pk 4", "PK4"),
        ("ta-codes", "Engagement model", "EM"),
        ("ta-codes", "PK7", None),
        ("scaled-score", "100", "100"),
        ("scaled-score", "79", None),
        ("scaled-score", "121", None),
        ("scaled-score", "-100", None),
        ("scaled-score", "1 00", None),
        ("free-5", "5", "5"),
        ("free-5", "-5", None),
        ("free-5", "6", None),
        ("free-12", "1-2", None),
        ("free-5", "", None),
    ],
)
def test_a_grade_is_found_however_people_write_it(name, text, code):
    assert scales.find(name, text) == code


@pytest.mark.parametrize("name", NAMES)
def test_every_spelling_means_one_grade(name):
    described = scales.description(name)["grades"]
    spellings = [spelling for grade in described for spelling in (grade["code"], *grade.get("aliases", []))]

    assert len({scales.plain(spelling) for spelling in spellings}) == len(spellings)
    assert all(scales.find(name, grade["code"]) == grade["code"] for grade in described)


def test_expectations_by_default_are_those_of_the_domain():
    points = dict(grades("nc-sublevels"))
    found = scales.expectations("nc-sublevels", range(2, 7))

    assert {year: tuple(points[code] for code in pair) for year, pair in found.items()} == {
        3: (17, 21),
        4: (21, 25),
        5: (23, 27),
        6: (25, 31),
    }
    assert scales.expectations("ta-codes", [1, 6]) == {1: ("EXS", "GDS"), 6: ("EXS", "GDS")}
    assert scales.expectations("scaled-score", [6]) == {6: ("100", "110")}
    assert scales.expectations("free-5", [6]) == {}


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_loading_a_scale_twice_gives_one(name):
    first = scales.load_scale(name)
    rows = list(Grade.objects.values_list("pk", "code", "position", "points"))

    again = scales.load_scale(name)

    assert (again, Scale.objects.get()) == (first, first)
    assert list(Grade.objects.values_list("pk", "code", "position", "points")) == rows
    assert [(code, points) for _, code, _, points in rows] == grades(name)
    assert [position for _, _, position, _ in rows] == list(range(len(rows)))


@pytest.mark.django_db
def test_a_scale_gets_the_grades_that_its_file_has_gained_and_loses_none():
    scale = scales.load_scale("ta-codes")
    scale.grades.filter(code__in=["PK1", "WTS"]).delete()
    scale.grades.filter(code="PK2").update(code="OLD")
    kept = dict(scale.grades.values_list("code", "pk"))

    scales.load_scale("ta-codes")

    after = dict(scale.grades.values_list("code", "pk"))
    assert list(after) == ["EM", "OLD", "PK1", "PK2", "PK3", "PK4", "PK5", "PK6", "WTS", "EXS", "GDS"]
    assert {code: after[code] for code in kept} == kept
    assert list(scale.grades.values_list("position", flat=True)) == list(range(11))
