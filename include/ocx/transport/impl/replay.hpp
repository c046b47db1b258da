// Template bodies of transport/replay.hpp.
#pragma once

#include "ocx/transport/replay.hpp"

#include <algorithm>

namespace ocx::transport {

template <Clock C>
replay_stream<C>::replay_stream(C& clock, cassette const& from, tape body, replay_options options, std::stop_token stop)
    : clock_(&clock), head_(from.head), tape_(std::make_unique<tape const>(std::move(body))), options_(options),
      reason_(from.reason), ended_(from.ended), stop_(std::move(stop)), start_(clock.now())
{
}

template <Clock C>
task<outcome<std::optional<frame>>> replay_stream<C>::next()
{
    auto const has_more = tape_ && done_ < tape_->bytes.size();
    auto const bytes = has_more ? take() : std::string_view();
    auto const when = has_more ? tape_->cuts[cut_].at : ended_;
    co_await wait_for(when);
    if (!has_more && reason_ == end_reason::open)
        co_await wait_for_stop();
    if (stop_.stop_requested())
        co_return failure(errc::cancelled, "The exchange was stopped.");
    if (has_more)
        co_return std::optional<frame>(std::in_place, bytes);
    if (reason_ == end_reason::cut)
        co_return failure(errc::connection_lost, "The connection to the backend broke before the reply was complete.");
    co_return std::optional<frame>();
}

/// The next piece. Leaves `cut_` at the read that brought its last byte: that one's time is when the piece is due.
template <Clock C>
std::string_view replay_stream<C>::take()
{
    auto const& cuts = tape_->cuts;
    while (cuts[cut_].end <= done_)
        ++cut_;
    auto const end = options_.slice == 0 ? cuts[cut_].end : std::min(done_ + options_.slice, tape_->bytes.size());
    while (cuts[cut_].end < end)
        ++cut_;
    auto const bytes = std::string_view(tape_->bytes).substr(done_, end - done_);
    done_ = end;
    return bytes;
}

template <Clock C>
task<> replay_stream<C>::wait_for(std::chrono::microseconds recorded)
{
    if (options_.pace <= 0)
        co_return;
    auto const scaled =
        std::chrono::duration<double, std::micro>(static_cast<double>(recorded.count()) * options_.pace);
    auto const when = start_ + std::chrono::duration_cast<duration>(scaled);
    co_await clock_->sleep_until(when, stop_);
}

template <Clock C>
task<> replay_stream<C>::wait_for_stop()
{
    while (!stop_.stop_requested()) {
        auto const later = clock_->now() + std::chrono::hours(1);
        co_await clock_->sleep_until(later, stop_);
    }
}

template <Clock C>
replay_transport<C>::replay_transport(C& clock, std::vector<cassette> cassettes, replay_options options)
    : clock_(clock), shelf_(std::move(cassettes)), options_(options)
{
}

template <Clock C>
task<outcome<replay_stream<C>>> replay_transport<C>::open(exchange_request request, std::stop_token stop)
{
    if (stop.stop_requested())
        co_return failure(errc::cancelled, "The exchange was stopped.");
    auto const chosen = shelf_.take(request);
    if (!chosen) {
        remember(std::move(request), std::string());
        co_return chosen.error();
    }
    auto const& from = shelf_[*chosen];
    auto body = make_tape(from, request.body);
    remember(std::move(request), from.name);
    if (from.reason == end_reason::refused)
        co_return failure(errc::connect_failed, "The backend refused the connection.");
    co_return stream(clock_, from, std::move(body), options_, std::move(stop));
}

template <Clock C>
void replay_transport<C>::remember(exchange_request request, std::string cassette_name)
{
    replayed_request kept;
    kept.method = std::move(request.method);
    kept.target = std::move(request.target);
    kept.headers = std::move(request.headers);
    kept.body = std::move(request.body);
    kept.cassette = std::move(cassette_name);
    requests_.push_back(std::move(kept));
    while (requests_.size() > options_.kept_requests)
        requests_.pop_front();
}

} // namespace ocx::transport
