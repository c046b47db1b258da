// Reading the login file from the command line, where nothing is served yet and waiting costs nobody anything.
#pragma once

#include "ocx/auth/codex_login.hpp"

#include <chrono>
#include <string_view>
#include <thread>

namespace ocx::cli {

/// What `read()` gives, an outcome. A file that another program is writing right now is not JSON for a moment: it is
/// read up to three times, 50 ms apart (see auth::load_login()).
template <class Read>
[[nodiscard]] auto read_settled(Read read)
{
    auto got = read();
    for (int again = 0; again < 2 && !got && std::string_view(got.error().code) == auth::code_not_json; ++again) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        got = read();
    }
    return got;
}

} // namespace ocx::cli
