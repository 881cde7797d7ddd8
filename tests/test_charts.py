import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from papers.charts import NARROW, WIDE, OutOfRange, bar, dumbbell
from papers.lettering import width
from tests.charts import SUB_LEVELS, group, place

CODES = [
    {"code": code, "points": None, "position": place}
    for place, code in enumerate(["EM", "PK1", "PK2", "PK3", "PK4", "PK5", "PK6", "WTS", "EXS", "GDS"])
]
SCORES = [{"code": str(score), "points": score, "position": score} for score in range(80, 121)]
LETTERS = [{"code": code, "points": 10 * place, "position": place} for place, code in enumerate("abcde")]


def texts(chart):
    """The change of each row, in words."""
    return [row["change"] and row["change"]["text"] for each in chart["groups"] for row in each["rows"]]


def test_positions_of_a_small_chart():
    rows = group(place("Ben", "b", "d", LETTERS, 10), place("Al", "c", None, LETTERS, 10, "left the school"), level="c")

    (chart,) = dumbbell(LETTERS, [rows], 10)

    # 0 to 40 points lie between 192 and 556: 9.1 to a point.
    assert chart["axis"] == [
        {"code": "a", "x": 192},
        {"code": "b", "x": 283},
        {"code": "c", "x": 374},
        {"code": "d", "x": 465},
        {"code": "e", "x": 556},
    ]
    assert (chart["width"], chart["height"]) == (696, 24 + 31 + 2 * 34 + 4)
    (drawn,) = chart["groups"]
    assert {key: drawn[key] for key in ("rule_y", "name_y", "grid_top", "grid_bottom", "level")} == {
        "rule_y": 28,
        "name_y": 45,
        "grid_top": 50,
        "grid_bottom": 123,
        "level": {"x": 374, "text": "level for Year 5: c", "text_x": 320, "text_y": 45},
    }
    ben, al = drawn["rows"]
    assert ben == {
        "label": "Ben",
        "y": 79,
        "text_y": 83,
        "label_y": 68,
        "first": 283,
        "last": 465,
        "both": True,
        "same": False,
        "above": True,
        "line": True,
        "target": None,
        "band": {"y": 73, "width": 91, "goal": 374, "tick1": 70, "tick2": 88},
        "first_text": {"text": "b", "x": 283, "anchor": "middle", "from": 279, "to": 287},
        "last_text": {"text": "d", "x": 465, "anchor": "middle", "from": 461, "to": 470},
        "target_text": None,
        "change": {"text": "+20, more", "x": 696, "anchor": "end", "from": 621, "to": 696},
        "clear": [{"x": 279, "y": 56, "width": 8}, {"x": 461, "y": 56, "width": 9}],
    }
    assert (al["y"], al["first"], al["last"], al["band"], al["line"]) == (113, 374, None, None, False)
    assert al["change"]["text"] == "left the school, no Summer grade"
    assert al["clear"][1:] == [{"x": al["change"]["from"], "y": 105, "width": 696 - al["change"]["from"]}]


def test_more_than_expected_is_strictly_more_and_said_in_words():
    rows = [
        place("more", "3b", "3a", expected=1),
        place("equal", "3b", "3a", expected=2),
        place("same", "3b", "3b"),
        place("lower", "3b", "3c"),
        place("no expectation", "3b", "4b", expected=None),
    ]

    (chart,) = dumbbell(SUB_LEVELS, [group(*rows)], 3)

    assert texts(chart) == ["+2, more", "+2, not more", "0, not more", "\u22122, not more", "+6"]


def middle(text):
    return (text["from"] + text["to"]) // 2


def test_each_grade_is_written_over_its_own_mark_and_the_target_says_that_it_is_one():
    rows = [place("Ann", "3b", "3a") | {"target": "4c"}, place("Ben", "4c", "3c"), place("Cy", "3c", None)]

    for layout in (WIDE, NARROW):
        (chart,) = dumbbell(SUB_LEVELS, [group(*rows)], 3, layout=layout)

        ann, ben, cy = chart["groups"][0]["rows"]
        assert abs(middle(ben["first_text"]) - ben["first"]) <= 1
        assert abs(middle(ben["last_text"]) - ben["last"]) <= 1
        assert abs(middle(cy["first_text"]) - cy["first"]) <= 1
        assert abs(middle(ann["last_text"]) - ann["last"]) <= (1 if layout is WIDE else 20)
        assert ann["target_text"]["text"] == "target 4c"
        assert ann["first_text"]["to"] < ann["last_text"]["from"] < ann["target_text"]["from"]
        assert ann["target_text"]["from"] < ann["target"]["x"] < ann["target_text"]["to"]
        assert (ben["target_text"], cy["last_text"]) == (None, None)


