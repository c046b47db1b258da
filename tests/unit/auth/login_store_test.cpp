// The login file on the disk: locks, links, modes, and a crash between any two steps.
#include "ocx/auth/login_store.hpp"

#include "support/catch.hpp"
#include "support/login_files.hpp"
#include "support/temporary_dir.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace ocx::auth;
using ocx::testing::login_text;
using ocx::testing::temporary_dir;
namespace fs = std::filesystem;

namespace {

ocx::wall_time const now{std::chrono::seconds(1'789'000'000)};
ocx::secret<std::string> const new_text(std::string("new"));

std::string content(std::string const& path)
{
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

unsigned mode_of(std::string const& path)
{
    struct stat s {};
    REQUIRE(::stat(path.c_str(), &s) == 0);
    return s.st_mode & 07777;
}

std::size_t files_in(std::string const& path)
{
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(fs::path(path).parent_path()), fs::directory_iterator()));
}

codex_login login_of(std::string const& path)
{
    auto const loaded = load_login(path);
    REQUIRE(loaded.has_value());
    return loaded->login;
}

token_set fresh_tokens()
{
    token_set out;
    out.access_token = ocx::secret<std::string>("A");
    out.refresh_token = ocx::secret<std::string>("R");
    return out;
}

} // namespace

TEST_CASE("login store: a new file has mode 0600, an old one keeps its mode", "[auth]")
{
    temporary_dir const dir;
    auto const old = dir.write("old.json", "old");
    REQUIRE(::chmod(old.c_str(), 0640) == 0);

    REQUIRE(replace_file(dir.file("new.json"), new_text).has_value());
    REQUIRE(replace_file(old, new_text).has_value());

    CHECK(mode_of(dir.file("new.json")) == 0600);
    CHECK(mode_of(old) == 0640);
    CHECK(content(old) == "new");
    CHECK(files_in(old) == 2);
}

TEST_CASE("login store: links are followed, however many, and stay links", "[auth]")
{
    temporary_dir const dir;
    temporary_dir const elsewhere;
    auto const real = elsewhere.write("real.json", "old");
    fs::create_symlink(real, dir.file("middle"));
    fs::create_symlink("middle", dir.file("auth.json"));

    REQUIRE(replace_file(dir.file("auth.json"), new_text).has_value());

    CHECK(content(real) == "new");
    CHECK(fs::is_symlink(dir.file("auth.json")));
    CHECK(fs::is_symlink(dir.file("middle")));
    CHECK(files_in(real) == 1);
}

TEST_CASE("login store: a link to nothing makes what it names", "[auth]")
{
    temporary_dir const dir;
    fs::create_symlink("later.json", dir.file("auth.json"));

    REQUIRE(replace_file(dir.file("auth.json"), new_text).has_value());

    CHECK(content(dir.file("later.json")) == "new");
    CHECK(fs::is_symlink(dir.file("auth.json")));
}

TEST_CASE("login store: whichever step fails, the file is whole and nothing else is left", "[auth]")
{
    for (auto const step :
         {write_step::create, write_step::write, write_step::sync, write_step::rename, write_step::sync_directory}) {
        temporary_dir const dir;
        auto const path = dir.write("auth.json", "old");

        auto const done = replace_file(path, new_text, [step](write_step s) { return s == step ? ENOSPC : 0; });

        REQUIRE(done.has_error());
        CHECK(done.error().reason == ocx::errc::io);
        CHECK(done.error().message.find("No space left on device") != std::string::npos);
        CHECK(content(path) == (step == write_step::sync_directory ? "new" : "old"));
        CHECK(files_in(path) == 1);
    }
}

TEST_CASE("login store: a process that dies at any step leaves a whole file; the next write clears up", "[auth]")
{
    for (auto const step :
         {write_step::create, write_step::write, write_step::sync, write_step::rename, write_step::sync_directory}) {
        temporary_dir const dir;
        auto const path = dir.write("auth.json", "old");

        auto const child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            auto const die = [step](write_step s) {
                if (s == step)
                    ::_exit(9);
                return 0;
            };
            (void)replace_file(path, new_text, die).has_value();
            ::_exit(0);
        }
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);

