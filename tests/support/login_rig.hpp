// A login source with a file in a temporary directory, manual time and a scripted login server.
#pragma once

#include "ocx/auth/login_source.hpp"
#include "ocx/testing/manual_clock.hpp"
#include "ocx/testing/run.hpp"
#include "support/catch.hpp"
#include "support/scripted_transport.hpp"
#include "support/temporary_dir.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
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

} // namespace ocx::testing