def test_a_target_that_is_met_is_written_beside_the_grade_that_met_it():
    (chart,) = dumbbell(SUB_LEVELS, [group(place("Ann", "3b", "4c") | {"target": "4c"})], 3)

    (row,) = chart["groups"][0]["rows"]
    assert row["last_text"]["to"] < row["target_text"]["from"]
    assert row["last_text"]["from"] > row["last"] - 50


def test_the_same_grade_twice_is_a_circle_in_a_ring_with_one_grade_over_it():
    (chart,) = dumbbell(SUB_LEVELS, [group(place("Ann", "3b", "3b"))], None)

    (row,) = chart["groups"][0]["rows"]
    assert (row["same"], row["line"], row["band"], chart["has_same"], chart["expects"]) == (
        True,
        False,
        None,
        True,
        False,
    )
    assert (row["first_text"], row["last_text"]["text"]) == (None, "3b")
    assert abs(middle(row["last_text"]) - row["last"]) <= 1


def test_what_is_missing_is_said_with_its_reason():
    rows = [
        place("Ann", "2b", None, reason="absent"),
        place("Bob", None, "3b", reason="not enrolled yet"),
        place("Cat", None, None, reason="not required"),
        place("Dan", "5a", None, reason="the partnership ended before the end of the year"),
        place("Eve", "2b", None),
    ]

    (chart,) = dumbbell(SUB_LEVELS, [group(*rows)], 3)

    assert texts(chart) == [
        "absent, no Summer grade",
        "not enrolled yet, no October grade",
        "not required, no grades",
        "no Summer grade",
        "no Summer grade",
    ]
    assert "Dan 5a, the partnership ended before the end of the year, no Summer grade" in chart["title"]


def test_a_scale_without_points_has_no_bar_and_no_number():
    rows = [
        place("Ann", "PK3", "PK5", CODES, None),
        place("Bob", "WTS", "WTS", CODES, None),
        place("Cat", "EXS", "WTS", CODES, None),
    ]

    (chart,) = dumbbell(CODES, [group(*rows, level="EXS", level_label="expected standard")], 3)

    assert texts(chart) == ["higher", "the same", "lower"]
    assert chart["change"] == "Change"
    assert not chart["expects"]
    assert [mark["code"] for mark in chart["axis"]] == ["PK3", "PK4", "PK5", "PK6", "WTS", "EXS"]
    assert chart["title"] == (
        "Chart of grades in October and in Summer for each target pupil. Maths, Year 5 (expected standard: EXS): "
        "Ann PK3 to PK5, higher; Bob WTS to WTS, the same; Cat EXS to WTS, lower."
    )


def test_a_long_scale_is_marked_at_round_numbers_around_its_data():
    (wide,) = dumbbell(SCORES, [group(place("Ann", "85", "112", SCORES))], None)
    (narrow,) = dumbbell(SCORES, [group(place("Ann", "97", "109", SCORES))], None)

    assert [mark["code"] for mark in wide["axis"]] == ["80", "90", "100", "110", "120"]
    assert [mark["code"] for mark in narrow["axis"]] == ["95", "100", "105", "110"]


def test_a_goal_above_the_best_grade_is_still_in_the_chart():
    (chart,) = dumbbell(SUB_LEVELS, [group(place("Ann", "6a", "6a", expected=12))], 12)

    (row,) = chart["groups"][0]["rows"]
    assert row["first"] < row["band"]["goal"] == 556


def test_the_title_has_every_grade_in_words_and_whole_names():
    long = "Mohammed-Alexander Fitzgerald-Wolstenholme of the Upper Sixth"
    rows = group(place(long, "3a", "4a"), place("Bob", "3b", "3a"), place("Cat", "2a", None, reason="left"), level="3a")

    (chart,) = dumbbell(SUB_LEVELS, [rows], 3, first="Autumn", last="July")

    assert chart["title"] == (
        "Chart of grades in Autumn and in July for each target pupil, beside the progress expected. "
        f"Maths, Year 5 (level for Year 5: 3a): {long} 3a to 4a, +6 points, more than expected; "
        "Bob 3b to 3a, +2 points, not more than expected; Cat 2a, left, no July grade."
    )
    label = chart["groups"][0]["rows"][0]["label"]
    assert label.endswith("…")
    assert long.startswith(label[:-1])
    assert "Open circle: Autumn. Filled circle: July." in chart["description"]


def test_a_long_group_name_sends_the_level_to_a_second_line():
    name = "Speaking and listening, Year 5"

    (chart,) = dumbbell(SUB_LEVELS, [group(place("Ann", "3c", "4c"), name=name, level="3c")], 3)

    (drawn,) = chart["groups"]
    assert drawn["name"] == name
    assert drawn["level"]["text_y"] == drawn["name_y"] + 17


