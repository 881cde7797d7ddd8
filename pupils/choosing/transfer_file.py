"""Common Transfer Files: the XML in which one school hands its pupils to another. Six elements of each pupil are read.

Contacts, siblings and schools have elements of the same names, so only those that stand where the pupil's own do count.
There is no outside world in it: a DOCTYPE, and with it every entity, is refused before anything of it is looked at.
"""

from xml.parsers import expat

from django.utils import timezone

ELEMENTS = {  # how the file calls it -> ours; CTF 22 and later say Sex
    "surname": "last_name",
    "forename": "first_name",
    "upn": "upn",
    "ncyearactual": "year_group",
    "gender": "sex",
    "sex": "sex",
    "senprovision": "sen",
}
OWN = {(), ("basicdetails",)}  # below Pupil, where its own elements stand
SEN_ENTRIES = {("senhistory",), ("sen",), ("senhistory", "sen")}  # one each for a time, which may be over
SEN_DAYS = {"startdate", "enddate"}
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
        self.today = timezone.localdate().isoformat()
        self.pupils, self.others, self.called = [], {}, {}
        self.path, self.pupil, self.text = [], None, None  # the path begins below the pupil, once there is one

    def start(self, name, attributes):
        name = name.rpartition(":")[2]
        plain = name.casefold()
        if len(self.path) == DEEPEST:
            raise NotRead("The file is nested too deeply.", "Send the transfer file as your system made it.")
        if self.pupil is None and plain == "pupil":
            self.begin()
            return
        if self.pupil is not None:
            self.text = [] if self.is_read(plain) else None
            if plain not in ELEMENTS:
                self.others.setdefault(name, None)
            if plain == "sen" and tuple(self.path) in {(), ("senhistory",)}:
                self.entry = {}
        self.path.append(plain)

    def begin(self):
        if len(self.pupils) == self.most:
            raise NotRead(f"The file has more than {self.most:,} pupils.", "Send the file of one class or year group.")
        self.above, self.path = self.path, []
        self.pupil, self.entry, self.entries = {}, {}, []

    def is_read(self, plain):
        """Whether the element that begins here is one of the pupil's own."""
        if tuple(self.path) in SEN_ENTRIES:
            return plain == "senprovision" or plain in SEN_DAYS
        return plain in ELEMENTS and tuple(self.path) in OWN

    def data(self, text):
        if self.text is not None and sum(map(len, self.text)) < LONGEST:
            self.text.append(text)

    def end(self, name):
        name = name.rpartition(":")[2]
        if self.pupil is not None and not self.path:
            self.finish()
            return
        plain = self.path.pop()
        if self.text is not None:
            self.keep(name, plain, " ".join("".join(self.text)[:LONGEST].split()))
            self.text = None

    def keep(self, name, plain, text):
        if plain in SEN_DAYS:
            self.entry[plain] = text[:10]
            return
        field = ELEMENTS[plain]
        self.called[field] = name
        if field == "sen":
            self.entry["sen"] = text
            self.entries.append(self.entry)
        else:
            self.pupil.setdefault(field, text)

    def finish(self):
        """Of several entries of SEN the latest counts that has begun and is not over."""
        going = [
            entry
            for entry in self.entries
            if entry.get("startdate", "") <= self.today and (entry.get("enddate") or self.today) >= self.today
        ]
        if going:
            self.pupil["sen"] = max(going, key=lambda entry: entry.get("startdate", ""))["sen"]
        self.pupils.append(self.pupil)
        self.pupil, self.path = None, self.above


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
    return reader.pupils, reader.called, [name for name in reader.others if name.casefold() != "pupil"]
