import re

import pytest
from django import forms
from django.conf import settings
from django.template.loader import get_template, render_to_string

TEMPLATES = settings.BASE_DIR / "templates"
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
# crispy-forms-gds hands its whole context to its own includes; paper, and a page that is taken away, are under
# no content policy.
TAKEN_AWAY = {"lessons/exports/study.html"}
PAGES = [name for name in NAMES if not name.startswith("gds/") and "/pdf" not in name and name not in TAKEN_AWAY]
INLINE = re.compile(r"""<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=["']|href=["']javascript:""")


class Visit(forms.Form):
    half = forms.ChoiceField(
        widget=forms.RadioSelect, choices=[("am", "Morning")], error_messages={"required": "Choose."}
    )
    on = forms.DateField(error_messages={"required": "Enter the day."})

    def clean(self):
        raise forms.ValidationError("The teacher has another visit.")


@pytest.mark.parametrize("name", NAMES)
def test_every_template_compiles(name):
    assert get_template(name)


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_inline_that_the_content_policy_refuses(name):
    assert not INLINE.findall((TEMPLATES / name).read_text())


@pytest.mark.parametrize("name", PAGES)
def test_a_partial_gets_what_it_is_given_and_nothing_else(name):
    includes = re.findall(r"{% include .*? %}", (TEMPLATES / name).read_text())

    assert [include for include in includes if not include.endswith(" only %}")] == []


@pytest.mark.parametrize("name", ["400.html", "404.html", "429.html", "500.html"])
def test_the_pages_for_faults_need_no_context_and_no_database(name):
    page = get_template(name).render({})

    assert "<h1" in page
    assert "Signed in as" not in page
    assert "csrf" not in page


def test_the_error_summary_leads_to_each_field_that_is_wrong():
    summary = render_to_string("gds/layout/error_summary.html", {"form": Visit({})})

    assert re.findall(r'href="#(\w+)">([^<]+)<', summary) == [
        ("id_half_1", "The teacher has another visit."),
        ("id_half_1", "Choose."),
        ("id_on", "Enter the day."),
    ]
