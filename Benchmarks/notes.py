"""Sites of any number of notes, made from a seed: the same number gives the same site."""

import hashlib
import os
import random
import shutil
from pathlib import Path

NOTES_IN_TOPIC = 50
TOPICS_IN_SECTION = 20
SEED = 1
# As many bytes on the average as 15,000 notes of 290 MB have.
BYTES_OF_NOTE = 18_900
# The same page in every site, linked by none and linking to none.
FIXED_PAGE = "/about"
WORDS = (
    "agent alert answer archive backup balance branch broker bucket cache change channel check client cluster column commit "
    "connection container cost counter cursor dashboard database deadline default deploy device disk domain edge email engine entry "
    "error event exporter failure field file filter folder format gateway graph group handler header health history host image index "
    "interval job journal key label latency layer limit link load lock log machine margin memory message metric minute model monitor "
    "name network node number offset order owner package page panel partition password path pattern permission pipeline policy pool "
    "port process profile promise proxy query queue rate reader record region release replica report request restart result retry "
    "role rollback route rule schedule schema script secret section segment server service session setting shard signal site socket "
    "source stack stage state storage stream switch system table tag target task template test thread threshold timeout token topic "
    "trace traffic trigger update upgrade user value version view volume warning window worker workflow writer zone"
).split()
VERBS = "waits for, keeps, reads, writes, follows, replaces, starts, stops, watches, counts, measures, checks, holds, needs, finds, sends".split(", ")
TAGS = [f"{first}-{second}" for first in ("ops", "data", "web", "agents", "network", "notes") for second in WORDS[::23]]
CODE = {
    "bash": ["docker compose up -d {0}", "curl -fsS http://127.0.0.1:3000/{0} | head -n 5", "export {1}_LIMIT=512 # the {0}", "grep -c {0} /var/log/{1}.log"],
    "yaml": ["{0}:", "  image: example/{1}:1.4", "  restart: unless-stopped", "  ports: ['127.0.0.1:3000:3000']  # {0}"],
    "json": ['{{"{0}": {{"{1}": 42, "enabled": true}}}}'],
    "sql": ["SELECT {0}, count(*) FROM {1} WHERE id > 100 GROUP BY {0};"],
    "swift": ["let {0} = try await load(\"{1}\", limit: 10)", "guard let {1} = {0}.first else {{ return }}"],
}


