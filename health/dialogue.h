// A check's conversation over a stream: what to send next, and in the end what was found out.
//
// A pure value machine, one for each protocol. It opens no socket and knows no time and no certificate;
// StreamProbe does, for all of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace baton::health {

/// What to do next.
struct StreamAction {
    enum class Then : std::uint8_t {
        read,      ///< go on reading
        start_tls, ///< read no more octets in clear; tls_established() or tls_failed() when it is decided
        close,     ///< it is decided. What is sent last is a courtesy
    };
    std::string send{}; ///< to be written first; may be empty
    Then then{Then::read};
    bool ok{false};       ///< of close: all is well
    std::string detail{}; ///< of close: for a person, never empty; holds texts of the peer as they came
    std::optional<double> share{}; ///< of close: 0..1, where the check can tell

    friend bool operator==(const StreamAction&, const StreamAction&) = default;
};

/// Each member function tells what happened and gives what to do. After a close they all give the same close,
/// with nothing to send.
class Dialogue {
public:
    virtual ~Dialogue() = default;

    virtual StreamAction connected() = 0;
    virtual StreamAction received(std::string_view bytes) = 0;
    virtual StreamAction closed() = 0;
    /// The caller's patience is over; how long it was, the caller knows. What is to be sent is sent if that
    /// can be done at once.
    virtual StreamAction timed_out() = 0;

    // Of those that start TLS only. `why` for a person: "certificate has expired".
    virtual StreamAction tls_established() { return closed(); }
    virtual StreamAction tls_failed(std::string_view /*why*/) { return closed(); }

protected:
    Dialogue() = default;
    Dialogue(const Dialogue&) = default;
    Dialogue(Dialogue&&) = default;
    Dialogue& operator=(const Dialogue&) = default;
    Dialogue& operator=(Dialogue&&) = default;
};

/// One whose first decision stands: what comes later changes nothing.
class DecidingDialogue : public Dialogue {
protected:
    StreamAction decide(StreamAction close) {
        if (!decided_)
            decided_ = std::move(close);
        return *decided_;
    }
    StreamAction decide(bool ok, std::string detail) {
        return decide({.then = StreamAction::Then::close, .ok = ok, .detail = std::move(detail)});
    }
    /// Nothing yet.
    [[nodiscard]] const std::optional<StreamAction>& decided() const { return decided_; }

private:
    std::optional<StreamAction> decided_;
};

} // namespace baton::health
