from django.urls import path

from apps.pages.views import access, admin, admin_mail, admin_models, admin_rules, audit, help

urlpatterns = [
    path("admin/", admin.people, name="admin"),
    path("admin/people/", admin.accounts, name="admin_people"),
    path("admin/teams/", admin.teams, name="admin_teams"),
    path("admin/teams/<int:pk>/", admin.team, name="admin_team"),
    path("admin/namespaces/", admin.namespaces, name="admin_namespaces"),
    path("admin/rules/", admin_rules.rules, name="admin_rules"),
    path("admin/rules/<str:name>/today/", admin_rules.rule_today, name="rule_today"),
    path("admin/keys/", admin_rules.keys, name="admin_keys"),
    path("admin/models/", admin_models.models, name="admin_models"),
    path("admin/budgets/", admin_models.budgets, name="admin_budgets"),
    path("admin/mail/", admin_mail.mail, name="admin_mail"),
    path("admin/access/", access.check_access, name="check_access"),
    path("audit/", audit.audit, name="audit"),
    path("audit/export.<str:form>", audit.export, name="audit_export"),
    path("help/", help.help_page, name="help"),
]
