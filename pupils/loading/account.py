"""Making the rows of a model what they should be, and keeping account of every change."""

from collections import Counter
from dataclasses import dataclass, field

from programmes.models import Partnership, Programme
from pupils.models import Assessment, TargetPupil

# Changes of these are told without the values: they are pupils' data.
UNTOLD = {
    TargetPupil: {"first_name", "last_name", "sex", "pupil_premium", "sen", "eal", "upn", "upn_index"},
    Assessment: {"grade", "reason", "assessed_on"},
}
WORDS = {"upn": "UPN", "upn_index": "UPN"}


@dataclass
class Account:
    """What loading did. `changed` tells each change of a row that was there; `left` what stands in no file any more."""

    programme: Programme = None
    counts: dict[str, int] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    added: Counter = field(default_factory=Counter)
    updated: Counter = field(default_factory=Counter)
    changed: list[str] = field(default_factory=list)
    left: Counter = field(default_factory=Counter)
    ignored: dict[str, list[str]] = field(default_factory=dict)
    encodings: dict[str, str] = field(default_factory=dict)
    not_understood: dict[str, dict[str, int]] = field(default_factory=dict)
    newly_folded: list[Partnership] = field(default_factory=list)  # of those that were there before
    taken_back: list[Partnership] = field(default_factory=list)  # folded before, and not any more
    people_changed: list[tuple] = field(default_factory=list)  # (partnership, who left, who joined, from which day)

    @property
    def changed_nothing(self) -> bool:
        return not self.added and not self.updated

    def bring(self, model, label, existing, wanted, name_of=str, absent=()):
        """Rows by key: those wanted are made or brought to their fields; returns them. Nothing is ever deleted.

        existing: key -> row; wanted: key -> fields; name_of: key -> how the row is called in the account;
        absent: the fields of which no file says anything: a row that stands keeps its own.
        """
        rows, new, changed, columns = dict(existing), [], [], set()
        for key, fields in wanted.items():
            row = existing.get(key)
            if row is None:
                rows[key] = model(**fields)
                new.append(rows[key])
                continue
            differing = [
                column for column, value in fields.items() if column not in absent and getattr(row, column) != value
            ]
            if differing:
                self.tell(label, name_of(key), row, differing, fields)
                for column in differing:
                    setattr(row, column, fields[column])
                changed.append(row)
                columns.update(differing)
        model.objects.bulk_create(new, batch_size=2000)
        if changed:
            model.objects.bulk_update(changed, sorted(columns), batch_size=1000)
        self.count(label, added=len(new), updated=len(changed), left=len(existing.keys() - wanted.keys()))
        return rows

    def count(self, label, added=0, updated=0, left=0):
        for counter, number in ((self.added, added), (self.updated, updated), (self.left, left)):
            if number:
                counter[label] += number

    def tell(self, label, name, row, columns, fields):
        untold = UNTOLD.get(type(row), set())
        parts = dict.fromkeys(
            f"{WORDS.get(column, column.replace('_', ' '))} changed"
            if column in untold
            else f"{column.replace('_', ' ')} was {shown(getattr(row, column))}, is {shown(fields[column])}"
            for column in columns
        )
        self.changed.append(f"{label} {name}: {'; '.join(parts)}")


def shown(value):
    if value is None or value == "":
        return "blank"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
