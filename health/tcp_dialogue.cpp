#include "health/tcp_dialogue.h"

#include "health/excerpt.h"

#include <utility>

namespace baton::health {

StreamAction TcpDialogue::connected() {
    if (!settings_.tls)
        return speak();
    shaking_hands_ = true;
    return {.then = StreamAction::Then::start_tls};
}

StreamAction TcpDialogue::tls_established() {
    shaking_hands_ = false;
    return speak();
}

StreamAction TcpDialogue::tls_failed(std::string_view why) {
    return decide(false, "TLS: " + std::string(why));
}

StreamAction TcpDialogue::speak() {
    if (!settings_.expect.empty())
        return {.send = settings_.send};
    auto close = decide(true, settings_.tls ? "connected, with TLS" : "connected");
    close.send = settings_.send;
    return close;
}

StreamAction TcpDialogue::received(std::string_view bytes) {
    if (decided())
        return *decided();
    heard_ += bytes.substr(0, max_tcp_answer - heard_.size());
    if (heard_.find(settings_.expect) != std::string::npos)
        return decide(true, "answered: " + excerpt(first_line(heard_)));
    if (heard_.size() == max_tcp_answer)
        return decide(false, "what is expected is not in the first " + std::to_string(max_tcp_answer >> 10) +
                                 " KiB of what it sent" + so_far());
    return {};
}

StreamAction TcpDialogue::closed() {
    return decide(false, shaking_hands_ ? "closed during the TLS handshake"
                                        : "closed before it sent what is expected" + so_far());
}

StreamAction TcpDialogue::timed_out() {
    return decide(false, shaking_hands_ ? "the TLS handshake was not done"
                                        : "it did not send what is expected" + so_far());
}

std::string TcpDialogue::so_far() const {
    return heard_.empty() ? "; it sent nothing" : "; it sent: " + excerpt(first_line(heard_));
}

} // namespace baton::health