class NoteSite:
    """`count` notes below `folder`, in topics of 50 and sections of 20 topics, with an index note for each of these."""

    def __init__(self, folder: Path, count: int):
        self.folder, self.count = folder, count

    @property
    def content(self) -> Path:
        return self.folder / "content"

    def make(self) -> bool:
        """Whether it had to be made; one that is there and was made by this very file stays."""
        stamp = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
        mark = self.folder / "made-by"
        if mark.exists() and mark.read_text() == stamp:
            self.restore()
            return False
        shutil.rmtree(self.folder, ignore_errors=True)
        for file, text in self._files():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        mark.write_text(stamp)
        return True

    def restore(self):
        """Undoes what was saved into the first note."""
        self.file(1).write_text(self.text(1))

    def save(self, text: str, *, by_rename: bool):
        """Into the first note, as editors do: a new file in place of the old, or the old one written again."""
        file = self.file(1)
        if by_rename:
            beside = file.with_name(f".{file.name}.new")
            beside.write_text(text)
            os.replace(beside, file)
        else:
            file.write_text(text)

    def path(self, number: int) -> str:
        """The address of the note's page."""
        return f"/{self._topic(number)}/{self._name(number)}"

    def file(self, number: int) -> Path:
        return self.content / self._topic(number) / f"{self._name(number)}.md"

    def text(self, number: int) -> str:
        chance = random.Random(f"{SEED} {self.count} {number}")
        related = ", ".join(f'"[[{self._title(self._other(number, chance))}]]"' for _ in range(2))
        created = f"{chance.randint(2021, 2025)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        parts = [
            f"---\ntitle: {self._title(number)}\ndescription: {_sentence(chance)}\ntags: [{', '.join(chance.sample(TAGS, 3))}]\n"
            f"created: {created}\nupdated: 2026-{chance.randint(1, 10):02}-{chance.randint(1, 28):02}\nrelated: [{related}]\n---\n",
            f"# {self._title(number)}\n", _paragraph(chance),
        ]
        size, wanted = 0, BYTES_OF_NOTE * chance.uniform(0.5, 1.5) - 900
        while size < wanted:
            for part in self._chapter(number, chance):
                parts.append(part)
                size += len(part) + 1
        return "\n".join(parts)

    def _files(self):
        yield self.content / "site.yml", f"title: Notes\ndescription: {self.count} notes about nothing.\nlanguage: en\nauthor: Nobody\n"
        yield self.content / "index.md", _index("Notes", "All there is.", "Begin with [[Section 01]].")
        yield self.content / "about.md", _index("About", "What this is.", "\n\n".join(_paragraph(random.Random(SEED)) for _ in range(40)), "template: page\n")
        for number in range(1, self.count + 1, NOTES_IN_TOPIC):
            section, topic = Path(self._topic(number)).parts
            if number % (NOTES_IN_TOPIC * TOPICS_IN_SECTION) == 1:
                name = f"Section {section[-2:]}"
                yield self.content / section / "index.md", _index(name, f"The topics of section {section[-2:]}.", _paragraph(random.Random(section)))
            links = "\n".join(f"- [[{self._title(each)}]]" for each in range(number, min(number + NOTES_IN_TOPIC, self.count + 1)))
            yield self.content / section / topic / "index.md", _index(f"Topic {section[-2:]}.{topic[-2:]}", "The notes of one topic.", links)
        for number in range(1, self.count + 1):
            yield self.file(number), self.text(number)

    def _topic(self, number: int) -> str:
        section, topic = divmod((number - 1) // NOTES_IN_TOPIC, TOPICS_IN_SECTION)
        return f"section-{section + 1:02}/topic-{topic + 1:02}"

    def _name(self, number: int) -> str:
        return f"note-{number:05}"

    def _title(self, number: int) -> str:
        first, second = random.Random(number).sample(WORDS, 2)
        return f"{first.title()} {second.title()} {number}"

    def _other(self, number: int, chance: random.Random) -> int:
        """A note that this one might link to: mostly of its own topic."""
        begin = (number - 1) // NOTES_IN_TOPIC * NOTES_IN_TOPIC + 1
        if chance.random() < 0.7:
            return chance.randint(begin, min(begin + NOTES_IN_TOPIC - 1, self.count))
        return chance.randint(1, self.count)

    def _chapter(self, number: int, chance: random.Random):
        yield f"## {_phrase(chance).capitalize()}\n"
        title = self._title(self._other(number, chance))
        yield f"{_sentence(chance)} See [[{title}]], or [[{self._name(self._other(number, chance))}|the {_phrase(chance)}]]. {_paragraph(chance)}"
        for _ in range(chance.randint(1, 3)):
            yield _paragraph(chance)
        kind = chance.choice(["list", "tasks", "table", "code", "code", "quote", "steps"])
        if kind == "table":
            yield "| Name | Meaning | Default |\n|---|---|--:|\n" + "".join(
                f"| `{chance.choice(WORDS)}` | {_sentence(chance)} | {chance.randint(1, 9999)} |\n" for _ in range(chance.randint(4, 12)))
        elif kind == "code":
            language, lines = chance.choice(list(CODE.items()))
            body = "\n".join(line.format(*chance.sample(WORDS, 2)) for line in lines for _ in range(chance.randint(1, 3)))
            yield f"```{language}\n{body}\n```\n"
        elif kind == "quote":
            yield f"> [!{chance.choice(['NOTE', 'TIP', 'WARNING'])}]\n> {_sentence(chance)}\n"
        else:
            mark = {"list": "-", "tasks": "- [ ]", "steps": "1."}[kind]
            yield "".join(f"{mark} **{_phrase(chance)}**: {_sentence(chance)}\n" for _ in range(chance.randint(3, 9)))
        yield f"### {_phrase(chance).capitalize()}\n"
        yield _paragraph(chance)


def _index(title: str, description: str, body: str, more: str = "") -> str:
    return f"---\ntitle: {title}\ndescription: {description}\ncreated: 2026-01-01\n{more}---\n\n# {title}\n\n{body}\n"


def _paragraph(chance: random.Random) -> str:
    return " ".join(_sentence(chance) for _ in range(chance.randint(2, 6))) + "\n"


def _sentence(chance: random.Random) -> str:
    first, second, third = chance.choices(WORDS, k=3)
    form = chance.randrange(4)
    if form == 0:
        return f"The {first} {chance.choice(VERBS)} the {second} before the {third}."
    if form == 1:
        return f"Every {first} {chance.choice(VERBS)} *one* {second}, and `{third}` says which."
    if form == 2:
        return f"Without its {first} the {second} stands still, so the {third} {chance.choice(VERBS)} it again after {chance.randint(2, 90)} seconds."
    return f"The {first} that {chance.choice(VERBS)} its {second} is **not** the {third}."


def _phrase(chance: random.Random) -> str:
    return f"{chance.choice(WORDS)} {chance.choice(WORDS)} {chance.choice(WORDS)}"
