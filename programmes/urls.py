from django.urls import path

from programmes.views import partnerships, programmes

app_name = "programmes"
urlpatterns = [
    path("programmes/", programmes.ProgrammeList.as_view(), name="list"),
    path("programmes/<slug:slug>/", programmes.ProgrammeDetail.as_view(), name="detail"),
    path("programmes/<slug:slug>/consultants/add/", programmes.consultant_add, name="consultant_add"),
    path("consultants/<int:pk>/remove/", programmes.consultant_remove, name="consultant_remove"),
    path("partnerships/", partnerships.PartnershipList.as_view(), name="partnerships"),
    path("partnerships/<int:pk>/", partnerships.PartnershipDetail.as_view(), name="partnership"),
]
