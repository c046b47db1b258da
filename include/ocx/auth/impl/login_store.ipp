// Bodies of auth/login_store.hpp.
#pragma once

#include "ocx/auth/login_edit.hpp"
#include "ocx/auth/login_store.hpp"
#include "ocx/util/base64.hpp"
#include "ocx/util/digest.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ocx::auth::store_detail {

inline constexpr char const* temporary_prefix = ".auth.ocx-tmp-";

OCX_DECL failure cannot_write(std::string const& path, int error)
{
    return failure(errc::io, "The Codex login file " + path + " cannot be written: " + std::strerror(error) + ".");
}

OCX_DECL std::string directory_of(std::string const& path)
{
    auto const parent = std::filesystem::path(path).parent_path().string();
    return parent.empty() ? "." : parent;
}

/// Temporary files of processes that died between two steps hold tokens: they must not stay.
OCX_DECL void remove_leftovers(std::string const& directory)
{
    std::error_code ignored;
    for (auto const& entry : std::filesystem::directory_iterator(directory, ignored))
        if (entry.path().filename().string().starts_with(temporary_prefix))
            std::filesystem::remove(entry.path(), ignored);
}

/// A temporary file that disappears unless it was renamed.
class temporary_file {
public:
    explicit temporary_file(std::string const& directory) : name_(directory + "/" + temporary_prefix + "XXXXXX")
    {
        fd_ = ::mkostemp(name_.data(), O_CLOEXEC);
    }
    temporary_file(temporary_file const&) = delete;
    temporary_file& operator=(temporary_file const&) = delete;
    ~temporary_file()
    {
        if (fd_ < 0)
            return;
        ::close(fd_);
        if (!is_renamed_)
            ::unlink(name_.c_str());
    }

    [[nodiscard]] bool is_open() const noexcept { return fd_ >= 0; }
    [[nodiscard]] int fd() const noexcept { return fd_; }

    [[nodiscard]] bool write(std::string_view text) const noexcept
    {
        while (!text.empty()) {
            auto const written = ::write(fd_, text.data(), text.size());
            if (written < 0 && errno == EINTR)
                continue;
            if (written <= 0)
                return false;
            text.remove_prefix(static_cast<std::size_t>(written));
        }
        return true;
    }

    [[nodiscard]] bool rename_to(std::string const& target) noexcept
    {
        is_renamed_ = ::rename(name_.c_str(), target.c_str()) == 0;
        return is_renamed_;
    }

private:
    std::string name_;
    int fd_ = -1;
    bool is_renamed_ = false;
};

OCX_DECL bool sync_directory(std::string const& directory)
{
    login_detail::descriptor const handle(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // A file system that cannot sync a directory says EINVAL; there is nothing more to be done on it.
    return handle.get() >= 0 && (::fsync(handle.get()) == 0 || errno == EINVAL);
}

/// Gives the new file the mode of the old one and, where we may, its owner.
OCX_DECL bool copy_attributes(std::string const& from, int to)
{
    struct stat s {};
    if (::stat(from.c_str(), &s) != 0)
        return ::fchmod(to, 0600) == 0;
    if (s.st_uid != ::geteuid() || s.st_gid != ::getegid())
        (void)(::fchown(to, s.st_uid, s.st_gid) == 0); // only root may; then the owner can still read his file
    return ::fchmod(to, s.st_mode & 07777) == 0;
}

OCX_DECL std::string marker_of(std::string const& path)
{
    return resolve_login(path) + ".ocx";
}

/// The digest of a token of high entropy tells nothing about it. Exposed to be digested.
OCX_DECL std::string fingerprint(secret<std::string> const& token)
{
    return base64url_encode(sha256(token.expose()));
}

} // namespace ocx::auth::store_detail

