"""What is pasted into a box arrives whole, and is refused in words where it is too long."""

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.urls import get_resolver
from django.utils.safestring import mark_safe
from pytest_django.asserts import assertHTMLEqual

from accounts.boxes import TextArea, WholeText
from accounts.forms import InvitationForm
from programmes.forms.agreements import AgreementTextForm
from tests.factories import EventFactory
from visits.events.forms.running import MinutesForm

pytestmark = pytest.mark.django_db


def all_forms(base=forms.BaseForm):
    for form in base.__subclasses__():
        yield form
        yield from all_forms(form)


def test_every_box_for_several_lines_counts_a_line_break_once():
    assert get_resolver().url_patterns  # which brings in every module with forms
    ours = [
        form for form in set(all_forms()) if form.__module__.partition(".")[0] not in {"django", "allauth", "tests"}
    ]

    boxes = {
        (form.__name__, name): type(field.widget)
        for form in ours
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field.widget, forms.Textarea)
    }

    assert ("MinutesForm", "text") in boxes
    assert {box: widget for box, widget in boxes.items() if widget is not TextArea} == {}


def test_a_line_break_is_one_character_of_a_text():
    fits, too_long = "a\r\n" * 10_000, "a\r\n" * 10_000 + "b"

    event = EventFactory()
    forms_of = {text: MinutesForm({"text": text, "seen": "0"}, event=event) for text in (fits, too_long)}

    assert [forms_of[text].is_valid() for text in (fits, too_long)] == [True, False]
    assert forms_of[fits].cleaned_data["text"] == "a\n" * 10_000
    assert forms_of[too_long].errors == {
        "text": ["Minutes hold 20,000 characters. Take some out: nothing that you typed is lost."]
    }


def test_no_box_of_a_form_cuts_what_is_pasted():
    one_line = InvitationForm.base_fields["first_name"]
    drawn = f"{MinutesForm(event=EventFactory())}{AgreementTextForm()}{one_line.widget.render('first_name', '')}"

    assert one_line.widget.attrs["maxlength"] == "100"
    assert (drawn.count("<textarea"), drawn.count("maxlength")) == (5, 0)


@pytest.mark.parametrize(
    "choices",
    [
        [],
        [("", "Everyone"), (1, "Ann O'Neil"), ("2", "<b>Ben</b> & Cy"), (None, "Nobody"), (3, mark_safe("Di&eacute;"))],
        [("North", [(1, "Alder"), (2, "Birch")]), ('"South"', [(3, "Cedar")]), (4, "Elsewhere")],
        [(0, 1234567), (True, 2.5)],
    ],
)
@pytest.mark.parametrize("value", ["", 1, "2", '"', None])
def test_a_list_to_choose_from_is_drawn_as_django_draws_it(choices, value):
    attrs = {"id": "id_who", "class": 'a "b"', "required": True, "disabled": False, "data-n": 3}
    widget = forms.Select(attrs={"aria-describedby": "hint"}, choices=choices)

    drawn = widget.render("who", value, attrs, renderer=WholeText())

    assertHTMLEqual(drawn, widget.render("who", value, attrs, renderer=DjangoTemplates()))
