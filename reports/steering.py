"""The page on which a coordinator chooses the parts of a steering-group pack, in an order, and sees what each holds."""

from urllib.parse import urlencode

from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import get_allowed
from programmes.models import Programme
from reports.kinds.steering import PARTS
from reports.models import Report


@require_safe
def choose(request, slug):
    """The choice stands in the address: each link is the page with another one."""
    programme = get_allowed(Programme, request.user, "reports.programme", slug=slug)
    last = None
    if "choose" in request.GET or "parts" in request.GET:
        asked = request.GET.getlist("parts")
    else:
        last = last_pack(programme)
        asked = last.parts if last else list(PARTS)
    chosen = [name for name in dict.fromkeys(asked) if name in PARTS]
    context = {
        "programme": programme,
        "report": Report(kind=Report.Kind.STEERING, programme=programme, parts=chosen),
        "chosen": [chosen_words(programme, chosen, place) for place in range(len(chosen))],
        "others": [
            part_words(programme, name) | {"add": query([*chosen, name])} for name in PARTS if name not in chosen
        ],
        "all": query(PARTS),
        "last": last,
    }
    return render(request, "reports/steering.html", context)


def last_pack(programme) -> Report | None:
    """The pack that was ordered last: the next meeting mostly wants the same parts."""
    packs = Report.objects.filter(kind=Report.Kind.STEERING, programme=programme).defer("figures")
    return packs.order_by("-queued_at").first()


def query(parts) -> str:
    return "?" + urlencode([("choose", 1), *(("parts", name) for name in parts)])


def part_words(programme, name) -> dict:
    part = PARTS[name]
    return {"name": name, "title": part.title, "holds": part.holds, "brief": part.brief(part.figures(programme))}


def chosen_words(programme, chosen, place) -> dict:
    """A part with the ways to move it and to leave it out."""
    name, first, last = chosen[place], place == 0, place == len(chosen) - 1

    def moved(to):
        rest = chosen[:place] + chosen[place + 1 :]
        return query([*rest[:to], name, *rest[to:]])

    return part_words(programme, name) | {
        "number": place + 1,
        "earlier": "" if first else moved(place - 1),
        "later": "" if last else moved(place + 1),
        "without": query(chosen[:place] + chosen[place + 1 :]),
    }
