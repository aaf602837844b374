#include "auth/keys.h"

#include "auth/private_file.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <optional>
#include <vector>

namespace baton::auth {
namespace {

constexpr std::string_view spaces = " \t\r";
constexpr std::size_t max_file_size = 65536; // 255 keys of 64 octets in hexadecimal fill about half of it

/// Text that is wiped when it goes. Its room is taken once: growing would leave copies behind.
struct SecretText {
    std::vector<char> room = std::vector<char>(max_file_size + 1);
    std::size_t size{0};

    SecretText() = default;
    SecretText(const SecretText&) = delete;
    SecretText& operator=(const SecretText&) = delete;
    ~SecretText() { OPENSSL_cleanse(room.data(), room.size()); }

    [[nodiscard]] std::string_view view() const { return {room.data(), size}; }
};

/// The octets of one key while they are read, wiped as well.
struct SecretOctets {
    std::array<std::uint8_t, Key::max_size> room{};
    std::size_t size{0}; ///< of the whole value; what has no room is only counted

    SecretOctets() = default;
    SecretOctets(const SecretOctets&) = delete;
    SecretOctets& operator=(const SecretOctets&) = delete;
    ~SecretOctets() { OPENSSL_cleanse(room.data(), room.size()); }

    void add(std::uint8_t octet) {
        if (size < room.size())
            room[size] = octet;
        ++size;
    }
};

Result<void, Error> read_all(const Descriptor& file, const std::string& path, SecretText& text) {
    while (text.size < text.room.size()) {
        const auto got = ::read(file.get(), text.room.data() + text.size, text.room.size() - text.size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return last_error("cannot read the key file " + path);
        if (got == 0)
            return {};
        text.size += static_cast<std::size_t>(got);
    }
    return Error{"the key file " + path + " has more than " + std::to_string(max_file_size) +
                 " octets; it should have one key a line"};
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(spaces);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(spaces) - first + 1);
}

std::optional<unsigned> number_of(std::string_view digits) {
    unsigned number = 0;
    const auto end = digits.data() + digits.size();
    const auto [stopped, failed] = std::from_chars(digits.data(), end, number);
    return failed == std::errc() && stopped == end ? std::optional(number) : std::nullopt;
}

std::optional<int> digit_of(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return std::nullopt;
}

Result<void, std::string> take_hex(std::string_view digits, SecretOctets& octets) {
    if (digits.size() % 2 != 0)
        return std::string("behind \"hex:\" there is an odd number of digits");
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        const auto high = digit_of(digits[i]);
        const auto low = digit_of(digits[i + 1]);
        if (!high || !low)
            return std::string("behind \"hex:\" there is something that is no hexadecimal digit");
        octets.add(static_cast<std::uint8_t>(*high << 4 | *low));
    }
    return {};
}

Result<void, std::string> take_value(std::string_view value, SecretOctets& octets) {
    if (value.find_first_of(spaces) != std::string_view::npos)
        return std::string("there is more than a number and a key; write a key with spaces as \"hex:...\"");
    if (value.starts_with("hex:"))
        return take_hex(value.substr(4), octets);
    if (value.starts_with("file:")) // keepalived's, and long enough to pass for a key
        return std::string("\"file:\" is not known; write the key itself");
    for (const char c : value) {
        if (c <= ' ' || c > '~')
            return std::string(
                "the key has characters that are not printable ASCII; write it as \"hex:...\"");
        octets.add(static_cast<std::uint8_t>(c));
    }
    return {};
}

} // namespace

Result<KeyRing, Error> KeyRing::read(const std::string& path, uid_t user) {
    const auto file = open_private("key file", path, O_RDONLY, user);
    if (!file)
        return file.error();
    SecretText text;
    if (auto done = read_all(*file, path, text); !done)
        return done.error();
    return parse(text.view(), path);
}

Result<KeyRing, Error> KeyRing::parse(std::string_view text, const std::string& path) {
    KeyRing ring;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto end = std::min(text.find('\n'), text.size());
        if (auto added = ring.add_line(trimmed(text.substr(0, end))); !added)
            return Error{path + ":" + std::to_string(number) + ": " + added.error()};
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (ring.keys_.empty())
        return Error{"the key file " + path + " has no key; a line of it is \"ID VALUE\""};
    return ring;
}

Result<void, std::string> KeyRing::add_line(std::string_view line) {
    if (line.empty() || line.front() == '#')
        return {};
    const auto word_end = std::min(line.find_first_of(spaces), line.size());
    const auto number = number_of(line.substr(0, word_end));
    if (!number || *number < 1 || *number > 255)
        return std::string("the line does not begin with a key's number from 1 to 255");
    const KeyId id{static_cast<std::uint8_t>(*number)};
    if (find(id) != nullptr)
        return "key " + std::to_string(*number) + " is given a second time";
    SecretOctets octets;
    if (auto taken = take_value(trimmed(line.substr(word_end)), octets); !taken)
        return taken;
    if (octets.size < Key::min_size || octets.size > Key::max_size)
        return "key " + std::to_string(*number) + " has " + std::to_string(octets.size) +
               " octets; it must have " + std::to_string(Key::min_size) + " to " +
               std::to_string(Key::max_size);
    if (keys_.empty())
        active_ = id;
    keys_.emplace(id, Key({octets.room.data(), octets.size}));
    return {};
}

bool KeyRing::same_as(const KeyRing& other) const {
    return active_ == other.active_ && std::equal(keys_.begin(), keys_.end(), other.keys_.begin(),
                                                  other.keys_.end(), [](const auto& a, const auto& b) {
                                                      return a.first == b.first && a.second.same_as(b.second);
                                                  });
}

const Key* KeyRing::find(KeyId id) const {
    const auto found = keys_.find(id);
    return found == keys_.end() ? nullptr : &found->second;
}

} // namespace baton::auth
