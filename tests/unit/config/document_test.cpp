// Text that is no JSON, or JSON nobody should write: what is said of it, and where.
#include "config/document.h"
#include "tests/unit/config/loading.h"

#include <random>

namespace baton::config {
namespace {

/// The one error of text that is not JSON.
std::string error_of(std::string_view text) {
    const auto lines = errors_of(text);
    REQUIRE(lines.size() == 1);
    return lines.front();
}

TEST_CASE("an empty file says what a configuration is") {
    const std::string empty = "the file is empty; a configuration is an object with \"instances\"";
    CHECK(error_of("") == "f:1:1: " + empty);
    CHECK(error_of("\n\n  // nothing\n") == "f:4:1: " + empty);
    CHECK(error_of("\xef\xbb\xbf") == "f:1:1: " + empty);
}

TEST_CASE("syntax errors name what stands there and what should") {
    CHECK(error_of("{\n  \"a\": 1,\n}") == "f:3:1: there is \"}\" where a key in double quotes is expected; "
                                           "no comma may stand before the closing bracket");
    CHECK(error_of("{\"a\": [1, 2, ]}") == "f:1:14: /a: there is \"]\" where a value (a string in double "
                                           "quotes, a number, true, false, [ or {) is "
                                           "expected; no comma may stand before the closing bracket");
    CHECK(error_of("{\"a\": 1\n \"b\": 2}") == "f:2:2: there is \"\\\"\" where a comma or } is expected");
    CHECK(error_of("{\"a\": [1 2]}") == "f:1:10: /a: there is \"2\" where a comma or ] is expected");
    CHECK(error_of("{\"a\" 1}") == "f:1:6: there is \"1\" where a colon after the key is expected");
    CHECK(error_of("{a: 1}") == "f:1:2: there is \"a\" where a key in double quotes, or } is expected");
    CHECK(error_of("{'a': 1}") == "f:1:2: there is \"'\" where a key in double quotes, or } is expected; "
                                  "JSON has double quotes only");
    CHECK(error_of("{\"a\": True}") ==
          "f:1:7: there is \"True\" where a value (a string in double quotes, a number, "
          "true, false, [ or {) is expected");
    CHECK(error_of("{\"a\": [1}}") == "f:1:9: /a: there is \"}\" where a comma or ] is expected");
    CHECK(error_of("{\"a\": 1]") == "f:1:8: there is \"]\" where a comma or } is expected");
    CHECK(error_of("{} {}") == "f:1:4: there is \"{\" where the end of the file is expected");
    CHECK(error_of("}") == "f:1:1: there is \"}\" where { is expected");
    CHECK(error_of("# baton\n{}") == "f:1:1: there is \"#\" where { is expected; comments begin with //");
}

TEST_CASE("a file that ends early says which bracket is open") {
    CHECK(error_of("{\"a\": 1,\n\"b\": {\n\n\"c\": [1, 2\n") ==
          "f:5:1: /b/c: the file ends where a comma or ] is expected; the [ of line 4 is not closed");
    CHECK(error_of("{\"a\":") ==
          "f:1:6: the file ends where a value (a string in double quotes, a number, true, false, "
          "[ or {) is expected; the { of line 1 is not closed");
    CHECK(
        error_of("{") ==
        "f:1:2: the file ends where a key in double quotes, or } is expected; the { of line 1 is not closed");
}

TEST_CASE("faults inside a string point at the string") {
    CHECK(error_of("{\"a\": \"x\n\"}") == "f:1:7: this string has no closing quote in its line");
    CHECK(error_of("{\"a\": \"x") == "f:1:7: this string has no closing quote in its line");
    CHECK(error_of("{\"a") == "f:1:2: this string has no closing quote in its line");
    CHECK(error_of("{\"a\": \"x\ty\"}") ==
          "f:1:7: this string holds a control character; write it as \\t or \\u00XX");
    CHECK(error_of("{\"a\": \"C:\\dir\"}") ==
          "f:1:7: this string holds an escape JSON does not know; write a backslash as \\\\");
    CHECK(error_of("{\"a\": \"\\ud800\"}") ==
          "f:1:7: this string holds an escape JSON does not know; write a backslash as \\\\");
    CHECK(error_of("{\"a\": \"\xff\"}") == "f:1:7: this string is not UTF-8");
    CHECK(error_of("{\"a\": \"\xc3z\"}") == "f:1:7: this string is not UTF-8");
}

TEST_CASE("comments and numbers that are none") {
    CHECK(error_of("{ /* never closed\n }") == "f:1:3: this comment is never closed with */");
    CHECK(error_of("{\"a\": 1. }") == "f:1:7: this is not a number JSON can hold");
    CHECK(error_of("{\"a\": 1e999}") == "f:1:7: this is not a number JSON can hold");
    CHECK(error_of("{\"a\": [-]}") == "f:1:8: /a: there is \"-\" where a value or ] is expected");
    CHECK(error_of("{\"a\": 1.5.2}") == "f:1:10: there is \".\" where a comma or } is expected");
    CHECK(error_of("{\"a\": truefalse}") == "f:1:11: there is \"false\" where a comma or } is expected");
    CHECK(error_of("{\"a\": 012}") == "f:1:8: there is \"12\" where a comma or } is expected");
}

TEST_CASE("a NUL byte is not the end of the file") {
    CHECK(error_of(std::string("{}\n ") + '\0' + " {\"a\": 1") ==
          "f:2:2: a NUL byte; this is not a text file");
    CHECK(error_of(std::string(1, '\0')) == "f:1:1: a NUL byte; this is not a text file");
}

TEST_CASE("a key given twice is an error at the second, whatever its values") {
    const auto document = parse_document("{\"a\": {\"x\": 1},\n \"b\": 2,\n  \"a\": {\"y\": [], \"y\": 3}}");
    REQUIRE(document.complete);
    REQUIRE(document.findings.size() == 2);
    CHECK(document.findings[0].pointer == "/a");
    CHECK(document.findings[0].message ==
          "the key \"a\" stands here for the second time; the first is in line 1");
    CHECK(document.findings[0].at == Position{3, 3});
    CHECK(document.findings[1].pointer == "/a/y");
    CHECK(document.findings[1].at == Position{3, 18});
    CHECK(document.value == Json::parse("{\"a\": {\"x\": 1}, \"b\": 2}"));
    CHECK(document.positions.find("/a/x").key == Position{1, 8});
}

TEST_CASE("the value is the one nlohmann makes") {
    const std::string text =
        R"({"z": [1, -2, 2.5, "tä\n\u00e4", true, false, null, [], {}], "a": {"b": {"c": [[{}]]}}})";
    const auto document = parse_document(text);
    REQUIRE(document.complete);
    CHECK(document.findings.empty());
    CHECK(document.value.dump() == Json::parse(text).dump());
}

TEST_CASE("nesting has a limit, and 100,000 levels cost nothing") {
    const std::string ok = std::string(deepest_nesting, '[') + std::string(deepest_nesting, ']');
    CHECK(parse_document(ok).complete);
    for (const std::string level : {"[", "{\"a\":"}) {
        std::string deep;
        for (int i = 0; i < 100'000; ++i)
            deep += level;
        const auto document = parse_document(deep);
        CHECK_FALSE(document.complete);
        REQUIRE(document.findings.size() == 1);
        CHECK(document.findings.front().message == "nested deeper than 64 levels");
        CHECK(document.findings.front().at == Position{1, 1 + deepest_nesting * level.size()});
    }
}

TEST_CASE("garbage is refused with a place in the text and never crashes") {
    std::mt19937 random(9568);
    // Pieces of JSON in any order come further than plain noise.
    const std::vector<std::string> pieces{"{",  "}",       "[",  "]",    "\"a\"",       ":",
                                          ",",  "1",       "-",  "true", "\"",          "\\",
                                          "//", "/*",      "*/", "\n",   "\xc3",        std::string(1, '\0'),
                                          " ",  "1e999",   "/",  "nul",  "'",           "\t",
                                          "\r", "\"\\u12", "0",  ".",    "\xef\xbb\xbf"};
    for (int round = 0; round < 20'000; ++round) {
        std::string text = round % 2 == 0 ? "" : "{\"a\":[";
        for (auto length = random() % 12; length > 0; --length)
            text += round % 5 == 0 ? std::string(1, static_cast<char>(random()))
                                   : pieces[random() % pieces.size()];
        CAPTURE(text);
        const auto document = parse_document(text);
        CHECK(document.complete == (Json::accept(text, true) && text.find('\0') == std::string::npos));
        CHECK((document.complete || !document.findings.empty()));
        const auto lines = 1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
        for (const auto& finding : document.findings) {
            REQUIRE(finding.at);
            CHECK(finding.at->line >= 1);
            CHECK(finding.at->line <= lines);
            CHECK(finding.at->column <= text.size() + 1);
        }
    }
}

} // namespace
} // namespace baton::config
