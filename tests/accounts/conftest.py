from tests.standing import standing
from tests.teams.people import open_office

office = standing(open_office)
