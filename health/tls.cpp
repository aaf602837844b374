#include "health/tls.h"

#include "base/address.h"

#include <boost/asio/ssl/error.hpp>
#include <cassert>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <utility>

namespace baton::health {

Tls::Tls(Trust::Context trusted, TlsSettings settings)
    : trusted_(std::move(trusted)), settings_(std::move(settings)) {
    assert(trusted_);
}

void Tls::prepare(SSL* connection) const {
    const auto& name = settings_.server_name;
    if (name.empty())
        return;
    const bool is_address = IpAddress::parse(name).has_value();
    if (!is_address) // RFC 6066: names only
        SSL_set_tlsext_host_name(connection, name.c_str());
    if (!settings_.verify)
        return;
    auto* wanted = SSL_get0_param(connection);
    if (is_address)
        X509_VERIFY_PARAM_set1_ip_asc(wanted, name.c_str());
    else
        X509_VERIFY_PARAM_set1_host(wanted, name.c_str(), name.size());
}

std::string tls_fault(SSL* connection, const boost::system::error_code& code) {
    const auto verified = SSL_get_verify_result(connection); // known also where nobody asked for it
    if (verified != X509_V_OK && SSL_get_verify_mode(connection) != SSL_VERIFY_NONE)
        return std::string("its certificate was not accepted: ") + X509_verify_cert_error_string(verified);
    if (code.category() != boost::asio::error::get_ssl_category())
        return code.message();
    const char* reason = ERR_reason_error_string(static_cast<unsigned long>(code.value()));
    return reason != nullptr ? reason : code.message();
}

} // namespace baton::health
