#include "node/node.h"

#include <fmt/format.h>

#include <atomic>
#include <thread>

#include "common/events.h"
#include "controller/broker_lifecycle.h"
#include "controller/controller_driver.h"
#include "controller/directory_reports.h"
#include "coordinator/group_coordinator.h"
#include "coordinator/replica_partition_log.h"
#include "handlers/access_control.h"
#include "handlers/broker.h"
#include "handlers/delegation_token_index.h"
#include "handlers/dispatch.h"
#include "handlers/producer_ids.h"
#include "handlers/quotas.h"
#include "handlers/sasl_server.h"
#include "handlers/scram_accounts.h"
#include "handlers/topic_creation.h"
#include "io/background_pool.h"
#include "io/host_names.h"
#include "io/run_all.h"
#include "log/cleaner.h"
#include "log/log_loading.h"
#include "log/write_behind.h"
#include "node/applied_controller.h"
#include "node/banner.h"
#include "node/chore_threads.h"
#include "node/idle_warnings.h"
#include "node/image_features.h"
#include "node/jwks_keeper.h"
#include "node/leadership.h"
#include "node/metadata_follower.h"
#include "node/node_directories.h"
#include "node/node_metrics.h"
#include "node/process_metrics.h"
#include "node/raft_quorum.h"
#include "node/registrations.h"
#include "node/server_options.h"
#include "node/tls_listeners.h"
#include "node/token_expiry.h"
#include "raft/raft_loop.h"
#include "raft/raft_options.h"
#include "replica/fetch_session.h"
#include "server/http_server.h"
#include "server/server.h"

namespace barnabas {

namespace {

constexpr std::size_t most_background_jobs = 10'000;
/// Between an append and its way to the device.
constexpr std::chrono::seconds write_behind_delay{1};
/// How often a start that waits says so.
constexpr std::chrono::seconds between_tellings{10};
/// How often clients that used no quota for an hour are looked for.
constexpr std::chrono::minutes between_forgettings{1};

std::size_t event_loops(const Config& config) {
    const auto wanted = static_cast<std::size_t>(config.barnabas_event_loops);
    return wanted > 0 ? wanted : std::max<std::size_t>(std::thread::hardware_concurrency(), 1);
}

class CombinedNode final : public Node {
public:
    CombinedNode(
        NodeSettings settings, Listeners listeners, TlsListeners tls, NodeDirectories directories,
        std::unique_ptr<RaftDriver> raft, MetadataRecords formatted, Random random, std::function<void()> on_failure
    );
    ~CombinedNode() override { stop(); }

    /// Everything is made; now it begins, step by step.
    Expected<void> begin();
    void stop() override;
    [[nodiscard]] bool gave_up() const override { return gave_up_; }

private:
    Expected<void> follow_metadata();
    [[nodiscard]] bool wait_for(std::string_view what, const std::function<bool(const MetadataImage&)>& condition);
    void load_logs();
    Expected<void> join_cluster();
    Expected<void> open_http();
    void apply(const MetadataDelta& delta);
    void apply_config(const Config& config);
    void run_cleaners(const Config& config);
    void forget_idle_quotas();
    void stop_raft();
    void give_up(const Error& error);
    void storage_failed(const HostedLog& hosted, const Error& error);
    void flush_rolled(const std::shared_ptr<HostedLog>& hosted, Offset up_to);
    Task<> run_raft();
    Task<> run_lifecycle();
    [[nodiscard]] std::vector<std::string> reasons_not_ready() const;
    [[nodiscard]] ControllerDriver::Services controller_services();

    FileSystem& files_ = posix_file_system();
    const Clock& clock_ = system_clock();
    const std::function<void()> on_failure_;
    std::atomic<bool> gave_up_ = false;
    bool stopped_ = false;
    bool raft_started_ = false;

    LiveConfig config_;
    const TopicConfigs topic_configs_{config_};
    const Listeners listeners_;
    const TlsListeners tls_;
    NodeDirectories directories_;
    const NodeId self_;
    const Instant started_ = clock_.now();
    Metrics metrics_;
    MetadataCache metadata_;  ///< what is agreed on
    MetadataCache applied_;   ///< of that, what the broker has followed: clients are told of no partition too early
    LogDirs log_dirs_;
    LogLoading log_loading_;

