"""The areas of a programme: renamed, and deleted only while nothing is in them."""

from django.urls import reverse

from accounts.roles import Role
from programmes.models import Area, AreaConsultant
from tests.factories import PartnershipFactory


def test_an_area_in_use_is_not_deleted_and_an_empty_one_is(coordinator, ours):
    empty = Area.objects.create(programme=ours.programme, name="Empty")
    AreaConsultant.objects.create(area=empty, user=ours.people[Role.CONSULTANT])
    slug, used = ours.programme.slug, Area.objects.create(programme=ours.programme, name="Used")
    PartnershipFactory(programme=ours.programme, area=used)

    refused = coordinator.post(reverse("programmes:area_delete", args=[slug, used.pk]), follow=True)
    coordinator.post(reverse("programmes:area_delete", args=[slug, empty.pk]))

    said = [str(message) for message in refused.context["messages"]]
    assert said == ["“Used” cannot be deleted: it is used by 1 partnership. Move them to another area first."]
    assert Area.objects.filter(pk=used.pk).exists()
    assert not Area.objects.filter(pk=empty.pk).exists()


def test_an_area_is_renamed_and_no_two_have_one_name(coordinator, ours):
    slug, area = ours.programme.slug, ours.partnership.area

    coordinator.post(reverse("programmes:area_change", args=[slug, area.pk]), {"name": "Ourside  west "})
    taken = coordinator.post(reverse("programmes:areas", args=[slug]), {"name": "Ourside west"})

    area.refresh_from_db()
    assert area.name == "Ourside west"
    assert taken.context["form"].errors == {"__all__": ["This programme has an area of this name already."]}
