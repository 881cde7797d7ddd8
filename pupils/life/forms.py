from crispy_forms_gds.choices import Choice
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.comparing import Compares
from accounts.forms import DayField, DayInput, with_button
from papers.templatetags.plain import listed
from pupils.forms import YearGroupField
from pupils.life import services
from pupils.life.asking import AsksAboutDay, remark_on_days, remark_on_last
from pupils.models import Place

Ended = Place.Ended
WHY = [
    Choice(Ended.LEFT, "The pupil has left the school"),
    Choice(Ended.REPLACED, "Another pupil takes the place", hint="You say next who it is."),
    Choice(
        Ended.MOVED,
        "The pupil has moved to another partner school of the programme",
        hint="The teachers there, or the coordinator, take the pupil over by the reference.",
    ),
    Choice(Ended.OTHER, "Another reason"),
]
REASON_HELP = "Everyone who may see the pupil can read it. Do not record safeguarding concerns here."


MOST = 150  # where the history says before it that the pupil has moved


def reason_field(label, missing="", most=200):
    """With a sentence for where it is `missing` it is required."""
    return forms.CharField(
        label=label,
        required=bool(missing),
        max_length=most,
        help_text=REASON_HELP,
        error_messages={"max_length": f"Keep the reason to {most} characters.", "required": missing},
    )


class EndForm(AsksAboutDay, forms.Form):
    """A place ends: why, and its last day."""

    because = forms.ChoiceField(
        label="Why does it end?",
        choices=WHY,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why.", "invalid_choice": "Choose from what is offered here."},
    )
    last_on = DayField(label="Last day in the partnership", error_messages={"required": "Enter the last day."})
    reason = reason_field("What there is to say about it (needed for another reason)")

    def __init__(self, *args, place, **kwargs):
        super().__init__(*args, **kwargs)
        self.place, programme = place, place.partnership.programme
        self.others = list(services.others_there(place))
        self.fields["because"].choices = [self.with_others(choice) for choice in WHY]
        self.first, self.last = max(place.since or programme.starts_on, programme.starts_on), programme.ends_on
        day = self.fields["last_on"]
        day.widget = DayInput(self.first, self.last)
        day.initial = min(max(timezone.localdate(), self.first), self.last)
        day.help_text = f"From {self.first:%-d/%-m/%Y} to {self.last:%-d/%-m/%Y}. After it no grade is asked for."
        self.helper = with_button(self, "End the place")

    def with_others(self, choice):
        """Who leaves the school leaves the other places there too."""
        if not self.others or choice.value not in services.GONE:
            return choice
        also = f"The place in {listed([place.partnership.subject for place in self.others])} ends on the same day."
        return Choice(choice.value, choice.label, hint=" ".join(filter(None, [getattr(choice, "hint", ""), also])))

    def clean_last_on(self):
        on = self.cleaned_data["last_on"]
        if not self.first <= on <= self.last:
            raise ValidationError(f"Enter a day from {self.first:%-d/%-m/%Y} to {self.last:%-d/%-m/%Y}.")
        return on

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("because") == Ended.OTHER and not cleaned.get("reason"):
            self.add_error("reason", "Say which other reason it is.")
        if last_on := cleaned.get("last_on"):
            ending = [self.place, *(self.others if cleaned.get("because") in services.GONE else [])]
            remarks = [
                f"{place.partnership.label}: {remark}" if len(ending) > 1 else remark
                for place in ending
                if (remark := remark_on_last(place, last_on))
            ]
            self.ask_about_day(last_on, " ".join(remarks))
        return cleaned

    def save(self, person):
        given = {name: value for name, value in self.cleaned_data.items() if name != "sure"}
        return services.end_place(person, self.place, **given)


