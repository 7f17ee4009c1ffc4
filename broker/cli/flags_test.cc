#include "cli/flags.h"

#include <gmock/gmock.h>

namespace barnabas {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr Flag flags[] = {
    {.name = "server", .takes = Takes::text, .argument = "HOST", .help = "Where.", .required = true},
    {.name = "list", .help = "List."},
    {.name = "create", .help = "Create."},
    {.name = "count", .takes = Takes::number, .argument = "N", .only_with = "create"},
    {.name = "config", .takes = Takes::text, .argument = "K=V", .repeats = true},
    {.name = "state", .takes = Takes::optional_text, .argument = "S"},
    {.name = "quiet", .not_with = "state"},
    {.name = "old", .deprecated = "--old is old."},
    {.name = "file", .takes = Takes::text, .letter = "f"},
    {.name = "tls", .refused = "TLS is not there"},
};
constexpr Usage usage{.tool = "tool", .purpose = "Does things.", .flags = flags, .actions = "list create"};

std::expected<Arguments, std::string> parse(std::vector<const char*> words, const Usage& by = usage) {
    return Arguments::parse(by, words);
}

std::string fault(std::vector<const char*> words) {
    return parse(std::move(words)).error();
}

}  // namespace

TEST(Flags, MayHaveALetter) {
    const auto arguments = parse({"--server", "h:1", "--list", "-f", "a"});
    EXPECT_EQ(arguments->value("file"), "a");
    EXPECT_EQ(arguments->flags().back(), "file");
    EXPECT_TRUE(parse({"-h"})->wants_help());
    EXPECT_THAT(help_text(usage), HasSubstr("--file, -f"));
    EXPECT_FALSE(parse({"--server", "h:1", "--list", "-"}));
}

TEST(Flags, ValuesStandBehindASpaceOrAnEqualsSign) {
    const auto arguments = parse({"--server", "h:1", "--create", "--count=3"});
    EXPECT_EQ(arguments->value("server"), "h:1");
    EXPECT_EQ(arguments->number("count"), 3);
    EXPECT_TRUE(arguments->is("create"));
    EXPECT_FALSE(arguments->has("list"));
}

TEST(Flags, AValueMayBeginWithADash) {
    EXPECT_EQ(parse({"--server", "h", "--create", "--count", "-5"})->number("count"), -5);
}

TEST(Flags, AnOptionalValueMayBeMissing) {
    EXPECT_EQ(parse({"--server", "h", "--list", "--state"})->value("state"), std::nullopt);
    EXPECT_EQ(parse({"--state", "--server", "h", "--list"})->value("server"), "h");
    EXPECT_EQ(parse({"--server", "h", "--list", "--state", "Empty"})->value("state"), "Empty");
}

TEST(Flags, OnlySomeMayStandSeveralTimes) {
    EXPECT_THAT(
        parse({"--server", "h", "--list", "--config", "a=1", "--config", "b=2"})->values("config"),
        ElementsAre("a=1", "b=2")
    );
    EXPECT_THAT(fault({"--server", "a", "--server", "b", "--list"}), HasSubstr("multiple arguments for option server"));
}

TEST(Flags, SaysWhatIsWrong) {
    EXPECT_THAT(fault({"--nope"}), "nope is not a recognized option");
    EXPECT_THAT(fault({"--server"}), "Option server requires an argument");
    EXPECT_THAT(fault({"--list=1"}), "Option list does not take a value");
    EXPECT_THAT(fault({"--list"}), "Missing required argument \"[server]\"");
    EXPECT_THAT(fault({"--server", "h"}), "Command must include exactly one action: --list or --create");
    EXPECT_THAT(fault({"--server", "h", "--list", "--create"}), HasSubstr("exactly one action"));
    EXPECT_THAT(fault({"--server", "h", "--create", "--count", "many"}), HasSubstr("'many' of option count"));
    EXPECT_THAT(
        fault({"--server", "h", "--list", "--count", "1"}),
        HasSubstr("Option \"[count]\" can't be used with option \"[list]\"")
    );
    EXPECT_THAT(fault({"--server", "h", "--list", "--quiet", "--state"}), HasSubstr("[quiet]"));
    EXPECT_THAT(fault({"--server", "h", "--list", "word"}), HasSubstr("'word' is neither an option"));
    EXPECT_THAT(fault({"--server", "h", "--list", "--tls"}), "--tls cannot be used: TLS is not there");
}

TEST(Flags, ActionsMayBeWords) {
    constexpr Flag own[] = {{.name = "status", .only_with = "describe"}};
    const Usage words{.tool = "t", .purpose = "", .flags = own, .actions = "describe remove", .action_words = true};
    EXPECT_TRUE(parse({"--status", "describe"}, words)->is("describe"));
    EXPECT_FALSE(parse({"remove", "--status"}, words));
    EXPECT_EQ(parse({"other"}, words).error(), "One of describe or remove is wanted");
}

TEST(Flags, HelpNeedsNothingElse) {
    EXPECT_TRUE(parse({"--help"})->wants_help());
    EXPECT_TRUE(parse({"--version"})->wants_version());
}

TEST(Flags, TheHelpTellsEveryFlag) {
    const std::string text = help_text(usage);
    for (const Flag& flag : flags) {
        EXPECT_THAT(text, HasSubstr(std::string("--") + std::string(flag.name)));
    }
    EXPECT_THAT(text, HasSubstr("  --server HOST                       REQUIRED. Where.\n"));
    EXPECT_THAT(text, HasSubstr("Refused: TLS is not there."));
}

TEST(Flags, DeprecatedOnesAreTold) {
    EXPECT_EQ(deprecations(usage, *parse({"--server", "h", "--list", "--old"})), "--old is old.\n");
    EXPECT_EQ(deprecations(usage, *parse({"--server", "h", "--list"})), "");
}

TEST(Flags, SplitsAndJoins) {
    EXPECT_THAT(split("a,,b", ','), ElementsAre("a", "", "b"));
    EXPECT_THAT(split("", ','), ElementsAre());
    EXPECT_EQ(join(split("a b", ' '), ", "), "a, b");
    EXPECT_EQ(parse_number("+7"), 7);
    EXPECT_EQ(parse_number("7x"), std::nullopt);
    EXPECT_EQ(parse_number(""), std::nullopt);
}

}  // namespace barnabas
