// The conversation of a check that connects, and may say something and wait for something.
//
// What is sent and awaited are octets as the operator wrote them; nothing is made of them.
#pragma once

#include "health/dialogue.h"
#include "health/settings.h"

namespace baton::health {

/// Octets that are read before it is given up to find what is awaited.
inline constexpr std::size_t max_tcp_answer = std::size_t{64} << 10;

class TcpDialogue : public DecidingDialogue {
public:
    explicit TcpDialogue(TcpSettings settings) : settings_(std::move(settings)) {}

    StreamAction connected() override;
    StreamAction tls_established() override;
    StreamAction tls_failed(std::string_view why) override;
    StreamAction received(std::string_view bytes) override;
    StreamAction closed() override;
    StreamAction timed_out() override;

private:
    StreamAction speak();
    [[nodiscard]] std::string so_far() const;

    TcpSettings settings_;
    bool shaking_hands_{false};
    std::string heard_;
};

} // namespace baton::health
