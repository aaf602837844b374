// Marks in their file: what a restart finds after an orderly end and after a crash, and what is refused.
#include "auth/marks.h"

#include "../scratch.h"
#include "auth/marks_slot.h"
#include "samples.h"

#include <csignal>
#include <sys/resource.h>

using namespace baton;
using namespace baton::auth;
using namespace baton::testing;
using namespace std::chrono_literals;

namespace {

const auto v6_address = IpAddress::v6({0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2});

MarksFile opened(const std::string& path) {
    auto file = MarksFile::open(path, ::geteuid());
    REQUIRE_MESSAGE(file.has_value(), file.error().text);
    return std::move(*file);
}

/// What a start would find now, though the file is in use.
MarkSet found(const std::string& path) {
    std::filesystem::copy_file(path, path + ".copy", std::filesystem::copy_options::overwrite_existing);
    return opened(path + ".copy").marks();
}

void check_refused(const std::string& path, const std::string& part) {
    const auto file = MarksFile::open(path, ::geteuid());
    REQUIRE(file.has_error());
    CHECK_MESSAGE(file.error().text.find(part) != std::string::npos, file.error().text);
    CHECK(file.error().text.find(path) != std::string::npos);
}

/// Turns over the octets of one slot's beginning, as an interrupted write may.
void spoil(const std::string& path, std::size_t slot, std::size_t at = 20) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(slot * slot_size + at));
    file.put('\x5a').put('\x5a');
}

Sequence at(WallTime time) { return sequence_at(time); }

} // namespace

TEST_CASE("a new marks file is private, knows nothing, and is found again") {
    const Scratch scratch;
    const auto path = scratch.path("marks");
    const auto umask_before = ::umask(0);
    CHECK(opened(path).marks() == MarkSet{std::nullopt, {}, true});
    ::umask(umask_before);
    struct stat made {};
    REQUIRE(::stat(path.c_str(), &made) == 0);
    CHECK((made.st_mode & 07777) == 0600);
    CHECK_FALSE(std::filesystem::exists(path + ".new"));
    CHECK(found(path) == MarkSet{std::nullopt, {}, true});
}

TEST_CASE("what was written last is what is found, of both families, and the file does not grow") {
    const Scratch scratch;
    const auto path = scratch.path("marks");
    auto file = opened(path);
    const auto size = std::filesystem::file_size(path);
    for (std::uint64_t i = 1; i <= 5; ++i) {
        const MarkSet marks{
            Sequence{i << 40}, {{peer_address, Sequence{i}}, {v6_address, Sequence{~i}}}, i % 2 == 0};
        REQUIRE(file.write(marks).has_value());
        CHECK(found(path) == marks);
    }
    MarkSet many;
    for (std::size_t i = 0; i < MarksFile::max_senders; ++i)
        many.heard.push_back({IpAddress::v4(10, 0, 1, static_cast<std::uint8_t>(i)), Sequence{i}});
    REQUIRE(file.write(many).has_value());
    CHECK(found(path) == many);
    CHECK(std::filesystem::file_size(path) == size);
}

TEST_CASE("a write that was cut off leaves the one before it") {
    const Scratch scratch;
    const auto path = scratch.path("marks");
    const MarkSet first{Sequence{1}, {}, false};
    const MarkSet second{Sequence{2}, {}, false};
    {
        auto file = opened(path);
        REQUIRE(file.write(first).has_value());  // generation 1: the second slot
        REQUIRE(file.write(second).has_value()); // generation 2: the first slot
    }
    spoil(path, 0);
    CHECK(found(path) == first);
    auto again = opened(path); // and it can be written on from there
    REQUIRE(again.write(second).has_value());
    CHECK(found(path) == second);
}

TEST_CASE("every octet of a slot is under its digest") {
    const MarkSet marks{Sequence{7}, {{peer_address, Sequence{8}}}, true};
    auto octets = *encode(Slot{3, marks});
    const auto used = octets.size();
    octets.resize(slot_size);
    REQUIRE(decode_slot(octets).has_value());
    CHECK(decode_slot(octets)->marks == marks);
    CHECK(decode_slot(octets)->generation == 3);
    for (std::size_t i = 0; i < used; ++i) {
        auto changed = octets;
        changed[i] ^= 0x40;
        CHECK_FALSE(decode_slot(changed).has_value());
    }
}

