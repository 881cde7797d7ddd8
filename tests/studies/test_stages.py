"""The stages of a sheet: added, moved, taken out and put back, and where the words of one that is out are read."""

import uuid

import pytest
from django.utils import timezone

from lessons import services
from lessons.models import Observation
from tests.reading import text_of
from tests.studies.writing import address, cell, post, predicted, save, texts_of, write

pytestmark = pytest.mark.django_db


def test_stages_are_added_moved_taken_out_and_put_back_with_their_words(client, ours):
    one, two, *_ = ours.stages
    name = f"stage__{one.pk}__name"

    post(client, ours.pat, ours.first, stage="add", **{name: "Hear it"})
    post(client, ours.pat, ours.first, stage=f"down-{one.pk}")
    post(client, ours.pat, ours.first, stage=f"remove-{one.pk}")
    without = order_of(ours.first)
    post(client, ours.pat, ours.first, stage=f"back-{one.pk}")

    added = ours.first.stages.latest("pk")
    assert without == [two.pk, *(stage.pk for stage in ours.stages[2:]), added.pk]
    assert order_of(ours.first) == [*without, one.pk]
    assert texts_of(ours.first) == {f"stage-{one.pk}-name": "Hear it"}


def order_of(lesson):
    return list(lesson.stages.filter(removed_at=None).values_list("pk", flat=True))


def test_a_stage_in_which_something_was_observed_stays(client, ours):
    Observation.objects.create(lesson=ours.first, person=ours.sara, stage=ours.stages[0], text="Looks up")

    page = post(client, ours.pat, ours.first, stage=f"remove-{ours.stages[0].pk}")

    assert "Something was observed in this stage, so it stays." in text_of(page)
    assert ours.stages[0].pk in order_of(ours.first)


def test_the_stages_of_another_lesson_are_not_touched(client, ours):
    foreign = ours.second.stages.first()

    for verb in ("up", "down", "remove", "back"):
        post(client, ours.pat, ours.first, stage=f"{verb}-{foreign.pk}")

    assert order_of(ours.second)[0] == foreign.pk


def test_a_sheet_of_sixty_stages_opens_and_takes_no_more(client, ours):
    for _ in range(56):
        services.add_stage(ours.first)

    page = post(client, ours.pat, ours.first, stage="add")

    assert "A lesson has at most 60 stages." in text_of(page)
    assert len(page.context["page"].rows) == 60


def test_words_for_a_stage_or_a_pupil_that_the_lesson_has_not_are_kept_beside_it_and_the_writer_is_told(client, ours):
    foreign, stage = ours.second.stages.first().pk, ours.stages[0].pk
    fields = [f"stage-{foreign}-teacher", "predicted-999999-A", f"predicted-{stage}-F", "met-F", "talk-E-group"]
    ours.first.stages.filter(pk=ours.stages[3].pk).update(removed_at=timezone.now())

    answer = save(
        client,
        ours.pat,
        ours.first,
        cell("intention", "Goes in"),
        *(cell(name, f"For {name}", seq=seq) for seq, name in enumerate(fields, start=2)),
    )
    of_study = client.post(
        address("study_autosave", ours.group),
        {"who": ours.pat.pk, "client": str(uuid.uuid4()), "cells": [cell("typifies-F", "For nobody")]},
        content_type="application/json",
    )
    by_form = post(client, ours.pat, ours.first, **{f"stage__{foreign}__name": "By form"})

    states = answer.json()["cells"]
    assert (answer.status_code, states["intention"]["state"]) == (409, "saved")
    assert {(states[name]["state"], "not in it any more" in states[name]["words"]) for name in fields} == {
        ("fixed", True)
    }
    assert (of_study.status_code, of_study.json()["cells"]["typifies-F"]["state"]) == (409, "fixed")
    assert (by_form.status_code, "not in it any more" in text_of(by_form)) == (409, True)
    assert texts_of(ours.first) == {"intention": "Goes in"}
    services.start_lesson(ours.pat, ours.first)
    kept = {row.text for row in client.get(address("sheet", ours.first)).context["page"].kept}
    assert kept == {"By form", *(f"For {name}" for name in fields)}


def test_every_word_of_a_stage_that_was_taken_out_stands_on_the_sheet_for_all_who_read_it(client, ours):
    stage = ours.stages[0].pk
    texts = {f"stage-{stage}-teacher": "Reads aloud", f"predicted-{stage}-A": "Calls out"}
    write(ours.pat, ours.first, texts)
    services.remove_stage(ours.first, stage)
    services.remove_stage(ours.first, ours.stages[1].pk)
    client.force_login(ours.pat)
    page = text_of(client.get(address("sheet", ours.first)))

    services.finish_study(ours.pat, ours.group)
    closed = text_of(client.get(address("sheet", ours.first)))

    for shown in (page, closed):
        assert "Stages taken out (1)" in shown
        assert "What the teacher does: Reads aloud" in shown
        assert "A predicted: Calls out" in shown
    assert ("Put it back" in page, "Put it back" in closed) == (True, False)


def test_words_for_a_prediction_of_a_stage_that_is_out_are_read_when_they_come_after_the_start(client, ours):
    services.remove_stage(ours.first, ours.stages[0].pk)
    services.start_lesson(ours.sara, ours.first)

    save(client, ours.pat, ours.first, cell(predicted(ours), "Calls out"))

    assert [row.text for row in client.get(address("sheet", ours.first)).context["page"].kept] == ["Calls out"]
