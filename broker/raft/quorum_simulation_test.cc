#include "raft/quorum_simulation.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace barnabas {

using namespace raft;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t snapshot_bytes = 100;

VoterSet voter_set(int voters, bool with_directories) {
    std::vector<Voter> all;
    for (int id = 1; id <= voters; ++id) {
        const Uuid directory = with_directories ? Uuid{7, static_cast<std::uint64_t>(id)} : Uuid{};
        all.push_back({{{id}, directory}, {}, 0, 1});
    }
    return VoterSet(std::move(all));
}

}  // namespace

QuorumSimulation::QuorumSimulation(Options options) : options_(options), random_(options.seed), now_(1000s) {
    for (int id = 1; id <= options.voters + options.observers; ++id) {
        auto node = std::make_unique<Node>();
        node->key = {{id}, {7, static_cast<std::uint64_t>(id)}};
        if (options.dynamic) {
            node->disk.snapshots.push_back({{}, voter_set(options.voters, true), std::int16_t{1}});
        }
        nodes_.push_back(std::move(node));
        start(*nodes_.back());
    }
}

void QuorumSimulation::broken(std::string what) {
    if (breach_.empty()) {
        breach_ = fmt::format("seed {}: {}", options_.seed, std::move(what));
    }
}

Moment QuorumSimulation::now() const {
    return {now_, Timestamp(std::chrono::duration_cast<std::chrono::milliseconds>(now_.time_since_epoch()))};
}

void QuorumSimulation::after(std::chrono::milliseconds delay, std::function<void()> run) {
    events_.emplace(std::pair{now_ + delay, ++sequence_}, std::move(run));
}

std::chrono::milliseconds QuorumSimulation::delay() {
    return std::chrono::milliseconds(chance(0.05) ? random_.below(3000) : 1 + random_.below(20));
}

void QuorumSimulation::run_wild(std::chrono::milliseconds time) {
    wild_ = true;
    disturb();
    run(time);
}

void QuorumSimulation::run_calm(std::chrono::milliseconds time) {
    wild_ = false;
    side_.clear();
    for (const auto& node : nodes_) {
        if (node->core == nullptr) {
            start(*node);
        }
    }
    after(time / 2, [this] { append_somewhere(); });
    run(time);
}

void QuorumSimulation::run(std::chrono::milliseconds time) {
    const Instant end = now_ + time;
    while (breach_.empty()) {
        Instant next = events_.empty() ? end : std::min(end, events_.begin()->first.first);
        for (const auto& node : nodes_) {
            next = node->core ? std::min(next, std::max(now_, node->deadline)) : next;
        }
        if (next >= end) {
            now_ = end;
            return;
        }
        now_ = next;
        while (!events_.empty() && events_.begin()->first.first <= now_) {
            const auto event = std::move(events_.extract(events_.begin()).mapped());
            event();
        }
        for (const auto& node : nodes_) {
            if (node->core && node->deadline <= now_) {
                node->core->tick(now());
                settle(*node);
                if (node->core && node->deadline <= now_) {
                    return broken("a tick leaves its own deadline in the past");
                }
            }
        }
    }
}

void QuorumSimulation::disturb() {
    if (!wild_) {
        return;
    }
    Node& node = *nodes_[static_cast<std::size_t>(random_.below(static_cast<std::int64_t>(nodes_.size())))];
    switch (random_.below(8)) {
        case 0:
            crash(node);
            break;
        case 1:
            for (const auto& each : nodes_) {
                side_[each->key.id] = static_cast<int>(random_.below(2));
            }
            break;
        case 2:
            side_.clear();
            break;
        case 3:
            take_snapshot(node);
            break;
        case 4:
            if (node.core) {
                node.core->resign(now(), node.core->state().epoch);
                settle(node);
            }
            break;
        default:
            append_somewhere();
    }
    after(std::chrono::milliseconds(random_.below(300)), [this] { disturb(); });
}

void QuorumSimulation::append_somewhere() {
    for (const auto& node : nodes_) {
        if (node->core && std::holds_alternative<Leader>(node->core->role())) {
            const std::string text = fmt::format("{} by {}", ++appended_, node->key.id.value);
            const std::vector<Bytes> values(static_cast<std::size_t>(1 + random_.below(3)), copy(as_bytes(text)));
            const auto appended = node->core->append(now(), node->core->state().epoch, values);
            if (!appended) {
                broken(appended.error().detail);
            }
            settle(*node);
        }
    }
}

