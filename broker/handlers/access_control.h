#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "common/metrics.h"
#include "config/live_config.h"
#include "handlers/request_context.h"
#include "metadata/metadata_delta.h"
#include "security/authorizer.h"

namespace barnabas {

/// The access rules in force on this node, and the log of what was decided by them. One for a node; lives as long.
class AccessControl {
public:
    /// `config` names the authorizer, or none; then everybody may do everything.
    AccessControl(const LiveConfig& config, Metrics& metrics);

    /// Takes over the rules that differ. One thread.
    void apply(const MetadataDelta& delta);
    /// Takes over `barnabas.audit.log`. Any thread.
    void apply(const Config& config);

    /// What decides at this moment; null when no authorizer is configured. Any thread: each keeps the latest it was
    /// given and takes the lock only when there is a newer one.
    [[nodiscard]] std::shared_ptr<const Authorizer> authorizer() const { return configured_ ? latest() : nullptr; }

    /// Counts a denial, and writes a line where `barnabas.audit.log` asks for one. Any thread.
    void tell(const RequestContext& context, const AccessQuestion& question, const AccessVerdict& verdict) const {
        if (!verdict.allowed || tells_allowed_.load(std::memory_order_relaxed)) {
            write(context, question, verdict);
        }
    }

private:
    [[nodiscard]] std::shared_ptr<const Authorizer> latest() const;
    static constexpr std::size_t types = static_cast<std::size_t>(ResourceType::user) + 1;
    static constexpr std::size_t operations = static_cast<std::size_t>(AclOperation::two_phase_commit) + 1;

    void name_counters(Metrics& metrics);
    [[nodiscard]] static AclSet::Rule rule_of(const AccessControlEntryRecord& record);
    void replace(const MetadataDelta& delta, const Uuid& id);
    void publish(std::vector<AclSet::Rule> rules);
    void write(const RequestContext& context, const AccessQuestion& question, const AccessVerdict& verdict) const;

    AuthorizerOptions options_;
    const bool configured_;
    std::atomic<bool> tells_denied_ = true;
    std::atomic<bool> tells_allowed_ = false;
    std::array<std::array<Counter*, operations>, types> denied_{};
    std::vector<AclSet::Rule> rules_;        ///< by AclSet::before
    std::atomic<std::uint64_t> version_{0};  ///< of current_; no two of a process are equal
    mutable std::mutex mutex_;               ///< guards current_
    std::shared_ptr<const Authorizer> current_;
};

}  // namespace barnabas
