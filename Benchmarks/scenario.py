"""What a scenario of abuse is, and what it is given."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Scene:
    """The server under abuse, and how hard and long it is abused."""

    address: tuple[str, int]
    is_quick: bool
    hold_seconds: float
    head_deadline: float
    body_deadline: float | None
    read_deadline: float | None
    slack_seconds: float
    seed: int
    """How many descriptors the server has open now."""
    descriptors: Callable[[], int]

    def many(self, count: int) -> int:
        """`count`, or a tenth of it in a quick run."""
        return max(1, count // 10) if self.is_quick else count


@dataclass(frozen=True)
class Scenario:
    """One kind of abuse. `run` gives the promises that it found broken, as sentences."""

    name: str
    promise: str
    run: Callable[[Scene], Awaitable[list[str]]]


ALL: list[Scenario] = []


def scenario(name: str, promise: str):
    """Registers the function below it."""

    def register(run):
        ALL.append(Scenario(name, promise, run))
        return run

    return register
