from django.urls import path

from pupils import views
from pupils.returns import views as returns

app_name = "pupils"
urlpatterns = [
    path("pupils/", views.PlaceList.as_view(), name="list"),
    path("pupils/<int:pk>/", views.PupilDetail.as_view(), name="detail"),
    path("pupils/<int:pk>/change/", views.PupilUpdate.as_view(), name="change"),
    path("returns/", returns.returns, name="returns"),
    path("returns/<int:pk>/", returns.data_return, name="return"),
    path("returns/<int:pk>/save/", returns.autosave, name="return_save"),
    path("returns/<int:pk>/paste/", returns.paste, name="return_paste"),
    path("returns/<int:pk>/check/", returns.check, name="return_check"),
    path("returns/<int:pk>/correct/", returns.correct, name="return_correct"),
    path("programmes/<slug:slug>/set-up/assessment/", views.assessment, name="assessment"),
    path("programmes/<slug:slug>/set-up/assessment/<str:scale>/", views.expectations, name="expectations"),
]
