"""Addresses of the room of programme."""

from django.urls import path

from equipoise.web.programme.views import people, reports, year

app_name = "programme"
urlpatterns = [
    path("", year.index, name="list"),
    path("<int:pk>/", year.detail, name="detail"),
    path("<int:pk>/edit/", year.edit, name="edit"),
    path("<int:pk>/documents/add/", year.add, name="add_document"),
    path("documents/<int:pk>/", year.download, name="document"),
    path("documents/<int:pk>/remove/", year.remove, name="remove_document"),
    path("<int:pk>/reports/", reports.index, name="reports"),
    path("<int:pk>/report/", reports.make, name="report"),
    path("reports/<int:pk>/", reports.detail, name="report_page"),
    path("reports/<int:pk>/progress/", reports.progress, name="report_progress"),
    path("reports/<int:pk>/again/", reports.again, name="report_again"),
    path("reports/<int:pk>/<str:language>.<str:kind>", reports.file, name="report_file"),
    path("<int:pk>/cohort/", people.cohort, name="cohort"),
    path("<int:pk>/cohort.csv", people.cohort_csv, name="cohort_csv"),
    path("growth/<int:pk>/", people.growth, name="growth"),
    path("growth/<int:pk>/cv-<str:language>.<str:kind>", people.cv, name="cv"),
]
