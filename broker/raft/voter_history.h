#pragma once

#include <map>

#include "raft/control_record.h"
#include "raft/voter_set.h"

namespace barnabas {

/// The voters and the kraft.version as the log defines them, by the offset of the record that did. A record counts from
/// the moment it stands in the log, committed or not (KIP-853). A value.
class VoterHistory {
public:
    VoterHistory() = default;
    /// Static voters of the configuration: what holds while the log says nothing.
    explicit VoterHistory(VoterSet configured) : configured_(std::move(configured)) {}

    /// The record at `offset`, if it is of one of the two kinds. Errors: corrupt_message.
    Expected<void> learn(const ControlRecordView& record);
    void learn_voters(Offset offset, VoterSet voters) { voters_.insert_or_assign(offset, std::move(voters)); }
    void learn_version(Offset offset, std::int16_t version) { versions_.insert_or_assign(offset, version); }

    /// A snapshot that ends at `end` said so; what was learned before is forgotten.
    void restart(Offset end, const std::optional<VoterSet>& voters, std::optional<std::int16_t> version);

    /// The log was cut at `end`.
    void truncate(Offset end);

    [[nodiscard]] const VoterSet& voters() const;
    [[nodiscard]] std::int16_t kraft_version() const {
        return versions_.empty() ? std::int16_t{0} : versions_.rbegin()->second;
    }
    /// As of a snapshot that ends at `end`; nothing where the log had said nothing.
    [[nodiscard]] std::optional<VoterSet> voters_before(Offset end) const;
    [[nodiscard]] std::optional<std::int16_t> kraft_version_before(Offset end) const;

    /// Whether the voters come from the snapshot that formatting wrote, so that they must still be written to the log.
    [[nodiscard]] bool from_format() const;

private:
    VoterSet configured_;
    std::map<Offset, VoterSet> voters_;
    std::map<Offset, std::int16_t> versions_;
};

}  // namespace barnabas
