#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "group/test_bench.h"
#include "group/test_requests.h"

namespace barnabas {
namespace {

using namespace std::chrono_literals;

/// A client that does something at random: joins, syncs, sends heartbeats, commits, leaves, or falls silent.
struct Client {
    std::optional<std::string> instance;
    std::string member;
    std::int32_t generation = -1;
    bool leads = false;
    std::vector<std::string> members;  ///< for the leader
    std::optional<Ticket> joining;
    std::optional<Ticket> syncing;
    bool assigned = false;
};

class World {
public:
    explicit World(std::uint64_t seed) : random_(seed), bench_(options(), seed) {
        for (std::size_t i = 0; i < clients_.size(); ++i) {
            if (i % 3 == 0) {
                clients_[i].instance = "i" + std::to_string(i);
            }
        }
    }

    void run(int steps) {
        for (int i = 0; i < steps && !testing::Test::HasFatalFailure(); ++i) {
            step();
            collect();
            check();
            if (i % 20 == 0) {
                check_replay();
            }
        }
    }

    /// When nothing disturbs them any more, the clients that find room agree on a generation.
    void settle() {
        bench_.refuse_writes(ErrorCode::none);
        bench_.commit_at_once(true);
        bench_.commit_all();
        for (int round = 0; round < 120; ++round) {
            for (Client& client : clients_) {
                if (client.member.empty() || client.generation < 0) {
                    join(client);
                } else if (!client.assigned) {
                    sync(client);
                } else if (bench_.heartbeat(heartbeat_request(client.generation, client.member)) != ErrorCode::none) {
                    join(client);
                }
                collect();
                check();
            }
            bench_.pass(500ms);
            collect();
        }
        const auto* group = std::get_if<ClassicGroup>(bench_.shard().groups().find("g"));
        ASSERT_TRUE(group);
        ASSERT_EQ(name(group->state()), "Stable");
        ASSERT_GE(group->members().size(), 1u);
        check_replay();
    }

private:
    static GroupOptions options() {
        GroupOptions options;
        options.initial_rebalance_delay = 1s;
        options.max_size = 6;
        return options;
    }

    void step() {
        Client& client = clients_[static_cast<std::size_t>(random_.below(std::ssize(clients_)))];
        switch (random_.below(12)) {
            case 0:
            case 1:
            case 2:
                return join(client);
            case 3:
            case 4:
            case 5:
                return sync(client);
            case 6:
                return heartbeat(client);
            case 7:
                return commit(client);
            case 8:
                return random_.below(3) == 0 ? leave(client) : void();
            case 9:
                return bench_.pass(std::chrono::milliseconds(random_.below(8000)));
            case 10:
                return disturb();
            default:
                bench_.commit_all();
        }
    }

    void join(Client& client) {
        if (client.joining) {
            return;
        }
        const std::string_view pool[] = {"range", "roundrobin", "sticky"};
        JoinWords words{
            .member = client.member,
            .session_ms = 6000 + static_cast<std::int32_t>(random_.below(20000)),
            .rebalance_ms = 1000 + static_cast<std::int32_t>(random_.below(20000))
        };
        words.protocols = {"range", pool[random_.below(3)]};
        if (client.instance) {
            words.instance = *client.instance;
        }
        client.assigned = false;
        client.syncing.reset();
        client.joining = bench_.join(join_request(words), static_cast<std::int16_t>(random_.below(2) == 0 ? 9 : 5));
    }

    void sync(Client& client) {
        if (client.generation < 0 || client.syncing || client.joining) {
            return;
        }
        SyncWords words{.generation = client.generation, .member = client.member};
        for (const std::string& member : client.members) {
            words.assignments.emplace_back(member, member);
        }
        if (client.instance) {
            words.instance = *client.instance;
        }
        auto request = sync_request(words);
        request.protocol_name.reset();
        client.syncing = bench_.sync(request, 4);
    }

    void heartbeat(Client& client) {
        const auto request = heartbeat_request(client.generation, client.member);
        if (const ErrorCode code = bench_.heartbeat(request); code == ErrorCode::unknown_member_id) {
            forget(client);
        }
    }

    void commit(Client& client) {
        CommitWords words{
            .generation = client.generation,
            .member = client.member,
            .partition = static_cast<std::int32_t>(random_.below(4)),
            .offset = random_.below(1000)
        };
        bench_.commit(commit_request(words));
    }

    void leave(Client& client) {
        bench_.leave(leave_request({{client.member, std::nullopt}}));
        forget(client);
    }