    Leadership leadership_;
    std::unique_ptr<RaftDriver> raft_;
    BackgroundPool background_;
    WriteBehind write_behind_{write_behind_delay, [this](const std::shared_ptr<HostedLog>& hosted, Offset up_to) {
                                  flush_rolled(hosted, up_to);
                              }};
    EventLoop raft_thread_{"raft"};
    EventLoop http_thread_{"http"};
    LoopPool loops_;
    RaftLoop raft_loop_;
    ControllerDriver controller_;
    AppliedController client_controller_;
    BrokerLifecycle lifecycle_;
    DirectoryReports directory_reports_;
    TokenExpiry token_expiry_;

    const Partition::Listener log_listener_{
        .storage_failed = [this](const HostedLog& hosted, const Error& error) { storage_failed(hosted, error); },
        .rolled = [this](const std::shared_ptr<HostedLog>& hosted) { write_behind_.rolled(hosted, clock_.now()); },
        .much_appended = [this](const std::shared_ptr<HostedLog>& hosted
                         ) { write_behind_.much_appended(hosted, clock_.now()); }
    };
    ReplicaManager replicas_;
    FetchSessionCache fetch_sessions_;
    ProducerIds producer_ids_;
    TopicCreation topic_creation_;
    ReplicaPartitionLogs partition_logs_;
    GroupCoordinator groups_;
    RaftQuorum quorum_;
    AccessControl access_control_;
    DelegationTokenIndex token_index_;
    MetadataScramAccounts scram_accounts_;
    JwksKeeper signing_keys_;
    SaslServer sasl_;
    Quotas quotas_;
    Broker broker_;
    ImageFeatures features_;
    Dispatcher dispatcher_;
    MetadataFollower follower_;
    Server server_;
    HttpServer http_;
    Metrics::Registration state_metrics_;
    Metrics::Registration process_metrics_;

