#include "tests/unit/health/certificates.h"

#include <doctest/doctest.h>
#include <memory>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace baton::testing {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

template <class Write>
std::string pem(Write write) {
    const Bio bio(BIO_new(BIO_s_mem()), &BIO_free);
    REQUIRE(write(bio.get()) == 1);
    char* data = nullptr;
    const auto size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

Bio reading(const std::string& text) { return {BIO_new_mem_buf(text.data(), -1), &BIO_free}; }

void extend(X509* certificate, int what, const std::string& value) {
    auto* extension = X509V3_EXT_conf_nid(nullptr, nullptr, what, value.c_str());
    REQUIRE(extension != nullptr);
    REQUIRE(X509_add_ext(certificate, extension, -1) == 1);
    X509_EXTENSION_free(extension);
}

void name(X509* certificate, const std::string& subject) {
    const auto* const text = reinterpret_cast<const unsigned char*>(subject.c_str());
    REQUIRE(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC, text, -1, -1,
                                       0) == 1);
}

void sign(X509* certificate, EVP_PKEY* own_key, const Identity* issuer) {
    if (issuer == nullptr) {
        X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
        REQUIRE(X509_sign(certificate, own_key, EVP_sha256()) > 0);
        return;
    }
    const Certificate above(PEM_read_bio_X509(reading(issuer->certificate).get(), nullptr, nullptr, nullptr),
                            &X509_free);
    const Key key(PEM_read_bio_PrivateKey(reading(issuer->key).get(), nullptr, nullptr, nullptr),
                  &EVP_PKEY_free);
    X509_set_issuer_name(certificate, X509_get_subject_name(above.get()));
    REQUIRE(X509_sign(certificate, key.get(), EVP_sha256()) > 0);
}

} // namespace

Identity make_identity(const Wanted& wanted) {
    static long serial = 0;
    constexpr long day = 24L * 60 * 60;
    const Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
    const Certificate certificate(X509_new(), &X509_free);
    REQUIRE(X509_set_version(certificate.get(), X509_VERSION_3) == 1);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), wanted.from_day * day);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), wanted.to_day * day);
    X509_set_pubkey(certificate.get(), key.get());
    name(certificate.get(), wanted.subject);
    if (wanted.authority)
        extend(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
    if (!wanted.alternative_name.empty())
        extend(certificate.get(), NID_subject_alt_name, wanted.alternative_name);
    sign(certificate.get(), key.get(), wanted.issuer);
    return {pem([&](BIO* to) {
                return PEM_write_bio_PrivateKey(to, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
            }),
            pem([&](BIO* to) { return PEM_write_bio_X509(to, certificate.get()); })};
}

} // namespace baton::testing