class BackForm(forms.Form):
    """A place goes on after all."""

    reason = reason_field("Why does it go on?", missing="Say why the place goes on after all.")

    def __init__(self, *args, place, **kwargs):
        super().__init__(*args, **kwargs)
        self.place = place
        self.helper = with_button(self, "The place goes on")

    def save(self, person):
        return services.take_back(person, self.place, self.cleaned_data["reason"])


class ChangeForm(Compares, AsksAboutDay, forms.Form):
    """Class, year group, first day."""

    compared = ("class_name", "year_group", "since")

    class_name = forms.CharField(
        label="Class",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5", "autocomplete": "off"}),
        error_messages={"max_length": "Keep the class to 40 characters."},
    )
    year_group = YearGroupField(
        label="Year group",
        min_value=0,
        max_value=13,
        help_text="A number, or R for Reception.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-2"}),
        error_messages={"required": "Enter the year group."}
        | dict.fromkeys(
            ["invalid", "min_value", "max_value"], "Enter the year group as a number up to 13, or R for Reception."
        ),
    )
    since = DayField(
        label="First day, if the pupil came late",
        required=False,
        help_text="Blank for a pupil who was there from the beginning. No grade is asked for before this day.",
    )
    on = DayField(label="From which day is it so?", error_messages={"required": "Enter the day."})
    reason = reason_field("Why is it changed?")

    def __init__(self, *args, place, **kwargs):
        self.place, programme = place, place.partnership.programme
        self.first, self.last = programme.starts_on, programme.ends_on
        super().__init__(*args, **kwargs)
        self.initial |= {"class_name": place.class_name, "year_group": place.pupil.year_group, "since": place.since}
        self.initial |= {"on": min(max(timezone.localdate(), self.first), self.last)}
        for name in ("since", "on"):
            self.fields[name].widget = DayInput(self.first, self.last)
        if place.is_gone:
            del self.fields["year_group"]
        self.fields["reason"].help_text = f"Not needed where a class is only filled in. {REASON_HELP}"
        self.helper = with_button(self, "Save the change")

    def kept(self, name):
        if name == "year_group":
            return self.place.pupil.year_group
        return self.place.class_name if name == "class_name" else self.typed(name, self.late(self.place.since))

    def typed(self, name, value):
        return value.isoformat() if name == "since" and value else value

    def in_words(self, name):
        value = self.initial[name]
        return f"{value:%-d %B %Y}" if name == "since" and value else super().in_words(name)

    def late(self, since):
        """The first day of somebody who came late; None for who was there from the beginning."""
        return since if since and since > self.first else None

    def clean_since(self):
        since = self.cleaned_data["since"]
        if since and since > min(self.last, self.place.until or self.last):
            raise ValidationError("The first day is after the last one. Correct it, or leave it blank.")
        return self.late(since)

    def clean_on(self):
        on = self.cleaned_data["on"]
        if not self.first <= on <= self.last:
            raise ValidationError(f"Enter a day from {self.first:%-d/%-m/%Y} to {self.last:%-d/%-m/%Y}.")
        return on

    def clean(self):
        cleaned = super().clean()
        since = cleaned.get("since")
        if since and since != self.place.since:
            self.ask_about_day(since, remark_on_days(self.place, since, None))
        if cleaned.get("reason") == "" and self.changes(cleaned):
            self.add_error("reason", "Give the reason: it stands in the history of the pupil.")
        return cleaned

    def changes(self, cleaned) -> bool:
        """Whether something that stood is typed over; a class that was blank is only filled in."""
        stood = [name for name in self.compared if name != "class_name" or self.place.class_name]
        return any(self.typed(name, cleaned[name]) != self.kept(name) for name in stood if name in cleaned)

    def save(self, person):
        given = {name: value for name, value in self.cleaned_data.items() if name not in {"sure", "shown"}}
        return services.change_place(person, self.place, **given)


