"""Names that stand in the words of a finding: warned of, answered by its authors, never in the way."""

import pytest
from django.urls import reverse

from lessons.library.names import Names, checked, names_in
from tests.factories import PartnershipFactory, PlaceFactory
from tests.findings.found import found_by, pupil_at
from tests.reading import text_of

KNOWN = Names(
    pupils=frozenset(["zoe", "o'brien", "obrien", "anne-marie", "anne", "marie", "quill", "li", "will", "james"]),
    teachers=frozenset(["dele", "marsh"]),
    schools=(("elm", "park"), ("anne's",)),
    together=frozenset(["zoequill", "quillzoe"]),
    initials=frozenset(["ZQ", "PE"]),
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Zoe wrote more.", ["Zoe"]),
        ("zoe, ZOE and Zoe", ["zoe"]),
        ("Zoë wrote", ["Zoë"]),
        ("Zoe\u0308 wrote", ["Zoë"]),
        ("Zoe\u2019s book and Zoe's pen", ["Zoe's"]),
        ("James' pen", ["James"]),
        ("Zoes pen", ["Zoes"]),
        ("Z\u200boe wrote", ["Zoe"]),
        ("O\u2019Brien spoke", ["O'Brien"]),
        ("Anne-Marie and Anne", ["Anne-Marie", "Anne"]),
        ("the Quill-Smith table", ["Quill-Smith"]),
        ("Li said so; later Lina did not", ["Li"]),
        ("they will write", ["will"]),
        ("ZoeQuill, zoequill and QuillZoe", ["ZoeQuill", "QuillZoe"]),
        ("ZoeQ began", ["ZoeQ"]),
        ("Zoe_Quill", ["Zoe", "Quill"]),
        ("Z O E said it, then Q.U.I.L.L.", ["Z O E", "Q.U.I.L.L"]),
        ("z-o-e", ["z-o-e"]),
        ("Z O E Q U I L L", ["Z O E Q U I L L"]),
        ("A B C and L I N E; iPad, McLi", []),
        ("A, B and C; quilling; Zoeson; anneal", []),
        ("", []),
        ("number A123456789012 in it", ["A123456789012"]),
        ("number a 1234 5678 901 b in it", ["a 1234 5678 901 b"]),
        ("tel 01234567890123, code AB1234567890123", []),
    ],
)
def test_a_name_is_found_as_a_word_in_any_spelling(text, words):
    assert [row.word for row in names_in([("What we saw", text)], KNOWN)] == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ZQ waits", ["ZQ"]),
        ("Z.Q. waits, and Z. Q. too", ["Z.Q", "Z. Q"]),
        ("with (ZQ)", ["ZQ"]),
        ("zq, Zq, ZQX, AZQ, Z and Q, PEEL", []),
        ("in PE", ["PE"]),
    ],
)
def test_initials_of_the_own_target_pupils_are_found_in_capitals_as_softer_suspects(text, words):
    rows = names_in([("What we saw", text)], KNOWN)

    assert [(row.word, row.kind, row.is_soft) for row in rows] == [(word, "initials", True) for word in words]


@pytest.mark.django_db
def test_initials_are_looked_at_before_a_public_page_and_keep_nobody_from_agreeing_otherwise(group, as_person):
    pupil_at(group, "Zoe", "Quill")
    far = PartnershipFactory(programme=group.partnership.programme, partner_school=group.school)
    PlaceFactory(partnership=far, pupil__first_name="Yan", pupil__last_name="Umber")
    finding = found_by(group, know="ZQ helped YU.")
    client, address = as_person(group.sara), reverse("lessons:finding_agree", args=[finding.pk])

    def agree(audience):
        return client.post(address, {"audience": audience, "version": finding.sheet.version}).status_code

    shown = text_of(client.get(address))

    assert "“ZQ” in: What we now know" in shown
    assert "YU" not in [row.word for row in checked(finding, finding.sheet.texts).initials]
    assert (agree("programme"), agree("public")) == (302, 422)
    client.post(reverse("lessons:finding_name", args=[finding.pk]), {"word": "zq"})
    assert agree("public") == 302