    void disturb() {
        switch (random_.below(8)) {
            case 0:
                return bench_.commit_at_once(random_.below(2) == 0);
            case 1:
                return bench_.refuse_writes(ErrorCode::not_enough_replicas);
            case 2:
                bench_.commit_all();
                bench_.restart();
                for (Client& client : clients_) {
                    client.joining.reset();
                    client.syncing.reset();
                }
                return;
            case 3:
                bench_.delete_groups({"g"});
                return;
            default:
                bench_.refuse_writes(ErrorCode::none);
        }
    }

    static void forget(Client& client) { client = {client.instance, {}, -1, false, {}, {}, {}, false}; }

    void collect() {
        for (Client& client : clients_) {
            if (client.joining && bench_.answered(*client.joining)) {
                joined(client, *bench_.answer<JoinGroupResponse>(*std::exchange(client.joining, {})));
            }
            if (client.syncing && bench_.answered(*client.syncing)) {
                const auto* answer = bench_.answer<SyncGroupResponse>(*std::exchange(client.syncing, {}));
                client.assigned = answer->error_code == ErrorCode::none;
                if (client.assigned && !answer->assignment.empty()) {
                    // Everyone gets what the leader gave to it, and nobody else's; a static member inherits.
                    const std::string_view given = as_text(answer->assignment);
                    ASSERT_TRUE(client.instance || given == client.member) << given << " for " << client.member;
                }
            }
        }
    }

    void joined(Client& client, const JoinGroupResponse& answer) {
        if (answer.error_code == ErrorCode::none) {
            ASSERT_FALSE(answer.member_id.empty());
            client.member = answer.member_id;
            client.generation = answer.generation_id;
            client.members.clear();
            for (const auto& member : answer.members) {
                client.members.push_back(member.member_id);
            }
            if (!client.members.empty()) {
                ASSERT_EQ(answer.leader, answer.member_id);
            }
        } else if (answer.error_code == ErrorCode::member_id_required) {
            client.member = answer.member_id;
        } else {
            forget(client);
        }
    }

    void check() {
        ASSERT_EQ(bench_.double_answers(), 0);
        const Group* known = bench_.shard().groups().find("g");
        const auto* group = known ? std::get_if<ClassicGroup>(known) : nullptr;
        if (!group) {
            return;
        }
        ASSERT_LE(group->awaiting_join(), 6u);
        // All may leave while the group waits for more members.
        ASSERT_TRUE(
            group->is(ClassicState::preparing_rebalance) || group->members().empty() == group->is(ClassicState::empty)
        );
        ASSERT_TRUE(group->members().empty() || group->has(group->leader().value_or("")));
        std::size_t waiting = 0;
        for (const auto& [id, member] : group->members()) {
            waiting += member.awaits_join ? 1 : 0;
            ASSERT_FALSE(member.awaits_sync && !group->is(ClassicState::completing_rebalance));
            if (group->is(ClassicState::stable)) {
                ASSERT_TRUE(member.supports(*group->protocol()));
            }
        }
        ASSERT_EQ(waiting, group->awaiting_join());
    }

    /// Another shard that reads the log sees the same offsets and, where the group is at rest, the same group.
    void check_replay() {
        const Group* known = bench_.shard().groups().find("g");
        const auto* group = known ? std::get_if<ClassicGroup>(known) : nullptr;
        GroupShard other(options(), 1);
        for (std::size_t i = 0; i < bench_.log().size(); ++i) {
            other.replay({static_cast<std::int64_t>(i)}, no_producer, bench_.log()[i]);
        }
        ASSERT_EQ(other.offsets().by_group(), bench_.shard().offsets().by_group());
        if (!group || !group->is(ClassicState::stable)) {
            return;
        }
        const Group* replayed = other.groups().find("g");
        ASSERT_TRUE(replayed);
        const auto& same = std::get<ClassicGroup>(*replayed);
        ASSERT_EQ(same.generation(), group->generation());
        ASSERT_EQ(same.protocol(), group->protocol());
        ASSERT_TRUE(same.is(ClassicState::stable));
    }

    Random random_;
    ShardBench bench_;
    std::array<Client, 9> clients_;
};

TEST(RandomClients, NeverBreakAGroup) {
    for (std::uint64_t seed = 1; seed <= 40 && !testing::Test::HasFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        World world(seed);
        world.run(400);
        world.settle();
    }
}

}  // namespace
}  // namespace barnabas
