// Key files: what is read, each thing that is refused and in which words, and that no error quotes a key.
#include "auth/keys.h"

#include "../scratch.h"
#include "samples.h"

using namespace baton;
using namespace baton::auth;
using namespace baton::testing;

namespace {

constexpr KeyId one{1};

/// The error of a text; fails the test when there is none.
std::string refusal(const std::string& text) {
    const auto ring = KeyRing::parse(text, "keys");
    REQUIRE(ring.has_error());
    return ring.error().text;
}

void check_refused(const Result<KeyRing, Error>& ring, const std::string& part) {
    REQUIRE(ring.has_error());
    CHECK_MESSAGE(ring.error().text.find(part) != std::string::npos, ring.error().text);
}

/// A good key file in a directory of its own.
struct KeyFile {
    Scratch scratch;
    std::string path = scratch.path("keys");

    explicit KeyFile(mode_t mode = 0600) {
        std::ofstream(path) << "1 " << secret('a') << "\n";
        REQUIRE(::chmod(path.c_str(), mode) == 0);
    }
    [[nodiscard]] Result<KeyRing, Error> read() const { return KeyRing::read(path); }
};

std::string text_of(const Key* key) {
    REQUIRE(key != nullptr);
    return {key->octets().begin(), key->octets().end()};
}

} // namespace

TEST_CASE("keys are text or hexadecimal, and stand one a line") {
    const auto ring =
        KeyRing::parse("# made in March\n\n1 " + secret('a') + "\r\n  255\t hex:" + secret('6') +
                           secret('4') + "\n7 #" + secret('#'),
                       "keys");
    REQUIRE(ring.has_value());
    CHECK(text_of(ring->find(one)) == secret('a'));
    CHECK(text_of(ring->find(KeyId{255})) == std::string(16, 'f') + std::string(16, 'D'));
    CHECK(text_of(ring->find(KeyId{7})) == "#" + secret('#'));
    CHECK(ring->find(KeyId{2}) == nullptr);
    CHECK(ring->active() == one);
}

TEST_CASE("two files are the same when they sign and verify the same") {
    const auto ring = [](const std::string& text) {
        auto parsed = KeyRing::parse(text, "keys");
        REQUIRE(parsed.has_value());
        return *parsed;
    };
    const auto first = "1 " + secret('a') + "\n";
    const auto second = "2 " + secret('b') + "\n";
    const auto third = "3 " + secret('c') + "\n";
    const auto all = ring(first + second + third);
    CHECK(all.same_as(ring("# in March\n" + first + third + second)));
    CHECK_FALSE(all.same_as(ring(second + first + third))); // another one signs
    CHECK_FALSE(all.same_as(ring(first + second)));
    CHECK_FALSE(all.same_as(ring(first + second + "4 " + secret('c'))));
    CHECK_FALSE(all.same_as(ring(first + second + "3 " + secret('d'))));
    CHECK_FALSE(all.same_as(ring(first + second + "3 " + secret('c') + "c")));
}

TEST_CASE("a key has 32 to 64 octets") {
    for (const std::size_t size : {0U, 1U, 31U, 32U, 64U, 65U, 1000U}) {
        const auto ring = KeyRing::parse("1 " + std::string(size, 'k'), "keys");
        CHECK(ring.has_value() == (size >= 32 && size <= 64));
        std::string digits;
        for (std::size_t i = 0; i < size; ++i)
            digits += "aF";
        CHECK(KeyRing::parse("1 hex:" + digits, "keys").has_value() == (size >= 32 && size <= 64));
    }
    CHECK(refusal("\n1 short") == "keys:2: key 1 has 5 octets; it must have 32 to 64");
}

TEST_CASE("what is wrong with a line is said with file and line") {
    const auto good = "1 " + secret('a') + "\n";
    CHECK(refusal("0 " + secret('a')) == "keys:1: the line does not begin with a key's number from 1 to 255");
    for (const std::string id : {"256", "-1", "+1", "1x", "key", "4294967297", "\"1\""})
        CHECK(refusal(good + id + " " + secret('b')).starts_with("keys:2: the line does not begin"));
    CHECK(refusal(good + good) == "keys:2: key 1 is given a second time");
    CHECK(refusal(good + "2\n").starts_with("keys:2: key 2 has 0 octets"));
    CHECK(refusal("1 hex:" + secret('a') + secret('a') + "a") ==
          "keys:1: behind \"hex:\" there is an odd number of digits");
    CHECK(refusal("1 hex:" + secret('a') + secret('g')).find("no hexadecimal digit") != std::string::npos);
    CHECK(refusal("1 " + secret('a') + " " + secret('b')).find("more than a number and a key") !=
          std::string::npos);
    CHECK(refusal("1 " + secret('a') + "\x80").find("printable ASCII") != std::string::npos);
    CHECK(refusal("1 " + secret('a') + std::string(1, '\0')).find("printable ASCII") != std::string::npos);
    CHECK(refusal("1 file:/etc/keepalived/keys/first-of-two").find("\"file:\"") != std::string::npos);
}