def test_no_pupils_make_no_chart():
    assert dumbbell(SUB_LEVELS, [], 3) == []
    assert dumbbell(SUB_LEVELS, [group()], 3) == []
    assert dumbbell([], [], None) == []


def shape(charts):
    return [[(each["name"], len(each["rows"])) for each in chart["groups"]] for chart in charts]


def pupils(number, name):
    return group(*[place(f"Pupil {n}", "3b", "4b") for n in range(number)], name=name)


def test_many_pupils_are_spread_evenly_over_charts():
    charts = dumbbell(SUB_LEVELS, [pupils(31, "A"), pupils(29, "B")], 3)

    assert shape(charts) == [[("A", 20)], [("A (continued)", 11), ("B", 9)], [("B (continued)", 20)]]
    assert [chart["title"][:16] for chart in charts] == ["Chart 1 of 3 of ", "Chart 2 of 3 of ", "Chart 3 of 3 of "]
    assert len({str(chart["axis"]) for chart in charts}) == 1


def test_a_small_group_is_not_parted():
    charts = dumbbell(SUB_LEVELS, [pupils(6, name) for name in "ABCDE"], 3)

    assert shape(charts) == [[(name, 6) for name in "ABC"], [(name, 6) for name in "DE"]]


# What holds for all of them ---------------------------------------------------------------------------------------


@st.composite
def drawings(draw):
    grades = draw(st.sampled_from([SUB_LEVELS, CODES, SCORES, LETTERS, LETTERS[:1]]))
    expected = None if grades is CODES else draw(st.none() | st.integers(0, 12))
    codes = st.sampled_from([grade["code"] for grade in grades])
    label = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)
    row = st.builds(
        lambda target, label, first, last, reason: (
            place(label, first, last, grades, expected, reason) | {"target": target}
        ),
        st.none() | codes,
        label,
        st.none() | codes,
        st.none() | codes,
        st.text("abc ", max_size=60),
    )
    groups = st.builds(
        lambda rows, name, level: group(*rows, name=name, level=level),
        st.lists(row, max_size=60),
        label,
        st.none() | codes,
    )
    return grades, draw(st.lists(groups, max_size=4)), expected


@given(drawings(), st.sampled_from([WIDE, NARROW]))
def test_everything_lies_within_the_drawing_and_no_text_over_another(drawing, layout):
    grades, groups, expected = drawing

    charts = dumbbell(grades, groups, expected, layout=layout)

    assert sum(len(each["rows"]) for each in groups) == sum(len(g["rows"]) for c in charts for g in c["groups"])
    for chart in charts:
        assert 0 < sum(len(each["rows"]) for each in chart["groups"]) <= layout.most_rows
        assert layout is NARROW or chart["height"] <= 920
        assert len({mark["x"] for mark in chart["axis"]}) == len(chart["axis"]) >= 1
        bottom = layout.top
        for each in chart["groups"]:
            assert bottom <= each["rule_y"] < each["name_y"] < each["grid_top"] < each["grid_bottom"] <= chart["height"]
            bottom = each["grid_bottom"]
            heights = [row["y"] for row in each["rows"]]
            assert heights == sorted(heights)
            assert all(each["grid_top"] < y < each["grid_bottom"] for y in heights)
            for row in each["rows"]:
                whole_numbers(row)
                over = [row[name] for name in ("first_text", "last_text", "target_text")]
                over = sorted((text["from"], text["to"]) for text in over if text)
                assert all(a[1] < b[0] for a, b in pairwise(over)), row
                assert all(start >= 0 and end <= layout.width for start, end in over)
                named = [(0, width(row["label"]))]
                beside = [*named, (row["change"]["from"], row["change"]["to"])] if row["change"] else named
                assert all(a[1] < b[0] for a, b in pairwise(beside)), row
                assert beside[-1][1] <= layout.width
                circles = [x for x in (row["first"], row["last"]) if x is not None]
                assert all(0 < x < layout.width for x in circles)
                if layout is WIDE:
                    assert all(layout.names < start for start, _ in over)
                    assert all(not start < x < end for x in circles for start, end in beside)
                else:
                    assert row["text_y"] + 4 <= row["label_y"] - 11
                assert row["label_y"] + 3 <= row["y"] - 8
                assert row["band"] is None or row["band"]["width"] >= 0


def whole_numbers(value):
    if isinstance(value, dict):
        for each in value.values():
            whole_numbers(each)
    elif isinstance(value, list):
        for each in value:
            whole_numbers(each)
    else:
        assert value is None or isinstance(value, (int, str))


# The drawing ------------------------------------------------------------------------------------------------------


def drawn(grades, groups, expected):
    (chart,) = dumbbell(grades, groups, expected)
    return render_to_string("papers/_dumbbell.html", {"c": chart}), render_to_string(
        "papers/_legend.html", {"c": chart}
    )


