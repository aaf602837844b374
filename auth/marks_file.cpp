#include "auth/marks_file.h"

#include "auth/marks_slot.h"
#include "auth/private_file.h"

#include <array>
#include <cassert>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>

namespace baton::auth {
namespace {

constexpr auto what = "marks file";
constexpr std::size_t slots = 2;
constexpr std::size_t file_size = slots * slot_size;

Result<void, Error> write_at(int fd, std::size_t at, std::span<const std::uint8_t> octets,
                             const std::string& path) {
    while (!octets.empty()) {
        const auto done = ::pwrite(fd, octets.data(), octets.size(), static_cast<off_t>(at));
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return last_error("cannot write the marks file " + path);
        octets = octets.subspan(static_cast<std::size_t>(done));
        at += static_cast<std::size_t>(done);
    }
    return {};
}

/// Nothing when the file has another size, or cannot be read.
std::optional<std::vector<std::uint8_t>> read_whole(int fd) {
    std::vector<std::uint8_t> octets(file_size + 1); // one more, to see a longer file
    std::size_t size = 0;
    while (size < octets.size()) {
        const auto got = ::pread(fd, octets.data() + size, octets.size() - size, static_cast<off_t>(size));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        size += static_cast<std::size_t>(got);
    }
    return size == file_size ? std::optional(octets) : std::nullopt;
}

/// Both slots, the second of them empty: later writing never makes the file grow.
Result<void, Error> write_new(int fd, const std::string& path) {
    const auto first = encode(Slot{0, {std::nullopt, {}, true}});
    if (!first)
        return Error{"cannot write the marks file " + path + ": libcrypto has no SHA-256"};
    std::array<std::uint8_t, file_size> octets{};
    std::copy(first->begin(), first->end(), octets.begin());
    if (auto written = write_at(fd, 0, octets, path); !written)
        return written;
    if (::fsync(fd) != 0)
        return last_error("cannot write the marks file " + path);
    return {};
}

/// Two that count in one file would each give out the other's numbers (flock(2)).
Result<void, Error> lock(int fd, const std::string& path) {
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0)
        return {};
    if (errno == EWOULDBLOCK)
        return Error{"the marks file " + path +
                     " is in use by another batond; give each a \"state_dir\" of its own"};
    return last_error("cannot lock the marks file " + path);
}

Result<void, Error> put_in_place(const std::string& made, const std::string& path) {
    if (::rename(made.c_str(), path.c_str()) != 0)
        return last_error("cannot make the marks file " + path);
    const auto parent = std::filesystem::absolute(path).parent_path();
    const Descriptor directory(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory || ::fsync(directory.get()) != 0)
        return last_error("cannot make the marks file " + path + " last");
    return {};
}

} // namespace

Result<MarksFile, Error> MarksFile::open(const std::string& path, uid_t user) {
    struct stat there {};
    if (::lstat(path.c_str(), &there) != 0 && errno == ENOENT)
        return make(path, user);
    auto file = open_private(what, path, O_RDWR, user);
    if (!file)
        return file.error();
    if (auto locked = lock(file->get(), path); !locked)
        return locked.error();
    MarksFile opened(path, std::move(*file));
    if (auto loaded = opened.load(); !loaded)
        return loaded.error();
    return opened;
}

Result<MarksFile, Error> MarksFile::make(const std::string& path, uid_t user) {
    if (auto checked = check_directory_of(what, path, user); !checked)
        return checked.error();
    const auto aside = path + ".new";
    if (::unlink(aside.c_str()) != 0 && errno != ENOENT) // left by one that died just here
        return last_error("cannot remove " + aside);
    Descriptor file(::open(aside.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file)
        return last_error("cannot make the marks file " + path);
    if (auto locked = lock(file.get(), path); !locked)
        return locked.error();
    if (auto written = write_new(file.get(), path); !written)
        return written.error();
    if (auto placed = put_in_place(aside, path); !placed)
        return placed.error();
    MarksFile made(path, std::move(file));
    made.marks_.exact = true;
    return made;
}

Result<void, Error> MarksFile::load() {
    const auto octets = read_whole(file_.get());
    std::optional<Slot> latest;
    for (std::size_t i = 0; octets && i < slots; ++i) {
        auto slot = decode_slot(std::span(*octets).subspan(i * slot_size, slot_size));
        if (slot && (!latest || slot->generation > latest->generation))
            latest = std::move(slot);
    }
    if (!latest)
        return Error{
            "the marks file " + path_ +
            " is corrupt, so nothing tells which adverts were heard before: give the router new keys, "
            "then remove the file"};
    generation_ = latest->generation;
    marks_ = std::move(latest->marks);
    return {};
}

Result<void, Error> MarksFile::write(const MarkSet& marks) {
    assert(marks.heard.size() <= max_senders);
    const auto octets = encode(Slot{generation_ + 1, marks});
    if (!octets)
        return Error{"cannot write the marks file " + path_ + ": libcrypto has no SHA-256"};
    const auto at = (generation_ + 1) % slots * slot_size;
    if (auto written = write_at(file_.get(), at, *octets, path_); !written)
        return written;
    if (marks.exact && ::fdatasync(file_.get()) != 0)
        return last_error("cannot write the marks file " + path_);
    ++generation_;
    marks_ = marks;
    return {};
}

} // namespace baton::auth
