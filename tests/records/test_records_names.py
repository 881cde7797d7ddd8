"""A pupil's name in a record is asked about where it is signed or corrected, before others read it."""

import html
import re

import pytest
from django.urls import reverse

from pupils.models import TargetPupil
from tests.reading import text_of
from tests.records.writing import address, sign, signed_off, whole, write

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def named(client, ours):
    """A record that names the target pupil, and one whose name is a word as well."""
    TargetPupil.objects.filter(pk=ours.pupil.pk).update(first_name="Will", last_name="Crane")
    words = {"section__focus": "What Will\u2019s group will do.", "gap__partner__what": "Ask Mrs Crane's class"}
    write(client, ours.pat, ours.past, **whole(ours) | words)
    return ours.past.record


def digest_in(page):
    return re.search('name="names_looked_at" type="checkbox" value="([0-9a-f]+)"', page.content.decode())[1]


def test_the_page_says_softly_which_words_may_name_a_pupil_and_where(client, ours, named):
    page = client.get(address("record", ours.past))

    said = html.unescape(text_of(page))
    assert "Words that may name a pupil" in said
    assert "“Will's”, under Focus" in said.replace("\u2019", "'")
    assert "“Crane's”, under Before the next visit" in said
    assert "“will”" not in said


def test_it_is_signed_once_they_have_been_looked_at(client, ours, named):
    refused = text_of(sign(client, ours.pat, named))
    before = named.signatures.count()
    page = client.get(address("record", ours.past))
    data = {"version": named.sheet.version, "names_looked_at": digest_in(page)}
    signed = text_of(client.post(address("sign", ours.past), data, follow=True))

    assert "A pupil may be named in it, so nothing is signed." in refused
    assert before == 0
    assert "You have signed the record." in signed


def test_who_has_looked_at_one_name_has_not_looked_at_the_next(client, ours, named):
    looked_at = digest_in(client.get(address("record", ours.past)))
    write(client, ours.pat, ours.past, section__barriers="Will Crane cannot see the board")
    named.sheet.refresh_from_db()

    data = {"version": named.sheet.version, "names_looked_at": looked_at}
    client.post(address("sign", ours.past), data)

    assert named.signatures.count() == 0


def test_initials_and_words_that_name_nobody_are_not_asked_about(client, ours):
    TargetPupil.objects.filter(pk=ours.pupil.pk).update(first_name="Grace", last_name="Crane")
    write(client, ours.pat, ours.past, **whole(ours) | {"section__focus": "GC needs a day of grace."})

    assert "You have signed the record." in text_of(sign(client, ours.pat, ours.past.record))


def test_a_correction_with_a_name_is_asked_about_once(client, ours):
    signed_off(client, ours)
    TargetPupil.objects.filter(pk=ours.pupil.pk).update(first_name="Zurielle", last_name="Crane")
    address_of = reverse("lessons:correct", args=[ours.past.pk])
    text = {"correction-text": "It was Zurielle who read aloud"}

    asked = client.post(address_of, text)
    looked_at = re.search('name="correction-looked_at" value="([0-9a-f]+)"', asked.content.decode())[1]
    kept = client.post(address_of, text | {"correction-looked_at": looked_at}, follow=True)

    assert asked.status_code == 422
    assert "“Zurielle” may name a pupil. Write initials instead, or send it once more as it is." in text_of(asked)
    assert "The correction stands below the record." in text_of(kept)