void QuorumSimulation::start(Node& node) {
    Disk& disk = node.disk;
    LeaderEpochs epochs;
    VoterHistory voters(options_.dynamic ? VoterSet() : voter_set(options_.voters, false));
    std::vector<SnapshotId> snapshots;
    for (const Snapshot& snapshot : disk.snapshots) {
        snapshots.push_back(snapshot.id);
        voters.restart(snapshot.id.offset, snapshot.voters, snapshot.version);
    }
    for (const auto& [base, batch] : disk.log) {
        epochs.assign(batch.epoch, base);
        const RecordBatchView view(batch.bytes);
        const bool new_to_snapshot = snapshots.empty() || base >= snapshots.back().offset;
        if (view.is_control() && new_to_snapshot) {
            for (const ControlRecordView& record : control_records(view).value()) {
                EXPECT_TRUE(voters.learn(record));
            }
        }
    }
    const Consensus::Options options{
        node.key, 1000ms, 1000ms,  2000ms, 1000ms, 20ms, std::chrono::milliseconds(random_.below(2) * 25),
        400,      60,     1 << 20, true
    };
    const LogOutline log(disk.start, disk.end, std::move(epochs), std::move(snapshots));
    node.core = std::make_unique<Consensus>(options, disk.state, log, std::move(voters), random_.next(), now());
    node.checked = log.latest_snapshot().value_or(SnapshotId{}).offset;
    ++node.lives;
    settle(node);
}

void QuorumSimulation::crash(Node& node) {
    if (node.core == nullptr) {
        return;
    }
    ++crashes_;
    node.core.reset();
    node.open.clear();
    after(std::chrono::milliseconds(random_.below(5000)), [this, &node] {
        if (node.core == nullptr) {
            start(node);
        }
    });
}

void QuorumSimulation::take_snapshot(Node& node) {
    if (node.core == nullptr) {
        return;
    }
    const auto after_end = node.disk.log.lower_bound(node.core->high_watermark());
    if (after_end == node.disk.log.begin()) {
        return;
    }
    const Batch& last = std::prev(after_end)->second;
    const SnapshotId id{last.epoch, last.next};
    const auto latest = node.core->log().latest_snapshot();
    if (last.next > node.core->high_watermark() || (latest && latest->offset >= id.offset)) {
        return;
    }
    const VoterHistory& voters = node.core->voters();
    node.disk.snapshots.push_back({id, voters.voters_before(id.offset), voters.kraft_version_before(id.offset)});
    node.core->add_snapshot(id);
    if (random_.below(2) == 0) {
        return;
    }
    node.disk.start = id.offset;
    node.disk.log.erase(node.disk.log.begin(), node.disk.log.lower_bound(id.offset));
    std::erase_if(node.disk.snapshots, [&](const Snapshot& each) { return each.id.offset < id.offset; });
    node.core->drop_before(id.offset);
}

void QuorumSimulation::settle(Node& node) {
    while (node.core && breach_.empty()) {
        const Effects effects = node.core->take_effects();
        if (effects.empty()) {
            node.deadline = node.core->next_deadline();
            return;
        }
        if (!perform(node, effects)) {
            return crash(node);
        }
        check_leader(node);
        check_committed(node);
    }
}

bool QuorumSimulation::perform(Node& node, const Effects& effects) {
    // A crash may come between any two of them.
    constexpr double crash_chance = 0.002;
    if (chance(crash_chance)) {
        return false;
    }
    node.disk.state = effects.persist.value_or(node.disk.state);
    for (const LogChange& change : effects.log) {
        if (chance(crash_chance)) {
            return false;
        }
        perform(node, change);
    }
    for (const SendRequest& request : effects.requests) {
        if (chance(crash_chance)) {
            return false;
        }
        send(node, request);
    }
    for (const SendReply& reply : effects.replies) {
        if (const auto open = node.open.extract(reply.to)) {
            Reply filled = reply.reply;
            fill(node, filled);
            open.mapped()(std::move(filled));
        }
    }
    return true;
}

void QuorumSimulation::perform(Node& node, const LogChange& change) {
    Disk& disk = node.disk;
    if (const auto* append = std::get_if<AppendToLog>(&change)) {
        const RecordBatchView batch(append->batches);
        if (batch.base_offset() != disk.end) {
            return broken("an append does not follow the log's end");
        }
        disk.log[disk.end] = {disk.end, batch.next_offset(), batch.leader_epoch(), append->batches};
        disk.end = batch.next_offset();
    } else if (const auto* truncate = std::get_if<TruncateLog>(&change)) {
        disk.log.erase(disk.log.lower_bound(truncate->end), disk.log.end());
        disk.end = disk.log.empty() ? disk.start : disk.log.rbegin()->second.next;
        if (disk.end != truncate->end) {
            broken("a truncation cuts a batch");
        }
    } else if (const auto* installed = std::get_if<InstallSnapshot>(&change)) {
        install(node, installed->snapshot);
    }
}

