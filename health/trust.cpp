#include "health/trust.h"

#include <cstdlib>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/stat.h>

namespace baton::health {
namespace {

using boost::asio::ssl::context;

/// OpenSSL's own rule of where the system's certificates are.
std::string place(const char* variable, const char* standard) {
    const char* const told = ::secure_getenv(variable);
    return told != nullptr ? told : standard;
}

FileMark mark_of_system_file() {
    return mark_of(place(X509_get_default_cert_file_env(), X509_get_default_cert_file()));
}

FileMark mark_of_system_directory() {
    return mark_of(place(X509_get_default_cert_dir_env(), X509_get_default_cert_dir()));
}

Result<Trust::Context, Error> make_context(bool verify) {
    auto made = std::make_shared<context>(context::tls_client);
    auto* const native = made->native_handle();
    // The peer chooses the group of finite-field Diffie-Hellman, and a large one takes half a second of the
    // loop. It is kept out of TLS 1.2 by its ciphers, and of TLS 1.3 by the groups.
    if (SSL_CTX_set_cipher_list(native, "DEFAULT:!kDHE") != 1)
        return Error{"OpenSSL has no ciphers to offer"};
    if (SSL_CTX_set1_groups_list(native, "X25519:P-256:P-384:P-521:X448") != 1)
        return Error{"OpenSSL has no groups to offer"};
    SSL_CTX_set_verify(native, verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
    return made;
}

/// OpenSSL would wait for ever for who writes to a named pipe. What is not there is told when it is opened.
bool is_no_regular_file(const std::string& path) {
    struct stat about {};
    return ::stat(path.c_str(), &about) == 0 && !S_ISREG(about.st_mode);
}

Result<Trust::Context, Error> read_certificates(const std::string& ca_file) {
    if (!ca_file.empty() && is_no_regular_file(ca_file))
        return Error{ca_file + ": is no regular file; name a file of certificates in PEM"};
    auto made = make_context(true);
    if (!made)
        return made;
    boost::system::error_code failed;
    if (ca_file.empty())
        (*made)->set_default_verify_paths(failed);
    else
        (*made)->load_verify_file(ca_file, failed);
    // What the operator names is trusted by itself, also when somebody else has signed it.
    if (!ca_file.empty())
        X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param((*made)->native_handle()), X509_V_FLAG_PARTIAL_CHAIN);
    if (failed)
        return Error{(ca_file.empty() ? std::string("the system's certificates") : ca_file) + ": " +
                     failed.message()};
    return made;
}

} // namespace

Result<Trust::Context, Error> Trust::context_for(const TlsSettings& settings) {
    if (!settings.verify) {
        if (unverified_)
            return unverified_;
        auto made = make_context(false);
        if (made)
            unverified_ = *made;
        return made;
    }
    const auto& path = settings.ca_file;
    // Before it is read: what changes meanwhile is seen the next time.
    const auto file = path.empty() ? mark_of_system_file() : mark_of(path);
    const auto directory = path.empty() ? mark_of_system_directory() : FileMark{};
    const auto known = read_.find(path);
    if (known != read_.end() && known->second.file == file && known->second.directory == directory)
        return known->second.context;
    auto made = read_certificates(path);
    if (made)
        read_[path] = {file, directory, *made};
    return made;
}

void Trust::forget_unused() {
    std::erase_if(read_, [](const auto& entry) {
        return !entry.first.empty() && entry.second.context.use_count() == 1;
    });
}

} // namespace baton::health
