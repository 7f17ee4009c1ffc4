#include "security/scram_credential.h"

#include <gtest/gtest.h>

#include "common/base64.h"

namespace barnabas {

namespace {

constexpr std::string_view salt_of_rfc_7677 = "W22ZaJ0SNY7soEsUEjb6gQ==";

Expected<ScramCredential> derive(ScramMechanism mechanism, std::string_view password, int iterations = 4096) {
    const Bytes salt = decode_base64(salt_of_rfc_7677, Base64::standard).value();
    const auto salted = salt_password(mechanism, password, salt, iterations);
    return salted ? make_scram_credential(mechanism, *salted, salt, iterations) : std::unexpected(salted.error());
}

constexpr auto text_of_kafka =
    "salt=W22ZaJ0SNY7soEsUEjb6gQ==,stored_key=WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=,"
    "server_key=wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=,iterations=4096";

}  // namespace

// What Kafka's ScramFormatter made of the same passwords and salt.
TEST(ScramCredential, is_the_one_that_kafka_derives) {
    EXPECT_EQ(derive(ScramMechanism::sha_256, "pencil")->text(), text_of_kafka);
    EXPECT_EQ(
        derive(ScramMechanism::sha_512, "pencil")->text(),
        "salt=W22ZaJ0SNY7soEsUEjb6gQ==,stored_key="
        "6AAub3065EYRmyFpM2RNwqK+eGnrkYuEWbXn19LsEmBqzu8QaCXNc1FwpnX9NhH2hK/60dzj9DoO5DvVkOHbvg==,server_key="
        "jZHbYjC1aHh0/hKbxyBuGFjDrgjgKTT1esA7awWiKcRZ0o/0b1yWEebBeSVkkCFewf91nLDfKF24mvD5nmE6rA==,iterations=4096"
    );
}

TEST(ScramCredential, takes_the_bytes_of_a_password_as_they_come) {
    EXPECT_EQ(
        derive(ScramMechanism::sha_256, "gr\u00fc\u00df")->text(),
        "salt=W22ZaJ0SNY7soEsUEjb6gQ==,stored_key=qsXDRWu+IHju9gN6ERa0zENjN2fmEAw3Ck5wHVCDPtM=,"
        "server_key=cN4Y7FeCl4+sYXYeY/FJ4CkzNOpKRFPpinlqbFuXxCc=,iterations=4096"
    );
}

TEST(ScramCredential, is_refused_with_too_few_or_too_many_iterations_and_without_a_password) {
    EXPECT_EQ(derive(ScramMechanism::sha_256, "p", 4095).error().code, ErrorCode::unacceptable_credential);
    EXPECT_EQ(derive(ScramMechanism::sha_256, "p", 16385).error().code, ErrorCode::unacceptable_credential);
    EXPECT_TRUE(derive(ScramMechanism::sha_512, "p", 16384));
    EXPECT_FALSE(derive(ScramMechanism::sha_256, ""));
    EXPECT_FALSE(make_scram_credential(ScramMechanism::sha_512, Bytes(32), Bytes(16), 4096));
}

TEST(ScramCredential, is_read_as_it_is_written) {
    EXPECT_EQ(parse_scram_credential(ScramMechanism::sha_256, text_of_kafka)->text(), text_of_kafka);
}

TEST(ScramCredential, that_is_not_whole_is_refused_without_a_word_of_it) {
    const std::string whole(text_of_kafka);
    for (const std::string& text :
         {std::string(), whole + ",iterations=4096", whole + ",x=y", whole + "x", whole.substr(5),
          whole.substr(0, whole.find(",iterations")),
          std::string("salt=QQ==,stored_key=QQ==,server_key=QQ==,iterations=1")}) {
        const auto parsed = parse_scram_credential(ScramMechanism::sha_256, text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_FALSE(parsed.error().detail.contains("QQ")) << parsed.error().detail;
        EXPECT_FALSE(parsed.error().detail.contains("WG5d")) << parsed.error().detail;
    }
    EXPECT_FALSE(parse_scram_credential(ScramMechanism::sha_512, text_of_kafka));
}

TEST(ScramMechanism, has_the_number_and_the_name_that_kafka_gives_it) {
    EXPECT_EQ(scram_mechanism(std::int8_t{2}), ScramMechanism::sha_512);
    EXPECT_EQ(scram_mechanism(std::int8_t{0}), std::nullopt);
    EXPECT_EQ(scram_mechanism("SCRAM-SHA-256"), ScramMechanism::sha_256);
    EXPECT_EQ(scram_mechanism("PLAIN"), std::nullopt);
}

}  // namespace barnabas