def test_the_drawing_is_one_figure_without_style_or_script():
    rows = [place("Ann", "3a", "4a"), place("Bob", "3b", "3b"), place("Cat", "2a", None, reason="left")]

    svg, legend = drawn(SUB_LEVELS, [group(*rows, level="3a")], 3)

    root = ElementTree.fromstring(svg)
    assert [child.tag.split("}")[1] for child in root][:2] == ["title", "desc"]
    assert not re.search(r"style=|<style|<script|\son\w+=|href", svg + legend)
    assert len(root.findall(".//{*}circle")) == 2 + 2 + 1


def test_what_a_person_typed_stays_text():
    nasty = '</title><script>alert(1)</script>&"'

    svg, _ = drawn(
        SUB_LEVELS, [group(place(nasty, "3a", None, reason=nasty), name=nasty, level="3a", level_label=nasty)], 3
    )

    root = ElementTree.fromstring(svg)
    assert root.find(".//{*}script") is None
    assert nasty in root.find("{*}title").text


def test_the_legend_explains_what_is_drawn_and_nothing_else():
    _, plain = drawn(CODES, [group(place("Ann", "PK3", "PK5", CODES, None))], None)
    _, full = drawn(SUB_LEVELS, [group(place("Ann", "3a", "3a"))], 3)

    assert "expected progress" not in plain
    assert "the same both times" not in plain
    assert "expected progress" in full
    assert "the same both times" in full


@pytest.mark.parametrize("value", [-1, 101, 10**12])
def test_a_share_that_cannot_be_is_no_bar(value):
    with pytest.raises(OutOfRange):
        bar(value)


def test_a_bar_says_its_number_and_its_target():
    assert bar(73, 50) == {"value": 73, "target": 50, "words": "73%, the target is 50%"}
    assert "<title>73%</title>" in render_to_string("papers/_bar.html", {"b": bar(73)})


LONG = [
    {"code": f"{level} {step}", "points": 6 * level + points, "position": 3 * level + place}
    for level in range(1, 4)
    for place, (step, points) in enumerate((("low", 1), ("secure", 3), ("high", 5)))
]


def test_a_long_grade_is_written_out():
    rows = [place("Ann", "1 secure", "3 secure", LONG), place("Bob", "2 secure", "1 secure", LONG)]
    rows += [place("Mohammed-Alexander Fitzgerald", "1 secure", "1 secure", LONG)]

    svg, _ = drawn(LONG, [group(*rows)], 3)
    (chart,) = dumbbell(LONG, [group(*rows)], 3)

    assert "…" not in "".join(re.findall(r">([^<]*)</text>", svg)).replace("Mohammed-Alexander…", "").replace(
        chart["groups"][0]["rows"][2]["label"], ""
    )
    assert {row["last_text"]["text"] for row in chart["groups"][0]["rows"]} == {"3 secure", "1 secure"}
    over = [row[name] for row in chart["groups"][0]["rows"] for name in ("first_text", "last_text") if row[name]]
    assert all(text["from"] > WIDE.names for text in over)


def test_the_legend_explains_a_grade_that_stands_alone():
    _, alone = drawn(SUB_LEVELS, [group(place("Ann", "3a", None))], 3)
    _, both = drawn(SUB_LEVELS, [group(place("Ann", "3a", "4a"))], 3)

    assert "October, no Summer grade" in alone
    assert "Filled circle" not in alone
    assert "Filled circle" in both
    assert "Dotted circle" not in both


def test_what_is_expected_later_is_drawn_from_the_first_grade_on_and_says_by_when():
    rows = group(place("Ben", "2b", None), place("Al", "2b", None, reason="left the school"))

    (chart,) = dumbbell(SUB_LEVELS, [rows], 3, "October", "December", by="Summer")

    ben, al = chart["groups"][0]["rows"]
    assert (ben["band"] is not None, al["band"]) == (True, None)
    assert (chart["expects"], chart["by"]) == (True, "Summer")
    assert "beside the progress expected by Summer" in chart["title"]
    assert "to the expected Summer grade and ends in an upright line." in chart["description"]


def test_a_target_grade_is_a_diamond_and_is_said_in_words():
    rows = group(place("Ben", "2b", "3b") | {"target": "3a"}, place("Al", "2b", "3c"))

    (chart,) = dumbbell(SUB_LEVELS, [rows], 3)

    ben, al = chart["groups"][0]["rows"]
    assert (ben["target"]["x"] > ben["last"], al["target"]) == (True, None)
    assert chart["has_target"]
    assert "more than expected, target grade 3a;" in chart["title"]
    assert "A diamond is the target grade" in chart["description"]
    assert "<polygon" in render_to_string("papers/_dumbbell.html", {"c": chart})
