"""What the pages of specialist teachers say, and what is typed there."""

from django.urls import reverse


def text(response):
    return " ".join(response.content.decode().split()).replace("&#x27;", "'")


def add(client, programme, **given):
    typed = {
        "first_name": "Nell",
        "last_name": "Orchard",
        "email": "Nell.Orchard@schools.example",
        "partnerships_wanted": "2",
        "subjects": ["maths"],
        "year_groups": ["5"],
        "on": "1/9/2026",
    }
    address = reverse("programmes:specialist_add", args=[programme.slug])
    return client.post(address, typed | given, follow=True)


def change(client, row, **given):
    typed = {"partnerships_wanted": row.partnerships_wanted, "subjects": row.subjects, "year_groups": row.year_groups}
    return client.post(reverse("programmes:specialist_change", args=[row.pk]), typed | given, follow=True)


def listed(client, programme, query):
    response = client.get(f"{reverse('programmes:specialists', args=[programme.slug])}?{query}")
    return {row.ref for row in response.context["object_list"]}
