#pragma once

#include "ocx/auth/claims.hpp"
#include "ocx/gateway/codex_client.hpp"
#include "ocx/gateway/document_reply.hpp"
#include "ocx/protocol/codex_account.hpp"
#include "ocx/util/etag.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

namespace ocx::gateway {

namespace detail {

/// An account's id as a client may write it; ids are UUIDs so far.
inline bool is_account_id(std::string_view id)
{
    static constexpr std::size_t longest = 128;
    return !id.empty() && id.size() <= longest &&
           std::all_of(id.begin(), id.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

} // namespace detail

template <Environment E>
task<> codex_client<E>::models(http_request request, event_sink& out)
{
    auto context = begin_reply(env_);
    co_await catalogue_.freshen(out.gone());
    header_list headers;
    headers.emplace_back("etag", catalogue_.document_tag());
    auto const* const known = find_header(request.headers, "if-none-match");
    if (known == nullptr || !names_tag(*known, catalogue_.document_tag())) {
        std::string document(catalogue_.document());
        co_await document_reply(env_, std::move(document), std::move(headers), std::move(context), out);
        co_return;
    }
    for (auto& h : reply_headers(context, env_.clock().now()))
        headers.push_back(std::move(h));
    auto const sent = co_await out.respond(304, std::move(headers), std::string());
    (void)sent; // a client that is gone needs no answer
}

template <Environment E>
task<> codex_client<E>::usage(event_sink& out)
{
    auto context = begin_reply(env_);
    std::string plan = "unknown";
    if (auto const login = co_await env_.credentials().current()) {
        // The plan's name stands in the token's payload; nothing else of it is looked at.
        auto const said = auth::read_claims(login->access_token.expose());
        if (said && !said->plan.empty())
            plan = said->plan;
    }
    auto document = usage_.document(plan, unix_seconds(env_.clock().wall()));
    co_await document_reply(env_, std::move(document), header_list(), std::move(context), out);
}

template <Environment E>
task<> codex_client<E>::account(http_request request, event_sink& out)
{
    auto context = begin_reply(env_);
    std::string id;
    auto const* const named = find_header(request.headers, "chatgpt-account-id");
    if (named != nullptr && detail::is_account_id(*named))
        id = *named;
    else if (auto const login = co_await env_.credentials().current())
        id = login->account_id;
    auto document = protocol::account_document(id);
    co_await document_reply(env_, std::move(document), header_list(), std::move(context), out);
}

template <Environment E>
void codex_client<E>::note(header_list const& upstream)
{
    usage_.note(upstream, unix_seconds(env_.clock().wall()));
}

} // namespace ocx::gateway
