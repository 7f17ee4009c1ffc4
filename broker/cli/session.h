#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>

#include "cli/tool.h"
#include "client/cluster_client.h"
#include "config/properties.h"

namespace barnabas {

/// Settings of a client as the tools read them: `--command-config FILE`, `--command-property key=value`.
using ClientProperties = std::map<std::string, std::string, std::less<>>;

/// Reads a properties file. Errors are sentences.
[[nodiscard]] std::expected<ClientProperties, std::string> load_properties(const std::string& path);

/// Adds "key=value" (an empty value where "=" is missing). Errors are sentences.
[[nodiscard]] std::expected<void, std::string> add_property(ClientProperties& properties, std::string_view text);

/// Refuses what this client cannot do: any security but PLAINTEXT. Errors name the key.
[[nodiscard]] std::expected<void, std::string> check_security(const ClientProperties& properties);

/// One tool's way to the cluster: a client, and the loop that runs while something is waited for.
class Session {
public:
    /// By `--bootstrap-server` or `--bootstrap-controller`, and `--command-config`. Errors are sentences.
    static std::expected<std::unique_ptr<Session>, std::string> open(const Arguments& arguments);
    static std::expected<std::unique_ptr<Session>, std::string> open(
        std::string_view bootstrap, bool controllers, const ClientProperties& properties
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

    /// Sends to any broker (the active controller with `--bootstrap-controller`) and waits for the answer.
    template <Message Response, Message Request>
    Expected<Reply<Response>> ask(const Request& request) {
        return wait(cluster_->ask<Response>(request));
    }

private:
    Session() = default;

    boost::asio::io_context context_{1};
    std::unique_ptr<ClusterClient> cluster_;  ///< ends before the loop does
};

/// "NAME: detail", or the code's own sentence without a detail.
[[nodiscard]] std::string words_of(const Error& error);
/// Of an error in a response, with the message that came along.
[[nodiscard]] std::string words_of(ErrorCode code, const std::optional<std::string>& message);

}  // namespace barnabas
