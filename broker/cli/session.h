#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>

#include "cli/client_properties.h"
#include "cli/tool.h"
#include "client/cluster_client.h"

namespace barnabas {

// The rows of the flags that say where the cluster is; `required(...)` where a tool cannot do without.
inline constexpr Flag bootstrap_server_flag{
    .name = "bootstrap-server",
    .takes = Takes::text,
    .argument = "HOST:PORT,...",
    .help = "Brokers to find the cluster by."
};
inline constexpr Flag bootstrap_controller_flag{
    .name = "bootstrap-controller",
    .takes = Takes::text,
    .argument = "HOST:PORT,...",
    .help = "Controllers to find the cluster by.",
    .not_with = "bootstrap-server"
};
inline constexpr Flag command_config_flag{
    .name = "command-config", .takes = Takes::text, .argument = "FILE", .help = "Properties of the client."
};

[[nodiscard]] consteval Flag required(Flag flag) {
    flag.required = true;
    return flag;
}

/// One tool's way to the cluster: a client, and the loop that runs while something is waited for.
class ToolSession {
public:
    /// By `--bootstrap-server` or `--bootstrap-controller`, and `--command-config`. Errors are sentences.
    static std::expected<std::unique_ptr<ToolSession>, std::string> open(const Arguments& arguments);
    /// The connection's settings are read from `properties`.
    static std::expected<std::unique_ptr<ToolSession>, std::string> open(
        std::string_view bootstrap, bool controllers, ClientProperties& properties
    );

    [[nodiscard]] ClusterClient& cluster() { return *cluster_; }
    [[nodiscard]] boost::asio::io_context& context() { return context_; }

    /// Runs the loop until the task is done.
    template <class T>
    T wait(Task<T> task) {
        std::optional<T> result;
        boost::asio::co_spawn(context_, std::move(task), [&result](std::exception_ptr failure, T value) {
            if (failure) {
                std::rethrow_exception(failure);
            }
            result.emplace(std::move(value));
        });
        while (!result) {
            context_.run_one();
        }
        return *std::move(result);
    }

    void finish(Task<> task) {
        bool done = false;
        boost::asio::co_spawn(context_, std::move(task), [&done](const std::exception_ptr& failure) {
            if (failure) {
                std::rethrow_exception(failure);
            }
            done = true;
        });
        while (!done) {
            context_.run_one();
        }
    }

    /// Sends to any broker (the active controller with `--bootstrap-controller`) and waits for the answer.
    template <Message Response, Message Request>
    Expected<Reply<Response>> ask(const Request& request) {
        return wait(cluster_->ask<Response>(request));
    }

private:
    ToolSession() = default;

    boost::asio::io_context context_{1};
    std::unique_ptr<ClusterClient> cluster_;  ///< ends before the loop does
};

/// "NAME: detail", or the code's own sentence without a detail.
[[nodiscard]] std::string words_of(const Error& error);
/// Of an error in a response, with the message that came along.
[[nodiscard]] std::string words_of(ErrorCode code, const std::optional<std::string>& message);

}  // namespace barnabas
