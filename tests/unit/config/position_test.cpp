// Places: which line and column each JSON pointer has.
#include "config/document.h"
#include "config/position.h"
#include "tests/unit/config/loading.h"

#include <map>
#include <random>

namespace baton::config {
namespace {

/// Writes JSON nobody would, and notes where it put each value by counting from the start of the text.
class Scribbler {
public:
    explicit Scribbler(unsigned seed) : random_(seed) { value(Pointer{}, 0); }

    std::string text;
    std::map<std::string, Position> values;
    std::map<std::string, Position> keys;

private:
    std::size_t pick(std::size_t count) { return random_() % count; }
    std::string any(const std::vector<std::string>& from) { return from[pick(from.size())]; }

    [[nodiscard]] Position here() const {
        Position at{1, 1};
        for (const char c : text) {
            if (c == '\n')
                at = {at.line + 1, 1};
            else if (static_cast<unsigned char>(c) < 0x80 || static_cast<unsigned char>(c) >= 0xc0)
                ++at.column;
        }
        return at;
    }
    void blank() {
        for (auto count = pick(3); count > 0; --count)
            text +=
                any({" ", "\t", "\n", "\r\n", "// \"[{,:\xc3\xa4\n", "/* ]}\" \n **/", "/**/", "/*/ [ */"});
    }
    void value(const Pointer& at, int depth) {
        blank();
        values[at.text()] = here();
        const auto kind = pick(depth < 5 ? 4 : 2);
        if (kind < 2)
            text += any({"0", "-1", "12.5e-3", "1E5", "-0", "true", "false", "null", "\"\"", "\"\\\"{\"",
                         "\"\\\\\"", "\"\xe2\x82\xac, //\"", "{}", "[]"});
        else
            structure(at, depth, kind == 2);
        blank();
    }
    void structure(const Pointer& at, int depth, bool is_object) {
        text += is_object ? '{' : '[';
        for (std::size_t i = 0, size = 1 + pick(4); i < size; ++i) {
            text += i > 0 ? "," : "";
            const auto name =
                is_object ? std::to_string(i) + any({"", "/", "~1", "\xc3\xa4"}) : std::to_string(i);
            if (is_object) {
                blank();
                keys[(at / name).text()] = here();
                text += '"' + name + '"';
                blank();
                text += ':';
            }
            value(at / name, depth + 1);
        }
        text += is_object ? '}' : ']';
    }

    std::mt19937 random_;
};

Place place(const Positions& positions, std::string_view pointer) { return positions.find(pointer); }

TEST_CASE("every key and value has its line and column") {
    const auto document = parse_document("{\n"
                                         "  \"a\": [1, \"x\", {\"b\" : true}],\n"
                                         "\t\"c\":\n"
                                         "      null\n"
                                         "}\n");
    REQUIRE(document.complete);
    const auto& at = document.positions;
    CHECK(place(at, "").value == Position{1, 1});
    CHECK(place(at, "/a").key == Position{2, 3});
    CHECK(place(at, "/a").value == Position{2, 8});
    CHECK(place(at, "/a/0").value == Position{2, 9});
    CHECK(place(at, "/a/0").key == Position{2, 9});
    CHECK(place(at, "/a/1").value == Position{2, 12});
    CHECK(place(at, "/a/2").value == Position{2, 17});
    CHECK(place(at, "/a/2/b").key == Position{2, 18});
    CHECK(place(at, "/a/2/b").value == Position{2, 24});
    CHECK(place(at, "/c").key == Position{3, 2});
    CHECK(place(at, "/c").value == Position{4, 7});
}

TEST_CASE("comments, brackets in strings, escapes and separators without blanks do not mislead") {
    const auto document = parse_document("// first { line\r\n"
                                         "/* [ */{/*,*/\"a]\\\"\"/*:*/:/* \n */[-1.5e3,false]//\n"
                                         ",\"b\":{},\"c\":[]}");
    REQUIRE(document.complete);
    const auto& at = document.positions;
    CHECK(place(at, "").value == Position{2, 8});
    CHECK(place(at, "/a]\"").key == Position{2, 14});
    CHECK(place(at, "/a]\"").value == Position{3, 4});
    CHECK(place(at, "/a]\"/0").value == Position{3, 5});
    CHECK(place(at, "/a]\"/1").value == Position{3, 12});
    CHECK(place(at, "/b").key == Position{4, 2});
    CHECK(place(at, "/b").value == Position{4, 6});
    CHECK(place(at, "/c").value == Position{4, 13});
}

TEST_CASE("columns count characters, not bytes, and no byte order mark") {
    const auto document =
        parse_document("\xef\xbb\xbf{\"\xc3\xa4\xe2\x82\xac\": \"\xf0\x9f\x98\x80\", \"b\": 1}");
    REQUIRE(document.complete);
    CHECK(place(document.positions, "/\xc3\xa4\xe2\x82\xac").key == Position{1, 2});
    CHECK(place(document.positions, "/\xc3\xa4\xe2\x82\xac").value == Position{1, 8});
    CHECK(place(document.positions, "/b").key == Position{1, 13});
}

TEST_CASE("a pointer the text does not have takes the place of the nearest value around it") {
    const auto document = parse_document("{\n \"a\": {\n  \"b\": [5]}}");
    REQUIRE(document.complete);
    const auto& at = document.positions;
    CHECK(place(at, "/a/x").value == Position{2, 7});
    CHECK(place(at, "/a/b/7").value == Position{3, 8});
    CHECK(place(at, "/a/b/0/deeper/still").value == Position{3, 9});
    CHECK(place(at, "/x/b").value == Position{1, 1});
    CHECK(place(at, "/").value == Position{1, 1});
}

TEST_CASE("in random documents every place is where the writer put it") {
    for (unsigned seed = 0; seed < 500; ++seed) {
        const Scribbler written(seed);
        CAPTURE(written.text);
        const auto document = parse_document(written.text);
        REQUIRE(document.complete);
        for (const auto& [pointer, at] : written.values)
            CHECK(place(document.positions, pointer).value == at);
        for (const auto& [pointer, at] : written.keys)
            CHECK(place(document.positions, pointer).key == at);
    }
}

TEST_CASE("slashes and tildes in keys are escaped in pointers (RFC 6901)") {
    CHECK((Pointer{} / "a/b" / "c~d" / std::size_t{3}).text() == "/a~1b/c~0d/3");
    const auto document = parse_document("{\"a/b\": {\"c~d\": 1, \"~1\": 2}}");
    REQUIRE(document.complete);
    CHECK(place(document.positions, (Pointer{} / "a/b" / "c~d").text()).value == Position{1, 17});
    CHECK(place(document.positions, (Pointer{} / "a/b" / "~1").text()).value == Position{1, 26});
}

} // namespace
} // namespace baton::config
