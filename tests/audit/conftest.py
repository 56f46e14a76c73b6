import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "clients" / "python"))

from tests.standing import standing
from tests.teams.people import open_office

office = standing(open_office)
