"""The pages of the board: who sits on it, and what keeps a member from cases."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from equipoise.web.access import needs
from equipoise.web.advice import actions_board as actions
from equipoise.web.advice.forms_board import CapacityForm, ConflictForm, SeatForm, TermForm
from equipoise.web.advice.models import BoardMember
from equipoise.web.advice.presenters_board import present_members
from equipoise.web.advice.queries import board_member
from equipoise.web.advice.queries_board import conflicts_shown, programmes_of, reads_for
from equipoise.web.programme.models import Programme

either = require_http_methods(["GET", "HEAD", "POST"])


def chosen_programme(request: HttpRequest) -> Programme:
    """The programme that the address names, or the reader's first; 404 where there is none."""
    mine = list(programmes_of(request.user))
    named = request.GET.get("programme", "")
    found = [programme for programme in mine if str(programme.pk) == named] or ([] if named else mine)
    if not found:
        raise Http404
    programme = found[0]
    programme.others = [other for other in mine if other != programme]
    return programme


def status_of(request: HttpRequest, form) -> int:
    return 422 if request.method == "POST" and form.errors else 200


@needs("advice.list_consultations")
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The members of a board, with what they know and how much waits for them."""
    programme = chosen_programme(request)
    today = timezone.localdate()
    seats = programme.board.select_related("user", "programme")
    former = seats.filter(until__lt=today)
    page = Paginator(seats.exclude(until__lt=today), 40).get_page(request.GET.get("page"))
    context = {
        "programme": programme, "page": page, "members": present_members(page.object_list),
        "former": former[:40], "may_change": request.user.has_perm("advice.change_board", programme),
        "mine": board_member(request.user, programme), "here": "board",
    }  # fmt: skip
    return render(request, "advice/board/board.html", context)


@needs("advice.change_board", Programme)
@either
def seat(request: HttpRequest, programme: Programme) -> HttpResponse:
    """Put someone on the board."""
    form = SeatForm(request.POST or None, programme=programme)
    if request.method == "POST" and form.is_valid():
        facts = {name: form.cleaned_data[name] for name in ("capacity", "since", "until")}
        try:
            member = actions.seat_member(programme=programme, user=form.user, **facts)
        except ValidationError as error:
            form.add_error("email", error)
        else:
            messages.success(request, _("%(name)s is on the board.") % {"name": member.user.name})
            return redirect("advice:member", member.pk)
    context = {"form": form, "programme": programme, "title": _("New member of the board"), "here": "board"}
    context["submit"] = _("Put on the board")
    return render(request, "advice/board/form.html", context, status=status_of(request, form))


@needs("advice.view_board", BoardMember)
@require_GET
def member(request: HttpRequest, member: BoardMember) -> HttpResponse:
    """A member, and to those who may know of them the conflicts."""
    may_know = member.user_id == request.user.pk or reads_for(request.user, member)
    context = {
        "member": present_members([member])[0], "programme": member.programme, "here": "board", "may_know": may_know,
        "conflicts": conflicts_shown(request.user, member), "is_mine": member.user_id == request.user.pk,
        "may_declare": request.user.has_perm("advice.declare_conflict", member),
    }  # fmt: skip
    return render(request, "advice/board/member.html", context)


@needs("advice.declare_conflict", BoardMember, see="advice.view_board")
@either
def change(request: HttpRequest, member: BoardMember) -> HttpResponse:
    """A coordinator changes the term and the capacity; a member the capacity."""
    kind = TermForm if request.user.has_perm("advice.change_board", member) else CapacityForm
    form = kind(request.POST or None, instance=BoardMember.objects.get(pk=member.pk))
    if request.method == "POST" and form.is_valid():
        actions.change_member(member=member, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("advice:member", member.pk)
    context = {"form": form, "programme": member.programme, "title": member.user.name, "here": "board"}
    context["submit"] = _("Save")
    return render(request, "advice/board/form.html", context, status=status_of(request, form))


@needs("advice.declare_conflict", BoardMember, see="advice.view_board")
@either
def conflict(request: HttpRequest, member: BoardMember) -> HttpResponse:
    """Declare a conflict of interest."""
    form = ConflictForm(request.POST or None, member=member, by=request.user)
    if request.method == "POST" and form.is_valid():
        actions.declare_conflict(member=member, by=request.user, reason=form.cleaned_data["reason"], **form.found)
        messages.success(request, _("The conflict is on record. What it closes is closed at once."))
        return redirect("advice:member", member.pk)
    context = {"form": form, "programme": member.programme, "here": "board", "submit": _("Declare the conflict")}
    context["title"] = _("Conflict of interest of %(name)s") % {"name": member.user.name}
    return render(request, "advice/board/form.html", context, status=status_of(request, form))


@needs("advice.declare_conflict", BoardMember, see="advice.view_board")
@require_POST
def end_conflict(request: HttpRequest, member: BoardMember, number: int) -> HttpResponse:
    """The conflict is over."""
    actions.end_conflict(conflict=get_object_or_404(member.conflicts, pk=number))
    messages.success(request, _("The conflict has ended."))
    return redirect("advice:member", member.pk)
