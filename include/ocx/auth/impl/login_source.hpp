// Template bodies of auth/login_source.hpp.
#pragma once

#include "ocx/auth/login_source.hpp"

#include <chrono>
#include <stop_token>
#include <string_view>
#include <utility>

namespace ocx::auth {

template <Clock C>
login_source<C>::login_source(C& clock, std::string path) : clock_(clock), path_(std::move(path))
{
}

template <Clock C>
task<outcome<credential>> login_source<C>::current()
{
    auto const read = co_await read_file(look::when_changed);
    if (!read)
        co_return read.error();
    auto const usable = check_usable(*login_, clock_.wall());
    if (!usable)
        co_return usable.error();
    co_return in_hand();
}

template <Clock C>
task<outcome<credential>> login_source<C>::renew(std::uint64_t seen)
{
    if (generation_ != seen)
        co_return co_await current();
    // The stamp may lie: two writes within one tick of the file system's clock look the same.
    auto const read = co_await read_file(look::always);
    if (!read)
        co_return read.error();
    if (generation_ == seen)
        co_return refused();
    co_return in_hand();
}

template <Clock C>
task<outcome<>> login_source<C>::read_file(look how)
{
    constexpr int attempts = 3;
    for (int attempt = 1;; ++attempt) {
        if (how == look::when_changed && login_ && stamp_of(path_) == stamp_)
            co_return boost::system::in_place_value;
        auto loaded = load_login(path_);
        if (loaded) {
            adopt(std::move(*loaded));
            co_return boost::system::in_place_value;
        }
        auto const is_half_written = std::string_view(loaded.error().code) == code_not_json;
        if (is_half_written && attempt == attempts && login_)
            co_return boost::system::in_place_value;
        if (!is_half_written || attempt == attempts)
            co_return loaded.error();
        auto const soon = clock_.now() + std::chrono::milliseconds(50);
        co_await clock_.sleep_until(soon, std::stop_token());
    }
}

template <Clock C>
void login_source<C>::adopt(loaded_login loaded)
{
    // Exposed to compare the token in hand with the one in the file: both are the user's own.
    auto const is_other = !login_ || login_->access_token.expose() != loaded.login.access_token.expose() ||
                          login_->account_id != loaded.login.account_id;
    login_ = std::move(loaded.login);
    stamp_ = loaded.stamp;
    if (is_other)
        ++generation_;
}

template <Clock C>
credential login_source<C>::in_hand() const
{
    credential out;
    out.access_token = login_->access_token;
    out.account_id = login_->account_id;
    out.fedramp = login_->fedramp;
    out.generation = generation_;
    return out;
}

template <Clock C>
failure login_source<C>::refused() const
{
    auto const is_personal = login_->kind == login_kind::personal_access_token;
    auto const seconds = std::chrono::duration_cast<std::chrono::seconds>(clock_.wall().time_since_epoch()).count();
    auto const has_expired = login_->expires && *login_->expires <= seconds;
    failure out(errc::unauthorized,
                is_personal ? "The Codex backend refused the personal access token in " + path_ +
                                  ". Run `codex login` again; no restart is needed."
                : has_expired
                    ? "The Codex login in " + path_ +
                          " has expired. Use the Codex CLI once to renew it, or run `codex login`; no restart "
                          "is needed."
                    : "The Codex backend refused the login in " + path_ +
                          ". Run `codex login` again; no restart is needed.");
    return out;
}

} // namespace ocx::auth
