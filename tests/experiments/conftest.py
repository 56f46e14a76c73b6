from tests.experiments.scene import make_scene
from tests.standing import standing

scene = standing(make_scene)
