// The words of one command, taken from left to right; each taker says what it expected when it is not there.
#pragma once

#include "base/address.h"
#include "base/time.h"
#include "vrrp/settings.h"

#include <deque>
#include <string>

namespace baton::scenarios {

class Words {
public:
    explicit Words(const std::string& line);

    [[nodiscard]] bool empty() const { return words_.empty(); }
    /// Takes the next word if it is this one.
    [[nodiscard]] bool take_if(const std::string& word);
    /// The next word, called `what` in the error when there is none.
    [[nodiscard]] std::string take(const std::string& what);
    [[nodiscard]] int take_number(const std::string& what);
    [[nodiscard]] Duration take_duration(const std::string& what);
    [[nodiscard]] IpAddress take_address(const std::string& what);
    [[nodiscard]] Prefix take_prefix(const std::string& what);
    /// At most eight characters, filled up with zeros (RFC 2338 section 5.3.6).
    [[nodiscard]] vrrp::Password take_password(const std::string& what);
    /// "on" or "off", "up" or "down".
    [[nodiscard]] bool take_choice(const std::string& yes, const std::string& no);
    /// All words must have been understood.
    void expect_end() const;

private:
    std::deque<std::string> words_;
};

} // namespace baton::scenarios
