#include "health/tls.h"

#include "base/address.h"

#include <boost/asio/ssl/error.hpp>
#include <memory>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace baton::health {

Tls::Tls(const TlsSettings& settings) : settings_(settings) {}

Result<std::unique_ptr<Tls>, Error> Tls::make(const TlsSettings& settings) {
    std::unique_ptr<Tls> tls(new Tls(settings));
    auto* context = tls->context_.native_handle();
    // The peer chooses the group of finite-field Diffie-Hellman, and a large one takes half a second of the
    // loop.
    if (SSL_CTX_set_cipher_list(context, "DEFAULT:!kDHE") != 1)
        return Error{"OpenSSL has no ciphers to offer"};
    SSL_CTX_set_verify(context, settings.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
    if (!settings.verify)
        return tls;
    boost::system::error_code failed;
    if (settings.ca_file.empty())
        tls->context_.set_default_verify_paths(failed);
    else
        tls->context_.load_verify_file(settings.ca_file, failed);
    // What the operator names is trusted by itself, also when somebody else has signed it.
    if (!settings.ca_file.empty())
        X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
    if (failed)
        return Error{
            (settings.ca_file.empty() ? std::string("the system's certificates") : settings.ca_file) + ": " +
            failed.message()};
    return tls;
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
