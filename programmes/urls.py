from django.urls import path

from programmes import views

app_name = "programmes"
urlpatterns = [
    path("programmes/", views.ProgrammeList.as_view(), name="list"),
    path("programmes/<slug:slug>/", views.ProgrammeDetail.as_view(), name="detail"),
    path("programmes/<slug:slug>/consultants/add/", views.consultant_add, name="consultant_add"),
    path("consultants/<int:pk>/remove/", views.consultant_remove, name="consultant_remove"),
    path("partnerships/", views.PartnershipList.as_view(), name="partnerships"),
    path("partnerships/<int:pk>/", views.PartnershipDetail.as_view(), name="partnership"),
]
