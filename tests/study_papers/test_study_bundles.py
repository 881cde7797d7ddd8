import re

import pytest
from django.urls import reverse

from tests.study_papers.lessons import FORENAMES, STAGES, write
from tests.study_papers.taking import NOT_IN_IT, content_of, files_in, made, talked_about, words_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken(client, ours):
    """The bundle of a whole study."""
    talked_about(ours)
    return content_of(made(client, ours.sara, ours.notebook, "bundle"))


def words(text, by, at="2026-11-10T10:02:00+00:00"):
    return {"text": text, "by": str(by), "at": at}


def seen(text, by, at, kind, *, worked=None, late=False, paper=False, **more):
    return {
        "text": text,
        "by": str(by),
        "at": f"2026-11-10T{at}:00+00:00",
        "kind": kind,
        "worked": worked,
        "typed_after_the_lesson": late,
        "from_paper": paper,
    } | more


def test_the_data_are_what_was_entered_with_who_and_when(ours, taken):
    found = words_in(taken)

    (lesson,) = found.pop("lessons")
    pat, sara = ours.pat, ours.sara
    stages = lesson.pop("stages")
    for name in ("made_at", "question", "technique", "known", "begun"):
        found[name] = found[name] if isinstance(found[name], str) else found[name].get("text", found[name].get("by"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+]\d\d:\d\d", found.pop("made_at"))
    assert found == {
        "format": "Lesson Study, a study, version 1",
        "programme": str(ours.programme),
        "school": str(ours.partnership.partner_school),
        "partnership": ours.partnership.ref,
        "lessons_planned": 3,
        "begun": str(pat),
        "finished": None,
        "question_begins": "We want to find out how to improve the way pupils learn",
        "question": "to edit for meaning",
        "technique": "Editing aloud",
        "known": "Little",
        "builds_on": [],
        "findings": [],
        "class_size": words("28", pat),
        "class_kind": None,
        "video": None,
        "members": [{"name": str(person), "since": "2026-09-01", "until": None} for person in (pat, sara)],
        "case_pupils": [
            {"letter": "A", "stands_for": words("Many ideas", pat), "now": words("Runs on", pat)},
            {"letter": "B", "stands_for": None, "now": None},
            {"letter": "C", "stands_for": None, "now": None},
        ],
    }
    assert lesson == {
        "number": 1,
        "day": "2026-11-10",
        "time": "10:00",
        "cancelled_because": None,
        "started": {"by": str(pat), "at": "2026-11-10T10:02:00+00:00"},
        "ended_at": "2026-11-10T10:52:00+00:00",
        "people": [{"name": str(pat), "part": "Teaches"}, {"name": str(sara), "part": "Observes"}],
        "watches": [{"name": str(sara), "letter": "A"}],
        "guests": [],
        "change": None,
        "intention": words("mend a sentence", pat),
        "criteria": words("I can say what I would change", pat),
        "before_a_stage": [seen("Comes in humming", sara, "10:03", "What the pupil did", letter="A")],
        "of_the_class": [
            seen("Waits for all", pat, "10:08", "What the teacher did", late=True, paper=True, stage=1),
        ],
        "end": [
            {"letter": "A", "criterion": None, "met": None, "evidence": None, "thoughts": None},
            {
                "letter": "B",
                "criterion": None,
                "met": words("partly met", pat),
                "evidence": words("Two stops put in", pat),
                "thoughts": None,
            },
            {"letter": "C", "criterion": None, "met": None, "evidence": None, "thoughts": None},
        ],
        "first_thoughts": words("Say it back", pat),
        "photos": [
            {
                "file": "photos/lesson-1-001.jpg",
                "letter": "A",
                "stage": 1,
                "caption": "Two stops",
                "by": str(sara),
                "at": "2026-11-10T10:22:00+00:00",
            }
        ],
        "interviews": [
            {
                "letter": "A",
                "talked_with": "Sara",
                "when": "11:10",
                "answers": [
                    {
                        "asked": "What did you enjoy most?",
                        "said": words("Saying it to my partner", pat),
                        "word_for_word": False,
                    },
                    {
                        "asked": "What can you do now that you could not do before? What can you do better, and how?",
                        "said": words("I hear when it goes on", pat),
                        "word_for_word": True,
                    },
                ],
            }
        ],
        "discussion": [
            {
                "asked": "What was planned for A, what happened, and why was it different?",
                "answer": words("A led", pat),
            },
            {"asked": "What do we adjust?", "answer": words("Say it back", pat)},
            {"asked": f"What {sara} learned", "answer": words("To wait", pat)},
        ],
        "agreed": [{"name": str(sara), "at": "2026-11-10T12:02:00+00:00"}],
    }
    assert [stage["name"]["text"] for stage in stages] == STAGES
    first = stages[0]
    assert (first["number"], first["planned"], first["took"]) == (1, None, "10:02 to 10:52, 50 min")
    assert [pupil["predicted"]["text"] for pupil in first["pupils"]] == [
        f"{letter} in stage of reading" for letter in "ABC"
    ]
    assert [pupil["observed"] for pupil in first["pupils"]] == [
        [
            seen("Put because", sara, "10:06", "What the pupil said", worked="In a pair"),
            seen("Looks round", sara, "11:12", "What the pupil did", late=True),
        ],
        [],
        [],
    ]


def test_it_has_a_page_the_data_the_photos_and_says_what_each_is(ours, taken):
    files = files_in(taken)

    assert sorted(files) == ["READ-ME.txt", "photos/lesson-1-001.jpg", "study.html", "study.json"]
    assert files["photos/lesson-1-001.jpg"].startswith(b"\xff\xd8\xff")
    keys = {*words_in(taken), *words_in(taken)["lessons"][0]}
    read_me = files["READ-ME.txt"].decode()
    assert [key for key in keys if not re.search(rf"\b{key}\b", read_me)] == []


def test_the_page_stands_by_itself_and_runs_nothing(ours, taken):
    page = files_in(taken)["study.html"].decode()

    assert re.findall(r"<script|https?://|<link|\bon\w+=", page) == []
    assert re.findall(r'src="([^"]*)"', page) == ["photos/lesson-1-001.jpg"]
    said = ["to edit for meaning", "Put because", "partly met", "Saying it to my partner", "To wait", "Two stops"]
    assert [words for words in said if words not in page] == []


def test_pupils_are_letters_in_it_and_nothing_of_others_is_in_it(ours, taken):
    text = " ".join(content.decode() for name, content in files_in(taken).items() if not name.startswith("photos/"))

    corners = ["Ourside notebook", "Nextdoor", "Elsewhere"]
    assert [words for words in [*FORENAMES, *corners, *NOT_IN_IT] if words in text] == []


def test_what_people_typed_is_text_in_the_page(client, ours):
    lesson = talked_about(ours)
    lesson.sheet.notes.filter(field="intention").update(text="<script>alert(1)</script> & “so”")

    content = content_of(made(client, ours.sara, ours.notebook, "bundle"))

    page = files_in(content)["study.html"].decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; “so”" in page
    assert words_in(content)["lessons"][0]["intention"]["text"] == "<script>alert(1)</script> & “so”"


def test_its_name_is_of_the_programme_and_of_no_person(client, ours):
    response = made(client, ours.sara, ours.notebook, "bundle")
    content_of(response)

    name = f"study-{ours.programme.slug}-{ours.partnership.ref.lower()}.zip"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'


def test_before_a_bundle_is_made_words_that_may_be_names_are_looked_at(client, ours):
    lesson = talked_about(ours)
    write(lesson.sheet, ours.pat, {"talk-B-happened": "AurelieAurelieson read it"})
    client.force_login(ours.sara)
    address = reverse("lessons:study_bundle", args=[ours.notebook.pk])

    page = client.get(address)
    unseen = client.post(address, {"shown": page.context["shown"]})
    seen = client.post(address, {"shown": page.context["shown"], "looked": "yes"})

    assert [row.word for row in page.context["found"]] == ["AurelieAurelieson"]
    assert (unseen.status_code, seen.status_code) == (422, 302)
    assert "then tick that you have." in unseen.content.decode()
