// The conversation of a check with an HTTP server: one request, and whether the answer is what it should be.
//
// Follows no redirect and keeps no cookie. Beast reads the answer (RFC 9112). The status decides as soon as
// it is there, unless something is looked for in the body, of which the first max_http_body octets count:
// then the answer is read until that has come. Interim answers (1xx) are passed over, as RFC 9110
// section 15.2 asks.
#pragma once

#include "health/dialogue.h"
#include "health/settings.h"

#include <memory>
#include <vector>

namespace baton::health {

/// A MiB, as what is told says.
inline constexpr std::size_t max_http_body = std::size_t{1} << 20;
inline constexpr unsigned max_http_header = 16U << 10;

class HttpDialogue : public DecidingDialogue {
public:
    explicit HttpDialogue(HttpSettings settings);
    HttpDialogue(HttpDialogue&&) noexcept;
    HttpDialogue& operator=(HttpDialogue&&) noexcept;
    ~HttpDialogue() override;

    StreamAction connected() override;
    StreamAction tls_established() override;
    StreamAction tls_failed(std::string_view why) override;
    StreamAction received(std::string_view bytes) override;
    StreamAction closed() override;
    StreamAction timed_out() override;

private:
    struct Answer;

    StreamAction ask() const;
    StreamAction read_on();
    std::optional<StreamAction> judged();
    StreamAction judged_without_match() const;
    std::string beginning() const;

    HttpSettings settings_;
    bool shaking_hands_{false};
    std::unique_ptr<Answer> answer_;
};

} // namespace baton::health
