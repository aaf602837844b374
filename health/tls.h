// What a check needs for TLS as a client: whom to trust, and by which name to call the peer.
//
// OpenSSL's context, made once for a check, so that files are read when the configuration is, not while
// checks run. RFC 8446, RFC 6066 section 3 (SNI), RFC 9525 (names in certificates).
#pragma once

#include "base/result.h"
#include "health/settings.h"

#include <boost/asio/ssl/context.hpp>
#include <optional>
#include <string>

namespace baton::health {

class Tls {
public:
    /// Reads the file. An error names it.
    [[nodiscard]] static Result<std::unique_ptr<Tls>, Error> make(const TlsSettings& settings);

    [[nodiscard]] boost::asio::ssl::context& context() { return context_; }
    [[nodiscard]] const TlsSettings& settings() const { return settings_; }

    /// Prepares one connection: name and verification.
    void prepare(SSL* connection) const;

private:
    explicit Tls(const TlsSettings& settings);

    TlsSettings settings_;
    boost::asio::ssl::context context_{boost::asio::ssl::context::tls_client};
};

/// Why a handshake failed, for a person: "certificate has expired".
[[nodiscard]] std::string tls_fault(SSL* connection, const boost::system::error_code& code);

} // namespace baton::health
