#include "security/sasl_gssapi.h"

#include <fmt/format.h>
#include <sasl/sasl.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <utility>

#include "security/gss_token.h"

namespace barnabas {

namespace {

constexpr const char* gssapi_name = "GSSAPI";

struct Dispose {
    void operator()(sasl_conn_t* connection) const { sasl_dispose(&connection); }
};
using CyrusConnection = std::unique_ptr<sasl_conn_t, Dispose>;
using CyrusCallback = int (*)();

template <class Function>
CyrusCallback as_callback(Function* function) {
    // What the library calls them with depends on their ids.
    return reinterpret_cast<CyrusCallback>(reinterpret_cast<void (*)()>(function));  // NOLINT
}

/// The library's state, which is that of the process.
struct Cyrus {
    std::mutex mutex;
    std::string keytab;
    int server = SASL_NOTINIT;
    int client = SASL_NOTINIT;

    static Cyrus& get() {
        static Cyrus cyrus;
        return cyrus;
    }
};

int answer_option(void*, const char*, const char* option, const char** value, unsigned* size) {
    const std::string_view wanted(option);
    *value = wanted == "keytab" && !Cyrus::get().keytab.empty() ? Cyrus::get().keytab.c_str()
             : wanted == "auxprop_plugin"                       ? "none"
             : wanted == "canon_user_plugin"                    ? "INTERNAL"
                                                                : nullptr;
    if (size != nullptr && *value != nullptr) {
        *size = static_cast<unsigned>(std::strlen(*value));
    }
    return *value != nullptr ? SASL_OK : SASL_FAIL;
}

/// The libraries' own words go to `context`, a text, where there is one.
int keep_log(void* context, int level, const char* words) {
    if (context != nullptr && level <= SASL_LOG_FAIL && words != nullptr) {
        static_cast<std::string*>(context)->assign(words);
    }
    return SASL_OK;
}

/// Keeps the authenticated name as it is. `context` is where it goes.
int keep_name(
    sasl_conn_t*, void* context, const char* name, unsigned size, unsigned flags, const char*, char* out, unsigned most,
    unsigned* out_size
) {
    const unsigned length = size != 0 ? size : static_cast<unsigned>(std::strlen(name));
    if (length >= most) {
        return SASL_BUFOVER;
    }
    std::memcpy(out, name, length);
    out[length] = '\0';
    *out_size = length;
    if ((flags & SASL_CU_AUTHID) != 0) {
        static_cast<std::string*>(context)->assign(name, length);
    }
    return SASL_OK;
}

/// As in Kafka, whoever it wants to be, a client is who it is.
int allow_any_name(sasl_conn_t*, void*, const char*, unsigned, const char*, unsigned, const char*, unsigned, struct propctx*) {
    return SASL_OK;
}

int no_other_name(void*, int, const char** name, unsigned* size) {
    *name = "";
    if (size != nullptr) {
        *size = 0;
    }
    return SASL_OK;
}

std::array<sasl_callback_t, 3>& global_callbacks() {
    static std::array<sasl_callback_t, 3> callbacks{
        sasl_callback_t{SASL_CB_GETOPT, as_callback(answer_option), nullptr},
        sasl_callback_t{SASL_CB_LOG, as_callback(keep_log), nullptr},
        sasl_callback_t{SASL_CB_LIST_END, nullptr, nullptr}
    };
    return callbacks;
}

std::unexpected<Error> no_kerberos(std::string words) {
    return fail(ErrorCode::invalid_config, std::move(words));
}

bool has_gssapi() {
    const char** names = sasl_global_listmech();
    for (; names != nullptr && *names != nullptr; ++names) {
        if (std::string_view(*names) == gssapi_name) {
            return true;
        }
    }
    return false;
}

/// No layer that signs or encrypts: Kafka's frames follow as they are.
void want_no_layer(sasl_conn_t* connection) {
    sasl_security_properties_t wanted{};
    wanted.max_ssf = 0;
    wanted.maxbufsize = 0;
    sasl_setprop(connection, SASL_SEC_PROPS, &wanted);
}

Bytes bytes_of(const char* out, unsigned size) {
    return out != nullptr ? copy(as_bytes({out, size})) : Bytes();
}

class GssapiExchange final : public SaslExchange {
public:
    explicit GssapiExchange(std::shared_ptr<const GssapiServer> server) : server_(std::move(server)) {}

    [[nodiscard]] SaslStep step(BytesView from_client, Timestamp) override {
        const bool first = connection_ == nullptr;
        if (first && !is_first_kerberos_token(from_client)) {
            return refuse("the client's first token is no AP-REQ of Kerberos", "message");
        }
        if (first && !begin()) {
            return refuse("Cyrus SASL does not begin an exchange", "server");
        }
        const char* out = nullptr;
        unsigned size = 0;
        const std::string_view in = as_text(from_client);
        const auto in_size = static_cast<unsigned>(in.size());
        const int result = first ? sasl_server_start(connection_.get(), gssapi_name, in.data(), in_size, &out, &size)
                                 : sasl_server_step(connection_.get(), in.data(), in_size, &out, &size);
        if (result == SASL_CONTINUE) {
            return SaslChallenge{bytes_of(out, size)};
        }
        if (result != SASL_OK) {
            std::string why = words_.empty() ? sasl_errdetail(connection_.get()) : words_;
            return refuse(std::move(why), result == SASL_BADPROT ? "message" : "credentials");
        }
        const auto name = KerberosName::parse(peer_);
        auto local = name ? server_->rules().name_of(*name, server_->service().realm)
                          : fail(ErrorCode::sasl_authentication_failed, "the client's principal has no name");
        if (!local) {
            return refuse(std::move(local.error().detail), "credentials");
        }
        return SaslIdentity{.to_client = bytes_of(out, size), .name = *std::move(local)};
    }

private:
    bool begin() {
        sasl_conn_t* connection = nullptr;
        const int result = sasl_server_new(
            server_->service().service.c_str(), server_->service().host.c_str(), nullptr, nullptr, nullptr,
            callbacks_.data(), 0, &connection
        );
        connection_.reset(connection);
        if (result != SASL_OK) {
            return false;
        }
        want_no_layer(connection);
        return true;
    }

