"""Those who ask much, and rightly."""

import asyncio
import random
from collections import Counter

from answers import Answer, NoAnswer, exchange, request
from connections import Connection, each
from scenario import Scene, scenario

AT_ONCE = 32
SECONDS_FOR_ONE = 10
SECONDS_FOR_ALL_PIPELINED = 60


@scenario("churn", "20,000 connections with one request each are all answered")
async def churn(scene: Scene) -> list[str]:
    outcomes: Counter[str] = Counter()

    async def once(number: int):
        # Every other one leaves it to the server to close.
        headers = {"Connection": "close"} if number % 2 else {}
        try:
            async with asyncio.timeout(SECONDS_FOR_ONE), await Connection.open(scene.address) as connection:
                await connection.send(request("/healthz", headers=headers))
                answer = await connection.answer()
                outcomes[str(answer.status) if answer else "closed without an answer"] += 1
        except TimeoutError:
            outcomes["no answer in time"] += 1
        except (OSError, NoAnswer) as problem:
            outcomes[str(problem)] += 1

    await each(range(scene.many(20_000)), once, at_once=AT_ONCE)
    return [f"{count} connections ended with: {outcome}" for outcome, count in outcomes.items() if outcome != "200"]


@scenario("pipelining", "1,000 requests sent at once on one connection are all answered, in order")
async def pipelining(scene: Scene) -> list[str]:
    kinds = [("GET", "/healthz"), ("GET", "/"), ("HEAD", "/"), ("GET", "/robots.txt"), ("GET", "/favicon.svg"), ("GET", "/no-such-page")]
    expected = {kind: exchange(scene.address, kind[1], method=kind[0]) for kind in kinds}
    sequence = random.Random(scene.seed).choices(kinds, k=scene.many(1_000))
    async with await Connection.open(scene.address) as connection:
        sending = asyncio.create_task(connection.send(b"".join(request(path, method=method) for method, path in sequence)))
        try:
            async with asyncio.timeout(SECONDS_FOR_ALL_PIPELINED):
                for number, (method, path) in enumerate(sequence, 1):
                    answer = await connection.answer(to=method)
                    if answer is None:
                        return [f"the connection was closed before answer {number} of {len(sequence)}"]
                    if fingerprint(answer) != fingerprint(expected[method, path]):
                        return [f"answer {number} is not the one to {method} {path}: {fingerprint(answer)[:3]}"]
        except TimeoutError:
            return [f"answer {number} of {len(sequence)} did not come within {SECONDS_FOR_ALL_PIPELINED} s"]
        except NoAnswer as problem:
            return [f"answer {number} of {len(sequence)} is malformed: {problem}"]
        finally:
            sending.cancel()
    return []


def fingerprint(answer: Answer) -> tuple:
    """What tells the answers to the different requests apart; error pages show the request's own id."""
    return answer.status, answer.headers.get("content-type"), answer.headers.get("content-length"), answer.body if answer.status == 200 else None
