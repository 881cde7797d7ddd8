"""The coordinator of a running programme chooses another scale: what changes is shown, then saved with a reason."""

import json

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from programmes.models import DataReturn, Programme
from pupils.figures import set_apart
from pupils.models import Assessment, ExpectationChange, TargetGrade
from pupils.preview import preview
from pupils.results import blocks, place_facts
from tests.factories import AssessmentFactory
from tests.reading import text_of
from tests.returns.entering import counts, enter, six_pupils

SUBLEVELS, CODES = "National Curriculum sub-levels", "Teacher assessment codes"
GIVEN = {"met_5": "EXS", "exceeded_5": "GDS", "reason": "The schools assess so now"}


@pytest.fixture
def at(db):
    """Six pupils with October grades; those of December are 3a for everybody, and submitted."""
    at = six_pupils()
    at.programme.expectations.create(year_group=5, met_from="3a", exceeded_from="4b")
    for place in at.places:
        AssessmentFactory(place=place, data_point=at.points[1], grade=at.grades["3a"])
    DataReturn.objects.filter(pk=at.december.pk).update(state="submitted", assessed=6)
    return at


def page(scale="ta-codes"):
    return reverse("pupils:expectations", args=["county", scale])


def change(client, at, scale="ta-codes", **given):
    """Chosen, looked at and saved."""
    client.force_login(at.amira)
    shown = client.post(page(scale), GIVEN | given)
    previewed = {"previewed": shown.context["form"]["previewed"].value()}
    saved = client.post(page(scale), GIVEN | given | previewed)
    assert saved.status_code == 302, text_of(saved)
    at.programme = Programme.objects.get(pk=at.programme.pk)
    return shown


def test_every_figure_is_shown_as_it_is_and_as_it_would_be_and_nothing_is_written(client, at):
    TargetGrade.objects.create(
        place=at.places[0], grade=at.grades["4b"], side="specialist", proposed_by=at.hannah,
        agreed_by=at.tom, agreed_at="2026-10-20T12:00Z",
    )  # fmt: skip
    enter(client, at.hannah, at.march, at.places[:2], ["4c", "absent"])
    client.force_login(at.amira)

    chosen = client.post(reverse("pupils:assessment", args=["county"]), {"scale": "ta-codes"})
    form = text_of(client.get(chosen.url))
    without = client.post(chosen.url, GIVEN | {"reason": ""})
    shown = client.post(chosen.url, GIVEN)
    words = text_of(shown)

    assert chosen.url == page()
    assert f"The teachers assess on {SUBLEVELS} until you save this." in form
    assert "reason" in without.context["form"].errors
    for sentence in (
        f"6 places with the first grade on {SUBLEVELS} drop out of every figure of progress, as a gain across two "
        "scales is no number. They count again once the first grade and the others are given anew on "
        f"{CODES}, by a correction of what was submitted.",
        "2 submitted returns stay submitted and as complete as before, so no money waits for this.",
        f"1 grade typed in returns that are still open is kept and shown as given on {SUBLEVELS}.",
        f"1 target grade agreed on {SUBLEVELS} stays in the history and counts no more.",
    ):
        assert sentence in words
    assert "From October to December: every figure now, and then" in words
    assert "All target pupils 6 then 0" in words
    assert "100%, 6 of 6 then 0 of 0" in words
    assert "+3.3 then none" in words
    assert Programme.objects.get(pk=at.programme.pk).scale == "nc-sublevels"
    assert not ExpectationChange.objects.exists()
    for place in at.places:
        assert place.pupil.last_name not in words
        assert place.pupil.ref not in words


def test_saving_changes_the_scale_with_its_reason_in_the_history_and_one_audit_line(client, at):
    change(client, at)
    history = text_of(client.get(page()))

    row = ExpectationChange.objects.get()
    assert (at.programme.scale, at.programme.expected_points) == ("ta-codes", None)
    assert list(at.programme.expectations.values_list("year_group", "met_from", "exceeded_from")) == [(5, "EXS", "GDS")]
    assert (row.by, row.reason, row.parts[0]) == (at.amira, GIVEN["reason"], ("Scale", SUBLEVELS, CODES))
    assert f"Scale: {SUBLEVELS}, now {CODES}" in history
    assert AuditEvent.objects.filter(did="programme changed", about="scale").count() == 1
    assert not set(json.dumps([row.before, row.after])) & {"@"}


def test_the_preview_says_what_the_results_say_afterwards_there_and_back(client, at):
    then = preview(at.programme, "ta-codes", None, {5: ("EXS", "GDS")})
    change(client, at)
    facts = set_apart(place_facts(at.programme, None, at.points[1]))[0]
    back = preview(at.programme, "nc-sublevels", 3, {5: ("3a", "4b")})
    change(client, at, "nc-sublevels", expected_points="3", met_5="3a", exceeded_5="4b")
    again = set_apart(place_facts(at.programme, None, at.points[1]))[0]

    assert then[0]["rows"][0]["then"] == blocks(facts)["all"].n == 0
    assert (back[0]["rows"][0]["n"], back[0]["rows"][0]["then"]) == (0, 6)
    assert back[0]["rows"][0]["shares"][1][1] == blocks(again)["all"].met
    assert back[0]["rows"][0]["means"][1] == blocks(again)["all"].mean_points
    assert back[1]["rows"][0]["then"] == 6
    assert ExpectationChange.objects.count() == 2


