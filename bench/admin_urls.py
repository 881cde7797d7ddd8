from django.contrib.admin import AdminSite, ModelAdmin
from django.http import HttpResponse
from django.urls import path

from programmes.models import Partnership


class Open(AdminSite):
    def has_permission(self, request):
        return True


class Rows(ModelAdmin):
    list_display = ("ref", "programme", "subject", "year_group", "specialist", "partner_school", "area", "status")
    list_select_related = ("programme", "specialist__user", "partner_school", "area")
    list_per_page = 200

    def has_view_permission(self, request, obj=None):
        return True

    has_add_permission = has_change_permission = has_delete_permission = has_module_permission = has_view_permission


site = Open()
site.register(Partnership, Rows)
urlpatterns = [
    path("admin/", site.urls),
    path("health/", lambda request: HttpResponse("ok"), name="health"),
]
