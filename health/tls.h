// What a check needs for TLS as a client: whom to trust, and by which name to call the peer.
//
// Whom to trust it shares with other checks (Trust), and reads nothing itself. RFC 8446, RFC 6066 section 3
// (SNI), RFC 9525 (names in certificates).
#pragma once

#include "health/settings.h"
#include "health/trust.h"

#include <boost/asio/ssl/context.hpp>
#include <string>

namespace baton::health {

class Tls {
public:
    /// `trusted` is Trust's context for the settings.
    Tls(Trust::Context trusted, TlsSettings settings);

    [[nodiscard]] boost::asio::ssl::context& context() { return *trusted_; }

    /// Prepares one connection: name and verification.
    void prepare(SSL* connection) const;

private:
    Trust::Context trusted_;
    TlsSettings settings_;
};

/// Why a handshake failed, for a person: "certificate has expired".
[[nodiscard]] std::string tls_fault(SSL* connection, const boost::system::error_code& code);

} // namespace baton::health
