// DescribeConfigs (API 32). Version 1 adds synonyms, 3 types and documentation (KIP-569).

#include "protocol/describe_configs.h"

#include <charconv>

#include "controller/client_metrics_config.h"
#include "handlers/access_rights.h"
#include "handlers/broker.h"
#include "handlers/dispatch.h"
#include "metadata/metadata_cache.h"
#include "model/topic_name.h"

namespace barnabas {

namespace {

using Resource = DescribeConfigsRequest::DescribeConfigsResource;
using DescribedConfigs = DescribeConfigsResponse::DescribeConfigsResult;
using Entry = DescribeConfigsResponse::DescribeConfigsResourceResult;

class Description {
public:
    Description(const RequestContext& context, const DescribeConfigsRequest& request)
        : request_(request),
          self_(context.broker.node),
          image_(context.broker.metadata.image()),
          effective_(context.broker.config()),
          layers_{
              context.broker.live_config.node(), image_->configs.entries(all_brokers_target()),
              image_->configs.entries(broker_target(self_)), *effective_
          } {}

    [[nodiscard]] DescribedConfigs describe(const Resource& resource) const;
    [[nodiscard]] static bool known(const Resource& resource);

private:
    using Configs = Expected<std::vector<DescribedConfig>>;

    [[nodiscard]] Configs configs_of(const Resource& resource, std::span<const std::string_view> keys) const;
    [[nodiscard]] Configs topic(std::string_view name, std::span<const std::string_view> keys) const;
    [[nodiscard]] Configs broker(std::string_view name, std::span<const std::string_view> keys) const;
    [[nodiscard]] Configs loggers(std::string_view name) const;
    [[nodiscard]] Expected<void> expect_self(std::string_view name, std::string_view or_else) const;
    [[nodiscard]] Entry entry(DescribedConfig config) const;

    const DescribeConfigsRequest& request_;
    NodeId self_;
    std::shared_ptr<const MetadataImage> image_;
    std::shared_ptr<const Config> effective_;
    ConfigLayers layers_;
};

bool Description::known(const Resource& resource) {
    switch (static_cast<ConfigResourceType>(resource.resource_type)) {
        case ConfigResourceType::topic:
        case ConfigResourceType::broker:
        case ConfigResourceType::broker_logger:
        case ConfigResourceType::client_metrics:
        case ConfigResourceType::group:
            return true;
        case ConfigResourceType::unknown:
            break;
    }
    return false;
}

DescribedConfigs Description::describe(const Resource& resource) const {
    DescribedConfigs result{
        .error_code = ErrorCode::none, .error_message = "", .resource_type = resource.resource_type
    };
    result.resource_name = resource.resource_name;
    const auto keys = resource.configuration_keys.value_or(std::vector<std::string_view>());
    auto configs = configs_of(resource, keys);
    if (!configs) {
        result.error_code = configs.error().code;
        result.error_message = configs.error().detail;
        return result;
    }
    for (DescribedConfig& config : *configs) {
        result.configs.push_back(entry(std::move(config)));
    }
    return result;
}

/// The error of what may not be described; nothing when it may.
std::optional<ErrorCode> forbidden(const AccessRights& access, const Resource& resource) {
    constexpr auto describe = AclOperation::describe_configs;
    switch (static_cast<ConfigResourceType>(resource.resource_type)) {
        case ConfigResourceType::topic:
            return access.allows_topic(describe, resource.resource_name)
                       ? std::nullopt
                       : std::optional(ErrorCode::topic_authorization_failed);
        case ConfigResourceType::group:
            return access.allows_group(describe, resource.resource_name)
                       ? std::nullopt
                       : std::optional(ErrorCode::group_authorization_failed);
        default:
            return access.allows_cluster(describe) ? std::nullopt
                                                   : std::optional(ErrorCode::cluster_authorization_failed);
    }
}

Description::Configs Description::configs_of(const Resource& resource, std::span<const std::string_view> keys) const {
    const std::string_view name = resource.resource_name;
    switch (static_cast<ConfigResourceType>(resource.resource_type)) {
        case ConfigResourceType::topic:
            return topic(name, keys);
        case ConfigResourceType::broker:
            return broker(name, keys);
        case ConfigResourceType::broker_logger:
            return loggers(name);
        case ConfigResourceType::group:
            if (name.empty()) {
                return fail(ErrorCode::invalid_request, "Group name must not be empty");
            }
            return describe_group(
                layers_, image_->configs.entries({ConfigResourceType::group, std::string(name)}), keys
            );
        case ConfigResourceType::client_metrics:
            if (name.empty()) {
                return fail(ErrorCode::invalid_request, "Client metrics subscription name must not be empty");
            }
            return describe_client_metrics(
                image_->configs.entries({ConfigResourceType::client_metrics, std::string(name)}), keys
            );
        case ConfigResourceType::unknown:
            break;
    }
    return fail(ErrorCode::invalid_request, "a resource type that does not exist");
}

Description::Configs Description::topic(std::string_view name, std::span<const std::string_view> keys) const {
    if (auto valid = validate_topic_name(name); !valid) {
        return std::unexpected(valid.error());
    }
    if (image_->topics.find(name) == nullptr) {
        return fail(ErrorCode::unknown_topic_or_partition, "");
    }
    return describe_topic(layers_, image_->configs.entries(topic_target(name)), keys);
}

Description::Configs Description::broker(std::string_view name, std::span<const std::string_view> keys) const {
    if (name.empty()) {
        return describe_cluster(layers_, keys);
    }
    if (auto self = expect_self(name, " or empty string,"); !self) {
        return std::unexpected(self.error());
    }
    return describe_broker(layers_, keys);
}

Description::Configs Description::loggers(std::string_view name) const {
    if (name.empty()) {
        return fail(ErrorCode::invalid_request, "Broker id must not be empty");
    }
    if (auto self = expect_self(name, ""); !self) {
        return std::unexpected(self.error());
    }
    return fail(
        ErrorCode::invalid_request, "this broker has no loggers of their own: barnabas.log.level holds for all events"
    );
}

Expected<void> Description::expect_self(std::string_view name, std::string_view or_else) const {
    std::int32_t id = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), id);
    if (error != std::errc() || end != name.data() + name.size()) {
        return fail(ErrorCode::invalid_request, std::string("Broker id must be an integer, but it is: ").append(name));
    }
    if (id != self_.value) {
        return fail(
            ErrorCode::invalid_request, "Unexpected broker id, expected " + std::to_string(self_.value) +
                                            std::string(or_else) + " but received " + std::string(name)
        );
    }
    return {};
}