    std::optional<LogUpkeep> upkeep_;
    std::optional<Cleaner> cleaner_;
    std::int32_t cleaner_threads_ = 0;
    ChoreThreads chores_;
};

CombinedNode::CombinedNode(
    NodeSettings settings, Listeners listeners, TlsListeners tls, NodeDirectories directories,
    std::unique_ptr<RaftDriver> raft, MetadataRecords formatted, Random random, std::function<void()> on_failure
)
    : on_failure_(std::move(on_failure)),
      config_(std::move(settings)),
      listeners_(std::move(listeners)),
      tls_(std::move(tls)),
      directories_(std::move(directories)),
      self_{config_.get()->node_id},
      log_dirs_({files_, config_.get(), random.next()}, directories_.log_dirs),
      log_loading_(log_dirs_, files_, clock_),
      leadership_(*raft),
      raft_(std::move(raft)),
      background_(static_cast<std::size_t>(config_.get()->background_threads), most_background_jobs),
      loops_(event_loops(*config_.get())),
      raft_loop_(*raft_, raft_thread_),
      controller_(
          controller_services(),
          {directories_.cluster_id, controller_registration(*config_.get(), listeners_, random.uuid()),
           std::move(formatted), [this](const Error& error) { give_up(error); }},
          Random(random.next())
      ),
      client_controller_(controller_, metadata_, applied_),
      lifecycle_(
          raft_thread_, controller_, metadata_, clock_, Random(random.next()),
          broker_lifecycle_options(
              *config_.get(), listeners_, directories_, log_loading_.previous_broker_epoch(), random
          )
      ),
      directory_reports_(raft_thread_, controller_, clock_, self_, [this] { return lifecycle_.epoch(); }),
      token_expiry_(raft_thread_, controller_, metadata_, config_, clock_),
      replicas_(
          {self_, clock_, log_dirs_, applied_, config_, topic_configs_, log_listener_, run_all_in_threads, loops_.size()
          }
      ),
      fetch_sessions_(
          {static_cast<std::size_t>(config_.get()->max_incremental_fetch_session_cache_slots)}, Random(random.next())
      ),
      producer_ids_(controller_, self_, [this] { return lifecycle_.epoch(); }),
      topic_creation_(controller_, config_, clock_),
      partition_logs_(replicas_, clock_),
      groups_({self_, clock_, loops_, background_, partition_logs_}, *config_.get()),
      quorum_(*raft_, raft_thread_, self_),
      access_control_(config_, metrics_),
      token_index_(config_.get()->delegation_token_secret_key.value_or(Secret()).reveal()),
      scram_accounts_(applied_, config_),
      signing_keys_(config_),
      sasl_(scram_accounts_, signing_keys_, metrics_),
      quotas_(*config_.get(), metrics_),
      broker_{
          self_,
          directories_.cluster_id,
          clock_,
          config_,
          background_,
          log_dirs_,
          applied_,
          replicas_,
          fetch_sessions_,
          producer_ids_,
          client_controller_,
          groups_,
          quorum_,
          topic_creation_,
          [this](const Config& config) {
              auto checked = tls_.check(config);
              return checked ? sasl_.check(config, listeners_) : checked;
          },
          access_control_,
          token_index_,
          sasl_
      },
      features_(applied_, leadership_.kraft_version()),
      dispatcher_(broker_, features_, quotas_),
      follower_(metadata_, [this](const MetadataDelta& delta) { apply(delta); }),
      server_(server_options(*config_.get(), config_.node().written, listeners_, tls_), loops_, dispatcher_, metrics_),
      http_(http_thread_),
      state_metrics_(report_state(metrics_, broker_, quotas_)),
      process_metrics_(report_process(metrics_)),
      chores_(clock_) {}

ControllerDriver::Services CombinedNode::controller_services() {
    return {raft_thread_, *raft_, metadata_, config_, background_, clock_};
}

Expected<void> CombinedNode::begin() {
    if (auto secured = sasl_.configure(*config_.get(), listeners_); !secured) {
        return secured;
    }
    // First, so that a port in use is told before anything is recovered; clients that connect wait.
    if (auto open = server_.open(); !open) {
        return fail(ErrorCode::unknown_server_error, open.error());
    }
    if (auto open = open_http(); !open) {
        return open;
    }
    if (auto following = follow_metadata(); !following) {
        return following;
    }
    load_logs();
    follower_.start();
    if (auto joined = join_cluster(); !joined) {
        return joined;
    }
    server_.start();
    chores_.add_repeating([this] { forget_idle_quotas(); }, between_forgettings);
    if (!tls_.empty()) {
        chores_.add_repeating([this] { tls_.look_at_files(); }, config_.get()->barnabas_tls_reload_interval_ms);
    }
    tell_banner(
        {.config = *config_.get(),
         .listeners = listeners_,
         .cluster_id = directories_.cluster_id,
         .formatted_now = directories_.formatted_now,
         .took = clock_.now() - started_}
    );
    return {};
}

Expected<void> CombinedNode::follow_metadata() {
    raft_->subscribe(leadership_);
    raft_thread_.spawn("metadata log", run_raft());
    raft_thread_.spawn("controller", controller_.run());
    raft_thread_.start();
    raft_started_ = true;
    // Leadership is told after everything that was written before; the image must hold what this leader wrote first.
    const auto current = [&](const MetadataImage& image) {
        return leadership_.known() && image.provenance.last_epoch >= leadership_.epoch() &&
               image.features.is_bootstrapped();
    };
    if (!wait_for("a leader of the metadata quorum", current)) {
        return fail(ErrorCode::request_timed_out, "the metadata quorum has no leader: are its other voters running?");
    }
    if (gave_up_) {
        return fail(ErrorCode::unknown_server_error, "the metadata log cannot be followed, as told above");
    }
    return {};
}

/// False once `server.max.startup.time.ms` have passed; true too when the node gives up.
bool CombinedNode::wait_for(std::string_view what, const std::function<bool(const MetadataImage&)>& condition) {
    const auto over = [&](const MetadataImage& image) { return gave_up_ || condition(image); };
    const Instant deadline = later(started_, config_.get()->server_max_startup_time_ms);
    while (!follower_.wait_until(over, std::min(deadline, clock_.now() + between_tellings))) {
        if (clock_.now() >= deadline) {
            return false;
        }
        event::info("still starting", {{"waiting_for", what}});
    }
    return true;
}

void CombinedNode::load_logs() {
    const auto image = metadata_.image();
    const LogLoading::Sources sources{
        .config_of = [&](const std::string& topic
                     ) { return topic_configs_.of(image->configs.entries(topic_target(topic))); },
        .is_stray =
            [&](const TopicPartition& name, const std::optional<TopicId>& id) {
                const TopicImage* topic = image->topics.find(name.topic);
                const PartitionRegistration* state = topic != nullptr ? topic->partition(name.partition) : nullptr;
                return state == nullptr || !state->has_replica(self_) || (id && *id != topic->id);
            },
    };
    log_loading_.run(sources, run_all_in_threads);
    for (const auto& dir : log_dirs_.dirs()) {
        if (dir->offline() && !dir->id().reserved()) {
            lifecycle_.directory_failed(dir->id());
        }
    }
    upkeep_.emplace(log_dirs_, files_, clock_.now());
    cleaner_.emplace(log_dirs_, *upkeep_, files_, Random::from_device().next(), clock_.now());
    chores_.add(
        {[this] { upkeep_->run_due(clock_.now(), clock_.timestamp()); }, [this] { return upkeep_->next_deadline(); }}
    );
    chores_.add({[this] { write_behind_.run_due(clock_.now()); }, [this] { return write_behind_.next_deadline(); }});
    run_cleaners(*config_.get());
}

Expected<void> CombinedNode::join_cluster() {
    lifecycle_.set_ready();
    raft_thread_.spawn("broker lifecycle", run_lifecycle());
    raft_thread_.spawn("directory reports", directory_reports_.run());
    raft_thread_.spawn("delegation tokens", token_expiry_.run());
    // After a crash the image still shows the registration of the last run.
    const auto unfenced = [&](const MetadataImage&) {
        const auto image = applied_.image();
        const BrokerRegistration* self = image->cluster.broker(self_);
        return self != nullptr && self->epoch == lifecycle_.epoch() && !self->fenced;
    };
    if (!wait_for("the controller to let this broker in", unfenced) || gave_up_) {
        return fail(ErrorCode::broker_not_available, "this broker could not join the cluster");
    }
    return {};
}

Expected<void> CombinedNode::open_http() {
    const std::string& listener = config_.get()->barnabas_http_listener;
    if (listener.empty()) {
        return {};
    }
    const auto address = parse_host_and_port(listener);
    if (!address) {
        return fail(ErrorCode::invalid_config, fmt::format("barnabas.http.listener: '{}' is no host:port", listener));
    }
    http_.add_standard_pages(metrics_, [this] { return reasons_not_ready(); });
    http_thread_.start();
    if (auto open = http_.open(address->first, address->second); !open) {
        return fail(ErrorCode::unknown_server_error, fmt::format("barnabas.http.listener: {}", open.error()));
    }
    return {};
}

std::vector<std::string> CombinedNode::reasons_not_ready() const {
    std::vector<std::string> reasons;
    if (lifecycle_.state() != BrokerLifecycle::State::running) {
        reasons.emplace_back("the broker has not joined the cluster, or is leaving it");
    }
    if (!log_dirs_.usable()) {
        reasons.emplace_back("no log directory can be used");
    }
    return reasons;
}

void CombinedNode::apply(const MetadataDelta& delta) {
    const bool configs_changed = std::ranges::any_of(delta.configs, [](const ConfigTarget& target) {
        return target.type == ConfigResourceType::broker;
    });
    if (configs_changed) {
        const ConfigsImage& configs = delta.after->configs;
        config_.update(configs.entries(all_brokers_target()), configs.entries(broker_target(self_)));
        apply_config(*config_.get());
    }
    warn_of_idle_settings(delta);
    for (const auto& chosen : replicas_.apply(delta)) {
        directory_reports_.add(chosen.topic, chosen.partition, chosen.directory);
    }
    groups_.apply(delta);
    access_control_.apply(delta);
    quotas_.apply(delta);
    if (delta.client_quotas) {
        server_.rates().change(address_rates(delta.after->client_quotas));
    }
    applied_.publish(delta);
}

/// What looks at the configuration now and then is told nothing.
void CombinedNode::apply_config(const Config& config) {
    sasl_.change(config, listeners_);
    log_dirs_.set_config(config_.get());
    access_control_.apply(config);
    server_.change_limits(connection_limits(config));
    server_.rates().change(connection_rates(config));
    tls_.change(config);
    background_.resize(static_cast<std::size_t>(config.background_threads));
    run_cleaners(config);
}

void CombinedNode::forget_idle_quotas() {
    quotas_.clients().expire(clock_.now());
    server_.rates().expire(clock_.now());
}

/// A thread for each of `log.cleaner.threads`. Where they become fewer, the cleaner itself leaves the others idle.
void CombinedNode::run_cleaners(const Config& config) {
    for (; config.log_cleaner_enable && cleaner_threads_ < config.log_cleaner_threads; ++cleaner_threads_) {
        chores_.add(
            {[this] { cleaner_->run_due(clock_.now(), clock_.timestamp()); },
             [this] { return cleaner_->next_deadline(); }}
        );
    }
}

Task<> CombinedNode::run_raft() {
    if (const auto ended = co_await raft_loop_.run(); !ended) {
        give_up(ended.error());
    }
}

Task<> CombinedNode::run_lifecycle() {
    if (const auto ended = co_await lifecycle_.run(); !ended) {
        give_up(ended.error());
    }
}

void CombinedNode::give_up(const Error& error) {
    if (!gave_up_.exchange(true)) {
        event::error("node gives up", {{"error", name(error.code)}, {"why", error.detail}});
        on_failure_();
    }
}

void CombinedNode::storage_failed(const HostedLog& hosted, const Error& error) {
    log_dirs_.storage_failed(hosted, error);
    if (hosted.dir->offline()) {
        lifecycle_.directory_failed(hosted.dir->id());
    }
    if (!log_dirs_.usable()) {
        give_up({ErrorCode::kafka_storage_error, "no log directory can be used any more"});
    }
}

void CombinedNode::flush_rolled(const std::shared_ptr<HostedLog>& hosted, Offset up_to) {
    // When the queue is full, the next checkpoint of recovery points sees to it.
    (void)background_.post([this, hosted, up_to] { upkeep_->flush_rolled(*hosted, up_to, clock_.timestamp()); });
}

void CombinedNode::stop() {
    if (std::exchange(stopped_, true)) {
        return;
    }
    const Instant begun = clock_.now();
    groups_.stop();
    server_.stop();
    follower_.stop();
    chores_.stop();
    if (raft_started_) {
        lifecycle_.leave();
    }
    const BrokerEpoch epoch = lifecycle_.epoch();
    const auto gone = [this](const MetadataImage&) {
        return gave_up_ || lifecycle_.state() != BrokerLifecycle::State::leaving;
    };
    (void)follower_.wait_until(gone, clock_.now() + std::chrono::seconds(2));
    if (upkeep_) {
        upkeep_->close(epoch, clock_.timestamp(), run_all_in_threads);
    }
    if (raft_started_) {  // else the start failed before, and nobody would run what is posted
        stop_raft();
    }
    http_.stop();
    http_thread_.stop();
    loops_.stop();
    background_.stop();
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - begun);
    event::info("stopped", {{"clean", !gave_up_.load()}, {"took_ms", took.count()}});
}

void CombinedNode::stop_raft() {
    std::atomic<bool> done = false;
    raft_thread_.post([&] {
        lifecycle_.stop();
        directory_reports_.stop();
        token_expiry_.stop();
        raft_->resign(raft_->epoch());
        controller_.stop();
        raft_loop_.stop();
        done = true;
        done.notify_all();
    });
    if (raft_thread_.context().stopped()) {
        return;
    }
    done.wait(false);
    raft_thread_.stop();
    if (auto closed = raft_->close(); !closed) {
        event::error("metadata log not closed", {{"why", closed.error().detail}});
    }
}

}  // namespace

