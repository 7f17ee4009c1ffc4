#include "controller/partition_change.h"

#include "metadata/features_image.h"

namespace barnabas {
namespace {

using Nodes = std::vector<NodeId>;

Nodes without(const Nodes& nodes, const Nodes& others) {
    Nodes rest;
    std::ranges::copy_if(nodes, std::back_inserter(rest), [&](NodeId node) { return !contains(others, node); });
    return rest;
}

Nodes united(Nodes nodes, const Nodes& others) {
    std::ranges::copy_if(others, std::back_inserter(nodes), [&](NodeId node) { return !contains(nodes, node); });
    return nodes;
}

bool covers(const Nodes& nodes, const Nodes& others) {
    return std::ranges::all_of(others, [&](NodeId node) { return contains(nodes, node); });
}

bool same_members(const Nodes& left, const Nodes& right) {
    return covers(left, right) && covers(right, left);
}

class Plan {
public:
    Plan(const PartitionRegistration& partition, const PartitionWish& wish, const PartitionRules& rules)
        : before_(partition), after_(partition), wish_(wish), rules_(rules) {}

    std::optional<MetadataRecord> make(const TopicId& topic, PartitionId id) {
        after_.isr = wish_.isr.value_or(before_.isr);
        after_.leader_recovery = wish_.leader_recovery.value_or(before_.leader_recovery);
        complete_reassignment();
        derive_eligible_leaders();
        elect();
        keep_the_last_isr();
        remember_last_leader();
        assign_directory();
        return record(topic, id);
    }

private:
    /// A reassignment ends when all replicas that shall stay and are new have joined the ISR.
    void complete_reassignment() {
        if (!before_.is_reassigning() || after_.leader_recovery == LeaderRecovery::recovering) {
            return;
        }
        const Nodes isr = without(after_.isr, before_.removing_replicas);
        const Nodes replicas = without(before_.replicas, before_.removing_replicas);
        if (isr.empty() || replicas.empty() || !covers(isr, before_.adding_replicas)) {
            return;
        }
        after_.isr = isr;
        after_.replicas = replicas;
        after_.adding_replicas.clear();
        after_.removing_replicas.clear();
        after_.directories.resize(replicas.size());
        std::ranges::transform(replicas, after_.directories.begin(), [this](NodeId node) {
            return before_.directory(node);
        });
    }

    /// KIP-966: who was in the ISR when it became smaller than min.insync.replicas holds every committed record still.
    void derive_eligible_leaders() {
        if (!rules_.eligible_leader_replicas ||
            after_.isr.size() >= std::min(rules_.min_insync_replicas, after_.replicas.size())) {
            after_.eligible_leader_replicas.clear();
            after_.last_known_elr.clear();
            return;
        }
        const Nodes lost = wish_.lost_records ? Nodes{*wish_.lost_records} : Nodes();
        const Nodes candidates = united(before_.eligible_leader_replicas, before_.isr);
        after_.eligible_leader_replicas = without(without(candidates, after_.isr), lost);
        after_.last_known_elr =
            without(without(united(candidates, before_.last_known_elr), after_.isr), after_.eligible_leader_replicas);
    }

    [[nodiscard]] bool may_lead_cleanly(NodeId node) const {
        return (contains(after_.isr, node) || contains(after_.eligible_leader_replicas, node)) && rules_.may_lead(node);
    }

    /// The first replica for which `holds`, beginning with `first`.
    template <class Predicate>
    [[nodiscard]] NodeId pick(NodeId first, Predicate holds) const {
        if (first != no_node && holds(first)) {
            return first;
        }
        const auto found = std::ranges::find_if(after_.replicas, holds);
        return found == after_.replicas.end() ? no_node : *found;
    }

    [[nodiscard]] bool last_known_leader_may_return() const {
        return rules_.eligible_leader_replicas && after_.isr.empty() && after_.eligible_leader_replicas.empty() &&
               before_.last_known_elr.size() == 1 && rules_.may_lead(before_.last_known_elr.front());
    }

    void elect() {
        NodeId first = before_.leader;
        if (wish_.election == Election::preferred && may_lead_cleanly(after_.preferred_leader())) {
            first = after_.preferred_leader();
        }
        const NodeId clean = pick(first, [this](NodeId node) { return may_lead_cleanly(node); });
        if (clean != no_node) {
            lead_cleanly(clean);
        } else if (last_known_leader_may_return()) {
            lead_uncleanly(before_.last_known_elr.front());
        } else if (const NodeId any = wish_.election == Election::unclean ? pick(no_node, rules_.may_lead) : no_node;
                   any != no_node) {
            lead_uncleanly(any);
        } else {
            after_.leader = no_node;
        }
    }

