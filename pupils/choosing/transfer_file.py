"""Common Transfer Files: the XML in which one school hands its pupils to another. Six elements of each pupil are read.

There is no outside world in it: a DOCTYPE, and with it every entity, is refused before anything of it is looked at.
"""

from xml.parsers import expat

ELEMENTS = {  # how the file calls it -> ours; CTF 22 and later say Sex
    "surname": "last_name",
    "forename": "first_name",
    "upn": "upn",
    "ncyearactual": "year_group",
    "gender": "sex",
    "sex": "sex",
    "senprovision": "sen",
}
ORDER = ["last_name", "first_name", "year_group", "sex", "sen", "upn"]
DEEPEST = 40
LONGEST = 200


class NotRead(ValueError):
    """What is wrong with the file, and how to mend it."""

    def __init__(self, what, mend):
        super().__init__(what)
        self.what, self.mend = what, mend


class Reader:
    """Keeps of each pupil the elements above, and of all others their names alone."""

    def __init__(self, most):
        self.most = most
        self.pupils, self.others, self.called = [], {}, {}
        self.path, self.pupil, self.text = [], None, None

    def start(self, name, attributes):
        name = name.rpartition(":")[2]
        self.path.append(name)
        if len(self.path) > DEEPEST:
            raise NotRead("The file is nested too deeply.", "Send the transfer file as your system made it.")
        plain = name.casefold()
        if plain == "pupil" and self.pupil is None:
            if len(self.pupils) == self.most:
                raise NotRead(
                    f"The file has more than {self.most:,} pupils.", "Send the file of one class or year group."
                )
            self.pupil = {}
        elif self.pupil is not None:
            self.text = [] if plain in ELEMENTS else None
            if plain not in ELEMENTS:
                self.others.setdefault(name, None)

    def data(self, text):
        if self.text is not None and sum(map(len, self.text)) < LONGEST:
            self.text.append(text)

    def end(self, name):
        name = self.path.pop()
        plain = name.casefold()
        if plain == "pupil" and "pupil" not in {part.casefold() for part in self.path}:
            self.pupils.append(self.pupil or {})
            self.pupil = None
        elif self.pupil is not None and self.text is not None:
            if plain in ELEMENTS:
                field = ELEMENTS[plain]
                self.called[field] = name
                self.pupil[field] = " ".join("".join(self.text)[:LONGEST].split())
            self.text = None


def refuse(*args):
    raise NotRead(
        "The file has a DOCTYPE, which a transfer file never has: it may try to read other files.",
        "Make the transfer file anew in your system, and send it as it is.",
    )


def read(data: bytes, most: int):
    """(the pupils as dicts by field, what the file calls each field, the names of the elements that are not read)."""
    reader = Reader(most)
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.data
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.UnparsedEntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise NotRead(
            f"The file breaks off or is damaged in line {error.lineno:,}.",
            "Make the transfer file anew in your system, and send it as it is.",
        ) from None
    except (LookupError, ValueError) as error:
        if isinstance(error, NotRead):
            raise
        raise NotRead(
            "The letters of the file are in an encoding that is not known here.",
            "Make the transfer file anew in your system, and send it as it is.",
        ) from None
    if not reader.pupils:
        raise NotRead(
            "The file has no pupils: it is no Common Transfer File, or an empty one.",
            "Choose the pupils in your system before you make the file.",
        )
    parents = {"pupil"}
    return reader.pupils, reader.called, [name for name in reader.others if name.casefold() not in parents]