const QuorumSimulation::Snapshot* QuorumSimulation::snapshot_of(const SnapshotId& id) const {
    for (const auto& node : nodes_) {
        for (const Snapshot& snapshot : node->disk.snapshots) {
            if (snapshot.id == id) {
                return &snapshot;
            }
        }
    }
    return nullptr;
}

void QuorumSimulation::install(Node& node, const SnapshotId& id) {
    const Snapshot* found = snapshot_of(id);
    if (found == nullptr || chance(0.1)) {
        return node.core->install_failed(now());
    }
    ++installs_;
    const Snapshot snapshot = *found;
    node.disk.snapshots = {snapshot};
    node.disk.log.clear();
    node.disk.start = node.disk.end = id.offset;
    node.checked = id.offset;
    node.core->installed(now(), id, snapshot.voters, snapshot.version);
}

bool QuorumSimulation::cut_off(const Node& one, const Node& other) {
    const bool split = !side_.empty() && side_[one.key.id] != side_[other.key.id];
    return split || chance(0.05);
}

void QuorumSimulation::send(Node& node, const SendRequest& request) {
    std::int64_t to = request.to.value;
    if (request.to == no_node) {
        to = 1 + random_.below(options_.voters);
    }
    Node& target = *nodes_[static_cast<std::size_t>(to - 1)];
    const int copies = chance(0.02) ? 2 : 1;
    for (int i = 0; i < copies && !cut_off(node, target); ++i) {
        after(delay(), [this, &node, &target, request] { deliver(node, target, request); });
    }
}

void QuorumSimulation::deliver(Node& from, Node& to, const SendRequest& request) {
    if (to.core == nullptr || from.core == nullptr) {
        return;
    }
    const RequestId id{++to.last_request};
    const int life = from.lives;
    to.open[id] = [this, &from, &to, request, life](Reply reply) {
        if (cut_off(from, to)) {
            return;
        }
        after(delay(), [this, &from, request, life, reply = std::move(reply)] {
            if (from.core && from.lives == life) {
                from.core->receive(now(), request.to, request.correlation, reply);
                settle(from);
            }
        });
    };
    to.core->receive(now(), id, request.request);
    settle(to);
}

Bytes QuorumSimulation::read(const Disk& disk, Offset from, std::int32_t most) {
    Bytes bytes;
    auto batch = disk.log.upper_bound(from);
    // Kafka answers with the batch that holds the offset, also when it begins before.
    batch = batch == disk.log.begin() ? batch : std::prev(batch);
    for (; batch != disk.log.end(); ++batch) {
        if (batch->second.next <= from) {
            continue;
        }
        if (!bytes.empty() && bytes.size() + batch->second.bytes.size() > static_cast<std::size_t>(most)) {
            break;
        }
        bytes.insert(bytes.end(), batch->second.bytes.begin(), batch->second.bytes.end());
    }
    return bytes;
}

void QuorumSimulation::fill(const Node& node, Reply& reply) const {
    if (auto* fetch = std::get_if<FetchReply>(&reply); fetch != nullptr && fetch->read_from != no_offset) {
        fetch->records = std::make_shared<const Bytes>(read(node.disk, fetch->read_from, fetch->most_bytes));
    }
    auto* snapshot = std::get_if<FetchSnapshotReply>(&reply);
    if (snapshot != nullptr && snapshot->head.error == ErrorCode::none) {
        const std::int64_t size = std::min<std::int64_t>(snapshot->most_bytes, snapshot_bytes - snapshot->position);
        snapshot->size = snapshot_bytes;
        snapshot->bytes = std::make_shared<const Bytes>(static_cast<std::size_t>(size));
    }
}

void QuorumSimulation::check_leader(const Node& node) {
    if (!node.core || !std::holds_alternative<Leader>(node.core->role())) {
        return;
    }
    const LeaderEpoch epoch = node.core->state().epoch;
    const auto [seen, first] = leaders_.emplace(epoch, node.key.id);
    if (seen->second != node.key.id) {
        broken(fmt::format("epoch {} has two leaders", epoch.value));
    }
    if (!first) {
        return;
    }
    // Leader completeness: what was committed in earlier epochs is in its log or in its snapshot.
    for (const auto& [base, batch] : committed_) {
        const auto mine = node.disk.log.find(base);
        const bool has = base < node.disk.start || (mine != node.disk.log.end() && mine->second == batch);
        if (!has && batch.epoch < epoch) {
            return broken(fmt::format("the leader of epoch {} lacks committed offset {}", epoch.value, base.value));
        }
    }
}

