"""R6: kill -9 in the middle of a release, again and again, and look for halves after each.

    python -m tests.releases.kill_release --kills 100 --seed 1 [--statements] [--control]

Works on the database that GALLEY_DATABASE_NAME names (a clone of the test's own) and prints one
JSON line. A fork does the releases and is killed; this process counts what does not fit together.
`--statements`: also a kill before every statement of a release, and before and after its commit.
`--control`: the same writes one by one, without transaction and guards: halves must be found.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

# Of what was written since the last look: what was written before may not change, and a look at all
# of it after each of ten thousand kills would be the work of days.
INVARIANTS = """
WITH made AS (
  SELECT * FROM environments_release WHERE id > %(release)s
), entries AS (
  SELECT (data ->> 'release')::bigint AS release FROM audit_auditentry
   WHERE seq > %(entry)s AND event LIKE 'releases.release.%%' AND outcome = 'done'
), written AS (
  SELECT release, count(*) AS count FROM entries GROUP BY release
)
SELECT
  (SELECT count(*) FROM environments_deployment d WHERE d.revision <> (
     SELECT count(*) FROM environments_release r
      WHERE (r.prompt_id, r.environment_id) = (d.prompt_id, d.environment_id)))
  + (SELECT count(*) FROM environments_deployment d
       JOIN environments_release r ON r.id = d.release_id
      WHERE r.revision <> d.revision)                                        AS pointers,
  (SELECT count(*) FROM made LEFT JOIN written ON written.release = made.id
    WHERE coalesce(written.count, 0) <> 1)                                   AS unrecorded,
  (SELECT count(*) FROM written LEFT JOIN made ON made.id = written.release
    WHERE made.id IS NULL)                                                   AS unwritten
"""
SEEN = """
SELECT coalesce((SELECT max(id) FROM environments_release), 0) AS release,
       coalesce((SELECT max(seq) FROM audit_auditentry), 0)     AS entry
"""

OTHERS = """
SELECT pid FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--statements", action="store_true")
    parser.add_argument("--control", action="store_true")
    options = parser.parse_args()
    import django

    django.setup()
    told = Killing(options.seed, options.control).run(options)
    sys.stdout.write(json.dumps(told) + "\n")


class Killing:
    def __init__(self, seed: int, control: bool) -> None:
        from apps.environments.models import Environment
        from apps.prompts.models import Prompt

        self.random = random.Random(seed)
        self.control = control
        self.prompt = Prompt.objects.select_related("namespace").get()
        self.place = Environment.objects.get(name="development")
        self.versions = list(self.prompt.versions.order_by("number"))
        self.others = _others()  # connections of whoever started this
        self.halves = 0
        self.seen = {"release": 0, "entry": 0}
        self.found = {"pointers": 0, "unrecorded": 0, "unwritten": 0}

    def run(self, options: argparse.Namespace) -> dict[str, Any]:
        if options.control:
            _loosen_guards()
        self._warm_up()
        began = time.monotonic()
        for _kill in range(options.kills):
            self._kill_after(self.random.uniform(0.002, 0.06))
        kills = options.kills
        if options.statements:
            kills += self._kill_at_every_statement()
        self._look_at_all()
        return {
            "kills": kills, "halves": self.halves, **self.found, "releases": self._releases(),
            "seconds": round(time.monotonic() - began, 1),
        }  # fmt: skip

    def _warm_up(self) -> None:
        """One release that is taken back: the forks find loaded what it needs."""
        from django.db import transaction

        with transaction.atomic():
            self._next()(0)
            transaction.set_rollback(True)

    def _fork(self, work: Callable[[], None]) -> int:
        from django.db import connections

        connections.close_all()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                work()
                status = 0
            except Exception:
                traceback.print_exc()
            finally:
                os._exit(status)
        return child

    def _kill_after(self, seconds: float) -> None:
        ready, told = os.pipe()

        def work() -> None:
            next_one = self._next()
            for number in itertools.count():
                next_one(number)
                if number == 0:
                    os.write(told, b".")  # connected and warm: the clock starts

        child = self._fork(work)
        os.close(told)
        began = os.read(ready, 1)
        os.close(ready)
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        if not began:
            raise AssertionError("the releases failed by themselves; see above")
        self._look()

    def _next(self) -> Callable[[int], None]:
        return _release_in_pieces(self) if self.control else _release_with_action(self)

    def _kill_at_every_statement(self) -> int:
        for at in itertools.count(1):
            child = self._fork(lambda at=at: _dying_at(at, _release_with_action(self)))
            _pid, status = os.waitpid(child, 0)
            self._look()
            if not os.WIFSIGNALED(status):
                return at - 1
        raise AssertionError  # count() has no end

    def _look(self) -> None:
        """Wait until the dead one's connection is gone, then count what does not fit together."""
        from django.db import connection

        gone = f"SELECT count(*) FROM ({OTHERS}) others WHERE pid <> ALL(%s)"
        with connection.cursor() as cursor:
            for _try in range(500):
                cursor.execute(gone, [self.others])
                if cursor.fetchone()[0] == 0:
                    break
                time.sleep(0.01)
            else:
                raise AssertionError("the killed process left its connection")
            pointers, *new = self._not_fitting(cursor)
            cursor.execute(SEEN)
            self.seen = dict(zip(self.seen, cursor.fetchone(), strict=True))
        self.halves += int(any(new) or pointers > self.found["pointers"])
        self.found["pointers"] = pointers
        for name, count in zip(("unrecorded", "unwritten"), new, strict=True):
            self.found[name] += count

    def _not_fitting(self, cursor: Any) -> tuple[int, int, int]:
        """Pointers now; releases without their entry and entries without theirs since `seen`."""
        cursor.execute(INVARIANTS, self.seen)
        pointers, unrecorded, unwritten = cursor.fetchone()
        return pointers, unrecorded, unwritten

    def _look_at_all(self) -> None:
        """Once more, at everything: nothing became half after it was seen to be whole."""
        from django.db import connection

        self.seen = dict.fromkeys(self.seen, 0)
        with connection.cursor() as cursor:
            found = self._not_fitting(cursor)
        if found != tuple(self.found.values()):
            raise AssertionError(f"all of it says {found}, its parts {self.found}")

    def _releases(self) -> int:
        from apps.environments.models import Release

        return Release.objects.count()