namespace ocx::auth {

OCX_DECL std::string resolve_login(std::string const& path)
{
    std::error_code failed;
    std::filesystem::path current(path);
    // By hand, because the last link may name a file that does not exist yet. As many hops as Linux follows.
    for (int hops = 0; hops < 40; ++hops) {
        auto const target = std::filesystem::read_symlink(current, failed);
        if (failed)
            break;
        current = target.is_absolute() ? target : current.parent_path() / target;
    }
    auto const whole = std::filesystem::weakly_canonical(current, failed);
    return failed ? current.string() : whole.string();
}

OCX_DECL outcome<std::optional<login_lock>> login_lock::try_take(std::string const& path)
{
    auto const name = resolve_login(path) + ".lock";
    auto const fd = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (fd < 0)
        return failure(errc::io, "The lock file " + name + " cannot be opened: " + std::strerror(errno) + ".");
    login_lock lock(fd);
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0)
        return std::optional<login_lock>(std::move(lock));
    if (errno == EWOULDBLOCK || errno == EINTR)
        return std::optional<login_lock>();
    return failure(errc::io, "The lock file " + name + " cannot be locked: " + std::strerror(errno) + ".");
}

OCX_DECL login_lock::~login_lock()
{
    if (fd_ >= 0)
        ::close(fd_);
}

OCX_DECL login_lock& login_lock::operator=(login_lock&& other) noexcept
{
    std::swap(fd_, other.fd_);
    return *this;
}

OCX_DECL outcome<> replace_file(std::string const& path, secret<std::string> const& text, write_probe const& probe)
{
    auto const target = resolve_login(path);
    auto const directory = store_detail::directory_of(target);
    auto const fails = [&probe](write_step step) {
        errno = probe ? probe(step) : 0;
        return errno != 0;
    };
    store_detail::remove_leftovers(directory);
    if (fails(write_step::create))
        return store_detail::cannot_write(target, errno);
    store_detail::temporary_file file(directory);
    if (!file.is_open() || !store_detail::copy_attributes(target, file.fd()))
        return store_detail::cannot_write(target, errno);
    // Exposed to be written: this is the file where tokens live.
    if (fails(write_step::write) || !file.write(text.expose()))
        return store_detail::cannot_write(target, errno);
    if (fails(write_step::sync) || ::fsync(file.fd()) != 0)
        return store_detail::cannot_write(target, errno);
    if (fails(write_step::rename) || !file.rename_to(target))
        return store_detail::cannot_write(target, errno);
    if (fails(write_step::sync_directory) || !store_detail::sync_directory(directory))
        return store_detail::cannot_write(target, errno);
    return boost::system::in_place_value;
}

OCX_DECL outcome<> check_can_store(std::string const& path)
{
    auto const target = resolve_login(path);
    if (::access(store_detail::directory_of(target).c_str(), W_OK | X_OK) == 0)
        return boost::system::in_place_value;
    return store_detail::cannot_write(target, errno);
}

OCX_DECL bool has_same_tokens(codex_login const& a, codex_login const& b)
{
    // Exposed to be compared; all of them are the user's own.
    return a.access_token.expose() == b.access_token.expose() && a.refresh_token.expose() == b.refresh_token.expose();
}

OCX_DECL outcome<stored> store_tokens(std::string const& path, codex_login const& posted, token_set const& fresh,
                                      wall_time now, write_probe const& probe)
{
    secret<std::string> text;
    auto const current = load_login(path, text);
    if (!current)
        return current.error();
    if (!has_same_tokens(current->login, posted))
        return stored::changed_meanwhile;
    // Exposed to be edited; the result is a secret again.
    auto const done = replace_file(path, with_tokens(text.expose(), fresh, now), probe);
    if (!done)
        return done.error();
    if (!fresh.refresh_token.empty() && is_own_login(path, posted.refresh_token))
        (void)mark_own_login(path, fresh.refresh_token).has_value(); // without it, logging out asks before it revokes
    return stored::yes;
}

OCX_DECL bool is_own_login(std::string const& path, secret<std::string> const& refresh_token)
{
    std::ifstream file(store_detail::marker_of(path));
    std::string known;
    return !refresh_token.empty() && std::getline(file, known) && known == store_detail::fingerprint(refresh_token);
}

OCX_DECL outcome<> mark_own_login(std::string const& path, secret<std::string> const& refresh_token)
{
    return replace_file(store_detail::marker_of(path),
                        secret<std::string>(store_detail::fingerprint(refresh_token) + "\n"));
}

OCX_DECL void unmark_own_login(std::string const& path)
{
    ::unlink(store_detail::marker_of(path).c_str());
}

} // namespace ocx::auth
