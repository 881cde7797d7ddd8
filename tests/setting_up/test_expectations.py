"""The scale of a programme and what is expected on it."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.roles import Role
from programmes.models import DataPoint, Expectation, Programme
from pupils.expectations import ScaleInUse, save_assessment
from pupils.models import Assessment, ExpectationChange, Grade
from pupils.preview import preview
from pupils.results import blocks, place_facts
from tests.factories import AssessmentFactory
from tests.reading import text_of


def previewed(page):
    """What the page sends along once it has shown what a change makes of every figure."""
    return {"previewed": page.context["form"]["previewed"].value()}


def test_another_scale_is_not_saved_unseen_once_grades_are_in(coordinator, ours):
    slug = ours.programme.slug

    chosen = coordinator.post(reverse("pupils:assessment", args=[slug]), {"scale": "app"})
    asked = coordinator.post(chosen.url, {"expected_points": "3"})

    assert chosen.url == reverse("pupils:expectations", args=[slug, "app"])
    assert "reason" in asked.context["form"].errors
    assert '"See what changes"' in asked.content.decode()
    ours.programme.refresh_from_db()
    assert ours.programme.scale == "nc-sublevels"
    with pytest.raises(ScaleInUse):
        save_assessment(ours.people[Role.COORDINATOR], ours.programme, "app", None, {})


def test_other_expectations_are_asked_about_once_grades_are_in(coordinator, ours):
    address = reverse("pupils:expectations", args=[ours.programme.slug, "nc-sublevels"])
    given = {"expected_points": "4", "met_5": "3b", "exceeded_5": "4c", "reason": "The LA expects more"}

    asked = coordinator.post(address, given)
    before = Programme.objects.get(pk=ours.programme.pk).expected_points
    coordinator.post(address, given | previewed(asked))

    ours.programme.refresh_from_db()
    assert "4 grades are in. All results of the programme are worked out anew" in asked.content.decode()
    assert before == 3
    assert ours.programme.expected_points == 4
    assert Expectation.objects.get(programme=ours.programme).met_from == "3b"


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"met_5": "4b", "exceeded_5": "3a"}, {"exceeded_5": ["Year 5: 3a is below 4b. Swap or correct them."]}),
        ({"met_5": "4b"}, {"exceeded_5": ["Year 5: give both grades, or neither."]}),
        (
            {"expected_points": "lots"},
            {"expected_points": ["Enter the expected points as a number from 0 to 999, such as 3."]},
        ),
    ],
)
def test_expectations_that_cannot_be_are_refused(coordinator, ours, given, errors):
    response = coordinator.post(reverse("pupils:expectations", args=[ours.programme.slug, "nc-sublevels"]), given)

    assert response.context["form"].errors == errors


def test_a_scale_without_points_asks_for_none_and_proposes_its_own_levels(coordinator, ours):
    Assessment.objects.all().delete()
    slug = ours.programme.slug

    chosen = coordinator.post(reverse("pupils:assessment", args=[slug]), {"scale": "ta-codes"})
    page = coordinator.get(chosen.url)
    form = page.context["form"]
    coordinator.post(chosen.url, {name: form[name].value() for name in form.fields})

    ours.programme.refresh_from_db()
    assert "expected_points" not in form.fields
    assert "This scale has no points" in page.content.decode()
    assert (ours.programme.scale, ours.programme.expected_points) == ("ta-codes", None)
    assert list(ours.programme.expectations.values_list("year_group", "met_from", "exceeded_from")) == [
        (5, "EXS", "GDS")
    ]


@pytest.mark.parametrize("highest", ["", "1", "101", "five"])
def test_a_scale_of_ones_own_needs_its_highest_number(coordinator, ours, highest):
    response = coordinator.post(
        reverse("pupils:assessment", args=[ours.programme.slug]), {"scale": "free", "highest": highest}
    )

    assert list(response.context["form"].errors) == ["highest"]


def test_a_number_for_ones_own_scale_does_not_hold_up_another_scale(coordinator, ours):
    response = coordinator.post(
        reverse("pupils:assessment", args=[ours.programme.slug]), {"scale": "nc-sublevels", "highest": "1"}
    )

    assert response.status_code == 302


def test_a_scale_that_is_none_is_not_found(coordinator, ours):
    for scale in ("levels", "free-1", "..%2Fapp"):
        assert coordinator.get(f"/programmes/{ours.programme.slug}/set-up/assessment/{scale}/").status_code == 404


def kept(ours):
    """Beside the one that stands in this world."""
    return ExpectationChange.objects.filter(programme=ours.programme).exclude(reason="Ourside reason")


def test_a_change_once_grades_are_in_needs_a_reason_shows_every_figure_and_is_kept(coordinator, ours):
    address = reverse("pupils:expectations", args=[ours.programme.slug, "nc-sublevels"])
    Expectation.objects.update_or_create(
        programme=ours.programme, year_group=5, defaults={"met_from": "3a", "exceeded_from": "4b"}
    )
    given = {"expected_points": "1", "met_5": "2b", "exceeded_5": "4c"}

    without = coordinator.post(address, given)
    preview = coordinator.post(address, given | {"reason": "As the LA does"})
    asked = text_of(preview)
    kept_before = kept(ours).count()
    saved = coordinator.post(address, given | {"reason": "As the LA does"} | previewed(preview), follow=True)
    page = text_of(coordinator.get(address))

    assert without.context["form"].errors == {
        "reason": ["Say why you change it: grades are in, and results change with it."]
    }
    for name in ("All target pupils", "Maths", "Year 5", "Maths year 5"):
        assert name in asked
    assert "What is expected: National Curriculum sub-levels This changes 19 of 25 figures. Nothing is saved" in asked
    assert "0%, 0 of 2 then 100%, 2 of 2" in asked
    assert "z stands for not applicable" not in asked
    assert "What is expected is changed, and results are worked out from it from now on." in text_of(saved)
    assert kept_before == 0
    change = kept(ours).get()
    assert (change.by, change.reason) == (ours.people[Role.COORDINATOR], "As the LA does")
    assert change.parts == [
        ("Expected points", "3", "1"),
        ("Year 5", "met from 3a, exceeded from 4b", "met from 2b, exceeded from 4c"),
    ]
    assert "Year 5: met from 3a, exceeded from 4b, now met from 2b, exceeded from 4c" in page
    assert "As the LA does" in page


def test_the_preview_says_what_the_results_say_afterwards(ours):
    programme = Programme.objects.get(pk=ours.programme.pk)
    levels = {5: ("2b", "2a")}
    table, first = preview(programme, programme.scale, 1, levels)

    save_assessment(ours.people[Role.COORDINATOR], programme, programme.scale, 1, levels, "Why not")
    after = blocks(place_facts(Programme.objects.get(pk=programme.pk)))

    assert table["title"] == "From October to Summer"
    assert [[then for _, then in row["shares"]] for row in table["rows"]][: len(after)] == [
        [b.met_first, b.met, b.exceeded, b.above] for b in after.values()
    ]
    assert first["title"] == "With a grade for October"
    assert first["rows"][0]["shares"][0][1].of == after["all"].met_first.of


def test_before_the_last_grades_it_shows_what_changes_at_the_data_points_that_are_reached(coordinator, ours):
    Assessment.objects.filter(data_point__programme=ours.programme, data_point__name="Summer").delete()
    december = DataPoint.objects.create(programme=ours.programme, name="December", due_on=dt.date(2026, 12, 11))
    grades = {grade.code: grade for grade in Grade.objects.filter(scale__name=ours.programme.scale)}
    AssessmentFactory(place=ours.place, data_point=december, grade=grades["4c"])
    Assessment.objects.filter(place=ours.place, data_point__name="October").update(grade=grades["3b"])
    given = {"expected_points": "9", "met_5": "3b", "exceeded_5": "4c", "reason": "The LA expects more"}

    december_rows, october = preview(ours.programme, "nc-sublevels", 9, {5: ("3b", "4c")})
    asked = text_of(coordinator.post(reverse("pupils:expectations", args=[ours.programme.slug, "nc-sublevels"]), given))

    assert (december_rows["title"], str(december_rows["by"])) == ("From October to December", "Summer")
    above = december_rows["rows"][0]["shares"][3]
    assert [(share.of, share.n) for share in above] == [(1, 1), (0, 1)]
    assert october["rows"][0]["n"] == 2
    assert "No figure changes today" not in asked
    assert "Gained more than expected by Summer, already" in asked


def test_what_somebody_else_changed_meanwhile_is_shown_before_it_is_written_over(coordinator, ours):
    address = reverse("pupils:expectations", args=[ours.programme.slug, "nc-sublevels"])
    given = {"expected_points": "4", "met_5": "3b", "exceeded_5": "4c", "reason": "The LA expects more"}

    shown = coordinator.post(address, given)
    Programme.objects.filter(pk=ours.programme.pk).update(expected_points=5)
    again = coordinator.post(address, given | previewed(shown))
    before = Programme.objects.get(pk=ours.programme.pk).expected_points
    done = coordinator.post(address, given | previewed(again))

    assert "This or what stands was changed since the figures were shown: here they are anew." in text_of(again)
    assert (before, done.status_code) == (5, 302)


def test_once_grades_are_in_the_page_of_the_scale_says_what_another_means(coordinator, ours):
    page = coordinator.get(reverse("pupils:assessment", args=[ours.programme.slug]))

    assert "4 grades are in on National Curriculum sub-levels. On another scale they count no more" in text_of(page)
    assert 'type="radio"' in page.content.decode()


def test_saving_what_stands_asks_nothing_and_keeps_nothing(coordinator, ours):
    address = reverse("pupils:expectations", args=[ours.programme.slug, "nc-sublevels"])
    Expectation.objects.filter(programme=ours.programme).delete()

    response = coordinator.post(address, {"expected_points": "3", "met_5": "", "exceeded_5": ""})

    assert response.status_code == 302
    assert not kept(ours).exists()


def test_taking_a_level_out_is_a_change_too(coordinator, ours):
    address = reverse("pupils:expectations", args=[ours.programme.slug, "nc-sublevels"])
    Expectation.objects.update_or_create(
        programme=ours.programme, year_group=5, defaults={"met_from": "3a", "exceeded_from": "4b"}
    )

    response = coordinator.post(address, {"expected_points": "3", "met_5": "", "exceeded_5": ""})

    assert "reason" in response.context["form"].errors


def test_what_was_edited_after_the_preview_is_previewed_again(coordinator, ours):
    address = reverse("pupils:expectations", args=[ours.programme.slug, "nc-sublevels"])
    given = {"expected_points": "4", "met_5": "3b", "exceeded_5": "4c", "reason": "The LA expects more"}

    first = coordinator.post(address, given)
    edited = coordinator.post(address, given | {"expected_points": "9"} | previewed(first))
    before = Programme.objects.get(pk=ours.programme.pk).expected_points
    done = coordinator.post(address, given | {"expected_points": "9"} | previewed(edited))

    ours.programme.refresh_from_db()
    assert "every figure now, and then" in text_of(edited)
    assert (before, done.status_code, ours.programme.expected_points) == (3, 302, 9)


def test_what_is_not_applicable_is_no_figure_and_is_explained(coordinator, ours):
    ours.programme.expectations.all().delete()
    given = {"expected_points": "4", "reason": "The LA expects more"}

    asked = text_of(coordinator.post(reverse("pupils:expectations", args=[ours.programme.slug, "nc-sublevels"]), given))

    assert "z , not applicable" in asked
    assert "z stands for not applicable." in asked
    assert "This changes none of the 6 figures." in asked