class TakeOverForm(forms.Form):
    """A pupil who has moved here, by what the teachers of the other school say: the reference and the initials."""

    ref = forms.CharField(
        label="Reference of the pupil",
        max_length=40,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Enter the reference, such as C012."},
    )
    initials = forms.CharField(
        label="Initials of the pupil",
        max_length=10,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-3", "autocomplete": "off"}),
        error_messages={"required": "Enter the initials, so that nobody else is taken by mistake."},
    )
    since = DayField(label="First day here", error_messages={"required": "Enter the first day here."})
    reason = reason_field("What there is to say about it", most=MOST)

    def __init__(self, *args, partnership, **kwargs):
        super().__init__(*args, **kwargs)
        self.partnership, programme = partnership, partnership.programme
        self.first, self.last = programme.starts_on, programme.ends_on
        self.initial |= {"since": min(max(timezone.localdate(), self.first), self.last)}
        self.fields["since"].widget = DayInput(self.first, self.last)
        self.helper = with_button(self, "Take the pupil over")

    def clean_since(self):
        since = self.cleaned_data["since"]
        if not self.first <= since <= self.last:
            raise ValidationError(f"Enter a day from {self.first:%-d/%-m/%Y} to {self.last:%-d/%-m/%Y}.")
        return since if since > self.first else None

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        given = "".join(char for char in cleaned["initials"] if char.isalpha()).upper()
        pupil = services.moved(self.partnership.programme).filter(ref__iexact=cleaned["ref"].strip()).first()
        if pupil is None or pupil.initials != given:
            raise ValidationError(
                "No pupil with this reference and these initials has moved in this programme. Ask the teachers of the "
                "other school to end the place there as “moved”, and to tell you both."
            )
        cleaned["pupil"] = pupil
        return cleaned

    def save(self, person):
        given = self.cleaned_data
        return services.take_over(person, self.partnership, given["pupil"], given["since"], given["reason"])


class MoveOnForm(forms.Form):
    """Where a pupil who has moved has a place and since when: for the coordinator, who then sees what follows."""

    partnership = forms.ChoiceField(
        label="New partnership",
        error_messages={"required": "Choose a partnership.", "invalid_choice": "Choose from what is offered here."},
    )
    since = DayField(label="First day there", error_messages={"required": "Enter the first day there."})

    def __init__(self, *args, pupil, partnerships, **kwargs):
        super().__init__(*args, **kwargs)
        self.pupil, self.offered = pupil, {str(row.pk): row for row in partnerships}
        named = [(key, f"{row.partner_school}, {row.label} ({row.ref})") for key, row in self.offered.items()]
        self.fields["partnership"].choices = [("", "Choose a partnership"), *named]
        programme, last = pupil.programme, services.last_elsewhere(pupil)
        self.first, self.last = max(programme.starts_on, last + services.DAY), programme.ends_on
        day = self.fields["since"]
        day.widget = DayInput(self.first, self.last)
        day.help_text = (
            f"From {self.first:%-d/%-m/%Y} to {self.last:%-d/%-m/%Y}. Before it no grade is asked for there."
        )
        self.initial |= {"since": min(max(timezone.localdate(), self.first), self.last)}
        self.helper = with_button(self, "See what follows")
        self.helper.form_method = "get"

    def clean_since(self):
        since = self.cleaned_data["since"]
        if not self.first <= since <= self.last:
            raise ValidationError(f"Enter a day from {self.first:%-d/%-m/%Y} to {self.last:%-d/%-m/%Y}.")
        return since

    def clean(self):
        cleaned = super().clean()
        if "partnership" in cleaned:
            self.chosen = self.offered[cleaned["partnership"]]
            if why := services.why_not_taken_over(self.pupil, self.chosen, cleaned.get("since") or self.first):
                self.add_error("partnership", why)
        return cleaned


class MoveOnReasonForm(forms.Form):
    """How it is known that the pupil goes on there."""

    reason = reason_field("How do you know?", missing="Say how you know, or who has asked for it.", most=MOST)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = f"For example: the new school has asked for it. {REASON_HELP}"
        self.helper = with_button(self, "Give the pupil this place")