    static SaslFailure refuse(std::string reason, std::string_view kind) {
        return {invalid_credentials(gssapi_name), std::move(reason), kind};
    }

    const std::shared_ptr<const GssapiServer> server_;
    std::string peer_;
    std::string words_;
    std::array<sasl_callback_t, 4> callbacks_{
        sasl_callback_t{SASL_CB_LOG, as_callback(keep_log), &words_},
        sasl_callback_t{SASL_CB_CANON_USER, as_callback(keep_name), &peer_},
        sasl_callback_t{SASL_CB_PROXY_POLICY, as_callback(allow_any_name), nullptr},
        sasl_callback_t{SASL_CB_LIST_END, nullptr, nullptr}
    };
    CyrusConnection connection_;
};

class GssapiClient final : public SaslClient {
public:
    GssapiClient(std::string service, std::string host) : service_(std::move(service)), host_(std::move(host)) {}

    [[nodiscard]] std::string mechanism() const override { return gssapi_name; }

    [[nodiscard]] Expected<Bytes> begin() override {
        sasl_conn_t* connection = nullptr;
        const int made =
            sasl_client_new(service_.c_str(), host_.c_str(), nullptr, nullptr, callbacks_.data(), 0, &connection);
        connection_.reset(connection);
        if (made != SASL_OK) {
            return fail(ErrorCode::sasl_authentication_failed, "Cyrus SASL does not begin an exchange");
        }
        want_no_layer(connection);
        const char* out = nullptr;
        const char* chosen = nullptr;
        unsigned size = 0;
        return outcome(sasl_client_start(connection, gssapi_name, nullptr, &out, &size, &chosen), out, size);
    }

    [[nodiscard]] Expected<Bytes> step(BytesView challenge) override {
        if (complete_) {
            return Bytes();
        }
        const char* out = nullptr;
        unsigned size = 0;
        const std::string_view in = as_text(challenge);
        const int result =
            sasl_client_step(connection_.get(), in.data(), static_cast<unsigned>(in.size()), nullptr, &out, &size);
        return outcome(result, out, size);
    }

    [[nodiscard]] bool is_complete() const override { return complete_; }

private:
    Expected<Bytes> outcome(int result, const char* out, unsigned size) {
        complete_ = result == SASL_OK;
        if (result != SASL_OK && result != SASL_CONTINUE) {
            return fail(
                ErrorCode::sasl_authentication_failed, fmt::format(
                                                           "Kerberos for {}/{}: {}; is there a ticket (klist)?",
                                                           service_, host_, sasl_errdetail(connection_.get())
                                                       )
            );
        }
        return bytes_of(out, size);
    }

    const std::string service_;
    const std::string host_;
    std::array<sasl_callback_t, 3> callbacks_{
        sasl_callback_t{SASL_CB_USER, as_callback(no_other_name), nullptr},
        sasl_callback_t{SASL_CB_AUTHNAME, as_callback(no_other_name), nullptr},
        sasl_callback_t{SASL_CB_LIST_END, nullptr, nullptr}
    };
    CyrusConnection connection_;
    bool complete_ = false;
};

constexpr std::string_view not_installed =
    "Cyrus SASL has no GSSAPI here; install its module (Debian: libsasl2-modules-gssapi-mit)";

}  // namespace

Expected<std::shared_ptr<const GssapiServer>> GssapiServer::open(KerberosService service, KerberosRules rules) {
    Cyrus& cyrus = Cyrus::get();
    const std::scoped_lock lock(cyrus.mutex);
    if (!cyrus.keytab.empty() && cyrus.keytab != service.keytab) {
        return no_kerberos(fmt::format(
            "a process can use one keytab, and {} is in use beside {}; put all keys in one file", cyrus.keytab,
            service.keytab
        ));
    }
    cyrus.keytab = service.keytab;
    if (cyrus.server == SASL_NOTINIT) {
        cyrus.server = sasl_server_init(global_callbacks().data(), "barnabas");
    }
    if (cyrus.server != SASL_OK || !has_gssapi()) {
        return no_kerberos(std::string(not_installed));
    }
    return std::make_shared<const GssapiServer>(std::move(service), std::move(rules));
}

std::unique_ptr<SaslExchange> GssapiServer::begin(std::shared_ptr<const GssapiServer> self) {
    return std::make_unique<GssapiExchange>(std::move(self));
}

Expected<std::unique_ptr<SaslClient>> make_gssapi_client(
    const std::string& service, const std::string& host, const std::string& keytab
) {
    Cyrus& cyrus = Cyrus::get();
    const std::scoped_lock lock(cyrus.mutex);
    if (!keytab.empty()) {
        setenv("KRB5_CLIENT_KTNAME", keytab.c_str(), 1);  // NOLINT: under the lock, and before anybody reads it
    }
    if (cyrus.client == SASL_NOTINIT) {
        cyrus.client = sasl_client_init(global_callbacks().data());
    }
    if (cyrus.client != SASL_OK || !has_gssapi()) {
        return no_kerberos(std::string(not_installed));
    }
    return std::make_unique<GssapiClient>(service, host);
}

}  // namespace barnabas
