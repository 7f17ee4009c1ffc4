#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "cli/tool.h"
#include "common/clock.h"
#include "io/whole_file.h"
#include "security/certificate.h"
#include "security/certificate_authority.h"

namespace barnabas {

namespace certs_command {

using Done = std::expected<void, std::string>;

constexpr std::int64_t days_of_authority = 3650;
constexpr std::int64_t days_of_others = 365;

const std::array flags{
    Flag{"dir", Takes::text, "DIR", "The folder of the certificates.", true},
    Flag{"name", Takes::text, "NAME", "What the certificate is for: the common name, and the name of the files."},
    Flag{
        "hosts", Takes::text, "HOSTS", "Names and addresses by which clients reach the node, separated by commas.",
        false, false, "node"
    },
    Flag{"days", Takes::number, "DAYS", "How long it is valid: 3650 days for a ca, 365 for others by default."},
    Flag{
        "password", Takes::text, "PASSWORD",
        "Also write PKCS12 files with this password, for Java clients: NAME.p12, and ca.p12 as trust store."
    },
};

/// Only its owner may read what holds a key. What is there is never written over.
Done write_new(const std::string& path, BytesView bytes, mode_t mode) {
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file < 0) {
        return std::unexpected(
            errno == EEXIST ? fmt::format("{} is there already; remove it, or take another --name or --dir", path)
                            : fmt::format("cannot write {}: {}", path, std::strerror(errno))
        );
    }
    const ssize_t written = write(file, bytes.data(), bytes.size());
    const int error = errno;
    const bool whole = close(file) == 0 && written == static_cast<ssize_t>(bytes.size());
    return whole ? Done() : std::unexpected(fmt::format("cannot write {}: {}", path, std::strerror(error)));
}

struct Folder {
    std::string path;

    [[nodiscard]] std::string of(std::string_view file) const { return fmt::format("{}/{}", path, file); }
    [[nodiscard]] Done write_text(std::string_view file, const std::string& text, mode_t mode) const {
        return write_new(of(file), as_bytes(text), mode);
    }
    [[nodiscard]] Done write_store(std::string_view file, const Expected<Bytes>& store) const {
        return store ? write_new(of(file), *store, 0600) : Done(std::unexpected(store.error().detail));
    }
};

CertificateWish wish_of(const Arguments& arguments, std::string name, std::int64_t days) {
    CertificateWish wish;
    wish.name = std::move(name);
    wish.organization = "Barnabas";
    wish.hosts = split(arguments.value("hosts").value_or(""), ',');
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    wish.not_before = now - std::chrono::minutes(5);  // clocks differ
    wish.not_after = now + std::chrono::days(arguments.number("days").value_or(days));
    return wish;
}

std::string properties_of(const Folder& folder, std::string_view name) {
    return fmt::format(
        "ssl.keystore.type=PEM\nssl.keystore.location={}\nssl.truststore.type=PEM\nssl.truststore.location={}\n",
        folder.of(fmt::format("{}.pem", name)), folder.of("ca.pem")
    );
}

Done make_authority(const Folder& folder, const Arguments& arguments) {
    const std::string name = arguments.value("name").value_or("Barnabas CA");
    const auto made = CertificateAuthority::make(wish_of(arguments, name, days_of_authority));
    if (!made) {
        return std::unexpected(made.error().detail);
    }
    const KeyEntry& own = made->own();
    const std::string certificate = to_pem(*own.chain.front());
    if (auto done = folder.write_text("ca.key", to_pem(*own.key) + certificate, 0600); !done) {
        return done;
    }
    if (auto done = folder.write_text("ca.pem", certificate, 0644); !done) {
        return done;
    }
    if (const auto password = arguments.value("password")) {
        if (auto done = folder.write_store("ca.p12", to_pkcs12(own.chain, *password)); !done) {
            return done;
        }
    }
    print(fmt::format(
        "{} is what nodes and clients trust; keep {} to yourself.\n", folder.of("ca.pem"), folder.of("ca.key")
    ));
    return {};
}

std::expected<CertificateAuthority, std::string> open_authority(const Folder& folder) {
    const std::string path = folder.of("ca.key");
    const auto bytes = read_whole_file(posix_file_system(), path);
    if (!bytes || !*bytes) {
        return std::unexpected(
            bytes ? fmt::format("there is no {}; `barnabas certs ca --dir {}` makes one", path, folder.path)
                  : bytes.error().text()
        );
    }
    auto own = parse_key_store(path, **bytes, {.type = "PEM"}, std::nullopt);
    if (!own) {
        return std::unexpected(own.error().detail);
    }
    auto authority = CertificateAuthority::load(*std::move(own));
    return authority ? std::expected<CertificateAuthority, std::string>(*std::move(authority))
                     : std::unexpected(fmt::format("{}: {}", path, authority.error().detail));
}

Done issue(const Folder& folder, const Arguments& arguments, bool node) {
    const auto name = arguments.value("name");
    if (!name || name->empty() || name->find('/') != std::string::npos) {
        return std::unexpected("--name is wanted: what the certificate is for");
    }
    CertificateWish wish = wish_of(arguments, *name, days_of_others);
    if (node && wish.hosts.empty()) {
        return std::unexpected(
            "--hosts is wanted: the names in advertised.listeners, which clients hold against the certificate"
        );
    }
    wish.server = node;
    wish.client = true;  // nodes are clients of each other
    const auto authority = open_authority(folder);
    if (!authority) {
        return std::unexpected(authority.error());
    }
    const auto entry = authority->issue(wish);
    if (!entry) {
        return std::unexpected(entry.error().detail);
    }
    std::string pem = to_pem(*entry->key);
    for (const CertificatePtr& each : entry->chain) {
        pem += to_pem(*each);
    }
    if (auto done = folder.write_text(*name + ".pem", pem, 0600); !done) {
        return done;
    }
    if (const auto password = arguments.value("password")) {
        if (auto done = folder.write_store(*name + ".p12", to_pkcs12(*entry, *name, *password)); !done) {
            return done;
        }
    }
    print(fmt::format(
        "# {}\n# in the {}:\n{}{}", describe(*entry->chain.front()),
        node ? "node's server.properties" : "client's properties", node ? "" : "security.protocol=SSL\n",
        properties_of(folder, *name)
    ));
    return {};
}

int run(const Arguments& arguments) {
    const Folder folder{*arguments.value("dir")};
    if (mkdir(folder.path.c_str(), 0755) != 0 && errno != EEXIST) {
        return complain(fmt::format("cannot make {}: {}", folder.path, std::strerror(errno)));
    }
    const Done done =
        arguments.is("ca") ? make_authority(folder, arguments) : issue(folder, arguments, arguments.is("node"));
    return done ? 0 : complain(done.error());
}

}  // namespace certs_command

const Tool certs_tool{
    {.tool = "certs",
     .purpose =
         "Make certificates for a first set-up with TLS: an authority (ca), then one for each node and each client.",
     .flags = certs_command::flags,
     .actions = "ca node client",
     .action_words = true},
    certs_command::run,
    false
};

}  // namespace barnabas
