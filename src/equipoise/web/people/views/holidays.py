"""The days on which an institution does not work."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from equipoise.web.access import needs
from equipoise.web.people.forms import HolidayForm
from equipoise.web.people.holidays import fill_public_holidays
from equipoise.web.people.models import Holiday, Institution
from equipoise.web.people.queries import coordinated_institutions


@needs("people.add_invitation")
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest, number: int) -> HttpResponse:
    """The holidays of an institution that the reader coordinates, and one more."""
    place = get_object_or_404(coordinated_institutions(request.user), pk=number)
    form = HolidayForm(request.POST or None, instance=Holiday(institution=place))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("people:holidays", place.pk)
    days = Holiday.objects.filter(institution=place, last__gte=timezone.localdate())
    return render(request, "people/holidays.html", {"place": place, "form": form, "days": days, "years": _years()})


def _years() -> list[int]:
    return [timezone.localdate().year + ahead for ahead in (0, 1)]


@needs("people.add_invitation")
@require_POST
def fill(request: HttpRequest, number: int) -> HttpResponse:
    """Add the public holidays of a year."""
    place: Institution = get_object_or_404(coordinated_institutions(request.user), pk=number)
    year = request.POST.get("year", "")
    if year not in map(str, _years()):
        messages.error(request, _("Choose this year or the next."))
    else:
        count = fill_public_holidays(place, int(year))
        messages.success(
            request, _("Public holidays added: %(count)d. Check them against the official calendar.") % {"count": count}
        )
    return redirect("people:holidays", place.pk)


@needs("people.add_invitation")
@require_POST
def remove(request: HttpRequest, number: int) -> HttpResponse:
    """Take one away."""
    day = get_object_or_404(Holiday, pk=number, institution__in=coordinated_institutions(request.user))
    day.delete()
    return redirect("people:holidays", day.institution_id)
