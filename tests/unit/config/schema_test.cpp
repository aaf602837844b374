// The schema walker on small schemas, and rules that config/schema.json itself must keep.
#include "config/schema.h"
#include "config/schema_leaf.h"
#include "tests/unit/config/loading.h"

namespace baton::config {
namespace {

/// Pointer and message of each finding; `value` becomes what apply() leaves.
Lines findings(const std::string& schema, Json& value) {
    Lines lines;
    for (const auto& finding : Schema(schema).apply(value))
        lines.push_back(finding.pointer + ": " + finding.message);
    return lines;
}

Lines findings(const std::string& schema, const char* value) {
    auto json = Json::parse(value);
    return findings(schema, json);
}

/// Calls `visit` with each object inside `json`, itself included.
template <class Visit>
void for_each_object(const Json& json, Visit visit) {
    if (json.is_object())
        visit(json);
    if (json.is_structured())
        for (const auto& part : json)
            for_each_object(part, visit);
}

TEST_CASE("config/schema.json uses no keyword that nobody interprets") {
    CHECK(Schema(schema_text()).unknown_keywords() == Lines{});
}

TEST_CASE("what is said for each word of keepalived fits, and is told instead of what is missing") {
    const auto schema = Json::parse(schema_text());
    const auto instance = Json::parse(R"({"interface": "eth0", "vrid": 51, "addresses": ["10.0.1.100/24"]})");
    const Json whole{{"instances", {{"VI_1", instance}}}};
    const auto findings_in = [&](Json file) { return Schema(schema_text()).apply(file); };
    const auto look_at = [&](const Json& words, const std::string& place) {
        for (const auto& entry : words.items()) {
            const std::string& word = entry.key();
            const Json& here = entry.value();
            CAPTURE(word);
            REQUIRE(here.size() == 1);
            auto file = whole;
            auto& object = file[Json::json_pointer(place)];
            object[here.begin().key()] = here.begin().value();
            CHECK(findings_in(file).empty());
            object.erase(here.begin().key());
            object[word] = "theirs";
            const auto findings = findings_in(file);
            REQUIRE(findings.size() == 1);
            CHECK(findings.front().pointer == place + "/" + word);
            CHECK(findings.front().message ==
                  "unknown key " + quote(word) + ", a word of keepalived; here: " + here.dump());
        }
    };
    look_at(schema.at("x-keepalived"), "");
    look_at(schema.at("$defs").at("instance").at("x-keepalived"), "/instances/VI_1");
}

TEST_CASE("an unknown keyword is found wherever a schema may stand, and only there") {
    const Schema schema(R"({
        "properties": {"format": {"type": "string", "format": "ipv4"}, "a": {"items": {"uniqueItems": true}}},
        "additionalProperties": {"not": {}},
        "propertyNames": {"format": "x"},
        "oneOf": [{}, {"const": 1}],
        "default": {"anything": 1},
        "$defs": {"if": {"then": {}}}})");
    CHECK(schema.unknown_keywords() == Lines{"/properties/format/format", "/properties/a/items/uniqueItems",
                                             "/additionalProperties/not", "/propertyNames/format",
                                             "/oneOf/1/const", "/$defs/if/then"});
}

TEST_CASE("config/schema.json keeps its own rules: closed objects, described keys, defaults that pass") {
    const auto root = Json::parse(schema_text());
    int objects = 0;
    for_each_object(root, [&](const Json& schema) {
        if (!schema.contains("type") || schema.at("type") != "object")
            return;
        CAPTURE(schema.dump());
        ++objects;
        CHECK(schema.contains("additionalProperties"));
        if (!schema.contains("properties"))
            return;
        CHECK(schema.at("additionalProperties") == false);
        for (const auto& [key, property] : schema.at("properties").items()) {
            const std::string name = key; // clang 14 cannot capture a structured binding
            CAPTURE(name);
            const auto reference = property.value("$ref", "");
            const bool described = property.contains("description") ||
                                   (!reference.empty() &&
                                    root.at(Json::json_pointer(reference.substr(1))).contains("description"));
            CHECK(described);
            if (!property.contains("default"))
                continue;
            // Held against the property's own schema, with the definitions it may refer to beside it.
            auto alone = property;
            alone["$defs"] = root.at("$defs");
            auto value = property.at("default");
            CHECK(findings(alone.dump(), value) == Lines{});
        }
    });
    CHECK(objects == 29);
}

TEST_CASE("types") {
    CHECK(findings(R"({"type": "integer"})", "5") == Lines{});
    CHECK(findings(R"({"type": "integer"})", "5.0") == Lines{});
    CHECK(findings(R"({"type": "integer"})", "5.5") == Lines{": must be a whole number, not 5.5"});
    CHECK(findings(R"({"type": "integer"})", "1e300") == Lines{": must be a whole number, not 1e+300"});
    CHECK(findings(R"({"type": "integer"})", "true") == Lines{": must be a whole number, not true"});
    CHECK(findings(R"({"type": "boolean"})", "\"yes\"") == Lines{": must be true or false, not \"yes\""});
    CHECK(findings(R"({"type": "string"})", "null") == Lines{": must be a string, not null"});
    CHECK(findings(R"({"type": "array"})", "{}") == Lines{": must be a list, not an empty object"});
    CHECK(findings(R"({"type": "object"})", "[1]") == Lines{": must be an object, not a list of 1 entry"});
}

TEST_CASE("ranges hold at their ends, whatever kind of number") {
    const std::string weight = R"({"type": "integer", "minimum": -253, "maximum": 253})";
    for (const auto* fits : {"-253", "253", "0", "253.0"})
        CHECK(findings(weight, fits) == Lines{});
    for (const std::string wrong : {"-254", "254", "18446744073709551615", "-9223372036854775808"})
        CHECK(findings(weight, wrong.c_str()) ==
              Lines{": must be a whole number from -253 to 253, not " + wrong});
}

TEST_CASE("sizes") {
    const std::string list =
        R"({"type": "array", "minItems": 1, "maxItems": 2, "items": {"type": "integer"}})";
    CHECK(findings(list, "[]") == Lines{": must be a list of 1 to 2 entries, not an empty list"});
    CHECK(findings(list, "[1, 2, 3]") ==
          Lines{": must be a list of 1 to 2 entries, not a list of 3 entries"});
    CHECK(findings(list, "[1, \"x\"]") == Lines{"/1: must be a whole number, not \"x\""});
    CHECK(findings(R"({"type": "string", "minLength": 1})", "\"\"") ==
          Lines{": must be a string of 1 or more characters, not \"\""});
    CHECK(findings(R"({"type": "object", "minProperties": 1})", "{}") ==
          Lines{": must be an object with at least 1 entry, not an empty object"});
}

TEST_CASE("lengths count octets") {
    const std::string word = R"({"type": "string", "minLength": 1, "maxLength": 2})";
    CHECK(findings(word, "\"ab\"") == Lines{});
    CHECK(findings(word, "\"abc\"") == Lines{": must be a string of 1 to 2 octets, not \"abc\""});
    CHECK(findings(word, "\"\\u00e4b\"") == Lines{": must be a string of 1 to 2 octets, not \"\u00e4b\""});
    CHECK(findings(R"({"type": "array", "maxItems": 1})", "[1, 2]") ==
          Lines{": must be a list of at most 1 entry, not a list of 2 entries"});
    CHECK(findings(R"({"type": "array", "maxItems": 1})", "[]") == Lines{});
}

TEST_CASE("a secret is not shown") {
    const std::string secret = R"({"type": "string", "minLength": 1, "maxLength": 4, "writeOnly": true})";
    CHECK(findings(secret, "\"abcde\"") == Lines{": must be a string of 1 to 4 octets, not one of 5"});
    CHECK(findings(secret, "123") ==
          Lines{": must be a string of 1 to 4 octets, not a value of another kind"});
    CHECK(findings(R"({"type": "object", "writeOnly": true})", "\"abc\"") ==
          Lines{": must be an object, not a string"});
}

TEST_CASE("words that are numbers") {
    const std::string version = R"({"type": "integer", "enum": [2, 3]})";
    CHECK(findings(version, "3") == Lines{});
    CHECK(findings(version, "4") == Lines{": must be one of 2 or 3, not 4"});
    CHECK(findings(version, "\"3\"") == Lines{": must be one of 2 or 3, not \"3\""});
}

TEST_CASE("of plain alternatives all are told, also where one is of the type that was found") {
    const std::string table = R"({"oneOf": [{"$ref": "#/$defs/number"}, {"type": "string", "enum": ["main"]}],
                                  "$defs": {"number": {"type": "integer", "minimum": 1, "maximum": 9}}})";
    CHECK(findings(table, "9") == Lines{});
    CHECK(findings(table, "\"main\"") == Lines{});
    for (const std::string wrong : {"0", "10", "\"local\"", "true", "null"})
        CHECK(findings(table, wrong.c_str()) ==
              Lines{": must be a whole number from 1 to 9 or \"main\", not " + wrong});
    auto missing = Json::object();
    CHECK(findings(R"({"type": "object", "required": ["t"], "properties": {"t": {"$ref": "#/$defs/t"}},
                       "$defs": {"t": {"oneOf": [{"type": "integer"}, {"type": "string", "enum": ["x"]}]}}})",
                   missing) == Lines{": \"t\" is missing; it must be a whole number or \"x\""});
}

