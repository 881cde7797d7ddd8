from lessons.exports.typed import typed_in


def words(text):
    return {"text": text, "by": "Pat", "at": "2026-11-10T10:02:00+00:00"}


def test_each_text_is_told_with_the_place_where_it_stands():
    study = {
        "school": "not typed here",
        "question": words("a"),
        "known": None,
        "case_pupils": [{"letter": "B", "stands_for": words("b")}],
        "lessons": [
            {
                "number": 2,
                "cancelled_because": "c",
                "stages": [
                    {
                        "number": 1,
                        "name": words("d"),
                        "pupils": [{"letter": "A", "predicted": words("e"), "observed": [words("f")]}],
                    }
                ],
                "interviews": [{"letter": "C", "answers": [{"asked": "Well {so}?", "said": words("g")}]}],
                "photos": [{"letter": "A", "caption": "h"}],
            }
        ],
    }

    assert list(typed_in(study)) == [
        ("the question", "a"),
        ("whom B stands for", "b"),
        ("lesson 2, why it was cancelled", "c"),
        ("lesson 2, stage 1, its name", "d"),
        ("lesson 2, stage 1, predicted of A", "e"),
        ("lesson 2, stage 1, observed of A", "f"),
        ("lesson 2, interview of C, Well {so}?", "g"),
        ("lesson 2, caption of a photo", "h"),
    ]
