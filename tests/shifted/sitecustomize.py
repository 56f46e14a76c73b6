"""Loaded by Python itself at the start of a child that has this folder on its path: the machine's
clock goes wrong by GALLEY_TEST_SHIFT seconds. The steady clock goes on as it was."""

import os
import time

_SHIFT = float(os.environ.get("GALLEY_TEST_SHIFT", "0"))
_time, _time_ns = time.time, time.time_ns

time.time = lambda: _time() + _SHIFT
time.time_ns = lambda: _time_ns() + int(_SHIFT * 10**9)
