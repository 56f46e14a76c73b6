"""Background work. The truth of a job is its rows; a message only wakes a worker."""

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import beat_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings

from config.environment import Environment

if not settings.configured:  # loaded by celery itself: it works with the run-time role alone
    os.environ.setdefault("GALLEY_PROCESS", "worker")

app = Celery("galley")


def broker(env: Environment) -> dict[str, Any]:
    """Where messages go: to the broker that was named, else into files under the data folder, which
    is one machine and nothing to install."""
    if env.broker:
        return {"broker_url": env.broker, "broker_transport_options": patience(env.broker)}
    folder = settings.DATA / "broker" / env.embedded_name
    messages, control = folder / "messages", folder / "control"
    for path in (messages, control):
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return {
        "broker_url": "filesystem://localhost/",
        "broker_transport_options": {
            "data_folder_in": str(messages),
            "data_folder_out": str(messages),
            "control_folder": str(control),
            "polling_interval": 0.1,
        },
    }


def patience(url: str) -> dict[str, Any]:
    """Whoever only sends waits a second for a silent Redis, not for ever. A worker waits there."""
    if not url.startswith("redis") or os.environ.get("GALLEY_PROCESS") == "worker":
        return {}
    return {"socket_timeout": 1.0, "socket_connect_timeout": 1.0, "retry_on_timeout": False}


app.conf.update(
    broker(settings.ENV),
    task_default_queue="now",
    task_create_missing_queues=True,
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    timezone="UTC",
    enable_utc=True,
    beat_schedule_filename=str(settings.DATA / "beat"),
    beat_schedule={
        "sweeper": {"task": "apps.audit.tasks.run_subscribers", "schedule": 5.0},
        "letters": {"task": "apps.notifications.tasks.send_letters", "schedule": 15.0},
        "trials": {"task": "apps.evaluations.trial_tasks.sweep_trials", "schedule": 60.0},
        "runs": {"task": "apps.evaluations.tasks.sweep_runs", "schedule": 5.0},
        "experiments": {"task": "apps.experiments.tasks.look", "schedule": 15.0},
        "live answers": {"task": "apps.analytics.tasks.sweep_live", "schedule": 15.0},
        "live words": {"task": "apps.analytics.tasks.forget_live", "schedule": crontab(minute=11)},
        "shadows": {"task": "apps.experiments.tasks.work_shadows", "schedule": 30.0},
        "feedback": {"task": "apps.delivery.tasks.find_calls_of_feedback", "schedule": 60.0},
        "calls": {"task": "apps.delivery.tasks.tidy_calls", "schedule": crontab(minute=7)},
        "checkpoints": {"task": "apps.audit.tasks.make_checkpoint", "schedule": 5.0},
        "chain": {"task": "apps.audit.tasks.check_chain", "schedule": crontab(hour=3, minute=17)},
    },
)
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="trial_tasks")


def _say_ready(**_: Any) -> None:
    """A file named after this process: what the supervisor waits for."""
    folder = settings.DATA / "ready"
    folder.mkdir(exist_ok=True)
    (folder / str(os.getpid())).touch()


worker_ready.connect(_say_ready)
beat_init.connect(_say_ready)
