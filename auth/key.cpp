#include "auth/key.h"

#include <algorithm>
#include <cassert>
#include <openssl/crypto.h>

namespace baton::auth {

Key::Key(std::span<const std::uint8_t> octets) : size_(octets.size()) {
    assert(size_ >= min_size && size_ <= max_size);
    std::copy(octets.begin(), octets.end(), octets_.begin());
}

// A plain fill before the end of an object's life is left out by compilers; this one is not.
Key::~Key() { OPENSSL_cleanse(octets_.data(), octets_.size()); }

bool Key::same_as(const Key& other) const {
    return size_ == other.size_ && CRYPTO_memcmp(octets_.data(), other.octets_.data(), size_) == 0;
}

} // namespace baton::auth
