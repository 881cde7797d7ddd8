"""Choosing one school of thousands in a form: type a part of its name, its town, postcode or URN.

With scripts the schools that fit appear as radios while one types. Without them, sending the form does the same: one
school that fits is taken, several are asked about. `offer` says which schools may be chosen.
"""

import re
from dataclasses import dataclass, field

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import Http404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode

from accounts.access import allowed_rows
from accounts.models import School

SALT = "schools on offer"
SHOWN = 10
SHORTEST = 2  # letters from which on it is worth looking


@dataclass
class Found:
    """The schools that fit a text: the best of them, and how many there are."""

    text: str = ""
    schools: list = field(default_factory=list)
    total: int = 0

    @property
    def more(self):
        return self.total - len(self.schools)


@dataclass(frozen=True)
class Typed:
    """What a form sends: the text, and the school that was picked from those shown for this text."""

    text: str = ""
    picked: str = ""


def find(schools, text, memberships=()) -> Found:
    """The best of the schools that fit the text."""
    text = " ".join(text.split())
    if len(text) < SHORTEST:
        return Found(text)
    rows = schools.search(text, memberships)
    best = list(rows[: SHOWN + 1])
    return Found(text, best[:SHOWN], len(best) if len(best) <= SHOWN else rows.count())


def on_offer(user, token):
    """The schools that a form of this person offers, and the memberships by which: its token is signed by us.

    Without a token it is the whole register, for whoever may search it.
    """
    try:
        action, only = signing.loads(token, salt=SALT) if token else ("schools.search", {})
    except signing.BadSignature:
        raise Http404 from None
    return allowed_rows(School, user, action).filter(**only), user.memberships_granting(action)


class SchoolInput(forms.TextInput):
    """A text box, and beneath it the schools that fit."""

    offer = ""
    found = None
    picked = ""

    def value_from_datadict(self, data, files, name):
        text = " ".join(data.get(name, "").replace("\0", "").split())
        same = data.get(f"{name}-for") == text
        return Typed(text, str(data.get(f"{name}-is", "")) if same else "")

    def value_omitted_from_data(self, data, files, name):
        return name not in data

    def use_required_attribute(self, initial):
        return False

    def render(self, name, value, attrs=None, renderer=None):
        auto_id = (attrs or {}).get("id", f"id_{name}")
        extra = {"autocomplete": "off", "spellcheck": "false"}
        if self.offer:
            address = {"offer": self.offer, "name": name, "id": auto_id}
            extra |= {
                "hx-get": f"{reverse('accounts:schools_found')}?{urlencode(address)}",
                "hx-trigger": "input changed delay:250ms",
                "hx-target": f"#{auto_id}_found",
                "hx-sync": "this:replace",
            }
        box = super().render(name, value.text if isinstance(value, Typed) else value, extra | (attrs or {}), renderer)
        found = {"found": self.found, "name": name, "id": auto_id, "picked": self.picked}
        return render_to_string("accounts/_school_input.html", found | {"box": box})


class SchoolField(forms.Field):
    """Gives the School. Before it is shown or checked, the form calls `offer`."""

    widget = SchoolInput
    default_error_messages = {
        "invalid_choice": "Choose from what is offered here.",
        "none": "No school here fits “%(text)s”. Try a part of the name, the town, the postcode or the URN.",
        "several": "%(total)s schools fit “%(text)s”. Choose the one you mean, or type more of its name.",
        "short": "Type at least two letters of the name, the town, the postcode or the URN.",
    }

    def __init__(self, **kwargs):
        kwargs.setdefault("help_text", "Type a part of the name, the town, the postcode or the URN.")
        super().__init__(**kwargs)
        self.queryset, self.memberships = None, ()

    def offer(self, user, action, **only):
        """The schools in reach of this person for the action; `only` narrows them by plain values, as in `filter`."""
        self.memberships = user.memberships_granting(action)
        self.queryset = School.objects.allowed(user, action).filter(**only)
        self.widget.offer = signing.dumps([action, only], salt=SALT)
        return self.queryset

    def prepare_value(self, value):
        """The box of a school that stands says its name, and the school is picked beneath."""
        if value is None or isinstance(value, Typed):
            return value
        school = value if isinstance(value, School) else self.queryset.filter(pk=value).first()
        if school is None:
            return None
        self.widget.found = Found(school.name, [school], 1)
        self.widget.picked = str(school.pk)
        return school.name

    def clean(self, value):
        if not value.text:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        if value.picked:
            return self.picked(value)
        if len(value.text) < SHORTEST:
            raise ValidationError(self.error_messages["short"], code="short")
        found = self.widget.found = find(self.queryset, value.text, self.memberships)
        if found.total == 1 or self.is_named_by(found):
            return found.schools[0]
        code = "several" if found.total else "none"
        raise ValidationError(self.error_messages[code], code, {"text": value.text, "total": f"{found.total:,}"})

    def picked(self, value):
        pk = value.picked
        school = self.queryset.filter(pk=pk).first() if re.fullmatch("[0-9]{1,18}", pk) else None
        self.widget.found = find(self.queryset, value.text, self.memberships)
        if school is None:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        if school not in self.widget.found.schools:
            self.widget.found.schools.append(school)
        self.widget.picked = pk
        return school

    def is_named_by(self, found):
        """Whether the text is the whole name of just one of them: such schools come first."""
        return [school.name.casefold() == found.text.casefold() for school in found.schools[:2]] == [True, False]

    def has_changed(self, initial, data):
        return data is not None and bool(data.text)
