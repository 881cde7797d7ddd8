"""A programme with grades on two scales: no figure is worked out across them, and each page says so in a sentence."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from programmes.models import Programme
from pupils import scales
from pupils.figures import TwoScales, block, set_apart
from pupils.loading.copy import assessments
from pupils.models import Assessment, TargetGrade
from pupils.results import as_json, blocks, place_facts
from reports.figures.programme import programme_figures
from reports.figures.school import school_figures
from tests.factories import AssessmentFactory
from tests.reading import text_of
from tests.returns.entering import six_pupils

SUBLEVELS = "National Curriculum sub-levels"


@pytest.fixture
def at(db):
    """Six pupils with 3b or 3c in October and 3a in Summer; the programme then assesses on another scale."""
    at = six_pupils()
    at.programme.expectations.create(year_group=5, met_from="3a", exceeded_from="4b")
    for place in at.places:
        AssessmentFactory(place=place, data_point=at.points[-1], grade=at.grades["3a"])
    return at


def on_another(at, scale="ta-codes"):
    """The programme assesses on that scale from now on."""
    at.programme.expectations.all().delete()
    codes = {grade.code: grade for grade in scales.load_scale(scale).grades.select_related("scale")}
    Programme.objects.filter(pk=at.programme.pk).update(scale=scale)
    at.programme = Programme.objects.get(pk=at.programme.pk)
    return codes


def give(place, point, grade):
    Assessment.objects.update_or_create(place=place, data_point=point, defaults={"grade": grade, "reason": ""})


def test_a_place_that_is_graded_on_another_scale_than_its_programme_has_no_result(at):
    on_another(at)

    with pytest.raises(TwoScales) as worked_out:
        blocks(place_facts(at.programme))
    with pytest.raises(TwoScales) as counted:
        as_json(at.programme)
    with pytest.raises(CommandError) as stopped:
        call_command("results", "county", stdout=StringIO())

    said = f"place {at.places[0].pk} has its grades on another scale than its programme"
    assert str(worked_out.value) == str(counted.value) == said
    assert str(stopped.value) == f"There is no result: {said}."


def test_apart_from_it_the_others_count(at):
    codes = on_another(at)
    for point in (at.points[0], at.points[-1]):
        give(at.places[0], point, codes["EXS"])
    give(at.places[1], at.points[0], codes["WTS"])

    facts, left_out = set_apart(place_facts(at.programme))

    assert (block(facts).n, left_out) == (1, 5)
    assert [place.first and place.first.code for place in facts] == ["EXS", "WTS", None, None, None, None]
    assert [place.last and place.last.code for place in facts] == ["EXS", None, None, None, None, None]
    assert {place.band for place in facts} == {""}


def test_a_code_that_both_scales_have_is_not_taken_for_the_other(at):
    codes = on_another(at, "free-5")
    for place in at.places:
        for point in (at.points[0], at.points[-1]):
            give(place, point, codes["3"])
    on_another(at, "free-9")
    at.programme.expectations.create(year_group=5, met_from="3", exceeded_from="5")

    facts, left_out = set_apart(place_facts(at.programme))
    [group] = school_figures(at.programme, at.school)["groups"]

    assert (block(facts).n, left_out) == (0, 6)
    assert {(row["first"], row["last"]) for row in group["rows"]} == {(None, None)}
    assert group["rows"][0]["grades"][0]["grade"] == "3 (Scale of 1 to 5)"


@pytest.mark.parametrize("who", ["hannah", "tom", "head", "amira", "leo"])
def test_progress_says_it_and_shows_no_gain(client, at, who):
    on_another(at)
    client.force_login(getattr(at, who))

    page = client.get(reverse("reports:partnership_followed", args=[at.partnership.pk]))
    whole = client.get(reverse("reports:followed", args=["county"]))
    groups = client.get(reverse("reports:followed", args=["county"]) + "?groups=1")
    table = client.get(reverse("reports:partnership_followed_table", args=[at.partnership.pk, "csv"]))

    for words in (text_of(page), text_of(whole)):
        assert "none of 6 target pupils has a grade for both October and Summer on the scale of the programme" in words
        assert "stand on two scales, so no gain can be worked out for 6 target pupils" in words
        assert f"3a ({SUBLEVELS})" in words
    assert groups.status_code == 200
    assert f"3a ({SUBLEVELS})" in b"".join(table).decode()


def test_the_results_and_the_papers_say_it(client, at):
    on_another(at)
    client.force_login(at.amira)

    pages = [text_of(client.get(reverse("reports:results", args=["county"]) + by)) for by in ("", "?by=group")]
    figures, school = programme_figures(at.programme), school_figures(at.programme, at.school)

    for page in pages:
        assert "none of 6 target pupils has a grade for both October and Summer on the scale of the programme" in page
        assert "on the scale of the programme (Teacher assessment codes, without points)" in page
    assert (figures["two_scales"], figures["everyone"]["n"]) == (6, 0)
    assert (school["two_scales"], school["ours"]["n"]) == (6, 0)
    assert json.dumps(figures)


def test_once_all_is_given_anew_it_counts(client, at):
    codes = on_another(at)
    for place in at.places:
        for point in (at.points[0], at.points[-1]):
            give(place, point, codes["WTS"])

    assert as_json(at.programme)["all"]["n"] == 6
    assert set_apart(place_facts(at.programme))[1] == 0


def test_a_target_grade_on_the_old_scale_stays_in_history_and_counts_no_more(client, at):
    place = at.places[0]
    TargetGrade.objects.create(
        place=place, grade=at.grades["4b"], side="specialist", proposed_by=at.hannah,
        agreed_by=at.tom, agreed_at="2026-10-20T12:00Z",
    )  # fmt: skip
    waiting = TargetGrade.objects.create(
        place=at.places[1], grade=at.grades["4c"], side="specialist", proposed_by=at.hannah
    )
    codes = on_another(at)
    address = reverse("pupils:targets", args=[at.partnership.pk])
    client.force_login(at.tom)

    page = client.get(address)
    client.post(address, {"target": waiting.pk, "agree": "1"})
    waiting.refresh_from_db()
    client.post(address, {f"shown_{place.pk}": "", f"target_{place.pk}": "GDS"})
    client.force_login(at.hannah)
    proposed = TargetGrade.objects.get(place=place, grade=codes["GDS"])
    client.post(address, {"target": proposed.pk, "agree": "1"})
    proposed.refresh_from_db()

    assert f"4b ({SUBLEVELS})" in text_of(page)
    assert "It counts no more, as the programme assesses on another scale now" in text_of(page)
    assert page.context["form"].standing[place.pk] == ""
    assert waiting.agreed_at is None
    assert proposed.agreed_by == at.hannah


def test_a_pupils_page_and_list_name_the_scale_of_an_old_grade(client, at):
    on_another(at)
    client.force_login(at.tom)

    pupil = text_of(client.get(at.places[0].pupil.get_absolute_url()))
    listed = text_of(client.get(reverse("pupils:list")))

    assert f"3b ({SUBLEVELS})" in pupil
    assert f"3a ({SUBLEVELS}) , Summer" in listed


def test_the_copy_to_keep_names_the_scale_of_an_old_grade(at):
    on_another(at, "free-5")
    for place in at.places:
        give(place, at.points[0], scales.load_scale("free-9").grades.get(code="3"))

    rows = assessments(at.programme).decode()

    assert ",3 (Scale of 1 to 9)," in rows
    assert f",3a ({SUBLEVELS})," in rows
