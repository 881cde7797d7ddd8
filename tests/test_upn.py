import io
import string

import pytest
from cryptography.fernet import Fernet
from django.core import serializers
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from pupils.management.commands import rotate_keys
from pupils.models import TargetPupil
from pupils.upn import WrongUpn, clean_upn, upn_index
from tests.factories import ProgrammeFactory

VALID = [
    "B801200005001",
    "E881200012001",
    "B886200012001",
    "D816200012001",
    "Q88120001200A",
    "B88120001200Z",
    "P207000016049",
]
LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


def made(body):
    """The one UPN that has these twelve characters after its letter."""
    [upn] = [letter + body for letter in LETTERS if is_valid(letter + body)]
    return upn


def is_valid(text):
    try:
        clean_upn(text)
    except WrongUpn:
        return False
    return True


BODIES = st.builds(
    str.__add__,
    st.text(string.digits, min_size=11, max_size=11),
    st.sampled_from(string.digits + LETTERS),
)


# The number --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("upn", VALID)
def test_the_examples_of_the_domain_are_right(upn):
    assert clean_upn(upn) == upn


@pytest.mark.parametrize("upn", VALID)
def test_small_letters_and_spaces_are_put_right(upn):
    assert clean_upn(f" {upn[0].lower()} {upn[1:4]}\t{upn[4:].lower()} ") == upn


@pytest.mark.parametrize("text", ["", "  "])
def test_no_number_is_allowed(text):
    assert clean_upn(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "B80120000500",
        "B8012000050011",
        "1801200005001",
        "BB01200005001",
        "B8012000050O1",
        "I801200005001",
        "Q88120001200S",
        "B801-20000-5001",
        "B８０１２００００５００１",  # noqa: RUF001 - full-width digits
    ],
)
def test_another_form_is_refused(text):
    with pytest.raises(WrongUpn, match=r"^A UPN is a letter and 12 digits, or a letter, 11 digits and a letter$"):
        clean_upn(text)


@given(BODIES)
def test_each_number_has_one_check_letter(body):
    assert clean_upn(made(body)) == made(body)


@given(BODIES, st.integers(0, 12), st.data())
def test_every_change_of_one_character_is_noticed(body, place, data):
    upn = made(body)
    others = (LETTERS if upn[place].isalpha() else string.digits).replace(upn[place], "")
    wrong = upn[:place] + data.draw(st.sampled_from(others)) + upn[place + 1 :]

    with pytest.raises(WrongUpn) as raised:
        clean_upn(wrong)

    assert str(raised.value) == "The first letter of this UPN does not fit its digits, so one character is wrong"


@pytest.mark.parametrize("upn", [upn for upn in VALID if upn[-1].isdigit()])
def test_every_single_digit_change_of_the_examples_is_refused(upn):
    changed = [
        upn[:place] + digit + upn[place + 1 :]
        for place in range(1, 13)
        for digit in string.digits
        if digit != upn[place]
    ]

    assert len(changed) == 12 * 9
    assert [wrong for wrong in changed if is_valid(wrong)] == []


# At rest -----------------------------------------------------------------------------------------------------------


def pupil(upn, ref="C1", programme=None):
    return TargetPupil.objects.create(
        programme=programme or ProgrammeFactory(), ref=ref, year_group=5, upn=upn, upn_index=upn_index(upn)
    )


