from tests.releases.world import make_world
from tests.standing import standing

world = standing(make_world)