def _others() -> list[int]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(OTHERS)
        return [row[0] for row in cursor.fetchall()]


def _release_with_action(killing: Killing) -> Callable[[int], None]:
    """The real action, as the page calls it."""
    from apps.accounts.models import User
    from apps.audit import trail
    from apps.environments.queries import live_release
    from apps.releases.actions import release_version

    trail.wake_subscribers = lambda: None  # after the commit; nothing of it is in question here
    actor = User.objects.get(email="releaser@test.example")

    def release(_number: int) -> None:
        live = live_release(killing.prompt, killing.place)
        version = next(v for v in killing.versions if live is None or v.pk != live.version_id)
        release_version(
            killing.prompt, version=version, environment=killing.place,
            expects=live.pk if live else None, actor=actor,
        )  # fmt: skip

    return release


def _dying_at(boundary: int, release: Callable[[int], None]) -> None:
    """Kill this process at the n-th boundary: before each statement, before and after COMMIT."""
    from django.db import connection

    seen = itertools.count(1)

    def boundary_passed() -> None:
        if next(seen) == boundary:
            os.kill(os.getpid(), signal.SIGKILL)

    def before(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        boundary_passed()
        return execute(sql, params, many, context)

    commit = connection._commit

    def around_commit() -> None:
        boundary_passed()
        commit()
        boundary_passed()

    connection._commit = around_commit
    with connection.execute_wrapper(before):
        release(0)


def _loosen_guards() -> None:
    """For the control alone, in its own database: the guards would refuse such writes."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        for table in ("environments_release", "environments_deployment", "audit_auditentry"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")


def _release_in_pieces(killing: Killing) -> Callable[[int], None]:
    """What a release writes, each piece committed by itself."""
    from django.db import connection

    from apps.audit.models import AuditEntry
    from apps.releases.events import MADE

    prompt, place = killing.prompt.pk, killing.place.pk
    version = killing.versions[0].pk

    def release(_number: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO environments_release (prompt_id, environment_id, version_id, revision,"
                " how, reason, approvals_needed, made_by_kind) SELECT %s, %s, %s,"
                " coalesce(max(revision), 0) + 1, 'publish', '', 0, 'person'"
                " FROM environments_release RETURNING id, revision",
                [prompt, place, version],
            )
            made, revision = cursor.fetchone()
            cursor.execute(
                "INSERT INTO environments_deployment (prompt_id, environment_id, release_id,"
                " revision) VALUES (%s, %s, %s, %s) ON CONFLICT (prompt_id, environment_id)"
                " DO UPDATE SET release_id = excluded.release_id, revision = excluded.revision",
                [prompt, place, made, revision],
            )
        entry = AuditEntry.objects.order_by("-seq")[0]
        entry.seq, entry.event, entry.data = entry.seq + 1, MADE, {"release": made}
        entry.save(force_insert=True)

    return release


if __name__ == "__main__":
    main()