Expected<std::unique_ptr<Node>> Node::start(NodeSettings settings, std::function<void()> on_failure) {
    Random random = Random::from_device();
    FileSystem& files = posix_file_system();
    auto listeners = read_listeners(settings.config);
    if (!listeners) {
        return fail(ErrorCode::invalid_config, listeners.error());
    }
    name_hosts(*listeners, machine_name());
    auto tls = TlsListeners::open(settings.config, *listeners);
    if (!tls) {
        return std::unexpected(tls.error());
    }
    auto directories = take_directories(files, settings.config, *listeners, random, system_clock().timestamp());
    if (!directories) {
        return std::unexpected(directories.error());
    }
    auto formatted = formatted_records(files, settings.config.metadata_dir());
    auto options = raft_options(settings.config, directories->metadata_directory_id, random.next());
    if (!formatted || !options) {
        return std::unexpected(!formatted ? formatted.error() : options.error());
    }
    auto raft = RaftDriver::open(files, system_clock(), nullptr, *std::move(options));
    if (!raft) {
        return std::unexpected(raft.error());
    }
    auto node = std::make_unique<CombinedNode>(
        std::move(settings), *std::move(listeners), *std::move(tls), *std::move(directories), *std::move(raft),
        *std::move(formatted), std::move(random), std::move(on_failure)
    );
    if (auto begun = node->begin(); !begun) {
        return std::unexpected(begun.error());
    }
    return node;
}

}  // namespace barnabas