        CHECK(WEXITSTATUS(status) == 9);
        CHECK(content(path) == (step == write_step::sync_directory ? "new" : "old"));
        REQUIRE(replace_file(path, new_text).has_value());
        CHECK(content(path) == "new");
        CHECK(files_in(path) == 1);
    }
}

TEST_CASE("login store: one process at a time holds the lock, and links lead to the same one", "[auth]")
{
    temporary_dir const dir;
    auto const path = dir.write("auth.json", "{}");
    fs::create_symlink(path, dir.file("link.json"));
    {
        auto const first = login_lock::try_take(path);
        REQUIRE((first.has_value() && first->has_value()));

        auto const second = login_lock::try_take(dir.file("link.json"));

        REQUIRE(second.has_value());
        CHECK_FALSE(second->has_value());
    }
    auto const third = login_lock::try_take(path);
    CHECK((third.has_value() && third->has_value()));
    CHECK(mode_of(path + ".lock") == 0600);
}

TEST_CASE("login store: a lock file that is a link, or whose directory is missing, is refused", "[auth]")
{
    temporary_dir const dir;
    auto const path = dir.write("auth.json", "{}");
    fs::create_symlink(dir.file("victim"), path + ".lock");

    CHECK(login_lock::try_take(path).has_error());
    CHECK(login_lock::try_take(dir.file("no/auth.json")).has_error());
    CHECK_FALSE(fs::exists(dir.file("victim")));
    CHECK(check_can_store(path).has_value());
    CHECK(check_can_store(dir.file("no/auth.json")).has_error());
}

TEST_CASE("login store: tokens are written over the ones that were sent", "[auth]")
{
    temporary_dir const dir;
    auto const path = dir.write("auth.json", login_text("one"));

    auto const done = store_tokens(path, login_of(path), fresh_tokens(), now);

    REQUIRE(done.has_value());
    CHECK(*done == stored::yes);
    CHECK(login_of(path).access_token.expose() == "A");
    CHECK(login_of(path).refresh_token.expose() == "R");
    CHECK(login_of(path).account_id == "acc-1");
    CHECK(login_of(path).last_refresh == 1'789'000'000);
}

TEST_CASE("login store: tokens of another writer are never written over", "[auth]")
{
    temporary_dir const dir;
    auto const path = dir.write("auth.json", login_text("one"));
    auto const posted = login_of(path);

    for (auto const& other : {login_text("two"), login_text("one", "another")}) {
        dir.write("auth.json", other);
        auto const done = store_tokens(path, posted, fresh_tokens(), now);
        REQUIRE(done.has_value());
        CHECK(*done == stored::changed_meanwhile);
        CHECK(content(path) == other);
    }
}

TEST_CASE("login store: a file that is gone is not made anew, a half-written one is not written over", "[auth]")
{
    temporary_dir const dir;
    auto const path = dir.write("auth.json", login_text("one"));
    auto const posted = login_of(path);

    dir.write("auth.json", "{\"tok");
    auto const half = store_tokens(path, posted, fresh_tokens(), now);
    fs::remove(path);
    auto const gone = store_tokens(path, posted, fresh_tokens(), now);

    REQUIRE((half.has_error() && gone.has_error()));
    CHECK(half.error().code == code_not_json);
    CHECK(gone.error().code == code_missing);
    CHECK_FALSE(fs::exists(path));
}

TEST_CASE("login store: the mark of our own login follows our renewals and nobody else's", "[auth]")
{
    temporary_dir const dir;
    auto const path = dir.write("auth.json", login_text("one", "first"));
    ocx::secret<std::string> const first("first");
    CHECK_FALSE(is_own_login(path, first));

    REQUIRE(mark_own_login(path, first).has_value());
    CHECK(is_own_login(path, first));
    CHECK(content(path + ".ocx").find("first") == std::string::npos);
    REQUIRE(store_tokens(path, login_of(path), fresh_tokens(), now).has_value());
    CHECK(is_own_login(path, ocx::secret<std::string>("R")));

    dir.write("auth.json", login_text("two", "theirs"));
    REQUIRE(store_tokens(path, login_of(path), fresh_tokens(), now).has_value());
    CHECK_FALSE(is_own_login(path, ocx::secret<std::string>("theirs")));
    unmark_own_login(path);
    CHECK_FALSE(is_own_login(path, ocx::secret<std::string>("R")));
    CHECK_FALSE(fs::exists(path + ".ocx"));
}