def stored():
    """The rows as a copy of the database would show them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, upn, upn_index, t::text FROM pupils_targetpupil t ORDER BY id")
        return [(pk, bytes(upn), bytes(index or b""), text) for pk, upn, index, text in cursor.fetchall()]


@pytest.mark.django_db
def test_the_database_holds_no_readable_number():
    row = pupil("P207000016049")

    [(_, upn, index, text)] = stored()

    assert TargetPupil.objects.get(pk=row.pk).upn == "P207000016049"
    for form in (b"P207000016049", b"207000016049"):
        assert form not in upn + index
        assert form.hex() not in text
        assert form.decode() not in text
    assert len(index) == 32


@pytest.mark.django_db
def test_a_pupil_without_a_number_has_nothing_in_its_place():
    programme = ProgrammeFactory()
    pupil("", "C1", programme)
    pupil("", "C2", programme)

    assert [(upn, index) for _, upn, index, _ in stored()] == [(b"", b""), (b"", b"")]
    assert TargetPupil.objects.filter(upn_index=None).count() == 2


@pytest.mark.django_db
def test_a_number_is_one_pupils_in_a_programme_and_the_error_does_not_tell_it():
    programme = ProgrammeFactory()
    pupil("P207000016049", "C1", programme)
    pupil("P207000016049", "C1")

    with pytest.raises(IntegrityError) as raised, transaction.atomic():
        pupil("P207000016049", "C2", programme)

    assert "pupil_once_per_upn" in str(raised.value)
    assert "207000016049" not in str(raised.value)


def test_the_index_hangs_on_its_key(settings):
    before = upn_index("P207000016049")
    settings.UPN_INDEX_KEY = "another key of thirty-two characters"

    assert upn_index("P207000016049") != before
    assert upn_index("") is None


@pytest.mark.django_db
def test_a_pupil_is_not_serialised_with_the_number():
    with pytest.raises(TypeError) as raised:
        serializers.serialize("json", [pupil("P207000016049")])

    assert "207000016049" not in str(raised.value)


# Other keys --------------------------------------------------------------------------------------------------------


@pytest.fixture
def two_keys(settings):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.UPN_KEYS = [old]
    return old, new


def rotate():
    said = io.StringIO()
    call_command("rotate_keys", stdout=said)
    return said.getvalue().strip()


@pytest.mark.django_db
def test_all_numbers_are_encrypted_anew_and_the_old_key_can_go(settings, two_keys, monkeypatch):
    monkeypatch.setattr(rotate_keys, "BATCH", 2)
    old, new = two_keys
    programme = ProgrammeFactory()
    upns = [made(f"1990000000{n}{n}") for n in range(5)]
    for n, upn in enumerate([*upns, ""]):
        pupil(upn, f"C{n}", programme)
    before = stored()
    settings.UPN_KEYS = [new, old]

    said = rotate()

    assert said == "5 UPNs were encrypted anew with the newest key."
    settings.UPN_KEYS = [new]
    assert list(TargetPupil.objects.order_by("pk").values_list("upn", flat=True)) == [*upns, ""]
    assert [(pk, index) for pk, _, index, _ in stored()] == [(pk, index) for pk, _, index, _ in before]


@pytest.mark.django_db
def test_after_a_stop_only_the_rest_is_done(settings, two_keys):
    old, new = two_keys
    programme = ProgrammeFactory()
    upns = [made(f"1990000000{n}{n}") for n in range(3)]
    for n, upn in enumerate(upns):
        pupil(upn, f"C{n}", programme)
    settings.UPN_KEYS = [new, old]
    rotate_keys.rotate(TargetPupil, "upn", list(TargetPupil.objects.order_by("pk").values_list("pk", flat=True)[:1]))
    first = stored()[0]

    assert rotate() == "2 UPNs were encrypted anew with the newest key."
    assert stored()[0] == first
    done = stored()
    assert rotate() == "0 UPNs were encrypted anew with the newest key."
    assert stored() == done


@pytest.mark.django_db
def test_a_number_that_no_key_reads_is_counted_and_kept(settings, two_keys):
    _, new = two_keys
    programme = ProgrammeFactory()
    pupil("P207000016049", "C1", programme)
    settings.UPN_KEYS = [new]
    pupil("B801200005001", "C2", programme)
    before = stored()

    with pytest.raises(CommandError) as stopped:
        rotate()

    assert str(stopped.value) == "1 UPNs could not be read with any key of UPN_KEYS: put the old key back."
    assert stored() == before


@pytest.mark.django_db
def test_reading_with_a_key_that_was_taken_away_says_what_to_do(settings, two_keys):
    row = pupil("P207000016049")
    settings.UPN_KEYS = [two_keys[1]]

    with pytest.raises(RuntimeError, match="put the old key back") as raised:
        TargetPupil.objects.get(pk=row.pk)

    assert "207000016049" not in str(raised.value)
