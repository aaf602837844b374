// Fields as HAProxy writes them, and what is none.
#include "health/csv.h"

#include <doctest/doctest.h>

using namespace baton::health;

namespace {

using Fields = std::vector<std::string>;

std::vector<Fields> records(std::string_view text) {
    CsvReader reader(text);
    std::vector<Fields> all;
    while (!reader.at_end()) {
        const auto fields = reader.next();
        REQUIRE(fields.has_value());
        all.emplace_back(fields->begin(), fields->end());
    }
    return all;
}

std::string refusal(std::string_view text) {
    CsvReader reader(text);
    const auto fields = reader.next();
    return fields ? "none" : fields.error().text;
}

} // namespace

TEST_CASE("a record is a line, its fields may be empty, the last one too") {
    CHECK(records("a,b\nc,,\n") == std::vector<Fields>{{"a", "b"}, {"c", "", ""}});
    CHECK(records("a,b") == std::vector<Fields>{{"a", "b"}});
    CHECK(records("\n,\n") == std::vector<Fields>{{""}, {"", ""}});
    CHECK(records("").empty());
}

TEST_CASE("a line may end in CR LF, and a CR elsewhere is text") {
    CHECK(records("a,b\r\n\"c\"\r\nd\re\n") == std::vector<Fields>{{"a", "b"}, {"c"}, {"d\re"}});
}

TEST_CASE("quotes hold commas, ends of lines and doubled quotes") {
    CHECK(records("\"a,b\",\"c\nd\",\"say \"\"no\"\"\"\n\"\",x\n") ==
          std::vector<Fields>{{"a,b", "c\nd", "say \"no\""}, {"", "x"}});
}

TEST_CASE("a quote inside a field is text, and what follows a closing quote is kept") {
    CHECK(records("a\"b,\"c\"d\n") == std::vector<Fields>{{"a\"b", "cd"}});
}

TEST_CASE("a quote that is not closed is refused") {
    CHECK(refusal("a,\"b,c\nd,e\n") == "a quote is not closed");
    CHECK(refusal("\"") == "a quote is not closed");
    CHECK(refusal("\"a\"\"") == "a quote is not closed");
}

TEST_CASE("fields beyond a thousand are refused before they are made") {
    const std::string most(max_csv_fields - 1, ',');
    CHECK(records(most + "\n").front().size() == max_csv_fields);
    CHECK(refusal(most + ",\n") == "a line has more than 1000 fields");
}
