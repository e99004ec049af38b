"""What a site allows visitors without a person behind them to read (robots.txt, RFC 9309)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

# RFC 9309 asks for at least this much to be read.
MAX_BYTES = 500 * 1024
AGENT = "cvmatch"


@dataclass(frozen=True)
class Robots:
    """The rules for us: (rule, whether what fits it may be read), and the sitemaps the file names.

    The standard library's robotparser is not used: it takes the first rule that fits instead of the longest, and does
    not know the wildcards that most sites write.
    """

    rules: tuple[tuple[str, bool], ...] = ()
    sitemaps: tuple[str, ...] = field(default=())

    def allows(self, address: str) -> bool:
        """Whether the page may be read: the longest rule that fits decides, permission wins a tie."""
        parts = urlsplit(address)
        path = _canonical(parts.path or "/") + (f"?{_canonical(parts.query)}" if parts.query else "")
        fitting = [(len(rule), allowed) for rule, allowed in self.rules if _fits(rule, path)]
        return max(fitting, default=(0, True))[1]


NOTHING = Robots(rules=(("/", False),))


def read_robots(content: bytes, agent: str = AGENT) -> Robots:
    """The rules of a robots.txt for one agent: its own groups, or those for everybody where it has none."""
    lines = list(_lines(content[:MAX_BYTES].decode("utf-8-sig", "replace")))
    groups: list[tuple[set[str], list[tuple[str, bool]]]] = []
    naming = False
    for name, value in lines:
        if name == "user-agent":
            if not naming:
                groups.append((set(), []))
            groups[-1][0].add(value.lower())
        elif name in ("allow", "disallow") and groups and value:
            groups[-1][1].append((_canonical(value), name == "allow"))
        naming = name == "user-agent" or (naming and name not in ("allow", "disallow"))
    own = [rules for agents, rules in groups if any(agent.startswith(name) for name in agents if name != "*")]
    rules = own or [rules for agents, rules in groups if "*" in agents]
    return Robots(
        tuple(rule for group in rules for rule in group),
        tuple(value for name, value in lines if name == "sitemap" and value.startswith(("http://", "https://"))),
    )


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        name, colon, value = line.partition("#")[0].partition(":")
        if colon:
            yield name.strip().lower(), value.strip()


def _canonical(path: str) -> str:
    """One spelling of a path, whatever of it is percent-encoded."""
    return quote(unquote(path), safe="/?&=*$:@!~'(),;+-._%")


def _fits(rule: str, path: str) -> bool:
    """Whether a path begins as the rule says; * stands for anything, $ at its end for the end.

    Part by part and not as a regular expression: a rule of many wildcards must not take long.
    """
    ended = rule.endswith("$")
    first, *rest = rule.rstrip("$").split("*")
    if not path.startswith(first):
        return False
    reached = len(first)
    for number, part in enumerate(rest, start=1):
        last = ended and number == len(rest)
        at = max(path.rfind(part), reached) if last else path.find(part, reached)
        if at < 0 or not path.startswith(part, at):
            return False
        reached = at + len(part)
    return not ended or reached == len(path)
