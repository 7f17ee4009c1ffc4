#include "handlers/access_control.h"

#include <algorithm>

#include "common/check.h"
#include "common/events.h"
#include "controller/acl_requests.h"
#include "handlers/dispatch.h"

namespace barnabas {

namespace {

/// What a thread was given last. The versions tell for which AccessControl it was, too.
struct KnownAuthorizer {
    std::uint64_t version = 0;
    std::shared_ptr<const Authorizer> authorizer;
};

std::uint64_t next_version() {
    static std::atomic<std::uint64_t> last = 0;
    return ++last;
}

AuthorizerOptions options_of(const AuthorizerSettings& settings) {
    auto super_users = parse_super_users(settings.super_users);
    CHECK(super_users);  // the configuration has looked at it
    return {*std::move(super_users), settings.allow_everyone_if_no_acl_found};
}

}  // namespace

AccessControl::AccessControl(const LiveConfig& config, Metrics& metrics)
    : options_(options_of(config.node().config.authorizer)), configured_(!config.get()->authorizer_class_name.empty()) {
    apply(*config.get());
    if (!configured_) {
        if (options_.allow_everyone_if_no_acl_found || !options_.super_users.empty()) {
            event::warn(
                "settings without effect",
                {{"settings", "super.users, allow.everyone.if.no.acl.found"},
                 {"because", "authorizer.class.name is not set: everybody may do everything"}}
            );
        }
        return;
    }
    name_counters(metrics);
    publish({});
}

void AccessControl::name_counters(Metrics& metrics) {
    for (std::size_t type = 0; type < types; ++type) {
        for (std::size_t operation = 0; operation < operations; ++operation) {
            const auto kind = resource_type(static_cast<std::int8_t>(type));
            const auto verb = acl_operation(static_cast<std::int8_t>(operation));
            if (kind > ResourceType::any && verb > AclOperation::all) {
                denied_[type][operation] =
                    &metrics.counter(Metric::access_denied, {std::string(name(verb)), std::string(name(kind))});
            }
        }
    }
}

void AccessControl::apply(const Config& config) {
    tells_denied_ = config.barnabas_audit_log != "off";
    tells_allowed_ = config.barnabas_audit_log == "all";
}

void AccessControl::apply(const MetadataDelta& delta) {
    if (!configured_ || delta.acls.empty()) {
        return;
    }
    // Many at once, as at the start, are sorted anew; of a few, each finds its place.
    if (delta.acls.size() > rules_.size() / 8) {
        rules_.clear();
        for (const auto& [id, record] : delta.after->security.acls()) {
            if (auto rule = rule_of(*record)) {
                rules_.push_back(std::move(rule));
            }
        }
        std::ranges::sort(rules_, AclSet::before);
    } else {
        for (const Uuid& id : delta.acls) {
            replace(delta, id);
        }
    }
    publish(rules_);
}

/// Null, and a warning, for what Kafka would not have let into the log.
AclSet::Rule AccessControl::rule_of(const AccessControlEntryRecord& record) {
    auto rule = std::make_shared<const Acl>(acl_of(record));
    if (const auto valid = validate(*rule); !valid) {
        event::warn("access rule without effect", {{"rule", rule->text()}, {"why", valid.error().detail}});
        return nullptr;
    }
    return rule;
}

void AccessControl::replace(const MetadataDelta& delta, const Uuid& id) {
    const auto place_of = [this](const AclSet::Rule& rule) {
        const auto place = std::ranges::lower_bound(rules_, rule, AclSet::before);
        return std::pair(place, place != rules_.end() && **place == *rule);
    };
    if (const auto* record = delta.before->security.acls().find(id)) {
        if (const auto [place, found] = place_of(std::make_shared<const Acl>(acl_of(**record))); found) {
            rules_.erase(place);
        }
    }
    const auto* record = delta.after->security.acls().find(id);
    if (auto rule = record != nullptr ? rule_of(**record) : nullptr) {
        // The first step of a node may lead to where a later one goes again.
        if (const auto [place, found] = place_of(rule); !found) {
            rules_.insert(place, std::move(rule));
        }
    }
}

void AccessControl::publish(std::vector<AclSet::Rule> rules) {
    auto next = std::make_shared<const Authorizer>(std::make_shared<const AclSet>(std::move(rules)), options_);
    const std::scoped_lock lock(mutex_);
    current_ = std::move(next);
    version_.store(next_version(), std::memory_order_release);
}

std::shared_ptr<const Authorizer> AccessControl::latest() const {
    thread_local KnownAuthorizer known;
    if (known.version != version_.load(std::memory_order_acquire)) {
        const std::scoped_lock lock(mutex_);
        known = {version_.load(std::memory_order_relaxed), current_};
    }
    return known.authorizer;
}

void AccessControl::write(const RequestContext& context, const AccessQuestion& question, const AccessVerdict& verdict)
    const {
    if (!verdict.allowed) {
        auto* counter = denied_[static_cast<std::size_t>(question.type)][static_cast<std::size_t>(question.operation)];
        if (counter != nullptr) {
            counter->add();
        }
        if (!tells_denied_.load(std::memory_order_relaxed)) {
            return;
        }
    }
    const Api* api = find_api(context.api_key);
    event::info(
        verdict.allowed ? "access allowed" : "access denied",
        {{"principal", question.principal},
         {"host", question.host},
         {"operation", name(question.operation)},
         {"resource_type", name(question.type)},
         {"resource", question.resource},
         {"request", api != nullptr ? api->name : std::string_view()},
         {"listener", context.session.listener},
         {"rule", verdict.text()}}
    );
}

}  // namespace barnabas
