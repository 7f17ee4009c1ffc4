#!/usr/bin/env python3
"""Writes the C++ messages from the schema files.

usage: generate.py OUT_DIR SCHEMA.yaml...

For each schema file NAME.yaml: NAME.h and NAME.cc (structs with read and write), NAME_json.h and NAME_json.cc (the same
as JSON). For all together: message_table.cc. Only files whose text changes are written, so that builds stay short.
"""
import pathlib
import re
import sys

import yaml

LAST = 32767
SCALARS = {"bool": "bool", "int8": "std::int8_t", "int16": "std::int16_t", "uint16": "std::uint16_t",
           "int32": "std::int32_t", "uint32": "std::uint32_t", "int64": "std::int64_t", "float64": "double",
           "uuid": "Uuid"}
KEYWORDS = {"operator", "default", "namespace", "class", "struct", "enum", "private", "public", "new", "delete"}


def version_range(text):
    """'3+' -> (3, LAST), '2-5' -> (2, 5), '4' -> (4, 4), 'none' -> None"""
    if text is None or text == "none":
        return None
    if text.endswith("+"):
        return int(text[:-1]), LAST
    first, _, last = text.partition("-")
    return int(first), int(last or first)


def snake(name):
    text = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    text = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", text).lower()
    return text + "_" if text in KEYWORDS else text


def camel(name):
    return name[0].lower() + name[1:]


def guard(field, outer):
    """The condition under which a version of `outer` holds versions of `field`; empty when it always does."""
    first, last = field
    parts = []
    if first > outer[0]:
        parts.append(f"wire_version >= {first}")
    if last < outer[1]:
        parts.append(f"wire_version <= {last}")
    return " && ".join(parts)


class Field:
    def __init__(self, row, owned):
        self.name, self.type = row["name"], row["type"]
        self.member, self.json = snake(self.name), camel(self.name)
        self.versions = version_range(row["versions"])
        self.nullable = version_range(row.get("nullable"))
        self.tagged = version_range(row.get("tagged"))
        self.tag = int(row["tag"]) if "tag" in row else None
        self.default = row.get("default")
        self.never_flexible = row.get("flexible") == "none"
        self.array = self.type.startswith("[]")
        self.element = self.type[2:] if self.array else self.type
        self.cpp_element = self.cpp_type(self.element, owned)
        self.cpp = f"std::vector<{self.cpp_element}>" if self.array else self.cpp_element
        self.optional = self.nullable is not None
        self.null_default = self.default in ("null", None) and str(self.default) == "null"

    def cpp_type(self, kind, owned):
        if kind == "int16" and self.name.endswith("ErrorCode"):
            return "ErrorCode"
        if kind in SCALARS:
            return SCALARS[kind]
        if kind == "string":
            return "std::string" if owned else "std::string_view"
        if kind == "bytes":
            return "Bytes" if owned else "BytesView"
        if kind == "records":
            return "RecordBytes" if owned else "BytesView"
        return kind

    @property
    def is_struct(self):
        return not self.array and self.type[0].isupper()

    def initial(self):
        """The C++ initial value, or none where value-initialisation gives it."""
        if self.optional:
            return None if self.null_default else "std::in_place"
        if self.array or self.is_struct or self.default is None or self.type in ("bytes", "records", "uuid"):
            return None
        if self.type == "bool":
            return "true" if str(self.default).lower() == "true" else None
        if self.type == "string":
            return f'"{self.default}"' if self.default else None
        value = int(str(self.default), 0)
        if value == 0:
            return None
        if self.cpp == "ErrorCode":
            return f"static_cast<ErrorCode>({value})"
        return "INT32_MIN" if value == -2147483648 else str(value)

    def declaration(self, scope):
        """`scope` goes before the names of the message's own structs."""
        cpp = f"std::vector<{scope}{self.cpp_element}>" if self.array else scope + self.cpp
        kind = f"std::optional<{cpp}>" if self.optional else cpp
        initial = self.initial()
        if initial == "std::in_place":
            return f"{kind} {self.member}{{std::in_place}};"
        if initial is not None:
            return f"{kind} {self.member} = {initial};"
        return f"{kind} {self.member}{{}};"

    def differs_from_default(self, owner=""):
        member = owner + self.member
        if self.optional:
            if self.null_default:
                return f"{member}.has_value()"
            if self.is_struct:
                return f"{member} != decltype({member})(std::in_place)"
            return f"!{member} || !{member}->empty()"
        if self.array or self.type in ("string", "bytes"):
            return f"!{member}.empty()" if not self.initial() else f"{member} != {self.initial()}"
        if self.is_struct:
            return f"{member} != decltype({member})()"
        if self.cpp == "Uuid":
            return f"!{member}.is_zero()"
        if self.cpp == "bool":
            return member if not self.initial() else f"!{member}"
        initial = self.initial() or "0"
        return f"{member} != {initial}" if self.cpp != "ErrorCode" else f"{member} != ErrorCode::none"


