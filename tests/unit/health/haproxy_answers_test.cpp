// Where one answer ends and the next begins, whatever pieces they come in.
#include "health/haproxy_answers.h"

#include "samples.h"

using baton::health::HaproxyAnswers;
using baton::testing::haproxy_said;
using State = HaproxyAnswers::State;

TEST_CASE("two answers of one connection are told apart, in pieces of any size") {
    const auto both = haproxy_said("up.both");
    for (const std::size_t size : {std::size_t{1}, std::size_t{2}, std::size_t{7}, both.size()}) {
        HaproxyAnswers answers(2);
        for (std::size_t at = 0; at < both.size(); at += size) {
            CHECK(answers.state() == State::wanting);
            answers.feed(std::string_view(both).substr(at, size));
        }
        REQUIRE(answers.state() == State::complete);
        const auto parts = answers.answers();
        REQUIRE(parts.size() == 2);
        CHECK(parts[0].starts_with("Name: HAProxy\n"));
        CHECK(parts[0].ends_with("\nTainted: 0\n\n"));
        CHECK(parts[1].starts_with("# pxname,"));
        CHECK(parts[1].ends_with(",\n\n"));
    }
}

TEST_CASE("an answer without its empty line is wanting") {
    HaproxyAnswers answers(1);
    CHECK(answers.feed("") == State::wanting);
    CHECK(answers.feed("Name: HAProxy\n") == State::wanting);
    CHECK(answers.answers().empty());
    CHECK(answers.feed("\n") == State::complete);
    CHECK(answers.answers().front() == "Name: HAProxy\n\n");
}

TEST_CASE("what follows the last answer is not looked at") {
    HaproxyAnswers answers(1);
    CHECK(answers.feed("a\n\nb\n\nc") == State::complete);
    CHECK(answers.feed("d\n\n") == State::complete);
    REQUIRE(answers.answers().size() == 1);
    CHECK(answers.answers().front() == "a\n\n");
}

TEST_CASE("an answer that does not end is given up") {
    HaproxyAnswers answers(1);
    const std::string megabyte(std::size_t{1} << 20, 'x');
    for (std::size_t sent = 0; sent < baton::health::max_haproxy_answers; sent += megabyte.size())
        CHECK(answers.feed(megabyte) == State::wanting);
    CHECK(answers.feed("x") == State::too_long);
    CHECK(answers.feed("\n\n") == State::too_long);
}
