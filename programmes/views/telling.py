from django.contrib import messages
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from papers.templatetags.plain import listed
from programmes.services.proposals import out_of_reach, way_to_head, who_is_told

LINK = '<a class="govuk-notification-banner__link" href="{}">{}</a>'


NAMED = 5  # visits that a message names


def tell_against(request, visits, what):
    """How many planned visits stand against what was just saved, and which: they stay until somebody moves them."""
    if not visits:
        return
    number = len(visits)
    stand = "1 planned visit stands" if number == 1 else f"{number} planned visits stand"
    links = format_html_join("; ", LINK, [(address, words) for words, address in visits[:NAMED]])
    more = f"; and {number - NAMED} more" if number > NAMED else ""
    stays = (
        "It stays where it is until somebody moves it."
        if number == 1
        else ("They stay where they are until somebody moves them.")
    )
    messages.warning(request, format_html("{} against {}: {}{}. {}", stand, what, links, more, stays))


def tell_proposed(request, words, made, back):
    """What is proposed, and a warning with a way to invite each head who is not told of it."""
    tell_without_area(request, made)
    unreached = out_of_reach(made)
    if not unreached:
        messages.success(request, f"{words} {who_is_told(made)}")
        return
    messages.success(request, words)
    query = [way_to_head(school, back) for school in unreached]
    links = zip([reverse("accounts:invite")] * len(query), query, unreached, strict=True)
    ways = format_html_join(", ", '<a class="govuk-notification-banner__link" href="{}?{}">{}</a>', links)
    cannot = "head cannot sign in yet and is" if len(unreached) == 1 else "heads cannot sign in yet and are"
    messages.warning(request, format_html("{} {} not told. Invite the head of {}.", len(unreached), cannot, ways))


def tell_without_area(request, made):
    """Where the programme has areas, which of these partnerships have none, with the way to give them one."""
    without = [partnership for partnership in made if partnership.area_id is None]
    if not without or not without[0].programme.areas.exists():
        return
    has, it, its = ("has", "it", "its") if len(without) == 1 else ("have", "them", "their")
    words = "{} {} no area, so no consultant of an area sees {}. Choose {} area: {}."
    names = listed([partnership.ref for partnership in without])
    messages.warning(request, format_html(words, names, has, it, its, ways_to_area(without)))


def tell_of_area(request, row, given, others):
    """After a change of a school's area: which of its partnerships took it on, and which stay in another one."""
    if given:
        has = "has" if len(given) == 1 else "have"
        names = listed([partnership.ref for partnership in given])
        messages.success(request, f"{names} had no area and {has} that of the school now: {row.area}.")
    if others:
        keeps = "keeps its" if len(others) == 1 else "keep their"
        names = listed([f"{partnership.ref} (in {partnership.area})" for partnership in others])
        words = "{} {} own area. If that is not right, change it: {}."
        messages.warning(request, format_html(words, names, keeps, ways_to_area(others)))


def ways_to_area(partnerships):
    ways = [(reverse("programmes:partnership_area", args=[row.pk]), row.ref) for row in partnerships]
    return format_html_join(", ", LINK, ways)
