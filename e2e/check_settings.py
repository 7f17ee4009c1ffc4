#!/usr/bin/env python3
"""Every setting that the option tables call honoured is read somewhere outside broker/config.

A reader is an expression as `config->field` in a source that is no test. Some settings are read for others: Config's
own functions (log_retention() looks at three keys), topics inherit from brokers, the listeners are made of several
keys, and broker.id is another name of node.id; then that function, or the topic's setting, must have a reader itself.
"""
import re
import sys
from pathlib import Path

root = Path(__file__).resolve().parent.parent
tables = root / "broker/config"

sources = {
    path: path.read_text()
    for folder in ("broker", "security")
    for path in sorted((root / folder).rglob("*"))
    if path.suffix in (".cc", ".h") and not re.search(r"_test|_fuzz|fixture|test_", path.name)
}
outside = "\n".join(text for path, text in sources.items() if path.parent != tables)
inside = sources[tables / "listeners.cc"] + sources[tables / "node_settings.cc"]

# What holds a Config or a TopicConfig where it is read: config, config_, config(), config_.get(), node().config ...
HOLDER = r"(?:config_?(?:\(\))?(?:\.get\(\))?|\bget\(\)|\bc|_config)(?:->|\.)"


def rows(table: str, macro: str) -> list[tuple[str, str, str]]:
    """(field, key, the rest of the row) of every honoured row."""
    row = re.compile(rf'^{macro}\(\w+, (\w+), "([^"]+)", (.*)$', re.MULTILINE)
    return [each for each in row.findall((tables / table).read_text()) if ", honoured, " in each[2]]


def read_in(text: str, name: str) -> bool:
    return re.search(rf"{HOLDER}{name}\b(?!\s*=[^=])", text) is not None


def functions() -> dict[str, str]:
    """Config's own functions and what stands in them."""
    text = sources[tables / "config.cc"]
    return dict(re.findall(r"\bConfig::(\w+)\(\) const \{\n(.*?)\n\}", text, re.DOTALL))


topics = rows("topic_options.def", "TOPIC_OPTION")
inherited = " ".join(rest for field, _, rest in topics if read_in(outside, field))
acting = {name: body for name, body in functions().items() if read_in(outside + inherited, name)}


def has_reader(field: str) -> bool:
    return (
        read_in(outside, field)
        or read_in(inherited, field)
        or read_in(inside, field)
        or any(re.search(rf"\b{field}\b", body) for body in acting.values())
    )


unread = [key for field, key, _ in topics if not read_in(outside, field)]
unread += [key for field, key, _ in rows("options.def", "OPTION") if not has_reader(field)]
for key in unread:
    print(f"{key} is called honoured, and nothing outside broker/config reads it")
sys.exit(1 if unread else 0)