class StructDef:
    """One struct of a message: its fields and the versions in which it can stand."""

    def __init__(self, name, rows, versions, owned):
        self.name, self.versions = name, versions
        self.fields = [Field(row, owned) for row in rows]


class Message:
    def __init__(self, row):
        self.name, self.kind = row["message"], row["kind"]
        self.versions = version_range(row["versions"])
        self.flexible = version_range(row.get("flexible")) or (LAST, LAST)
        self.api_key = row.get("api_key", row.get("id"))
        self.owned = self.kind not in ("request", "header") or self.name == "ResponseHeader"
        self.structs = []
        for common in row.get("structs", []):
            self.collect(common["name"], common["fields"], version_range(common["versions"]))
        self.nested(row["fields"])
        self.body = StructDef(self.name, row["fields"], self.versions, self.owned)
        self.sort_structs()

    def sort_structs(self):
        """A struct stands after those it holds."""
        by_name, ordered = {s.name: s for s in self.structs}, {}

        def visit(struct):
            if struct.name not in ordered:
                for field in struct.fields:
                    if field.element in by_name:
                        visit(by_name[field.element])
                ordered[struct.name] = struct

        for struct in self.structs:
            visit(struct)
        self.structs = list(ordered.values())

    def nested(self, rows):
        for row in rows:
            if "fields" in row:
                self.collect(row["type"].removeprefix("[]"), row["fields"], version_range(row["versions"]))

    def collect(self, name, rows, versions):
        self.nested(rows)
        if all(known.name != name for known in self.structs):
            first, last = max(versions[0], self.versions[0]), min(versions[1], self.versions[1])
            self.structs.append(StructDef(name, rows, (first, last), self.owned))

    def all_structs(self):
        """(qualified name, struct), inner ones first."""
        return [(self.name + s.name, s) for s in self.structs] + [(self.name, self.body)]


def in_range(field, outer):
    return field.versions is not None and field.versions[0] <= outer[1] and field.versions[1] >= outer[0]


def nullable_in(field, outer):
    condition = guard(field.nullable, (max(outer[0], field.versions[0]), min(outer[1], field.versions[1])))
    return condition or "true"


