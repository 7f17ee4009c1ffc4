#include "load_options.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <functional>

namespace barnabas::bench {

namespace {

using Fault = std::optional<std::string>;

template <class Number>
Fault read(std::string_view text, Number& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && number >= Number{}
               ? std::nullopt
               : Fault(fmt::format("'{}' is no number of that kind", text));
}

Fault read_codec(std::string_view text, Compression& compression) {
    constexpr std::array<std::string_view, 5> names = {"none", "gzip", "snappy", "lz4", "zstd"};
    const auto found = std::ranges::find(names, text);
    if (found == names.end()) {
        return fmt::format("'{}' is no codec; there are none, gzip, snappy, lz4 and zstd", text);
    }
    compression = static_cast<Compression>(found - names.begin());
    return std::nullopt;
}

struct Flag {
    std::string_view name;
    std::string_view help;
    std::function<Fault(LoadOptions&, std::string_view)> set;
};

const std::array flags = {
    Flag{"--partitions", "partitions of the topic (1)", [](auto& to, auto text) { return read(text, to.partitions); }},
    Flag{"--seconds", "length of the run (5)", [](auto& to, auto text) { return read(text, to.seconds); }},
    Flag{"--warm-up", "seconds before counting (1)", [](auto& to, auto text) { return read(text, to.warm_up); }},
    Flag{"--connections", "(1)", [](auto& to, auto text) { return read(text, to.connections); }},
    Flag{"--threads", "that share them (2)", [](auto& to, auto text) { return read(text, to.threads); }},
    Flag{"--depth", "requests in flight on each (1)", [](auto& to, auto text) { return read(text, to.depth); }},
    Flag{
        "--batch", "bytes of a batch, or of a fetch (16384)",
        [](auto& to, auto text) { return read(text, to.batch_bytes); }
    },
    Flag{"--record", "bytes of a value (100)", [](auto& to, auto text) { return read(text, to.record_bytes); }},
    Flag{"--batches", "batches in a request (1)", [](auto& to, auto text) { return read(text, to.batches); }},
    Flag{
        "--rate", "MB/s in all by a timetable; 0: no bound (0)", [](auto& to, auto text) { return read(text, to.rate); }
    },
    Flag{
        "--readers", "of the tail; 0: one a partition (0)", [](auto& to, auto text) { return read(text, to.readers); }
    },
    Flag{
        "--variety", "different batches for each partition (1)",
        [](auto& to, auto text) { return read(text, to.variety); }
    },
    Flag{"--intervals", "runs, each told by itself (1)", [](auto& to, auto text) { return read(text, to.intervals); }},
    Flag{
        "--requests", "end after so many; 0: no bound (0)", [](auto& to, auto text) { return read(text, to.requests); }
    },
    Flag{
        "--acks", "0, 1 or all (all)",
        [](auto& to, auto text) -> Fault {
            if (text == "all") {
                to.acks = -1;
                return std::nullopt;
            }
            return read(text, to.acks);
        }
    },
    Flag{
        "--tls", "1.2 or 1.3, with AES-128-GCM (none)",
        [](auto& to, auto text) -> Fault {
            to.tls = text;
            return text == "1.2" || text == "1.3" ? std::nullopt
                                                  : Fault(fmt::format("'{}' is no version of TLS", text));
        }
    },
    Flag{
        "--codec", "none, gzip, snappy, lz4 or zstd (none)",
        [](auto& to, auto text) { return read_codec(text, to.compression); }
    },
};

Fault set_switch(LoadOptions& options, std::string_view word) {
    if (word == "--keyed") {
        options.keyed = true;
    } else if (word == "--idempotent") {
        options.idempotent = true;
    } else {
        return fmt::format("'{}' is no option", word);
    }
    return std::nullopt;
}

Fault set_flags(LoadOptions& options, std::span<const char* const> words) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto flag = std::ranges::find(flags, std::string_view(words[i]), &Flag::name);
        if (flag == flags.end()) {
            if (auto fault = set_switch(options, words[i])) {
                return fault;
            }
            continue;
        }
        if (i + 1 == words.size()) {
            return fmt::format("{} needs a value", flag->name);
        }
        if (auto fault = flag->set(options, words[++i])) {
            return fmt::format("{}: {}", flag->name, *fault);
        }
    }
    return std::nullopt;
}

std::optional<LoadOptions::Work> work_of(std::string_view name) {
    constexpr std::array<std::string_view, 5> names = {"produce", "fetch", "tail", "idle", "handshakes"};
    const auto found = std::ranges::find(names, name);
    return found == names.end() ? std::nullopt : std::optional(static_cast<LoadOptions::Work>(found - names.begin()));
}

}  // namespace

std::expected<LoadOptions, std::string> parse_options(std::span<const char* const> words) {
    LoadOptions options;
    const auto work = words.size() < 3 ? std::nullopt : work_of(words[0]);
    if (!work) {
        return std::unexpected(usage());
    }
    options.work = *work;
    const std::string_view address = words[1];
    const auto colon = address.rfind(':');
    if (colon == std::string_view::npos) {
        return std::unexpected(fmt::format("'{}' is no HOST:PORT", address));
    }
    options.host = address.substr(0, colon);
    options.port = address.substr(colon + 1);
    options.topic = words[2];
    if (auto fault = set_flags(options, words.subspan(3))) {
        return std::unexpected(*fault);
    }
    if (options.connections < 1 || options.partitions < 1 || options.depth < 1 || options.batches < 1 ||
        options.variety < 1 || options.intervals < 1 || options.threads < 1) {
        return std::unexpected(
            "--connections, --threads, --partitions, --depth, --batches, --variety and --intervals are at least 1"
        );
    }
    if (options.work == LoadOptions::Work::handshakes && options.tls.empty()) {
        return std::unexpected("handshakes need --tls");
    }
    return options;
}

std::string usage() {
    std::string text = "usage: barnabas-bench produce|fetch|tail|idle|handshakes HOST:PORT TOPIC [OPTION]...\n";
    for (const Flag& flag : flags) {
        text += fmt::format("  {:14} {}\n", flag.name, flag.help);
    }
    return text + "  --keyed        records have keys\n  --idempotent   batches carry producer ids and sequences\n";
}

}  // namespace barnabas::bench