TEST_CASE("without a key nothing is read; the first one is to sign") {
    CHECK(refusal("") == "the key file keys has no key; a line of it is \"ID VALUE\"");
    CHECK(refusal("# 1 " + secret('a')).find("has no key") != std::string::npos);
    const auto two = KeyRing::parse("# new\n2 " + secret('b') + "\n1 " + secret('a') + "\n", "keys");
    REQUIRE(two.has_value());
    CHECK(two->active() == KeyId{2});
}

TEST_CASE("no error quotes what stands in the file") {
    // The number forgotten, a key too short, a key with a space, wrong digits, a key given twice.
    for (const std::string line : {"topsecret", "1 topsecret", "1 topsecret topsecret", "1 hex:topsecret",
                                   "1 hex:topsecrett", "1 file:topsecret", "topsecret 1", "1 topsecret\x01"})
        CHECK(refusal(line).find("topsecret") == std::string::npos);
}

TEST_CASE("a file that its owner alone may read is read") {
    for (const mode_t mode : {0600U, 0400U}) {
        const auto ring = KeyFile(mode).read();
        REQUIRE(ring.has_value());
        CHECK(text_of(ring->find(one)) == secret('a'));
    }
}

TEST_CASE("a file that others may read or write is refused") {
    for (const mode_t mode : {0640U, 0620U, 0604U, 0602U, 0610U, 0666U}) {
        const KeyFile file(mode);
        check_refused(file.read(), "is open to others than its owner (mode 0");
        check_refused(file.read(), "chmod 600 " + file.path);
    }
}

TEST_CASE("only a regular file is a key file, and a named pipe keeps nobody waiting") {
    const KeyFile file;
    const auto path = file.scratch.path("other");
    check_refused(KeyRing::read(path), "cannot open the key file " + path);
    REQUIRE(::symlink(file.path.c_str(), path.c_str()) == 0);
    check_refused(KeyRing::read(path), "is a symbolic link");
    REQUIRE(::unlink(path.c_str()) == 0);
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    check_refused(KeyRing::read(path), "is not a regular file");
    REQUIRE(::unlink(path.c_str()) == 0);
    REQUIRE(::mkdir(path.c_str(), 0700) == 0);
    check_refused(KeyRing::read(path), "is not a regular file");
    check_refused(KeyRing::read("/dev/null"), "is not a regular file");
    check_refused(KeyRing::read(""), "cannot open the key file");
}

TEST_CASE("a file of another user than root and the daemon's is refused") {
    const KeyFile file;
    if (::geteuid() == 0) {
        REQUIRE(::chown(file.path.c_str(), 12345, 0) == 0);
        check_refused(file.read(), "belongs to user 12345");
        CHECK(KeyRing::read(file.path, 12345).has_value());
    } else {
        check_refused(KeyRing::read(file.path, ::geteuid() + 1), "belongs to user");
    }
}

TEST_CASE("a directory that others may write to is refused, and so is one above it unless it is sticky") {
    const KeyFile file;
    const auto inner = file.scratch.path("inner");
    REQUIRE(::mkdir(inner.c_str(), 0700) == 0);
    std::filesystem::copy(file.path, inner + "/keys");
    const auto read = [&] { return KeyRing::read(inner + "/keys"); };
    CHECK(read().has_value());
    for (const mode_t mode : {0720U, 0702U, 01777U}) {
        REQUIRE(::chmod(inner.c_str(), mode) == 0);
        check_refused(read(), inner + ", which others may write to");
    }
    REQUIRE(::chmod(inner.c_str(), 0755) == 0);
    const auto outer = std::filesystem::path(inner).parent_path();
    REQUIRE(::chmod(outer.c_str(), 0770) == 0);
    check_refused(read(), outer.string() + ", which others may write to");
    REQUIRE(::chmod(outer.c_str(), 01777) == 0);
    CHECK(read().has_value());
}

TEST_CASE("a directory of another user is refused") {
    if (::geteuid() != 0)
        return;
    const KeyFile file;
    const auto directory = std::filesystem::path(file.path).parent_path();
    REQUIRE(::chown(directory.c_str(), 12345, 0) == 0);
    check_refused(file.read(), "which belongs to user 12345");
}

TEST_CASE("a file that is far too large is refused") {
    const KeyFile file;
    std::ofstream(file.path) << std::string(70'000, '\n');
    check_refused(file.read(), "more than 65536 octets");
}
