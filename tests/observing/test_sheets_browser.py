"""The sheet of a lesson on two devices: what one writes appears on the other, and nothing typed offline is lost."""

import pytest
from playwright.sync_api import expect

from lessons.models import NoteRevision
from lessons.services.starting import start_lesson
from tests.browsing import kept
from tests.observing.lessons import address

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
SAVED = {"timeout": 15_000}
NEWS = {"timeout": 25_000}


def test_what_one_writes_appears_on_the_other_and_a_prediction_typed_offline_outlives_the_start(open_as, ours, client):
    stage = ours.today.stages.first()
    pat = open_as(ours.pat)
    client.cookies.clear()  # a session of her own, beside his
    sara = open_as(ours.sara, 375)
    for page in (pat, sara):
        page.goto(address("sheet", ours.today))
    pat.evaluate("navigator.serviceWorker.ready")

    pat.locator("#criteria").focus()
    sara.locator("#intention").fill("Join sentences with because")
    sara.locator("#criteria").fill("Two joined sentences")
    expect(sara.locator("#saved-words")).to_contain_text("Saved at", **SAVED)
    expect(pat.locator("#intention")).to_have_value("Join sentences with because", **NEWS)
    expect(pat.locator("#box-intention [data-news]")).to_contain_text(f"{ours.sara} wrote here at")
    expect(pat.locator("#box-criteria [data-news]")).to_contain_text("You see it once you leave this box.")
    in_focus = pat.locator("#criteria").input_value()
    pat.locator("#criteria").blur()
    expect(pat.locator("#criteria")).to_have_value("Two joined sentences")

    kept(pat, "Two joined sentences", store="pages")
    pat.context.set_offline(True)
    start_lesson(ours.sara, ours.today)
    pat.locator(f"#predicted-{stage.pk}-A").fill("Waits for a friend")
    kept(pat, "Waits for a friend")
    other_tab = pat.context.new_page()
    other_tab.goto(pat.url)
    other_tab.locator(f"#predicted-{stage.pk}-B").fill("Starts at once")
    kept(other_tab, "Starts at once")
    pat.locator(f"#stage-{stage.pk}-pattern").fill("Nobody asks")
    kept(pat, "Nobody asks")
    url, context = pat.url, pat.context
    for tab in (pat, other_tab):
        tab.close()
    pat = context.new_page()
    pat.goto(url)
    expect(pat.locator("#offline")).to_be_visible()
    expect(pat.locator("#criteria")).to_have_value("Two joined sentences")
    expect(pat.locator(f"#predicted-{stage.pk}-A")).to_have_value("Waits for a friend")
    expect(pat.locator(f"#predicted-{stage.pk}-B")).to_have_value("Starts at once")
    expect(pat.locator(f"#stage-{stage.pk}-pattern")).to_have_value("Nobody asks")
    pat.locator("#criteria").fill("Three joined sentences")
    pat.context.set_offline(False)
    expect(pat.locator("#saved-words")).to_contain_text("Saved at", **NEWS)
    expect(pat.locator(f"#box-predicted-{stage.pk}-A [data-news]")).to_contain_text("The lesson has begun")

    assert in_focus == ""
    texts = ours.today.sheet.texts
    assert (texts["criteria"], texts[f"predicted-{stage.pk}-A"]) == ("Three joined sentences", "A in modelled write")
    beside = NoteRevision.objects.filter(sheet=ours.today.sheet, by=ours.pat, made=None).order_by("field")
    assert [(row.field, row.text) for row in beside.distinct("field")] == [
        (f"predicted-{stage.pk}-A", "Waits for a friend"),
        (f"predicted-{stage.pk}-B", "Starts at once"),
    ]