TEST_CASE("a duration may be zero as well as in its range, if the schema says what zero means") {
    const std::string range = R"({"type": "string", "x-duration": {"minimum": "1s", "maximum": "2s")";
    CHECK(findings(range + R"(, "zero": "never"}})", "\"0ms\"") == Lines{});
    CHECK(findings(range + R"(, "zero": "never"}})", "\"1ms\"") ==
          Lines{": must be a duration from 1s to 2s, or 0s for never, not \"1ms\""});
    CHECK(findings(range + "}}", "\"0s\"") == Lines{": must be a duration from 1s to 2s, not \"0s\""});
}

TEST_CASE("what is inside of a default gets its defaults, too") {
    auto value = Json::object();
    CHECK(findings(R"({"type": "object", "properties": {"a": {"type": "object", "default": {}, "properties": {
                       "b": {"type": "integer", "default": 7}}}}})",
                   value) == Lines{});
    CHECK(value == Json::parse(R"({"a": {"b": 7}})"));
}

TEST_CASE("what is refused becomes null, what is absent gets its default") {
    auto value = Json::parse(R"({"a": "x", "list": [1, "y", 3]})");
    CHECK(findings(R"({"type": "object", "additionalProperties": false, "properties": {
                       "a": {"type": "integer", "default": 7}, "b": {"type": "integer", "default": 8},
                       "list": {"type": "array", "items": {"type": "integer"}}}})",
                   value)
              .size() == 2);
    CHECK(value == Json::parse(R"({"a": null, "list": [1, null, 3], "b": 8})"));
}

TEST_CASE("a required key with a slip in it is one error, not two") {
    const std::string schema = R"({"type": "object", "required": ["vrid"], "additionalProperties": false,
                                   "properties": {"vrid": {"type": "integer"}, "name": {"type": "string"}}})";
    CHECK(findings(schema, R"({"vird": 5})") == Lines{"/vird: unknown key \"vird\""});
    CHECK(findings(schema, R"({"colour": 5})") ==
          Lines{"/colour: unknown key \"colour\"", ": \"vrid\" is missing; it must be a whole number"});
}

TEST_CASE("a pattern never sees a text long enough to exhaust the stack") {
    Patterns patterns;
    CHECK(patterns.matches("^[0-9]+$", std::string(256, '1')));
    CHECK_FALSE(patterns.matches("^[0-9]+$", std::string(257, '1')));
    CHECK_FALSE(patterns.matches("^[0-9]+$", std::string(1'000'000, '1')));
}

} // namespace
} // namespace baton::config