    void lead_cleanly(NodeId node) {
        after_.leader = node;
        if (!contains(after_.isr, node)) {
            // It was eligible: alone, it is all that is in sync.
            after_.isr = {node};
            std::erase(after_.eligible_leader_replicas, node);
        }
    }

    void lead_uncleanly(NodeId node) {
        after_.leader = node;
        after_.isr = {node};
        after_.leader_recovery = LeaderRecovery::recovering;
        after_.eligible_leader_replicas.clear();
        after_.last_known_elr.clear();
    }

    /// Without eligible leader replicas, the last ISR is what tells who may lead one day.
    void keep_the_last_isr() {
        if (after_.isr.empty() && !rules_.eligible_leader_replicas) {
            after_.isr = before_.isr;
        }
    }

    /// While there is no leader and nobody is in sync, the last one that was is remembered.
    void remember_last_leader() {
        if (!rules_.eligible_leader_replicas) {
            return;
        }
        if (after_.leader == no_node && before_.last_known_elr.size() == 1) {
            after_.last_known_elr = before_.last_known_elr;
        }
        if (after_.isr.empty() && !before_.isr.empty() && before_.leader != no_node) {
            after_.last_known_elr = {before_.leader};
        }
    }

    void assign_directory() {
        if (wish_.directory) {
            const auto at = std::ranges::find(after_.replicas, wish_.directory->first);
            if (at != after_.replicas.end()) {
                after_.directories[static_cast<std::size_t>(at - after_.replicas.begin())] = wish_.directory->second;
            }
        }
    }

    /// A change of leader raises the leader epoch; and so does a replica that leaves, so that it is fenced off.
    [[nodiscard]] bool raises_leader_epoch() const {
        const bool leaves_isr = rules_.metadata_version < feature::v3_6_iv0 && !covers(after_.isr, before_.isr);
        return after_.leader != before_.leader || !covers(after_.replicas, before_.replicas) || leaves_isr;
    }

    [[nodiscard]] std::optional<MetadataRecord> record(const TopicId& topic, PartitionId id) const {
        PartitionChangeRecord change;
        bool differs = false;
        const auto set = [&](std::optional<std::vector<std::int32_t>>& field, const Nodes& value, bool changed) {
            if (changed) {
                field = to_numbers(value);
                differs = true;
            }
        };
        set(change.isr, after_.isr, !same_members(after_.isr, before_.isr));
        set(change.replicas, after_.replicas, after_.replicas != before_.replicas);
        set(change.adding_replicas, after_.adding_replicas, after_.adding_replicas != before_.adding_replicas);
        set(change.removing_replicas, after_.removing_replicas, after_.removing_replicas != before_.removing_replicas);
        const std::int16_t version = record_version::partition(rules_.metadata_version);
        if (version >= 2) {
            set(change.eligible_leader_replicas, after_.eligible_leader_replicas,
                !same_members(after_.eligible_leader_replicas, before_.eligible_leader_replicas));
            set(change.last_known_elr, after_.last_known_elr,
                !same_members(after_.last_known_elr, before_.last_known_elr));
        }
        if (version >= 1 && after_.directories != before_.directories) {
            change.directories = after_.directories;
            differs = true;
        }
        if (after_.leader_recovery != before_.leader_recovery) {
            change.leader_recovery_state = static_cast<std::int8_t>(after_.leader_recovery);
            differs = true;
        }
        if (raises_leader_epoch()) {
            change.leader = after_.leader.value;
            differs = true;
        }
        if (!differs) {
            return std::nullopt;
        }
        change.partition_id = id.value;
        change.topic_id = topic;
        return MetadataRecord{std::move(change), version};
    }

    const PartitionRegistration& before_;
    PartitionRegistration after_;
    const PartitionWish& wish_;
    const PartitionRules& rules_;
};

}  // namespace

std::optional<MetadataRecord> plan_partition_change(
    const TopicId& topic, PartitionId id, const PartitionRegistration& partition, const PartitionWish& wish,
    const PartitionRules& rules
) {
    return Plan(partition, wish, rules).make(topic, id);
}

}  // namespace barnabas
