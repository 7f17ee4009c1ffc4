// DeleteTopics (API 20). Version 6 takes topic ids.

#include "protocol/delete_topics.h"

#include <map>

#include "handlers/access_rights.h"
#include "handlers/controller_answer.h"
#include "handlers/dispatch.h"
#include "handlers/request_quota.h"
#include "metadata/metadata_cache.h"

namespace barnabas {

namespace {

DeleteTopicsResponse refuse_all(const DeleteTopicsRequest& request, const Error& error) {
    DeleteTopicsResponse refused;
    const auto refuse = [&](std::optional<std::string_view> name, const TopicId& id) {
        refused.responses.push_back(
            {.name = name ? std::optional<std::string>(*name) : std::nullopt,
             .topic_id = id,
             .error_code = error.code,
             .error_message = error.detail}
        );
    };
    for (const std::string_view name : request.topic_names) {
        refuse(name, {});
    }
    for (const auto& topic : request.topics) {
        refuse(topic.name, topic.topic_id);
    }
    return refused;
}

using DeletionRefused = DeleteTopicsResponse::DeletableTopicResult;

/// Takes out of a request the topics that may not be deleted, and answers them. The controller is given only what may
/// be deleted by this image of the metadata, whatever happens meanwhile, and what is named wrongly.
class ForbiddenDeletions {
public:
    ForbiddenDeletions(const RequestContext& context, const AccessRights& access)
        : access_(access), image_(context.broker.metadata.image()) {}

    std::vector<DeletionRefused> take(DeleteTopicsRequest& request) {
        if (access_.allows_cluster(AclOperation::remove, AccessRights::Audit::no)) {
            return {};
        }
        for (const std::string_view name : request.topic_names) {
            ++times_[name];
        }
        for (const auto& topic : request.topics) {
            times_[name_of(topic)] += is_well_named(topic) ? 1 : 0;
        }
        std::erase_if(request.topic_names, [&](std::string_view name) { return refuses(name, {}); });
        std::erase_if(request.topics, [&](const auto& topic) {
            return is_well_named(topic) && refuses(name_of(topic), topic.topic_id);
        });
        return std::move(refused_);
    }

private:
    [[nodiscard]] static bool is_well_named(const DeleteTopicsRequest::DeleteTopicState& topic) {
        return topic.name.has_value() == topic.topic_id.is_zero();
    }

    /// Empty for an id that does not exist.
    [[nodiscard]] std::string_view name_of(const DeleteTopicsRequest::DeleteTopicState& topic) const {
        const TopicImage* known = topic.name ? nullptr : image_->topics.find(topic.topic_id);
        return known != nullptr ? known->name : topic.name.value_or("");
    }

    bool refuses(std::string_view name, const TopicId& id) {
        if (name.empty() && !id.is_zero()) {
            return refuse(std::nullopt, id, ErrorCode::unknown_topic_id);
        }
        const bool describable = access_.allows_topic(AclOperation::describe, name, AccessRights::Audit::no);
        const bool exists = image_->topics.find(name) != nullptr;
        if (describable && exists && access_.allows_topic(AclOperation::remove, name)) {
            return false;
        }
        const auto told = id.is_zero() || describable ? std::optional(name) : std::nullopt;
        if (times_[name] > 1) {
            return refuse(told, id, ErrorCode::invalid_request);
        }
        // Who may describe the topic may be told that there is none.
        const bool missing = describable && !exists;
        return refuse(
            told, id, missing ? ErrorCode::unknown_topic_or_partition : ErrorCode::topic_authorization_failed
        );
    }

    bool refuse(std::optional<std::string_view> name, const TopicId& id, ErrorCode code) {
        const DeletionRefused refused{
            .name = name ? std::optional(std::string(*name)) : std::nullopt,
            .topic_id = id,
            .error_code = code,
            .error_message = std::string(text(code))
        };
        if (std::ranges::find(refused_, refused) == refused_.end()) {  // what stands twice is answered once
            refused_.push_back(refused);
        }
        return true;
    }

    const AccessRights& access_;
    std::shared_ptr<const MetadataImage> image_;
    std::map<std::string_view, int> times_;
    std::vector<DeletionRefused> refused_;
};

}  // namespace

Task<DeleteTopicsResponse> handle(RequestContext& context, DeleteTopicsRequest request) {
    if (!context.broker.config()->delete_topic_enable) {
        const bool tells = context.version >= 3;
        co_return refuse_all(
            request, {tells ? ErrorCode::topic_deletion_disabled : ErrorCode::invalid_request,
                      "delete.topic.enable is false on this broker"}
        );
    }
    const AccessRights access(context);
    auto forbidden = ForbiddenDeletions(context, access).take(request);
    auto response = co_await controller_answer<DeleteTopicsResponse>(
        context, request, request.timeout_ms, refuse_all, mutation_quota(context, 5)
    );
    std::ranges::move(forbidden, std::back_inserter(response.responses));
    co_return response;
}

}  // namespace barnabas
