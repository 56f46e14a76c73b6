from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "apps.notifications"
    label = "notifications"

    def ready(self) -> None:
        from apps.audit.subscribers import subscribe, sweep_with
        from apps.notifications.subscribers import EVENTS, deliver, sweep

        subscribe("notifications.inbox", EVENTS, deliver)
        sweep_with("notifications.comments", sweep)
