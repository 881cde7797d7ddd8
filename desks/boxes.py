"""A box of a sheet, as a page shows it for writing."""

from dataclasses import dataclass, field

SAFEGUARDING = (
    "Do not record safeguarding concerns here: tell your designated safeguarding lead. Write initials, not names."
)


@dataclass
class Box:
    """One box of a page that is written: `kind` is area, line, choice or radios."""

    field: str
    label: str
    hint: str = ""
    kind: str = "area"
    text: str = ""
    version: int = 0
    lines: int = 4
    choices: list = field(default_factory=list)  # (value, label)
    error: str = ""
    by: str = ""  # who wrote it for somebody else

    @property
    def chosen(self):
        """What is typed in words, where it is chosen from a list."""
        return dict(self.choices).get(self.text, self.text)


def boxes_from(notes):
    """Makes boxes with the text and version that stand in `notes`, by name."""

    def box(name, label, **more):
        note = notes.get(name)
        text, version = (note.text, note.version) if note else ("", 0)
        return Box(name, label, text=text, version=version, **more)

    return box
