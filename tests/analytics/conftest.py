from tests.analytics.told import make_told
from tests.standing import standing, standing_alone

told = standing(make_told)
told_alone = standing_alone(make_told)