def test_submitted_returns_stay_and_open_ones_are_counted_again(client, at):
    enter(client, at.hannah, at.march, at.places[:3], ["4c", "4b", "absent"])
    before = [counts(row) for row in (at.october, at.december, at.march)]

    change(client, at)

    assert before[2][:3] == ("open", 2, 1)
    assert [counts(row) for row in (at.october, at.december)] == before[:2]
    assert counts(at.march)[:3] == ("open", 0, 1)


def test_what_somebody_else_changed_meanwhile_is_shown_first(client, at):
    client.force_login(at.amira)
    shown = client.post(page(), GIVEN)
    Programme.objects.filter(pk=at.programme.pk).update(expected_points=5)

    again = client.post(page(), GIVEN | {"previewed": shown.context["form"]["previewed"].value()})

    assert "This or what stands was changed since the figures were shown: here they are anew." in text_of(again)
    assert Programme.objects.get(pk=at.programme.pk).scale == "nc-sublevels"


def test_another_scale_that_was_saved_in_another_tab_is_not_written_over_unseen(client, at):
    client.force_login(at.amira)
    shown = client.post(page("free-5"), GIVEN | {"met_5": "3", "exceeded_5": "4", "expected_points": "1"})
    change(client, at)

    again = client.post(
        page("free-5"),
        GIVEN
        | {"met_5": "3", "exceeded_5": "4", "expected_points": "1"}
        | {"previewed": shown.context["form"]["previewed"].value()},
    )

    assert f"The teachers assess on {CODES} until you save this." in text_of(again)
    assert Programme.objects.get(pk=at.programme.pk).scale == "ta-codes"


def test_grades_that_are_only_typed_are_asked_about_as_well(client, at):
    Assessment.objects.all().delete()
    enter(client, at.hannah, at.march, at.places[:1], ["4c"])
    client.force_login(at.amira)

    shown = client.post(page(), GIVEN)

    assert "1 grade typed in returns that are still open" in text_of(shown)
    assert Programme.objects.get(pk=at.programme.pk).scale == "nc-sublevels"


def test_without_any_grade_the_scale_changes_without_a_word(client, at):
    Assessment.objects.all().delete()
    client.force_login(at.amira)

    saved = client.post(page(), {"met_5": "EXS", "exceeded_5": "GDS"})

    assert saved.status_code == 302
    assert Programme.objects.get(pk=at.programme.pk).scale == "ta-codes"
    assert not ExpectationChange.objects.exists()


def test_a_criterion_that_counts_points_keeps_a_running_programme_on_a_scale_with_points(client, at):
    at.programme.success_criteria.create(measure="above_expected_rate", target_pct=50)
    client.force_login(at.amira)

    asked = client.post(page(), GIVEN)

    assert "this scale has no points to count it by: first take the criterion out" in text_of(asked)


def test_the_pages_of_results_name_the_change(client, at):
    change(client, at)

    for name in ("reports:results", "reports:followed"):
        assert "When grades were in, the scale of the programme was changed on" in text_of(
            client.get(reverse(name, args=["county"]))
        )


def test_on_the_way_back_the_first_page_says_on_which_scale_the_grades_are_and_what_was_expected(client, at):
    change(client, at, "nc-sublevels", expected_points="2", met_5="3b", exceeded_5="4c")
    first = text_of(client.get(reverse("pupils:assessment", args=["county"])))
    change(client, at)

    back = text_of(client.get(reverse("pupils:assessment", args=["county"])))
    form = client.get(page("nc-sublevels")).context["form"]

    assert f"12 grades are in on {SUBLEVELS}." in first
    assert f"The teachers assess on {CODES}. 12 grades are in: 12 on {SUBLEVELS}. Those on the scale that you" in back
    assert "have to be given anew" not in back
    assert [form[name].initial for name in ("expected_points", "met_5", "exceeded_5")] == ["2", "3b", "4c"]


def test_every_change_of_the_year_is_named_where_the_figures_are_read(client, at):
    change(client, at)
    row = ExpectationChange.objects.get()
    for day, reason in (("2026-11-02T12:00Z", "Too high"), ("2026-11-20T12:00Z", "Too low")):
        same = {"scale": row.before["scale"], "expected_points": "4", "levels": {}}
        ExpectationChange.objects.create(
            programme=at.programme, by=at.amira, at=day, reason=reason, before=same, after=same | {"levels": {}}
        )
    client.force_login(at.amira)

    results = text_of(client.get(reverse("reports:results", args=["county"])))
    progress = text_of(client.get(reverse("reports:followed", args=["county"])))

    assert (
        "When grades were in, what is expected was changed on Monday 2 November 2026, what is expected was changed on "
        "Friday 20 November 2026 and the scale of the programme was changed on"
    ) in results
    assert "what is expected was changed on Monday 2 November 2026 (“Too high”), what is expected" in progress
