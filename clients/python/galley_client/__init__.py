"""The released prompt, in one line, that keeps working when Galley is down."""

from galley_client.errors import GalleyError, ValuesError
from galley_client.prompt import Prompt
from galley_client.sync import Galley
from galley_client.unsync import AsyncGalley

__all__ = ["AsyncGalley", "Galley", "GalleyError", "Prompt", "ValuesError"]
