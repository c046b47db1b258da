#pragma once

#include "ocx/gateway/exchange.hpp"
#include "ocx/gateway/model_catalogue.hpp"
#include "ocx/protocol/codex_models.hpp"
#include "ocx/util/digest.hpp"
#include "ocx/util/watchdog.hpp"

#include <algorithm>
#include <utility>

namespace ocx::gateway {

namespace detail {

/// A place in the list of those who wait for the running question; left also when the coroutine is destroyed.
struct catalogue_waiter {
    catalogue_waiter(boost::asio::any_io_executor const& executor, std::list<signal*>& l)
        : answered(executor), list(l), place(l.insert(l.end(), &answered))
    {
    }
    catalogue_waiter(catalogue_waiter const&) = delete;
    catalogue_waiter& operator=(catalogue_waiter const&) = delete;
    ~catalogue_waiter() { list.erase(place); }

    signal answered;
    std::list<signal*>& list;
    std::list<signal*>::iterator place;
};

} // namespace detail

template <Environment E>
model_catalogue<E>::model_catalogue(E& env) : env_(env), models_(protocol::builtin_catalogue())
{
    keep(protocol::codex_models_document(models_));
}

template <Environment E>
void model_catalogue<E>::keep(std::string document)
{
    document_ = std::move(document);
    document_tag_ = etag_.empty() ? "W/\"" + sha1_hex(document_, 16) + "\"" : etag_;
}

template <Environment E>
task<> model_catalogue<E>::freshen(std::stop_token stop)
{
    auto& clock = env_.clock();
    if (fetched_ && clock.now() - *fetched_ < env_.config().models_ttl)
        co_return;
    if (is_asking_) {
        detail::catalogue_waiter me(env_.executor(), waiting_);
        co_await me.answered.wait(stop);
        co_return;
    }
    is_asking_ = true;
    // The question stops with its caller, and on its own when the answer takes too long.
    std::stop_source give_up;
    auto forward = [&give_up] { give_up.request_stop(); };
    std::stop_callback const with_caller(std::move(stop), forward);
    watchdog patience(env_.executor(), clock, forward);
    patience.arm_for(env_.config().models_timeout);
    auto const asked = co_await ask(give_up.get_token());
    is_asking_ = false;
    fetched_ = clock.now(); // a failed question is not repeated for every caller either
    if (!asked)
        env_.log()(log_level::info, "model list: " + asked.error().message + " Using the list known so far.");
    for (auto* waiter : waiting_)
        waiter->notify();
}

template <Environment E>
task<outcome<>> model_catalogue<E>::ask(std::stop_token stop)
{
    request_maker const question = [this](translate::upstream_identity const& who) {
        transport::exchange_request request("GET", "/models?client_version=" + who.client_version);
        request.headers = translate::models_headers(who, etag_);
        return request;
    };
    auto opened = co_await open_exchange(env_, question, accepts_not_modified::yes, stop);
    if (!opened)
        co_return opened.error();
    auto const head = opened->head();
    if (head.status == 304)
        co_return outcome<>();
    auto body = co_await read_body(*opened, max_catalogue_bytes);
    if (!body)
        co_return body.error();
    auto parsed = protocol::parse_catalogue(*body);
    if (!parsed)
        co_return parsed.error();
    models_ = *std::move(parsed);
    auto const* etag = find_header(head.headers, "etag");
    etag_ = etag ? *etag : std::string();
    keep(*std::move(body));
    co_return outcome<>();
}

template <Environment E>
protocol::model_entry const* model_catalogue<E>::find(std::string_view slug) const
{
    auto const at = std::find_if(models_.begin(), models_.end(), [slug](auto const& m) { return m.slug == slug; });
    return at == models_.end() ? nullptr : &*at;
}

template <Environment E>
void model_catalogue<E>::note_etag(std::string_view etag)
{
    if (!etag_.empty() && !etag.empty() && etag != etag_)
        fetched_.reset();
}

} // namespace ocx::gateway