class Body:
    """The text of one member function."""

    def __init__(self, message, struct):
        self.message, self.struct = message, struct
        self.outer = (max(struct.versions[0], message.versions[0]), min(struct.versions[1], message.versions[1]))
        self.fields = [f for f in struct.fields if in_range(f, self.outer)]
        self.plain = [f for f in self.fields if not f.tagged]
        self.tagged = sorted((f for f in self.fields if f.tagged), key=lambda f: f.tag)
        self.ever_flexible = message.flexible[0] <= self.outer[1]

    def format(self):
        flexible = f"wire_version >= {self.message.flexible[0]}" if self.ever_flexible else "false"
        return f"    const Format format{{wire_version, {flexible}}};\n"

    @staticmethod
    def guarded(condition, statement, indent="    "):
        return f"{indent}if ({condition}) {{\n{indent}    {statement}\n{indent}}}\n" if condition else f"{indent}{statement}\n"

    @staticmethod
    def field_format(field):
        return "Format{wire_version, false}" if field.never_flexible else "format"

    def read(self):
        text = self.format()
        for field in self.plain:
            call = f"read_field(reader, {field.member}, {self.field_format(field)});"
            if field.optional:
                call = f"read_nullable(reader, {field.member}, {self.field_format(field)}, {nullable_in(field, self.outer)});"
            text += self.guarded(guard(field.versions, self.outer), call)
        if self.ever_flexible:
            text += "    if (format.flexible) {\n"
            text += f"        read_tagged_fields(reader, unknown_tags, [{'&' if self.tagged else ''}](std::uint32_t{' tag' if self.tagged else ''}) {{\n"
            for field in self.tagged:
                call = f"read_field(reader, {field.member}, format);"
                if field.optional:
                    call = f"read_nullable(reader, {field.member}, format, {nullable_in(field, self.outer)});"
                condition = guard(field.tagged, self.outer)
                text += f"            if (tag == {field.tag}{' && ' + condition if condition else ''}) {{\n                {call}\n                return true;\n            }}\n"
            text += "            return false;\n        });\n    }\n"
        return text

    def write(self):
        text = self.format()
        for field in self.plain:
            call = f"write_field(writer, {field.member}, {self.field_format(field)});"
            if field.optional:
                call = f"write_nullable(writer, {field.member}, {self.field_format(field)}, {nullable_in(field, self.outer)});"
            text += self.guarded(guard(field.versions, self.outer), call)
        if self.ever_flexible:
            text += "    if (format.flexible) {\n        TaggedFields tags(unknown_tags);\n"
            for field in self.tagged:
                nullable = f", {nullable_in(field, self.outer)}" if field.optional else ""
                differs = field.differs_from_default()
                condition = guard(field.tagged, self.outer)
                if condition:
                    differs = f"{condition} && ({differs})" if "||" in differs else f"{condition} && {differs}"
                text += self.guarded(differs, f"tags.add({field.tag}, {field.member}, format{nullable});", "        ")
            text += "        tags.write(writer);\n    }\n"
        return text

    def to_json(self):
        text = self.format() + "    boost::json::object object;\n"
        for field in self.fields:
            call = f'object["{field.json}"] = json_of(message.{field.member}, format);'
            conditions = [guard(field.versions, self.outer)]
            if field.tagged:  # a tagged field at its default is not written, as on the wire
                conditions.append(f"({field.differs_from_default('message.')})")
            text += self.guarded(" && ".join(filter(None, conditions)), call)
        return text + "    return object;\n"

    def from_json(self):
        text = self.format()
        for field in self.fields:
            call = f'read_member(reader, object, "{field.json}", message.{field.member}, format);'
            text += self.guarded(guard(field.versions, self.outer), call)
        return text


def comparable(message, struct):
    """Views of bytes have no ==."""
    inner = {s.name: s for s in message.structs}
    return message.owned or all(
        f.element not in ("bytes", "records") and (f.element not in inner or comparable(message, inner[f.element]))
        for f in struct.fields)


def struct_text(message, struct, name, extra=""):
    inner = {s.name for s in message.structs}
    lines = [f"struct {name} {{"]
    if extra:
        lines.append(extra)
    lines += [f"    {field.declaration(message.name if field.element in inner and name != message.name else '')}" for field in struct.fields]
    lines += ["    UnknownTags unknown_tags{};", "",
              "    void read(Reader& reader, std::int16_t wire_version);",
              "    void write(Writer& writer, std::int16_t wire_version) const;"]
    if comparable(message, struct):
        lines.append(f"    bool operator==(const {name}&) const = default;")
    return "\n".join(lines) + "\n};\n"


def header(messages, source):
    text = f"// Generated from {source}.\n#pragma once\n\n"
    text += "#include <cstdint>\n#include <optional>\n#include <string>\n#include <string_view>\n#include <vector>\n\n"
    text += '#include "common/uuid.h"\n#include "model/error.h"\n#include "protocol/message.h"\n\nnamespace barnabas {\n'
    for message in messages:
        extra = f'    static constexpr std::string_view message_name = "{message.name}";\n'
        if message.api_key is not None:
            extra += f"    static constexpr std::int16_t api_key = {message.api_key};\n"
        first, last = message.versions
        flexible = message.flexible[0]
        extra += f"    static constexpr VersionRange versions{{{first}, {last}}};\n"
        extra += f"    static constexpr std::int16_t first_flexible_version = {'never_flexible' if flexible == LAST else flexible};\n"
        # Not nested in the message: a struct is not complete for std::optional before its enclosing class is.
        for struct in message.structs:
            text += "\n" + struct_text(message, struct, message.name + struct.name)
            extra += f"    using {struct.name} = {message.name}{struct.name};\n"
        text += "\n" + struct_text(message, message.body, message.name, extra)
    return text + "\n}  // namespace barnabas\n"