TEST_CASE("a corrupt marks file is an error that says what to do") {
    const Scratch scratch;
    const auto path = scratch.path("marks");
    (void)opened(path);
    spoil(path, 0);
    check_refused(path, "is corrupt");
    check_refused(path, "new keys");
    std::filesystem::resize_file(path, 100);
    check_refused(path, "is corrupt");
    std::filesystem::resize_file(path, 0);
    check_refused(path, "is corrupt");
    std::filesystem::resize_file(path, 3 * slot_size);
    check_refused(path, "is corrupt");
}

TEST_CASE("a marks file that others may change, or that cannot be made, is an error") {
    const Scratch scratch;
    const auto path = scratch.path("marks");
    (void)opened(path);
    REQUIRE(::chmod(path.c_str(), 0660) == 0);
    check_refused(path, "is open to others");
    REQUIRE(::unlink(path.c_str()) == 0);
    REQUIRE(::mkdir(path.c_str(), 0700) == 0);
    check_refused(path, "is not a regular file");
    check_refused(scratch.path("missing/marks"), "cannot find the directory");
    REQUIRE(::chmod(path.c_str(), 0777) == 0);
    check_refused(path + "/marks", "others may write to");
}

TEST_CASE("the file runs ahead by the reserve, and is written only when a number outruns it") {
    const Scratch scratch;
    const auto path = scratch.path("marks");
    Marks marks(opened(path), 1s);
    marks.keep(at(spring), {}, spring);
    CHECK(found(path).own == at(spring + 1s));
    for (const auto later : {10ms, 500ms, 1000ms}) {
        marks.keep(at(spring + later), {}, spring + later);
        CHECK(found(path).own == at(spring + 1s));
    }
    marks.keep(at(spring + 1010ms), {}, spring + 1010ms);
    CHECK(found(path).own == at(spring + 2010ms));
    marks.keep(at(spring + 1010ms), {{peer_address, at(spring)}}, spring);
    CHECK(found(path) == MarkSet{at(spring + 2010ms), {{peer_address, at(spring + 1s)}}, false});
    marks.keep(std::nullopt, {{peer_address, at(spring + 3s)}}, spring); // our own is not forgotten
    CHECK(found(path) == MarkSet{at(spring + 2010ms), {{peer_address, at(spring + 4s)}}, false});
}

TEST_CASE("where our numbers are ahead of the clock, a crash costs some of them, and no time") {
    const Scratch scratch;
    const auto path = scratch.path("marks");
    Marks marks(opened(path), 1s);
    marks.keep(at(spring + 1h), {}, spring);
    CHECK(found(path).own == Sequence{at(spring + 1h).value + 4096});
}

TEST_CASE("an orderly end leaves exact marks") {
    const Scratch scratch;
    const auto path = scratch.path("marks");
    Marks marks(opened(path), 1s);
    marks.keep(at(spring), {{peer_address, at(spring)}}, spring);
    REQUIRE(marks.close(at(spring), {{peer_address, at(spring)}}).has_value());
    CHECK(found(path) == MarkSet{at(spring), {{peer_address, at(spring)}}, true});
}

TEST_CASE("a file that cannot be written is told, tried again after a second, and then well") {
    const Scratch scratch;
    const auto path = scratch.path("marks");
    Marks marks(opened(path), 1s);
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const auto handler = ::signal(SIGXFSZ, SIG_IGN);
    const rlimit none{0, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &none) == 0);
    marks.keep(at(spring), {}, spring);
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
    ::signal(SIGXFSZ, handler);
    REQUIRE(marks.trouble().has_value());
    CHECK(marks.trouble()->text == "cannot write the marks file " + path + ": File too large");
    marks.keep(at(spring), {}, spring + 999ms);
    CHECK(marks.trouble().has_value());
    CHECK_FALSE(found(path).own.has_value());
    marks.keep(at(spring), {}, spring + 1s);
    CHECK_FALSE(marks.trouble().has_value());
    CHECK(found(path).own == at(spring + 2s));
}
