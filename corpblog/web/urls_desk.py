"""The compliance desk."""

from django.urls import URLPattern, path

from corpblog.web.views import (
    desk,
    desk_erasures,
    desk_figures,
    desk_holds,
    desk_looks,
    desk_retention,
    desk_samples,
    desk_search,
    incidents,
)

urlpatterns: list[URLPattern] = [
    path("desk/", desk.queue, name="desk"),
    path("desk/reports/", desk_figures.figures, name="desk_figures"),
    path("desk/reports.csv", desk_figures.figures_csv, name="desk_figures_csv"),
    path("desk/retention/", desk_retention.Retention.as_view(), name="desk_retention"),
    path("desk/retention/<int:schedule_id>/", desk_retention.act, name="desk_schedule"),
    path("desk/samples/", desk_samples.Samples.as_view(), name="desk_samples"),
    path("desk/samples/<int:sample_id>/", desk_samples.mark, name="desk_sample"),
    path("desk/search/", desk_search.Search.as_view(), name="desk_search"),
    path("desk/erasures/", desk_erasures.Erasures.as_view(), name="desk_erasures"),
    path("desk/erasures/<int:erasure_id>/", desk_erasures.act, name="desk_erasure"),
    path("desk/holds/", desk_holds.Holds.as_view(), name="desk_holds"),
    path("desk/holds/<int:hold_id>/", desk_holds.hold, name="desk_hold"),
    path("desk/holds/<int:hold_id>/act/", desk_holds.act, name="desk_hold_act"),
    path("desk/holds/<int:hold_id>/files/<int:revision_id>/<int:index>/", desk_holds.held_file, name="desk_held_file"),
    path("desk/incidents/", incidents.incidents, name="desk_incidents"),
    path("desk/incidents/adopt/", incidents.adopt, name="desk_incidents_adopt"),
    path("desk/incidents/<int:incident_id>/disown/", incidents.disown, name="desk_incident_disown"),
    path("desk/incidents/<int:incident_id>/acknowledge/", incidents.acknowledge, name="desk_incident_acknowledge"),
    path("desk/<int:share_id>/", desk.case, name="desk_case"),
    path("desk/<int:share_id>/files/<int:index>/", desk.file, name="desk_file"),
    path("desk/<int:share_id>/rows/", desk.rows, name="desk_rows"),
    path("desk/<int:share_id>/news/", desk.news, name="desk_news"),
    path("desk/<int:share_id>/decide/", desk.decide, name="desk_decide"),
    path("desk/<int:share_id>/undo/", desk.undo, name="desk_undo"),
    path("desk/<int:share_id>/assign/", desk.assign, name="desk_assign"),
    path("desk/<int:share_id>/remarks/", desk.remark, name="desk_remark"),
    path("desk/<int:share_id>/appeal/", desk_looks.answer_appeal, name="desk_appeal"),
    path("desk/<int:share_id>/name/", desk_looks.unmask, name="desk_unmask"),
    path("desk/<int:share_id>/rules/", desk_looks.mark_rule, name="desk_mark_rule"),
    path("desk/<int:share_id>/evidence/", desk.evidence, name="desk_evidence"),
]
