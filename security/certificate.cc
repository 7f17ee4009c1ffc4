#include "security/certificate.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>

namespace barnabas {

namespace {

/// The attributes that have a name in RFC 2253; others are told as numbers, and their values as hexadecimal DER.
constexpr std::array<std::pair<int, std::string_view>, 9> attribute_names{{
    {NID_commonName, "CN"},
    {NID_countryName, "C"},
    {NID_localityName, "L"},
    {NID_stateOrProvinceName, "ST"},
    {NID_streetAddress, "STREET"},
    {NID_organizationName, "O"},
    {NID_organizationalUnitName, "OU"},
    {NID_domainComponent, "DC"},
    {NID_userId, "UID"},
}};

std::string_view attribute_name(int nid) {
    const auto* found = std::ranges::find(attribute_names, nid, &std::pair<int, std::string_view>::first);
    return found != attribute_names.end() ? found->second : std::string_view();
}

std::string dotted(const ASN1_OBJECT* object) {
    std::array<char, 128> text{};
    OBJ_obj2txt(text.data(), text.size(), object, 1);
    return text.data();
}

std::string hexadecimal_der(const ASN1_STRING* value) {
    unsigned char* der = nullptr;
    ASN1_TYPE type{};
    type.type = ASN1_STRING_type(value);
    type.value.asn1_string = const_cast<ASN1_STRING*>(value);
    const int length = i2d_ASN1_TYPE(&type, &der);
    std::string text = "#";
    for (int i = 0; i < length; ++i) {
        text += fmt::format("{:02x}", der[i]);
    }
    OPENSSL_free(der);
    return text;
}

std::string escaped(std::string_view value) {
    std::string text;
    const std::size_t first = std::min(value.find_first_not_of(" \n"), value.size());
    const std::size_t last = value.find_last_not_of(" \n");
    for (std::size_t i = 0; i < value.size(); ++i) {
        const char c = value[i];
        const bool outer_space = (i < first || i > last) && (c == ' ' || c == '\n');
        if (c == '\0') {
            text += "\\00";
            continue;
        }
        if (outer_space || std::string_view(",=+<>#;\"\\").find(c) != std::string_view::npos) {
            text += '\\';
        }
        text += c;
    }
    return text;
}

/// The types of strings that Java reads as text; others it shows as they are encoded.
bool is_text(const ASN1_STRING* value) {
    switch (ASN1_STRING_type(value)) {
        case V_ASN1_PRINTABLESTRING:
        case V_ASN1_UTF8STRING:
        case V_ASN1_T61STRING:
        case V_ASN1_IA5STRING:
        case V_ASN1_GENERALSTRING:
        case V_ASN1_BMPSTRING:
        case V_ASN1_UNIVERSALSTRING:
            return true;
        default:
            return false;
    }
}

std::string attribute(X509_NAME_ENTRY* entry) {
    const ASN1_OBJECT* object = X509_NAME_ENTRY_get_object(entry);
    const ASN1_STRING* value = X509_NAME_ENTRY_get_data(entry);
    const std::string_view known = attribute_name(OBJ_obj2nid(object));
    const std::string name = known.empty() ? dotted(object) : std::string(known);
    unsigned char* utf8 = nullptr;
    const int size = known.empty() || !is_text(value) ? -1 : ASN1_STRING_to_UTF8(&utf8, value);
    if (size < 0) {
        return name + "=" + hexadecimal_der(value);
    }
    const std::string text(reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(size));
    OPENSSL_free(utf8);
    return name + "=" + escaped(text);
}

/// The last one stands first; those that belong together are joined by a plus.
std::string distinguished_name(const X509_NAME* name) {
    std::vector<std::string> parts;
    int set = -1;
    for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
        X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, i);
        if (X509_NAME_ENTRY_set(entry) == set && !parts.empty()) {
            parts.back() += "+" + attribute(entry);
        } else {
            parts.push_back(attribute(entry));
        }
        set = X509_NAME_ENTRY_set(entry);
    }
    std::ranges::reverse(parts);
    return fmt::format("{}", fmt::join(parts, ","));
}

std::string moment(const ASN1_TIME* time) {
    std::tm parts{};
    if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) {
        return "?";
    }
    return fmt::format(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour,
        parts.tm_min, parts.tm_sec
    );
}

std::string text_of(const ASN1_STRING* string) {
    return {
        reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
        static_cast<std::size_t>(ASN1_STRING_length(string))
    };
}

std::string address_of(const ASN1_OCTET_STRING* octets) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const int family = ASN1_STRING_length(octets) == 4 ? AF_INET : AF_INET6;
    const bool sized = ASN1_STRING_length(octets) == 4 || ASN1_STRING_length(octets) == 16;
    return sized && inet_ntop(family, ASN1_STRING_get0_data(octets), text.data(), text.size()) != nullptr ? text.data()
                                                                                                          : "?";
}

}  // namespace

std::string subject_of(const X509& certificate) {
    return distinguished_name(X509_get_subject_name(&certificate));
}

std::string issuer_of(const X509& certificate) {
    return distinguished_name(X509_get_issuer_name(&certificate));
}

std::vector<std::string> alternative_names_of(const X509& certificate) {
    std::unique_ptr<GENERAL_NAMES, OpensslFree<GENERAL_NAMES_free>> names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr))
    );
    std::vector<std::string> texts;
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* each = sk_GENERAL_NAME_value(names.get(), i);
        if (each->type == GEN_DNS) {
            texts.push_back("DNS:" + text_of(each->d.dNSName));
        } else if (each->type == GEN_IPADD) {
            texts.push_back("IP:" + address_of(each->d.iPAddress));
        } else if (each->type == GEN_EMAIL) {
            texts.push_back("EMAIL:" + text_of(each->d.rfc822Name));
        } else if (each->type == GEN_URI) {
            texts.push_back("URI:" + text_of(each->d.uniformResourceIdentifier));
        }
    }
    std::ranges::sort(texts);
    return texts;
}

bool is_for_host(X509& certificate, const std::string& host) {
    return X509_check_ip_asc(&certificate, host.c_str(), 0) == 1 ||
           X509_check_host(&certificate, host.c_str(), host.size(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, nullptr) == 1;
}

int days_left(const X509& certificate) {
    int days = 0;
    int seconds = 0;
    ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(&certificate));
    return days == 0 && seconds < 0 ? -1 : days;
}

bool is_valid_yet(const X509& certificate) {
    return X509_cmp_current_time(X509_get0_notBefore(&certificate)) < 0;
}

std::string not_before(const X509& certificate) {
    return moment(X509_get0_notBefore(&certificate));
}

std::string not_after(const X509& certificate) {
    return moment(X509_get0_notAfter(&certificate));
}

std::string describe(const X509& certificate) {
    return fmt::format(
        "{} (valid {} to {}, issued by {})", subject_of(certificate), not_before(certificate), not_after(certificate),
        issuer_of(certificate)
    );
}

}  // namespace barnabas
