from accounts.boxes import TextArea
from accounts.forms import RowForm, with_button
from programmes.models import Programme
from programmes.services import letters


class WordsForm(RowForm):
    """What the coordinator says at the top of every letter of a programme."""

    class Meta:
        model = Programme
        fields = ["heads_letter_words"]
        labels = {"heads_letter_words": "Your words at the top of the letter"}
        help_texts = {
            "heads_letter_words": "Leave it blank for a short welcome. The same words go to every school, so name no "
            "pupil and no teacher. A blank line begins a new paragraph, and a line that begins with “- ” is a point of "
            "a list."
        }
        widgets = {"heads_letter_words": TextArea(attrs={"rows": 5})}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.helper = with_button(self, "Save the words", css_class="govuk-button--secondary")

    def save(self):
        return letters.keep_words(self.user, self.instance)
