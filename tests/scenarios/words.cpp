#include "tests/scenarios/words.h"

#include "base/duration.h"
#include "tests/scenarios/script.h"

#include <algorithm>
#include <charconv>
#include <sstream>

namespace baton::scenarios {

Words::Words(const std::string& line) {
    std::istringstream stream(line);
    for (std::string word; stream >> word;)
        words_.push_back(word);
}

bool Words::take_if(const std::string& word) {
    if (words_.empty() || words_.front() != word)
        return false;
    words_.pop_front();
    return true;
}

std::string Words::take(const std::string& what) {
    if (words_.empty())
        throw ScriptError("expected " + what + " at the end");
    auto word = words_.front();
    words_.pop_front();
    return word;
}

int Words::take_number(const std::string& what) {
    const auto word = take(what);
    int number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (error != std::errc{} || end != word.data() + word.size())
        throw ScriptError("expected " + what + ", a number, not \"" + word + "\"");
    return number;
}

Duration Words::take_duration(const std::string& what) {
    const auto duration = parse_duration(take(what));
    if (!duration)
        throw ScriptError("expected " + what + ": " + duration.error().text);
    return *duration;
}

IpAddress Words::take_address(const std::string& what) {
    const auto word = take(what);
    const auto address = IpAddress::parse(word);
    if (!address)
        throw ScriptError("expected " + what + ", an address, not \"" + word + "\"");
    return *address;
}

Prefix Words::take_prefix(const std::string& what) {
    const auto word = take(what);
    const auto prefix = Prefix::parse(word);
    if (!prefix)
        throw ScriptError("expected " + what + ", an address with /length, not \"" + word + "\"");
    return *prefix;
}

vrrp::Password Words::take_password(const std::string& what) {
    const auto word = take(what);
    vrrp::Password password{};
    if (word.size() > password.size())
        throw ScriptError("expected " + what + " of at most eight characters, not \"" + word + "\"");
    std::copy(word.begin(), word.end(), password.begin());
    return password;
}

bool Words::take_choice(const std::string& yes, const std::string& no) {
    if (take_if(yes))
        return true;
    if (take_if(no))
        return false;
    throw ScriptError("expected " + yes + " or " + no);
}

void Words::expect_end() const {
    if (!words_.empty())
        throw ScriptError("did not understand \"" + words_.front() + "\"");
}

} // namespace baton::scenarios
