"""The list of lectures, the series of a year, and its plan month by month."""

from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from equipoise.web.access import needs
from equipoise.web.lectures import actions, queries, slots
from equipoise.web.lectures.competencies import COMPETENCIES
from equipoise.web.lectures.forms import RuleForm, SeriesForm
from equipoise.web.lectures.models import Lecture, Series
from equipoise.web.lectures.phrases import objection_text
from equipoise.web.lectures.presenters import present_plan, present_row, present_slots
from equipoise.web.lectures.views.attempt import attempt

ON_A_PAGE = 20
either = require_http_methods(["GET", "HEAD", "POST"])


@needs("lectures.list_lectures")
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The coming lectures or the past ones, of one competency or one year where that is asked for."""
    user = request.user
    past = request.GET.get("when") == "past"
    competency = request.GET.get("competency", "")
    year = request.GET.get("year", "")
    lectures = queries.with_mine(queries.visible_lectures(user), user)
    if competency in COMPETENCIES:
        lectures = queries.about(lectures, competency)
    if year.isdecimal() and len(year) == 4:
        lectures = lectures.filter(series__year=int(year))
    ordered = queries.past_lectures(lectures) if past else queries.coming_lectures(lectures)
    page = Paginator(ordered, ON_A_PAGE).get_page(request.GET.get("page"))
    series = list(queries.visible_series(user)[:30])
    context = {
        "page": page,
        "rows": [present_row(lecture, user) for lecture in page.object_list],
        "past": past,
        "competency": competency,
        "competencies": [(code, str(name)) for code, name in COMPETENCIES.items()],
        "year": year,
        "years": sorted({one.year for one in series}, reverse=True),
        "series": series,
        "plannable": [one for one in series if one.programme_id in user.coordinated_programme_ids],
        "may_plan": user.has_perm("lectures.add_lecture"),
    }
    return render(request, "lectures/list.html", context)


@needs("lectures.view_series", Series)
@require_safe
def detail(request: HttpRequest, series: Series) -> HttpResponse:
    """The lectures of a year, in their order."""
    found = queries.visible_lectures(request.user).filter(series=series).order_by("starts", "pk")
    lectures = list(queries.with_mine(found, request.user)[:200])
    covered = {
        code for lecture in lectures if lecture.status != Lecture.Status.CANCELLED for code in lecture.competencies
    }
    context = {
        "series": series,
        "rows": [present_row(lecture, request.user) for lecture in lectures],
        "covered": [(str(name), code in covered) for code, name in COMPETENCIES.items()],
        "may_plan": request.user.has_perm("lectures.plan_series", series),
    }
    return render(request, "lectures/series.html", context)


@needs("lectures.add_lecture")
@either
def new(request: HttpRequest) -> HttpResponse:
    """A new year."""
    form = SeriesForm(request.POST or None, user=request.user, initial={"year": timezone.localdate().year})
    if request.method == "POST" and form.is_valid():
        made = []
        if attempt(request, lambda: made.append(actions.start_series(**form.cleaned_data))):
            return redirect("lectures:plan", made[0].pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "lectures/series_new.html", {"form": form}, status=status)


@needs("lectures.plan_series", Series, see="lectures.view_series")
@require_safe
def plan(request: HttpRequest, series: Series) -> HttpResponse:
    """The year month by month: what is planned, what is missing, holidays, and who has not answered."""
    lectures = list(series.lectures.select_related("speaker", "programme").order_by("starts", "pk")[:300])
    kept = [lecture for lecture in lectures if lecture.status != Lecture.Status.CANCELLED]
    counts = series.lectures.aggregate(
        confirmed=Count("pk", filter=Q(status__in=queries.SETTLED)),
        invited=Count("pk", filter=Q(status=Lecture.Status.INVITED)),
        proposed=Count("pk", filter=Q(status=Lecture.Status.PROPOSED)),
    )
    context = {
        "series": series,
        "months": present_plan(series, lectures, request.user),
        "counts": counts,
        "planned": len(kept),
        "aim": series.programme.lectures_a_year,
    }
    return render(request, "lectures/plan.html", context)


@needs("lectures.plan_series", Series, see="lectures.view_series")
@require_GET
def suggestions(request: HttpRequest, series: Series) -> HttpResponse:
    """Times of a month that suit everyone."""
    year, month = _month(request.GET.get("month", ""), series.year)
    minutes = _minutes(request.GET.get("minutes", ""))
    found = present_slots(series.programme_id, year, month, minutes)
    best = found[:3]
    context = {"series": series, "slots": found, "best": best, "month": date(year, month, 1), "minutes": minutes}
    return render(request, "lectures/suggestions.html", context)


@needs("lectures.plan_series", Series, see="lectures.view_series")
@either
def regular(request: HttpRequest, series: Series) -> HttpResponse:
    """A regular date over several months: shown first, with what speaks against each, then planned as chosen."""
    initial = {"first": date(series.year, 1, 1), "at": "20:00", "time_zone": _far_zone(series)}
    form = RuleForm(request.POST or None, programme_id=series.programme_id, initial=initial)
    rows, status = [], 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            status, rows = 200, _occurrences(form, series)
            chosen = [row["found"].starts for row in rows if row["value"] in request.POST.getlist("chosen")]
            if "plan" in request.POST and chosen:
                _plan_all(request, form, series, chosen)
                return redirect("lectures:plan", series.pk)
            if "plan" in request.POST:
                messages.error(request, _("Choose at least one date."))
    return render(request, "lectures/regular.html", {"series": series, "form": form, "rows": rows}, status=status)


def _plan_all(request: HttpRequest, form: RuleForm, series: Series, chosen: list) -> None:
    facts = form.cleaned_data
    topic = {"topic_en": "To be chosen", "topic_zh": "待定"}
    for starts in chosen:
        actions.plan_lecture(
            series=series, starts=starts, minutes=facts["minutes"], time_zone=facts["time_zone"], **topic
        )
    messages.success(request, _("%(count)s dates are in the plan.") % {"count": len(chosen)})


def _occurrences(form: RuleForm, series: Series) -> list[dict]:
    facts = form.cleaned_data
    places = queries.places_of(series.programme_id)
    start = slots.instant(facts["first"].replace(day=1), facts["at"], form.rule().zone) - queries.LONGEST
    busy = queries.busy_times(series.programme_id, start, start + 32 * facts["count"] * queries.LONGEST)
    found = slots.occurrences(form.rule(), facts["first"], facts["count"], facts["minutes"], places, busy)
    moments = [one.starts for one in found]
    shifts = {place.name: slots.shifts(moments, place.zone) for place in places}
    now = timezone.now()
    return [
        {
            "found": one,
            "value": one.starts.strftime("%Y-%m-%dT%H:%MZ"),
            "objections": [objection_text(objection) for objection in one.objections],
            "past": one.starts <= now,
            "shifted": [
                {"place": place, "hour": f"{one.starts.astimezone(_zone(places, place)):%H:%M}"}
                for place, moved in shifts.items()
                if moved[number]
            ],
        }
        for number, one in enumerate(found)
    ]


def _zone(places: list[slots.Place], name: str):
    return next(place.zone for place in places if place.name == name)


def _far_zone(series: Series) -> str:
    """The zone of the partner, who gives the lectures: the last of the programme's."""
    last = series.programme.institutions.order_by("-pk").first()
    return last.time_zone if last else "UTC"


def _month(text: str, year: int) -> tuple[int, int]:
    try:
        day = date.fromisoformat(f"{text}-01")
    except ValueError:
        day = date(year, 1, 1)
    return (day.year, day.month) if 1950 <= day.year <= 2100 else (year, 1)


def _minutes(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 4 and 10 <= int(text) <= 480 else 60
