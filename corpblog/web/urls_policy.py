"""The policy console."""

from django.urls import path

from corpblog.web.views import (
    policies,
    policy_bench,
    policy_drafts,
    policy_health,
    policy_lists,
    policy_rules,
    policy_simulation,
)

urlpatterns = [
    path("policies/", policies.overview, name="policies"),
    path("policies/health/", policy_health.health, name="policy_health"),
    path("policies/health/times/", policy_health.times, name="policy_rule_times"),
    path("policies/drafts/", policies.create_draft, name="policy_create_draft"),
    path("policies/<int:number>/", policies.version, name="policy_version"),
    path("policies/<int:number>/differences/", policies.differences, name="policy_differences"),
    path("policies/<int:number>/propose/", policies.propose, name="policy_propose"),
    path("policies/<int:number>/put-in-force/", policies.put_in_force, name="policy_put_in_force"),
    path("policies/<int:number>/refuse/", policies.refuse, name="policy_refuse"),
    path("policies/<int:number>/roll-back/", policies.roll_back, name="policy_roll_back"),
    path("policies/<int:number>/discard/", policies.discard, name="policy_discard"),
    path("policies/<int:number>/bench/", policy_bench.bench, name="policy_bench"),
    path("policies/<int:number>/effect/", policy_bench.effect, name="policy_effect"),
    path("policies/<int:number>/simulation/", policy_simulation.simulation, name="policy_simulation"),
    path("policies/<int:number>/simulation/cancel/", policy_simulation.cancel, name="policy_simulation_cancel"),
    path("policies/<int:number>/packs/", policy_drafts.add_pack, name="policy_add_pack"),
    path("policies/<int:number>/packs/switch/", policy_drafts.switch_pack, name="policy_switch_pack"),
    path("policies/<int:number>/yaml/", policy_drafts.source, name="policy_source"),
    path("policies/<int:number>/new-rule/", policy_rules.rule, name="policy_new_rule"),
    path("policies/<int:number>/new-rule/effect/", policy_rules.rule_effect, name="policy_new_rule_effect"),
    path("policies/<int:number>/new-rule/step/", policy_rules.step, name="policy_new_rule_step"),
    path("policies/<int:number>/rules/<slug:rule_id>/step/", policy_rules.step, name="policy_rule_step"),
    path("policies/<int:number>/rules/<slug:rule_id>/", policy_rules.rule, name="policy_rule"),
    path("policies/<int:number>/rules/<slug:rule_id>/effect/", policy_rules.rule_effect, name="policy_rule_effect"),
    path("policies/<int:number>/rules/<slug:rule_id>/delete/", policy_rules.delete_rule, name="policy_delete_rule"),
    path("policies/<int:number>/lists/", policy_lists.word_lists, name="policy_word_lists"),
    path("policies/<int:number>/lists/put/", policy_lists.put_word_list, name="policy_put_word_list"),
    path("policies/<int:number>/lists/keep-in-step/", policy_lists.put_source, name="policy_put_source"),
    path("policies/<int:number>/lists/of/<str:name>/", policy_lists.word_list, name="policy_word_list"),
    path("policies/<int:number>/lists/of/<str:name>/met/", policy_lists.met, name="policy_list_met"),
    path("policies/<int:number>/lists/of/<str:name>/drop/", policy_lists.drop_word_list, name="policy_drop_word_list"),
    path("policies/<int:number>/lists/of/<str:name>/release/", policy_lists.drop_source, name="policy_drop_source"),
    path("policies/<int:number>/lists/of/<str:name>/read/", policy_lists.sync_now, name="policy_sync_now"),
]
