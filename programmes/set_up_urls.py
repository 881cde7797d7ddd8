"""The pages of setting a programme up: its tasks, its timetable, the templates, the term dates."""

from django.urls import path, register_converter

from programmes.views import areas, checking, copying, setting_up, templates, term_dates, timetables
from programmes.years import YearConverter

register_converter(YearConverter, "year")

urlpatterns = [
    path("programmes/add/", setting_up.add, name="add"),
    path("programmes/<slug:slug>/copy/", copying.CopyProgramme.as_view(), name="copy"),
    path("programmes/<slug:slug>/set-up/", setting_up.set_up, name="set_up"),
    path("programmes/<slug:slug>/set-up/settings/", setting_up.settings, name="settings"),
    path("programmes/<slug:slug>/set-up/done/<slug:task>/", setting_up.task_done, name="task_done"),
    path("programmes/<slug:slug>/set-up/areas/", setting_up.areas, name="areas"),
    path("programmes/<slug:slug>/set-up/areas/<int:pk>/", setting_up.area_change, name="area_change"),
    path("programmes/<slug:slug>/set-up/areas/<int:pk>/delete/", setting_up.area_delete, name="area_delete"),
    path("programmes/<slug:slug>/set-up/areas/<int:pk>/move/", areas.area_move, name="area_move"),
    path("programmes/<slug:slug>/set-up/data-points/", setting_up.data_points, name="data_points"),
    path(
        "programmes/<slug:slug>/set-up/data-points/usual/", setting_up.data_points_suggest, name="data_points_suggest"
    ),
    path("programmes/<slug:slug>/set-up/data-points/<int:pk>/", setting_up.data_point_change, name="data_point_change"),
    path(
        "programmes/<slug:slug>/set-up/data-points/<int:pk>/delete/",
        setting_up.data_point_delete,
        name="data_point_delete",
    ),
    path("programmes/<slug:slug>/set-up/criteria/", setting_up.criteria, name="criteria"),
    path("programmes/<slug:slug>/set-up/staff/", setting_up.staff, name="staff"),
    path("programmes/<slug:slug>/set-up/check/", checking.check, name="check"),
    path("programmes/<slug:slug>/set-up/delete/", checking.delete, name="delete"),
    path("programmes/<slug:slug>/timetable/", timetables.timetable, name="timetable"),
    path("programmes/<slug:slug>/timetable/choose/", timetables.timetable_choose, name="timetable_choose"),
    path("programmes/<slug:slug>/timetable/choose/<int:pk>/", timetables.timetable_place, name="timetable_place"),
    path("programmes/<slug:slug>/timetable/save/", timetables.timetable_save, name="timetable_save"),
    path("programmes/<slug:slug>/timetable/steps/add/", timetables.step, name="step_add"),
    path("programmes/<slug:slug>/timetable/steps/<int:pk>/", timetables.step, name="step_change"),
    path("programmes/<slug:slug>/timetable/steps/<int:pk>/move/", timetables.step_move, name="step_move"),
    path("programmes/<slug:slug>/timetable/steps/<int:pk>/remove/", timetables.step_remove, name="step_remove"),
    path("timetable-templates/", templates.template_list, name="templates"),
    path("timetable-templates/<int:pk>/", templates.template_detail, name="template"),
    path("timetable-templates/<int:pk>/copy/", templates.template_copy, name="template_copy"),
    path("timetable-templates/<int:pk>/change/", templates.template_change, name="template_change"),
    path("timetable-templates/<int:pk>/delete/", templates.template_delete, name="template_delete"),
    path("timetable-templates/<int:pk>/steps/add/", templates.template_step, name="template_step_add"),
    path("timetable-templates/<int:pk>/steps/<int:step>/", templates.template_step, name="template_step"),
    path(
        "timetable-templates/<int:pk>/steps/<int:step>/move/", templates.template_step_move, name="template_step_move"
    ),
    path(
        "timetable-templates/<int:pk>/steps/<int:step>/remove/",
        templates.template_step_remove,
        name="template_step_remove",
    ),
    path("term-dates/", term_dates.term_dates_list, name="term_dates"),
    path("term-dates/<int:pk>/<year:year>/", term_dates.TermDatesOfYear.as_view(), name="term_dates_year"),
    path("term-dates/<int:pk>/<year:year>/schools/add/", term_dates.OwnDates.as_view(), name="own_dates"),
    path("term-dates/<int:pk>/<year:year>/enter/", term_dates.EnterTermDates.as_view(), name="term_dates_enter"),
    path(
        "term-dates/<int:pk>/<year:year>/schools/<int:school>/remove/",
        term_dates.own_dates_remove,
        name="own_dates_remove",
    ),
]