@pytest.mark.django_db
def test_a_word_is_asked_about_again_once_another_child_of_that_name_is_there(group, as_person):
    pupil_at(group, "Will", "Quill")
    finding = found_by(group, know="It will help.")
    client, address = as_person(group.sara), reverse("lessons:finding_name", args=[finding.pk])
    client.post(address, {"word": "will"})

    answered = checked(finding, finding.sheet.texts).pupils
    pupil_at(group, "Mo", "Will")
    asked = checked(finding, finding.sheet.texts)
    client.post(address, {"word": "will"})

    assert (answered, [row.word for row in asked.pupils], asked.answered) == ([], ["will"], [])
    assert checked(finding, finding.sheet.texts).pupils == []
    assert finding.name_answers.count() == 1


def test_each_word_is_named_once_with_the_boxes_in_which_it_stands():
    texts = [("Headline", "Zoe and Zoe"), ("What we saw", "No name"), ("What next", "zoe, Marsh, Elm Park School")]

    rows = names_in(texts, KNOWN)

    assert [(row.word, row.kind, row.boxes) for row in rows] == [
        ("Zoe", "pupil", ["Headline", "What next"]),
        ("Marsh", "teacher", ["What next"]),
        ("Elm Park", "school", ["What next"]),
    ]


@pytest.mark.django_db
def test_pupils_of_both_schools_are_looked_for_whichever_partnership_they_are_in(group):
    pupil_at(group, "Zoe", "Quill")
    programme = group.partnership.programme
    other = PartnershipFactory(programme=programme, partner_school=group.home)
    PlaceFactory(partnership=other, pupil__first_name="Yan", pupil__last_name="Umber")
    far = PartnershipFactory(programme=programme)
    PlaceFactory(partnership=far, pupil__first_name="Xan", pupil__last_name="Thorn")
    finding = found_by(group, saw="Zoe, Yan and Xan; Quill, Umber and Thorn.", did="With Ada Moss at Oakfield.")

    found = checked(finding, finding.sheet.texts)

    assert {row.word for row in found.pupils} == {"Zoe", "Yan", "Quill", "Umber"}
    assert {row.word for row in found.others} == {"Ada", "Moss", "Oakfield"}


@pytest.mark.django_db
def test_a_tick_answers_a_word_and_stays(group, as_person):
    pupil_at(group, "Will", "Quill")
    finding = found_by(group, know="It will help.")
    client, address = as_person(group.sara), reverse("lessons:finding_agree", args=[finding.pk])
    before = text_of(client.get(address))

    for word in ("will", "will", "quill", "x"):
        client.post(reverse("lessons:finding_name", args=[finding.pk]), {"word": word})
    after = text_of(client.get(address))

    assert "“will” in: What we now know" in before
    assert "Quill" not in before + after
    assert "in: What we now know" not in after
    assert "“will” is no name here Ada Moss" in after
    assert list(finding.name_answers.values_list("word", "by")) == [("will", group.sara.pk)]


@pytest.mark.django_db
def test_before_a_text_leaves_the_group_each_word_that_may_be_a_name_is_answered(group, as_person):
    pupil_at(group, "Zoe", "Quill")
    finding = found_by(group, know="Zoe helped.", did="Ada led.")
    client, address = as_person(group.sara), reverse("lessons:finding_agree", args=[finding.pk])

    def agree(audience):
        return client.post(address, {"audience": audience, "version": finding.sheet.version})

    asked = [agree(audience) for audience in ("group", "programme", "public")]
    client.post(reverse("lessons:finding_name", args=[finding.pk]), {"word": "zoe"})
    answered = agree("programme")

    assert [answer.status_code for answer in asked] == [302, 422, 422]
    assert "or change the text: “Zoe”." in text_of(asked[1])
    assert "or change the text: “Zoe”, “Ada”." in text_of(asked[2])
    assert answered.status_code == 302


@pytest.mark.django_db
def test_the_label_of_a_file_is_looked_at_as_well(group):
    pupil_at(group, "Zoe", "Quill")
    finding = found_by(group)
    finding.files.create(kind="pdf", label="Zoe's work", file="x.pdf", size=1, added_by=group.sara)

    assert [row.boxes for row in checked(finding, finding.sheet.texts).pupils] == [["A file's name"]]
