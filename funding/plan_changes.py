"""What a change of a plan in force changed, in words: each value as it was and as it is."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.dateparse import parse_date

from funding.models import FundingPlan, PlanChange, PlanItem, Stage
from papers.templatetags.plain import money

NOTHING = "nothing"


@dataclass(frozen=True)
class Changed:
    what: str
    old: str
    new: str


def yes(value) -> str:
    return "yes" if value else "no"


def day(text) -> str:
    return f"{parse_date(text):%-d %B %Y}"


def conditions(values) -> str:
    return ", ".join(Stage.Condition(one).label for one in values) or "the day has come"


def whole(value) -> str:
    return str(value)


def percentage(value) -> str:
    return f"{Decimal(value).normalize():f}%"


OF_PLAN = {
    "funder": whole,
    "grant_ref": whole,
    "cost_centre": whole,
    "account_code": whole,
    "budget": money,
    "rate": money,
    "pays_late_cover": yes,
    "pays_host_cover": yes,
}
# In the order in which `planning.facts_now` keeps them; changes of earlier versions have fewer.
OF_STAGE = [
    ("name", whole),
    ("due on", day),
    ("share", percentage),
    ("released once", conditions),
    ("data point", whole),
    ("evidence", whole),
]
OF_ITEM = [
    ("name", whole),
    ("kind", lambda kind: PlanItem.Kind(kind).label),
    ("half-days of the specialist teacher\u2019s school", whole),
    ("half-days of the partner school", whole),
    ("amount to the specialist teacher\u2019s school", money),
    ("amount to the partner school", money),
    ("paid in one stage by name", whole),
]


def changed(change: PlanChange) -> list[Changed]:
    """The values that are others than before, those of the plan first, then stage by stage and item by item."""
    before, after = change.before, change.after
    found = [
        Changed(label_of(name), said(words, before.get(name)), said(words, after.get(name)))
        for name, words in OF_PLAN.items()
        if before.get(name) != after.get(name)
    ]
    found += rows("stages", "stage", OF_STAGE, before, after)
    return found + rows("items", "item", OF_ITEM, before, after)


def label_of(name) -> str:
    label = FundingPlan._meta.get_field(name).verbose_name
    return label[0].upper() + label[1:]


def rows(kind, word, parts, before, after) -> list[Changed]:
    found, old_rows, new_rows = [], before.get(kind, {}), after.get(kind, {})
    for key in sorted(old_rows.keys() | new_rows.keys(), key=int):
        old, new = old_rows.get(key), new_rows.get(key)
        if old is None or new is None:
            found.append(Changed(f"{(old or new)[0]}, {word}", in_full(parts, old), in_full(parts, new)))
            continue
        for (label, words), was, now in zip(parts, old, new, strict=False):
            if was != now:
                found.append(Changed(f"{new[0]}, {label}", said(words, was), said(words, now)))
    return found


def in_full(parts, values) -> str:
    if values is None:
        return NOTHING
    named = zip(parts[1:], values[1:], strict=False)
    return "; ".join(f"{label} {words(value)}" for (label, words), value in named if value not in (None, "", 0, "0.00"))


def said(words, value) -> str:
    return NOTHING if value in (None, "") else words(value)
