"""Grades that are typed and not submitted are told before a partnership folds."""

import pytest
from django.urls import reverse

from pupils.returns.folding import typed_before_fold
from tests.reading import text_of
from tests.returns.entering import DECEMBER, address, autosave, cell, enter, submit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
FOLD = {"on": "3/12/2026", "reason": "Staff change", "note": ""}


def preview(client, at):
    client.force_login(at.amira)
    step = at.partnership.steps.last()
    page = reverse("programmes:move", args=[at.partnership.pk, "folded"])
    return text_of(client.post(page, FOLD | {"seen": step.pk if step else ""}))


def test_the_page_before_a_fold_counts_what_is_typed_and_not_submitted(client, at):
    before = preview(client, at)
    enter(client, at.hannah, at.december, at.places[:3], ["3a", "absent", "zz"])
    enter(client, at.tom, at.march, at.places[:1], ["3a"])

    page = preview(client, at)

    assert "What will happen" in before
    assert "typed and not submitted" not in before
    assert "2 December grades and 1 March grade are typed and not submitted, and will not count." in page
    assert f"ask {at.hannah} or {at.tom} to complete and submit them first." in page
    assert "Kayla" not in page


def test_what_was_submitted_is_not_told_and_of_a_correction_only_what_it_changes(client, at):
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    submit(client, at.hannah, at.december)
    submitted = typed_before_fold(at.partnership, None)
    client.post(address("return_correct", at.december), {"reason": "Typed into the wrong row"})
    opened = typed_before_fold(at.partnership, None)
    autosave(client, at.hannah, at.december, cell("grade", at.places[0], "3b", base=1))

    (said,) = typed_before_fold(at.partnership, None)

    assert (submitted, opened) == ([], [])
    assert said.startswith("1 December grade is typed and not submitted, and will not count. If it should,")
