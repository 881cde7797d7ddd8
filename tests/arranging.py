"""Events typed in as a coordinator does, in the school year 2026-27; it is Wednesday 27 January 2027."""

import datetime as dt
import re

from django.urls import reverse

TODAY = dt.date(2027, 1, 27)


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def typed(**fields):
    return {
        "kind": "twilight",
        "name": "Twilight 4",
        "on": "9/2/2027",
        "starts_at": "4pm",
        "ends_at": "6",
        "takes": "",
        "audience": ["specialist", "partner"],
        "funded_specialist_half_days": "0",
        "funded_partner_half_days": "0",
    } | fields


def add(client, ours, **fields):
    return client.post(reverse("events:create", args=[ours.programme.slug]), typed(**fields), follow=True)


def errors(response):
    return response.context["form"].errors.get_json_data()


def said(response):
    return [error["message"] for found in errors(response).values() for error in found]
