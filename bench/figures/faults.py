"""R8 at full length: every fault of the scripted provider, 200 times each."""

import os

from bench.run import Measured, figure

CASES = 200


@figure("provider_faults_unlike_their_verdict")
def provider_faults_unlike_their_verdict() -> Measured:
    """Questions that a fault met and that did not end as the table says, none as an answer."""
    asked, wrong = _told()
    return Measured(wrong, "questions", asked, "25 faults; the control is in the tests")


def _told() -> tuple[int, int]:
    """Questions asked, and those that did not end as the table of verdicts says."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    os.environ["GALLEY_R8_CASES"] = str(CASES)
    import django

    django.setup()
    from tests.llm import test_r8_faults as r8

    found, _calls = r8.run(r8._faults(), 3600)
    wrong = sum(
        code != r8.VERDICTS[name][0] for name, (codes, _rest) in found.items() for code in codes
    )
    return sum(len(codes) for codes, _rest in found.values()), wrong
