from django.contrib import messages
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from programmes.services.proposals import out_of_reach, way_to_head, who_is_told


def tell_proposed(request, words, made, back):
    """What is proposed, and a warning with a way to invite each head who is not told of it."""
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