Entry Description::entry(DescribedConfig config) const {
    Entry entry{.name = std::move(config.name), .value = std::move(config.value), .read_only = config.read_only};
    entry.config_source = static_cast<std::int8_t>(config.source);
    entry.is_sensitive = config.sensitive;
    entry.config_type = config.type;
    if (request_.include_documentation) {
        entry.documentation = std::string(config.documentation);
    } else {
        entry.documentation.reset();
    }
    if (request_.include_synonyms) {
        for (ConfigSynonym& synonym : config.synonyms) {
            entry.synonyms.push_back(
                {.name = std::move(synonym.name),
                 .value = std::move(synonym.value),
                 .source = static_cast<std::int8_t>(synonym.source)}
            );
        }
    }
    return entry;
}

}  // namespace

Task<DescribeConfigsResponse> handle(RequestContext& context, DescribeConfigsRequest request) {
    DescribeConfigsResponse response;
    const bool all_known = std::ranges::all_of(request.resources, Description::known);
    const Description description(context, request);
    const AccessRights access(context);
    for (const Resource& resource : request.resources) {
        const auto denied = all_known ? forbidden(access, resource) : std::nullopt;
        if (denied) {
            response.results.push_back(
                {.error_code = *denied,
                 .error_message = std::string(text(*denied)),
                 .resource_type = resource.resource_type,
                 .resource_name = std::string(resource.resource_name)}
            );
            continue;
        }
        if (all_known) {
            response.results.push_back(description.describe(resource));
            continue;
        }
        // As from Kafka, a type that does not exist spoils the whole request.
        response.results.push_back(
            {.error_code = ErrorCode::invalid_request,
             .error_message = "the request names a resource type that does not exist",
             .resource_type = resource.resource_type,
             .resource_name = std::string(resource.resource_name)}
        );
    }
    co_return response;
}

}  // namespace barnabas
