"""A page that was open while somebody else saved the same: what its person did not touch is not undone by it."""

import json

from django import forms


class Compares(forms.Form):
    """Boxes with what the page has shown of each.

    A box that was left as it was shown follows what the other one wrote; where both typed, both are shown. A form says
    which boxes are `compared`, and for each what is `kept`, and what is `typed` in the same words.
    """

    compared = ()

    shown = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.stands = {name: self.kept(name) for name in self.compared}
        self.initial["shown"] = json.dumps(self.stands)
        self.followed = []  # the labels of the boxes that follow somebody else's change

    def clean(self):
        cleaned = super().clean()
        shown, both = self.as_shown(cleaned), []
        for name in self.compared:
            if name not in cleaned or shown.get(name, self.stands[name]) == self.stands[name]:
                continue
            typed = self.typed(name, cleaned[name])
            if typed == shown[name]:
                cleaned[name] = self.as_cleaned(name)
                self.followed.append(name)
            elif typed != self.stands[name]:
                both.append(name)
        if both or (self.errors and self.followed):
            self.show_what_stands()
        for name in both:
            self.add_error(name, self.both_typed(name))
        return cleaned

    def as_cleaned(self, name):
        """What is kept, as the form would have it had somebody typed it."""
        return self.initial[name]

    def as_shown(self, cleaned):
        """What the page has shown; nothing of it where it does not say so, as of a form that came from elsewhere."""
        try:
            shown = json.loads(cleaned.get("shown") or "{}")
        except ValueError:
            return {}
        return shown if isinstance(shown, dict) else {}

    def both_typed(self, name):
        words = self.in_words(name)
        did = f"changed this to “{words}”" if words else "emptied this"
        return f"Somebody has {did} since you opened the page. Save again if yours is right."

    def in_words(self, name):
        """What stands in the box now."""
        value = self.initial[name]
        value = dict(getattr(self.fields[name], "choices", ())).get(value, value)
        return "" if value is None else str(value)

    def show_what_stands(self):
        """The page says from here on what is kept now: saved once more, what was typed counts."""
        self.data = self.data.copy()
        self.data["shown"] = json.dumps(self.stands)
        for name in self.followed:
            self.type_in(name, self.initial[name])

    def type_in(self, name, value):
        """The box says this."""
        self.data[name] = value

    @property
    def told(self) -> str:
        """A sentence on what somebody else changed and this form has left alone; "" without any."""
        labels = [str(self.fields[name].label) for name in self.followed]
        if not labels:
            return ""
        return f"Somebody else changed this meanwhile, and it stays as they wrote it: {', '.join(labels)}."
