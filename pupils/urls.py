from django.urls import path

from pupils import views
from pupils.choosing import views as choosing
from pupils.collecting import views as collecting
from pupils.life import views as life
from pupils.moderating import views as moderating
from pupils.returns import views as returns
from pupils.targets import views as targets

app_name = "pupils"
urlpatterns = [
    path("pupils/", views.PlaceList.as_view(), name="list"),
    path("pupils/<int:pk>/", views.PupilDetail.as_view(), name="detail"),
    path("pupils/<int:pk>/change/", views.PupilUpdate.as_view(), name="change"),
    path("programmes/<slug:slug>/grades/", collecting.Collect.as_view(), name="collect"),
    path("programmes/<slug:slug>/grades/look/", collecting.Look.as_view(), name="collect_look"),
    path("programmes/<slug:slug>/grades/<int:point>/<str:ending>/", collecting.template, name="collect_template"),
    path("events/<int:pk>/moderation/", moderating.session, name="moderation"),
    path("returns/", returns.returns, name="returns"),
    path("returns/<int:pk>/", returns.data_return, name="return"),
    path("returns/<int:pk>/save/", returns.autosave, name="return_save"),
    path("returns/<int:pk>/paste/", returns.paste, name="return_paste"),
    path("returns/<int:pk>/check/", returns.check, name="return_check"),
    path("returns/<int:pk>/correct/", returns.correct, name="return_correct"),
    path("pupils/partnership/<int:pk>/", choosing.choose, name="choose"),
    path("pupils/partnership/<int:pk>/add/", choosing.add, name="add"),
    path("pupils/partnership/<int:pk>/targets/", targets.targets, name="targets"),
    path("pupils/partnership/<int:pk>/take-over/", life.take_over, name="take_over"),
    path("pupils/places/<int:pk>/end/", life.end, name="place_end"),
    path("pupils/places/<int:pk>/back/", life.back, name="place_back"),
    path("pupils/places/<int:pk>/change/", life.change, name="place_change"),
    path("programmes/<slug:slug>/moved-pupils/", life.moved, name="moved"),
    path("programmes/<slug:slug>/moved-pupils/<int:pk>/", life.move_on, name="move_on"),
    path("pupils/partnership/<int:pk>/lists/set-aside/", choosing.lists_set_aside, name="lists_set_aside"),
    path("pupils/lists/<int:pk>/", choosing.list_check, name="list_check"),
    path("pupils/lists/<int:pk>/rows/", choosing.list_rows, name="list_rows"),
    path("pupils/lists/<int:pk>/columns/", choosing.list_columns, name="list_columns"),
    path("pupils/lists/<int:pk>/set-aside/", choosing.list_set_aside, name="list_set_aside"),
    path("programmes/<slug:slug>/set-up/assessment/", views.assessment, name="assessment"),
    path("programmes/<slug:slug>/set-up/assessment/<str:scale>/", views.expectations, name="expectations"),
]
