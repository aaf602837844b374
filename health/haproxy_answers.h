// Collects what HAProxy's socket answers to several commands sent as one line ("show info;show stat").
//
// An answer ends with an empty line, and none has one inside (HAProxy Management Guide, "Unix Socket
// commands"). Pure: takes bytes in pieces of any size, holds no more than it says, opens no socket.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace baton::health {

/// Octets for all answers of one probe: some 5,000 servers.
inline constexpr std::size_t max_haproxy_answers = std::size_t{4} << 20;

class HaproxyAnswers {
public:
    enum class State {
        wanting,  ///< more is to come
        complete, ///< all answers are there; whatever follows is not looked at
        too_long, ///< more than max_haproxy_answers, and not complete
    };

    /// So many commands were sent, at least one.
    explicit HaproxyAnswers(std::size_t commands);

    State feed(std::string_view bytes);

    [[nodiscard]] State state() const { return state_; }

    /// The answers that are complete, in the order of the commands, each with the empty line that ends it.
    [[nodiscard]] std::vector<std::string_view> answers() const;

private:
    void look_for_ends();

    std::size_t commands_;
    State state_{State::wanting};
    std::string text_;
    std::vector<std::size_t> ends_; ///< in text_, behind each empty line
    std::size_t looked_at_{0};      ///< no end begins before here
};

} // namespace baton::health
