// Template bodies of auth/login_source.hpp.
#pragma once

#include "ocx/auth/login_source.hpp"

#include "ocx/auth/claims.hpp"

#include <chrono>
#include <stop_token>
#include <string_view>
#include <utility>

namespace ocx::auth {

/// Ends a flight, also when its coroutine is destroyed or throws: nobody may wait for ever.
template <Clock C>
class login_source<C>::landing {
public:
    explicit landing(login_source& owner) : owner_(owner) {}
    landing(landing const&) = delete;
    landing& operator=(landing const&) = delete;
    ~landing()
    {
        auto const ended = std::move(owner_.flight_);
        for (auto& one : ended->waiting)
            one.notify();
    }

private:
    login_source& owner_;
};

template <Clock C>
login_source<C>::login_source(C& clock, boost::asio::any_io_executor executor, std::string path, issuer_client issuer,
                              login_options options)
    : clock_(clock), executor_(std::move(executor)), path_(std::move(path)), issuer_(std::move(issuer)),
      options_(std::move(options))
{
    if (!options_.given_token.empty())
        path_ = access_token_variable;
}

template <Clock C>
task<outcome<credential>> login_source<C>::current()
{
    auto const read = co_await read_file(look::when_changed);
    if (!read)
        co_return read.error();
    if (login_->kind == login_kind::personal_access_token) {
        auto const known = co_await identify();
        if (!known)
            co_return known.error();
        co_return in_hand();
    }
    if (unsaved_)
        co_await save_again();
    if (is_ending(*login_, clock_.wall()) && !login_->refresh_token.empty()) {
        auto const done = co_await renewed(renewal_reason::ending);
        if (!done)
            co_return done.error();
    }
    auto const usable = check_usable(*login_, clock_.wall());
    if (!usable)
        co_return usable.error();
    co_return in_hand();
}

template <Clock C>
task<outcome<credential>> login_source<C>::renew(std::uint64_t seen)
{
    while (generation_ == seen) {
        auto const joins_another = flight_ && flight_->why != renewal_reason::refused;
        auto const done = co_await renewed(renewal_reason::refused);
        if (joins_another)
            continue; // that one may have kept the token that was refused
        if (!done)
            co_return done.error();
        break;
    }
    co_return in_hand();
}

template <Clock C>
task<outcome<>> login_source<C>::renewed(renewal_reason why)
{
    if (auto const running = flight_) {
        auto& mine = running->waiting.emplace_back(executor_);
        co_await mine.wait();
        co_return running->result;
    }
    auto const mine = std::make_shared<flight>(why);
    flight_ = mine;
    landing const guard(*this);
    mine->result = co_await fly(why);
    co_return mine->result;
}

template <Clock C>
task<outcome<>> login_source<C>::fly(renewal_reason why)
{
    renewal plan(why, options_.mode, *login_, memory_, path_);
    std::optional<login_lock> lock;
    codex_login posted;
    token_set fresh;
    for (auto next = plan.start(now());;) {
        switch (next) {
        case renewal_action::lock: {
            auto const taken = co_await take_lock(lock);
            next = plan.on_locked(taken, now());
            break;
        }
        case renewal_action::read: {
            auto const read = co_await read_file(look::always);
            next = plan.on_read(read ? outcome<codex_login>(*login_) : outcome<codex_login>(read.error()), now());
            break;
        }
        case renewal_action::post: {
            posted = *login_;
            auto const reply = co_await issuer_.refresh(posted.refresh_token);
            options_.log(reply.verdict == token_verdict::granted ? log_level::info : log_level::warning,
                         reply.verdict == token_verdict::granted
                             ? "auth: renewed the Codex login"
                             : "auth: the Codex login was not renewed: " + reply.what);
            fresh = reply.tokens;
            next = plan.on_reply(reply, now());
            break;
        }
        case renewal_action::store: {
            auto const done = co_await store(posted, fresh);
            next = plan.on_stored(done);
            break;
        }
        case renewal_action::use:
            co_return boost::system::in_place_value;
        case renewal_action::fail:
            co_return plan.error();
        }
    }
}

/// Polls, because the lock must not stop the thread that serves everybody.
template <Clock C>
task<outcome<>> login_source<C>::take_lock(std::optional<login_lock>& lock)
{
    constexpr auto limit = std::chrono::seconds(60); // longer than the holder's request can take
    auto const deadline = clock_.now() + limit;
    for (;;) {
        auto taken = login_lock::try_take(path_);
        if (!taken)
            co_return taken.error();
        if (*taken) {
            lock = std::move(*taken);
            co_return check_can_store(path_);
        }
        if (clock_.now() >= deadline)
            co_return failure(errc::timed_out, "Another process has held its lock for 60 seconds.");
        auto const soon = clock_.now() + std::chrono::milliseconds(50);
        co_await clock_.sleep_until(soon, std::stop_token());
    }
}

template <Clock C>
task<outcome<stored>> login_source<C>::store(codex_login const& posted, token_set const& fresh)
{
    for (int attempt = 1;; ++attempt) {
        auto done = store_tokens(path_, posted, fresh, clock_.wall(), options_.probe);
        auto const is_half_written = !done && std::string_view(done.error().code) == code_not_json;
        if (is_half_written && attempt < 3) {
            auto const soon = clock_.now() + std::chrono::milliseconds(50);
            co_await clock_.sleep_until(soon, std::stop_token());
            continue;
        }
        auto const is_logged_out = !done && std::string_view(done.error().code) == code_missing;
        if (is_logged_out || (done && *done == stored::changed_meanwhile))
            co_return done;
        take(posted, fresh);
        unsaved_.reset();
        if (!done) {
            options_.log(log_level::warning,
                         "auth: the renewed login is in use but could not be saved, and is lost when "
                         "the server ends: " +
                             done.error().message);
            unsaved_ = unsaved{posted, fresh, clock_.now() + std::chrono::seconds(30)};
        }
        co_return done;
    }
}

template <Clock C>
task<> login_source<C>::save_again()
{
    if (clock_.now() < unsaved_->again || flight_)
        co_return;
    unsaved_->again = clock_.now() + std::chrono::seconds(30);
    auto const lock = login_lock::try_take(path_);
    if (!lock || !*lock)
        co_return;
    auto const done = store_tokens(path_, unsaved_->posted, unsaved_->fresh, clock_.wall(), options_.probe);
    if (done)
        unsaved_.reset();
}

template <Clock C>
task<outcome<>> login_source<C>::read_file(look how)
{
    if (!options_.given_token.empty()) {
        auto given = personal_login(options_.given_token, path_);
        if (!given)
            co_return given.error();
        if (!login_)
            generation_ = 1;
        login_ = std::move(*given);
        co_return boost::system::in_place_value;
    }
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
        if (is_half_written && attempt == attempts && login_ && how == look::when_changed)
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
    stamp_ = loaded.stamp;
    if (unsaved_ && has_same_tokens(loaded.login, unsaved_->posted))
        return; // what the file holds is spent; ours are newer, they only could not be written
    unsaved_.reset();
    // Exposed to compare the token in hand with the one in the file: both are the user's own.
    auto const is_other_token = !login_ || login_->access_token.expose() != loaded.login.access_token.expose();
    if (is_other_token || login_->account_id != loaded.login.account_id)
        ++generation_;
    if (is_other_token)
        owner_.reset();
    login_ = std::move(loaded.login);
}

/// Makes new tokens the login in hand. The file is read again at the next use; until then this is as good.
template <Clock C>
void login_source<C>::take(codex_login const& posted, token_set const& fresh)
{
    auto next = posted;
    if (!fresh.refresh_token.empty())
        next.refresh_token = fresh.refresh_token;
    if (!fresh.access_token.empty()) {
        next.access_token = fresh.access_token;
        // Exposed to decode the payload; what is kept of it is no secret.
        auto const said = read_claims(fresh.access_token.expose()).value_or(claims());
        next.expires = said.expires;
    }
    next.last_refresh = unix_seconds(clock_.wall());
    // Exposed to be compared, as in adopt().
    if (next.access_token.expose() != login_->access_token.expose())
        ++generation_;
    login_ = std::move(next);
}

/// Asks once whom a personal access token belongs to. When that fails for another reason than a refusal, the token is
/// used without an account: the backend knows it.
template <Clock C>
task<outcome<>> login_source<C>::identify()
{
    while (flight_)
        co_await renewed(renewal_reason::ending); // somebody else is asking
    if (owner_ || clock_.now() < ask_owner_again_)
        co_return boost::system::in_place_value;
    flight_ = std::make_shared<flight>(renewal_reason::ending);
    landing const guard(*this);
    auto owner = co_await issuer_.whoami(login_->access_token);
    if (owner) {
        owner_ = std::move(*owner);
        co_return boost::system::in_place_value;
    }
    if (owner.error().reason == errc::unauthorized)
        co_return failure(errc::unauthorized, "The personal access token in " + path_ +
                                                  " was refused by the login server. Make another one, or run `ocx "
                                                  "login`.");
    options_.log(log_level::warning, "auth: " + owner.error().message);
    ask_owner_again_ = clock_.now() + std::chrono::seconds(60);
    co_return boost::system::in_place_value;
}

template <Clock C>
credential login_source<C>::in_hand() const
{
    credential out;
    out.access_token = login_->access_token;
    out.account_id = owner_ ? owner_->account_id : login_->account_id;
    out.fedramp = owner_ ? owner_->fedramp : login_->fedramp;
    out.generation = generation_;
    return out;
}

} // namespace ocx::auth