void QuorumSimulation::check_committed(Node& node) {
    if (!node.core) {
        return;
    }
    const Offset end = node.core->high_watermark();
    for (auto batch = node.disk.log.lower_bound(node.checked); batch != node.disk.log.end(); ++batch) {
        if (batch->second.next > end) {
            break;
        }
        const auto [known, first] = committed_.emplace(batch->first, batch->second);
        if (known->second != batch->second) {
            return broken(fmt::format("offset {} was committed with two contents", batch->first.value));
        }
        node.checked = batch->second.next;
    }
    if (end > node.disk.end) {
        broken("the high watermark is above the log's end");
    }
}

void QuorumSimulation::expect_agreement() {
    const Node* leader = nullptr;
    for (const auto& node : nodes_) {
        if (std::holds_alternative<Leader>(node->core->role())) {
            leader = node.get();
        }
    }
    if (leader == nullptr) {
        return broken("calm brings no leader");
    }
    for (const auto& node : nodes_) {
        const bool same = node->disk.end == leader->disk.end && node->core->high_watermark() == leader->disk.end &&
                          node->core->state().leader == leader->key.id &&
                          node->core->voters().voters().size() == static_cast<std::size_t>(options_.voters);
        if (!same) {
            return broken(fmt::format(
                "node {} does not agree: end {} of {}, high watermark {}", node->key.id.value, node->disk.end.value,
                leader->disk.end.value, node->core->high_watermark().value
            ));
        }
        for (const auto& [base, batch] : node->disk.log) {
            const auto theirs = leader->disk.log.find(base);
            if (theirs != leader->disk.log.end() && theirs->second != batch) {
                return broken(fmt::format("the logs differ at {}", base.value));
            }
        }
    }
    for (const auto& [base, batch] : committed_) {
        const auto theirs = leader->disk.log.find(base);
        if (base >= leader->disk.start && (theirs == leader->disk.log.end() || theirs->second != batch)) {
            return broken(fmt::format("committed offset {} is lost", base.value));
        }
    }
}

namespace {

struct Totals {
    std::size_t committed = 0, elections = 0;
    int crashes = 0, installs = 0;
};

Totals simulate(int voters, bool dynamic, std::uint64_t first_seed, std::uint64_t seeds) {
    Totals totals;
    for (std::uint64_t seed = first_seed; seed < first_seed + seeds; ++seed) {
        QuorumSimulation simulation({seed, voters, 1, dynamic});
        simulation.run_wild(15s);
        simulation.run_calm(12s);
        if (simulation.breach().empty()) {
            simulation.expect_agreement();
        }
        EXPECT_EQ(simulation.breach(), "");
        totals.committed += simulation.committed();
        totals.elections += simulation.elections();
        totals.crashes += simulation.crashes();
        totals.installs += simulation.installs();
        if (testing::Test::HasFailure()) {
            break;
        }
    }
    return totals;
}

void expect_busy(const Totals& totals, std::uint64_t seeds) {
    // A simulation in which little happens proves little.
    testing::Test::RecordProperty("committed", static_cast<int>(totals.committed));
    testing::Test::RecordProperty("elections", static_cast<int>(totals.elections));
    testing::Test::RecordProperty("crashes", totals.crashes);
    testing::Test::RecordProperty("installs", totals.installs);
    EXPECT_GT(totals.committed, 10 * seeds);
    EXPECT_GT(totals.elections, 2 * seeds);
    EXPECT_GT(totals.crashes, static_cast<int>(seeds));
    EXPECT_GT(totals.installs, static_cast<int>(seeds / 4));
}

TEST(QuorumSimulation, ThreeVotersOfTheLogLoseNothing) {
    expect_busy(simulate(3, true, 1, 120), 120);
}

TEST(QuorumSimulation, FiveVotersOfTheLogLoseNothing) {
    expect_busy(simulate(5, true, 1000, 40), 40);
}

TEST(QuorumSimulation, ThreeStaticVotersLoseNothing) {
    expect_busy(simulate(3, false, 2000, 60), 60);
}

TEST(QuorumSimulation, OneVoterLosesNothing) {
    simulate(1, true, 3000, 20);
}

TEST(QuorumSimulation, RepeatsARunFromItsSeed) {
    const Totals one = simulate(3, true, 7, 1), other = simulate(3, true, 7, 1);
    EXPECT_EQ(one.committed, other.committed);
    EXPECT_EQ(one.elections, other.elections);
    EXPECT_EQ(one.crashes, other.crashes);
}

}  // namespace
}  // namespace barnabas