def source(messages, name):
    text = f'#include "protocol/{name}.h"\n\n#include "protocol/fields.h"\n\nnamespace barnabas {{\n'
    for message in messages:
        for qualified, struct in message.all_structs():
            body = Body(message, struct)
            text += f"\nvoid {qualified}::read([[maybe_unused]] Reader& reader, std::int16_t wire_version) {{\n{body.read()}}}\n"
            text += f"\nvoid {qualified}::write([[maybe_unused]] Writer& writer, std::int16_t wire_version) const {{\n{body.write()}}}\n"
    text = text.replace("    const Format format", "    [[maybe_unused]] const Format format")
    return text + "\n}  // namespace barnabas\n"


def json_header(messages, name):
    text = f'#pragma once\n\n#include <boost/json.hpp>\n\n#include "protocol/{name}.h"\n\nnamespace barnabas {{\n\nstruct JsonReader;\n'
    for message in messages:
        for qualified, _ in message.all_structs():
            text += f"\nboost::json::value write_json(const {qualified}& message, std::int16_t wire_version);\n"
            text += f"void read_json(JsonReader& reader, const boost::json::object& object, {qualified}& message, std::int16_t wire_version);\n"
    return text + "\n}  // namespace barnabas\n"


def json_source(messages, name):
    text = f'#include "protocol/{name}_json.h"\n\n#include "protocol/json_fields.h"\n\nnamespace barnabas {{\n'
    for message in messages:
        for qualified, struct in message.all_structs():
            body = Body(message, struct)
            text += f"\nboost::json::value write_json([[maybe_unused]] const {qualified}& message, std::int16_t wire_version) {{\n{body.to_json()}}}\n"
            text += (f"\nvoid read_json([[maybe_unused]] JsonReader& reader, [[maybe_unused]] const boost::json::object& object, "
                     f"[[maybe_unused]] {qualified}& message, std::int16_t wire_version) {{\n{body.from_json()}}}\n")
    text = text.replace("    const Format format", "    [[maybe_unused]] const Format format")
    return text + "\n}  // namespace barnabas\n"


def message_table(files):
    text = '#include "protocol/message_table.h"\n\n#include "protocol/json_row.h"\n'
    text += "".join(f'#include "protocol/{name}_json.h"\n' for name, _ in files)
    text += "\nnamespace barnabas {\n\nstd::span<const JsonMessage> message_table() {\n    static const auto rows = std::to_array<JsonMessage>({\n"
    for _, messages in files:
        for m in messages:
            text += f"        json_row<{m.name}>(MessageKind::{m.kind.replace('-', '_')}),\n"
    return text + "    });\n    return rows;\n}\n\n}  // namespace barnabas\n"


def write(path, text):
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def requests_header(files):
    """Includes every request and response, for the one place that knows them all by name."""
    stems = [stem for stem, messages in files if any(message.kind == "request" for message in messages)]
    return "#pragma once\n\n" + "".join(f'#include "protocol/{stem}.h"\n' for stem in stems)


def main():
    out = pathlib.Path(sys.argv[1]) / "protocol"
    out.mkdir(parents=True, exist_ok=True)
    files = []
    for schema in map(pathlib.Path, sys.argv[2:]):
        messages = [Message(row) for row in yaml.load(schema.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))]
        files.append((schema.stem, messages))
        write(out / f"{schema.stem}.h", header(messages, f"schema/{schema.name}"))
        write(out / f"{schema.stem}.cc", source(messages, schema.stem))
        write(out / f"{schema.stem}_json.h", json_header(messages, schema.stem))
        write(out / f"{schema.stem}_json.cc", json_source(messages, schema.stem))
    write(out / "message_table.cc", message_table(files))
    write(out / "requests.h", requests_header(files))


main()
