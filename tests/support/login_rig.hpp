// A login source with a file in a temporary directory, manual time and a scripted login server.
#pragma once

#include "ocx/auth/login_source.hpp"
#include "ocx/testing/manual_clock.hpp"
#include "ocx/testing/run.hpp"
#include "support/catch.hpp"
#include "support/login_files.hpp"
#include "support/scripted_transport.hpp"
#include "support/temporary_dir.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <exception>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ocx::testing {

struct login_rig {
    using source = auth::login_source<manual_clock>;
    using result = outcome<auth::credential>;

    boost::asio::io_context loop;
    manual_clock clock{loop.get_executor()};
    temporary_dir dir;
    scripted_transport issuer{loop.get_executor()};
    std::vector<std::string> log;

    auth::login_options options()
    {
        auth::login_options made;
        made.log = logger(log_level::debug, [this](log_level, std::string_view line) { log.emplace_back(line); });
        return made;
    }

    source source_of(std::string path, auth::login_options chosen)
    {
        auto reach = [this](std::string const&) -> outcome<transport::any_transport> {
            return transport::any_transport(issuer);
        };
        auth::issuer_client client(auth::issuer_from([](char const*) -> char const* { return nullptr; }), reach);
        return {clock, loop.get_executor(), std::move(path), std::move(client), std::move(chosen)};
    }
    source source_of(std::string path) { return source_of(std::move(path), options()); }

    /// The login server's answer to the next request.
    void answers(unsigned status, std::string body) { issuer.expect(script(status, {frame(std::move(body)), end()})); }
    /// The same, once open_gate() was called.
    void answers_later(unsigned status, std::string body)
    {
        issuer.expect(script(status, {gate(), frame(std::move(body)), end()}));
    }

    /// Starts without waiting; the result appears when it is there.
    std::shared_ptr<std::optional<result>> start(task<result> work)
    {
        auto place = std::make_shared<std::optional<result>>();
        boost::asio::co_spawn(loop, std::move(work), [place](std::exception_ptr thrown, result r) {
            if (thrown)
                std::rethrow_exception(thrown);
            place->emplace(std::move(r));
        });
        turn();
        return place;
    }

    void turn()
    {
        loop.restart();
        while (loop.poll() != 0) {
        }
    }

    /// Runs `work` while time passes; its result.
    result finish(task<result> work, int steps = 10)
    {
        auto const place = start(std::move(work));
        for (int step = 0; step < steps && !*place; ++step) {
            clock.advance(std::chrono::milliseconds(50));
            turn();
        }
        REQUIRE(place->has_value());
        return std::move(**place);
    }
};

/// A file whose access token has ended, and the tokens that may take its place. `now` is what manual_clock begins with.
struct renewal_rig : login_rig {
    static constexpr std::int64_t now = 1'789'000'000;

    std::string const ended = access_token(now - 60);
    std::string const ending = access_token(now + 240);
    std::string const good = access_token(now + 864'000);
    std::string const other = access_token(now + 800'000);
    std::string const path = dir.write("auth.json", login_text(ended, "rt_1"));

    /// Bodies of the login server.
    static std::string granted(std::string const& access, std::string const& refresh = "rt_2")
    {
        return R"({"id_token":"i","access_token":")" + access + R"(","refresh_token":")" + refresh + R"("})";
    }
    static std::string refusal(std::string const& code)
    {
        return R"({"error":{"message":"Sign in again.","code":")" + code + R"("}})";
    }
    static std::string content(std::string const& path)
    {
        std::ifstream file(path);
        return {std::istreambuf_iterator<char>(file), {}};
    }
};

} // namespace ocx::testing
