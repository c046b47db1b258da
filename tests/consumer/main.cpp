// The smallest program that embeds ocx: one chat request answered by a recording, no network, no login.
#include "second.hpp"

#include <ocx/ocx.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <iostream>

namespace {

constexpr auto recording = R"({"header":{"format":1}}
{"request":{"method":"POST","target":"/responses"}}
{"head":{"status":200,"headers":[]}}
{"frame":{"t_us":0,"text":"data: {\"type\":\"response.created\",\"response\":{\"id\":\"resp_1\"}}\n\n"}}
{"frame":{"t_us":0,"text":"data: {\"type\":\"response.output_item.done\",\"item\":{\"type\":\"message\",\"role\":\"assistant\",\"id\":\"m\",\"content\":[{\"type\":\"output_text\",\"text\":\"Hello from a recording.\"}]}}\n\n"}}
{"frame":{"t_us":0,"text":"data: {\"type\":\"response.completed\",\"response\":{\"id\":\"resp_1\"}}\n\n"}}
{"end":{"t_us":0,"reason":"eof"}}
)";

/// Everything the gateway takes from outside.
class replay_env {
public:
    using clock_type = ocx::system_clock_source;
    using transport_type = ocx::transport::replay_transport<clock_type>;
    using credentials_type = ocx::auth::static_source;
    using ids_type = ocx::random_ids;

    replay_env(boost::asio::io_context& loop, std::vector<ocx::transport::cassette> cassettes)
        : executor_(loop.get_executor()), clock_(executor_), transport_(clock_, std::move(cassettes))
    {
    }

    boost::asio::any_io_executor executor() const { return executor_; }
    transport_type& transport() { return transport_; }
    clock_type& clock() { return clock_; }
    credentials_type& credentials() { return credentials_; }
    ids_type& ids() { return ids_; }
    ocx::logger const& log() const { return log_; }
    ocx::gateway::settings const& config() const { return settings_; }

private:
    boost::asio::any_io_executor executor_;
    clock_type clock_;
    transport_type transport_;
    credentials_type credentials_;
    ids_type ids_;
    ocx::logger log_;
    ocx::gateway::settings settings_;
};

static_assert(ocx::gateway::Environment<replay_env>);

} // namespace

int main()
{
    auto cassette = ocx::transport::parse_cassette(recording, "hello");
    if (!cassette) {
        std::cerr << cassette.error().message << '\n';
        return 1;
    }
    boost::asio::io_context loop;
    replay_env env(loop, {std::move(*cassette)});
    ocx::gateway::gateway<replay_env> gateway(env);

    printing_sink out;
    ocx::http_request request("POST", "/v1/chat/completions", {},
                              R"({"model":"any","messages":[{"role":"user","content":"hi"}]})");
    boost::asio::co_spawn(loop, gateway.chat_completions(std::move(request), out), boost::asio::detached);
    loop.run();
    return content_of(out.body) == "Hello from a recording." ? 0 : 1;
}
